// What people may write of a customer, and how what they typed finds its way back to them when it is refused.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { cleanName } from "#server/names/rules.ts";

/**
 * Tags as they are typed, one after a semicolon or on a line of its own; each once, whatever its case, as `cleanName`
 * keeps names. What nobody could see is no tag; one that is too long stays as it is, to be refused.
 */
export function readTags(typed: string): string[] {
  const tags = typed.split(/[;\n]/).map((tag) => {
    const cleaned = cleanName(tag);
    if ("name" in cleaned) return cleaned.name;
    return cleaned.fault === "required" ? "" : tag;
  });
  const known = new Map(tags.filter(Boolean).map((tag) => [tag.toLocaleLowerCase("en"), tag]));
  return [...known.values()];
}

/** A zone of the IANA list, by its own name; links such as "US/Pacific" are somebody's habit and as good. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

const Typed = z.record(z.string().max(40), z.string().max(10_000));
/** Well above the longest form. */
const MOST_BYTES = 100_000;

/** What a person typed, small enough for an address. */
export const packTyped = (typed: Record<string, string>): string =>
  deflateRawSync(JSON.stringify(typed)).toString("base64url");

/** What packTyped gave; anything else is nothing typed. */
export function unpackTyped(packed: string | undefined): Record<string, string> {
  if (packed === undefined || packed === "") return {};
  try {
    const text = inflateRawSync(Buffer.from(packed, "base64url"), { maxOutputLength: MOST_BYTES });
    return Typed.parse(JSON.parse(text.toString("utf8")));
  } catch {
    return {};
  }
}
