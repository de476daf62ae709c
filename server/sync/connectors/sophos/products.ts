// Sophos product codes: how they are called and which category they belong to.
import type { LicenceReport } from "#server/sync/snapshot.ts";

type Category = LicenceReport["category"];
type Product = { name: string; category: Category };

/** Codes that come without a name, in a tenant's `products`. */
const named: Record<string, Product> = {
  interceptX: { name: "Intercept X", category: "endpoint" },
  interceptXAdvanced: { name: "Intercept X Advanced", category: "endpoint" },
  interceptXAdvancedXdr: { name: "Intercept X Advanced with XDR", category: "endpoint" },
  endpointProtection: { name: "Endpoint Protection", category: "endpoint" },
  serverAdvanced: { name: "Intercept X Advanced for Server", category: "server" },
  serverAdvancedXdr: { name: "Intercept X Advanced for Server with XDR", category: "server" },
  emailAdvanced: { name: "Email Advanced", category: "email" },
  mobile: { name: "Mobile", category: "mobile" },
  deviceEncryption: { name: "Device Encryption", category: "encryption" },
  phishThreat: { name: "Phish Threat", category: "email" },
  ztna: { name: "ZTNA", category: "other" },
  xgs: { name: "XGS Firewall", category: "firewall" },
  mdr: { name: "Managed Detection and Response", category: "detection_response" },
};

/** The vendor's catalogue is open; the first word that is found decides. "Server" stands before what a server runs. */
const words: readonly [RegExp, Category][] = [
  [/firewall|\bxgs?\b|xstream/i, "firewall"],
  [/server/i, "server"],
  [/e-?mail|phish/i, "email"],
  [/mobile/i, "mobile"],
  [/encryption/i, "encryption"],
  [/intercept|endpoint/i, "endpoint"],
  [/\bmdr\b|\bxdr\b|\bndr\b|detection/i, "detection_response"],
  [/cloud/i, "cloud"],
];

export function describeProduct(code: string, description = "", group = ""): Product {
  const known = named[code];
  if (known) return known;
  const text = `${group} ${description} ${code}`;
  return {
    name: description.trim() || code,
    category: words.find(([word]) => word.test(text))?.[1] ?? "other",
  };
}
