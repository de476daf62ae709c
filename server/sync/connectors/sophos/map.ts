// Turns what Sophos says of one tenant into the canonical snapshot's words.
import type { z } from "zod";
import type { AccountIdentity, AlertReport, DeviceReport } from "#server/sync/snapshot.ts";
import type { Alert, Endpoint, HealthCheck, NamedTenant, Tenant, UsageLine } from "./shapes.ts";

type Identity = z.input<typeof AccountIdentity>;

/** Mailboxes there say nothing about whose domain it is. */
const freeMail = new Set([
  "gmail.com",
  "googlemail.com",
  "outlook.com",
  "outlook.it",
  "outlook.fr",
  "hotmail.com",
  "hotmail.it",
  "hotmail.fr",
  "live.com",
  "live.it",
  "live.fr",
  "msn.com",
  "yahoo.com",
  "yahoo.it",
  "yahoo.fr",
  "icloud.com",
  "me.com",
  "mac.com",
  "aol.com",
  "proton.me",
  "protonmail.com",
  "gmx.de",
  "gmx.net",
  "gmx.ch",
  "gmx.at",
  "web.de",
  "t-online.de",
  "libero.it",
  "virgilio.it",
  "tiscali.it",
  "alice.it",
  "tin.it",
  "email.it",
  "fastwebnet.it",
  "pec.it",
  "legalmail.it",
  "orange.fr",
  "wanadoo.fr",
  "free.fr",
  "laposte.net",
  "sfr.fr",
  "bluewin.ch",
  "hispeed.ch",
  "sunrise.ch",
  "mail.com",
  "zoho.com",
  "yandex.com",
  "mail.ru",
  "qq.com",
  "163.com",
]);

const protecting = new Set(["endpointProtection", "interceptX"]);
const DAY_MS = 86_400_000;

export function identityOf(tenant: Tenant): Identity {
  const { contact } = tenant;
  const address = contact?.address;
  const person = contact
    ? [
        {
          role: "administrator" as const,
          firstName: contact.firstName,
          lastName: contact.lastName,
          email: contact.email,
          phone: contact.phone,
        },
      ]
    : [];
  return {
    ...namedIdentity(tenant),
    domain: domainOf(contact?.email ?? ""),
    country: countryOf(address?.countryCode) ?? countryOf(tenant.dataGeography),
    region: tenant.dataRegion || null,
    externalIds: [...new Set(tenant.externalIds.filter((id) => id.trim() !== ""))].slice(0, 50),
    contacts: person,
    address: address
      ? {
          street: `${address.address1} ${address.address2}`.trim(),
          city: address.city,
          postalCode: address.postalCode,
        }
      : null,
    billing: billingOf(tenant.billingType),
  };
}

/** For a tenant of which nothing more than its name could be read. */
export function namedIdentity({ id, name, showAs }: z.output<typeof NamedTenant>): Identity {
  return { externalId: id, name: name.trim() || showAs.trim() || id, billing: "unknown" };
}

export function orderIdentity(accountId: string, line: UsageLine | undefined): Identity {
  return {
    externalId: accountId,
    name: line?.accountName.trim() || accountId,
    country: countryOf(line?.contactCountry),
    address: line
      ? { street: line.contactStreet, city: line.contactCity, postalCode: line.contactZip }
      : null,
    billing: "order",
  };
}

function billingOf(value: string): Identity["billing"] {
  return value === "usage" || value === "trial" || value === "term" ? value : "unknown";
}

function countryOf(code: string | undefined): string | null {
  const upper = code?.trim().toUpperCase() ?? "";
  return /^[A-Z]{2}$/.test(upper) ? upper : null;
}

export function domainOf(email: string): string | null {
  const domain = email
    .slice(email.lastIndexOf("@") + 1)
    .trim()
    .toLowerCase()
    .replace(/\.$/, "");
  const isDomain = email.includes("@") && domain.length <= 253 && /^[^\s@.]+(\.[^\s@.]+)+$/.test(domain);
  return isDomain && !freeMail.has(domain) ? domain : null;
}

export function deviceOf(endpoint: Endpoint, now: Date, inactiveAfterDays: number): DeviceReport {
  const lastSeenAt = endpoint.lastSeenAt ?? null;
  const isLongGone =
    lastSeenAt !== null && now.getTime() - Date.parse(lastSeenAt) > inactiveAfterDays * DAY_MS;
  const overall = endpoint.health?.overall;
  return {
    externalId: endpoint.id,
    hostname: endpoint.hostname,
    type: endpoint.type === "computer" || endpoint.type === "server" ? endpoint.type : "other",
    os: endpoint.os?.name ?? "",
    state: endpoint.isolation?.status === "isolated" ? "quarantined" : isLongGone ? "inactive" : "active",
    health: overall === "good" || overall === "suspicious" || overall === "bad" ? overall : "unknown",
    isProtected: endpoint.assignedProducts.some(
      ({ code, status }) => protecting.has(code) && status === "installed",
    ),
    person: endpoint.associatedPerson?.name || endpoint.associatedPerson?.viaLogin || "",
    manufacturer: "",
    model: "",
    lastSeenAt,
  };
}

export function alertOf(alert: Alert): z.input<typeof AlertReport> {
  const { severity } = alert;
  return {
    externalId: alert.id,
    // The list is open; what we do not know is shown, but alarms nobody.
    severity: severity === "high" || severity === "medium" || severity === "low" ? severity : "info",
    product: alert.product,
    category: alert.category,
    description: alert.description,
    deviceExternalId: alert.managedAgent?.id || null,
    person: alert.person?.name ?? "",
    raisedAt: alert.raisedAt,
    allowedActions: alert.allowedActions.slice(0, 30),
  };
}

/** null where the vendor has none of the checks; a snoozed check does not count. */
export function unprotectedOf({ endpoint }: HealthCheck): number | null {
  const checks = [endpoint?.protection?.computer, endpoint?.protection?.server];
  const stated = checks.filter((check) => typeof check?.notFullyProtected === "number");
  if (stated.length === 0) return null;
  return stated.reduce(
    (total, check) =>
      total + (check?.snoozed === true ? 0 : Math.max(0, Math.trunc(check?.notFullyProtected ?? 0))),
    0,
  );
}
