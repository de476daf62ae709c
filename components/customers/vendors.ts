/** The vendors' own names, never translated, and where their support is reached when a synchronisation is stuck. */
const vendors: Readonly<Record<string, { name: string; support: string; supportUrl: string }>> = {
  sophos: { name: "Sophos Central", support: "Sophos Support", supportUrl: "https://support.sophos.com/" },
  snow: { name: "Snow Atlas", support: "Flexera Support", supportUrl: "https://community.flexera.com/" },
  push: { name: "Push API", support: "", supportUrl: "" },
};

/** Does the portal read this source, or does it send by itself? */
export const isRead = (id: string): boolean => id !== "push";

export const vendorIds = Object.keys(vendors);

export const vendorOf = (id: string) => vendors[id] ?? { name: id, support: id, supportUrl: undefined };
