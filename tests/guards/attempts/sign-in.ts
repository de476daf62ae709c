import type { MakeAttempts } from "#tests/guards/attempts.ts";

/** The profile, which names nobody else, and identity providers. */
export const attempts: MakeAttempts = async ({ id: customerId }) => {
  const nobody = crypto.randomUUID();
  return {
    "profile.get": { own: {}, unknown: {}, answer: "OK" },
    "profile.newCodes": { own: { sealed: "x" }, unknown: { sealed: "" }, answer: "OK" },
    "profile.ticket": { own: { ticket: "x" }, unknown: { ticket: "" }, answer: "OK" },
    "signInProviders.list": { own: {}, unknown: {}, answer: "OK" },
    "signInProviders.listOwn": {
      own: { customerId },
      unknown: { customerId: nobody },
      answer: "FORBIDDEN permission.denied",
    },
  };
};
