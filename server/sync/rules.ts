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

/** What a vendor allows: so many calls in so many seconds. */
export type CallLimit = { calls: number; seconds: number };

/** The database is asked so often at most, per second and per shortest period of a limit. */
const ASKS_PER_SECOND = 4;
const ASKS_PER_PERIOD = 20;

/**
 * How many calls are taken at once, and how much (seconds) of each period they use up. A period is filled with one block
 * less than it holds, so that calls made late in their block's time do not meet the next period's.
 */
export function blockOf(limits: readonly CallLimit[]): {
  calls: number;
  periods: { seconds: number; cost: number }[];
} {
  const size = ({ calls, seconds }: CallLimit) =>
    Math.ceil(calls / Math.max(1, Math.min(calls, ASKS_PER_PERIOD, ASKS_PER_SECOND * seconds)));
  const block = Math.min(...limits.map(size));
  return {
    calls: block,
    periods: limits.map(({ calls, seconds }) => ({
      seconds,
      cost: (block * seconds) / (block === 1 ? calls : calls - block),
    })),
  };
}

/** So many readings in a row that the vendor failed as a whole: then it is left alone for a while. */
const OPENS_AFTER = 3;
const vendorIsIll: ReadonlySet<string> = new Set(["vendor.throttled", "vendor.failed", "vendor.unreachable"]);

/**
 * Is nothing asked of the vendor until the next try? At once where account after account had no answer; after several
 * failed readings in a row else. Wrong credentials are no illness: a person who gives the right ones does not wait.
 */
export const opensCircuit = (
  error: { code: string; isWidespread: boolean },
  failures: number,
  hadFailedBefore: boolean,
): boolean =>
  vendorIsIll.has(error.code) && (error.isWidespread || (hadFailedBefore && failures >= OPENS_AFTER));

/** Seconds until a connection that failed as a whole is tried again: its back-off, or longer where the vendor asks. */
export const pauseSeconds = (failures: number, retryAfterSeconds: number | null): number =>
  Math.min(Math.max(retrySeconds(failures), retryAfterSeconds ?? 0), LAST_RETRY_SECONDS);
