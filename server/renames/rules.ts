// How a chosen name stands at a vendor account, and when it is sent there again.
import { isPassing, retrySeconds } from "#server/sync/rules.ts";
import type { VendorErrorCode } from "#server/sync/snapshot.ts";

export const writeStates = ["same", "waiting", "by_hand", "sent", "refused"] as const;
export type WriteState = (typeof writeStates)[number];

/** How the name shown stands at an account; null: nothing was asked of it. */
export function writeStateOf(
  nameShown: string,
  account: { name: string },
  rename: { name: string; state: string } | undefined,
): WriteState | null {
  if (account.name === nameShown) return "same";
  if (rename?.name !== nameShown) return null;
  return writeStates.find((state) => state === rename.state) ?? null;
}

/** Tries that fail for a passing reason before a name is taken as refused: with retrySeconds about two hours. */
const MOST_TRIES = 8;

/** When a failed try (its number from 1) is repeated: not before the vendor lets; null: it is refused for good. */
export function nextTry(
  failure: { code: VendorErrorCode | "unexpected"; retryAfterSeconds: number | null },
  tries: number,
  now: Date,
): Date | null {
  if (failure.code === "unexpected" || !isPassing(failure.code) || tries >= MOST_TRIES) return null;
  const seconds = Math.max(retrySeconds(tries), failure.retryAfterSeconds ?? 0);
  return new Date(now.getTime() + seconds * 1_000);
}
