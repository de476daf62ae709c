// What may be a customer's name, and how a chosen name stands at a vendor account.
import { isPassing, retrySeconds } from "#server/sync/rules.ts";
import type { VendorErrorCode } from "#server/sync/snapshot.ts";

/** As people count: an accented letter, a flag or a family of emoji is one. */
const MOST_CHARACTERS = 100;
/** A pile of combining marks is one character to people, and not to a database. */
const MOST_CODE_POINTS = 300;

const characters = new Intl.Segmenter("und", { granularity: "grapheme" });
/** What breaks lines, is not seen at all, or turns the text around it: no part of any name. */
const breaks = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const unseen = /[\u00AD\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/gu;
const seen = /[\p{L}\p{N}\p{P}\p{S}]/u;

export type NameFault = "required" | "tooLong";

/** The name as it is kept: composed, on one line, trimmed, without what cannot be seen; or what is wrong with it. */
export function cleanName(typed: string): { name: string } | { fault: NameFault } {
  const name = typed.normalize("NFC").replaceAll(unseen, "").replaceAll(breaks, " ").trim();
  if (!seen.test(name)) return { fault: "required" };
  // Counting characters costs more the more there are.
  if (Array.from(name.slice(0, MOST_CODE_POINTS * 2 + 1)).length > MOST_CODE_POINTS)
    return { fault: "tooLong" };
  return Array.from(characters.segment(name)).length > MOST_CHARACTERS ? { fault: "tooLong" } : { name };
}

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
