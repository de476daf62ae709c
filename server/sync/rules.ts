// Pure decisions of synchronisation: what a new account makes of its customer, and when to try again.
import type { Capability } from "#server/permissions.ts";
import { type AccountIdentity, type VendorErrorCode, vendorErrorCodes } from "./snapshot.ts";

type Billing = AccountIdentity["billing"];
export type Arrival = {
  relationship: "delegated" | "order_only";
  /** Access that exists from the start (domain.md, access grant); null: the customer's grant is needed. */
  grant: { origin: "trial" | "monthly" | "order"; capabilities: readonly Capability[] } | null;
};

const all: readonly Capability[] = ["metrics", "licences", "console", "reports"];

/** What an account that belongs to no customer yet becomes: its relationship and the access that comes with it. */
export function arrivalOf(billing: Billing): Arrival {
  switch (billing) {
    case "usage":
      return { relationship: "delegated", grant: { origin: "monthly", capabilities: all } };
    case "trial":
      return { relationship: "delegated", grant: { origin: "trial", capabilities: all } };
    case "order":
      return { relationship: "order_only", grant: { origin: "order", capabilities: ["console"] } };
    case "term":
    case "unknown":
      return { relationship: "delegated", grant: null };
  }
}

/** Faults that pass by themselves: the account is read again before the next day. */
const passing: ReadonlySet<VendorErrorCode> = new Set([
  "vendor.throttled",
  "vendor.failed",
  "vendor.unreachable",
  "vendor.malformed",
  "vendor.tooLarge",
  "vendor.endless",
]);
export const isPassing = (code: VendorErrorCode): boolean => passing.has(code);
export const passingCodes: readonly VendorErrorCode[] = vendorErrorCodes.filter(isPassing);

export const CYCLE_HOURS = 24;
const FIRST_RETRY_SECONDS = 60;
const LAST_RETRY_SECONDS = 6 * 3600;

/** Seconds until the next try after `failures` runs with trouble in a row (≥ 1): 1, 2, 4 … minutes, at most 6 hours. */
export const retrySeconds = (failures: number): number =>
  Math.min(FIRST_RETRY_SECONDS * 2 ** Math.max(0, Math.min(failures, 30) - 1), LAST_RETRY_SECONDS);
