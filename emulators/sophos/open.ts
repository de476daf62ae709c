// What `POST /tenants` makes of its body: a new tenant, or the reason why the vendor refuses it.
import { randomUUID } from "node:crypto";
import { regions, type Region, type Tenant } from "./tenants.ts";

type Body = Record<string, unknown>;
const geographies: Record<string, Region> = { IE: "eu01", DE: "eu02" };
const isRecord = (value: unknown): value is Body => typeof value === "object" && value !== null;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Name, contact, billing and one of data region and data geography are needed, as the vendor documents; text: refused. */
export function openTenant(json: string): Tenant | string {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return "The body is not JSON";
  }
  if (!isRecord(body)) return "The body is not an object";
  const contact = isRecord(body["contact"]) ? body["contact"] : {};
  const name = text(body["name"]).trim();
  const email = text(contact["email"]).trim();
  const region =
    regions.find((each) => each === body["dataRegion"]) ?? geographies[text(body["dataGeography"])];
  if (name === "") return "name is required";
  if (email === "") return "contact is required";
  if (body["billingType"] !== "usage" && body["billingType"] !== "trial")
    return "billingType is not supported";
  if (region === undefined) return "dataRegion is not available for this partner";
  const address = isRecord(contact["address"]) ? contact["address"] : {};
  return {
    id: randomUUID(),
    name,
    showAs: name,
    domain: email.slice(email.indexOf("@") + 1),
    organisation: {
      name,
      place: {
        country: text(address["countryCode"]),
        city: text(address["city"]),
        postalCode: text(address["postalCode"]),
        street: text(address["address1"]),
      },
    },
    organisationId: null,
    region,
    billing: body["billingType"],
    contact: { firstName: text(contact["firstName"]), lastName: text(contact["lastName"]), email, phone: "" },
    externalIds: [],
    products: [],
    size: 0,
    growth: 0,
    gone: 0,
    silent: 0,
    isolated: 0,
    unprotected: 0,
    alerts: 0,
    health: "full",
    hasAlertsApi: true,
    fault: null,
  };
}
