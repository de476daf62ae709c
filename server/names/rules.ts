// What may be a name that people give: of a customer, a group, a view, a tag.

/** As people count: an accented letter, a flag or a family of emoji is one. */
export const MOST_CHARACTERS = 100;
/** A pile of combining marks is one character to people, and not to a database. */
const MOST_CODE_POINTS = 300;

const characters = new Intl.Segmenter("und", { granularity: "grapheme" });
/** What breaks lines, is not seen at all, or turns the text around it: no part of any name. */
const breaks = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const unseen = /[\u00AD\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/gu;
const seen = /[\p{L}\p{N}\p{P}\p{S}]/u;

type NameFault = "required" | "tooLong";

/** The name as it is kept: composed, on one line, trimmed, without what cannot be seen; or what is wrong with it. */
export function cleanName(typed: string): { name: string } | { fault: NameFault } {
  const name = typed.replaceAll(unseen, "").normalize("NFC").replaceAll(breaks, " ").trim();
  if (!seen.test(name)) return { fault: "required" };
  // Counting characters costs more the more there are.
  if (Array.from(name.slice(0, MOST_CODE_POINTS * 2 + 1)).length > MOST_CODE_POINTS)
    return { fault: "tooLong" };
  return Array.from(characters.segment(name)).length > MOST_CHARACTERS ? { fault: "tooLong" } : { name };
}

/** The name as `cleanName` keeps it, where it has `most` code points at most; undefined: it is none, or too long. */
export function readName(typed: string, most: number): string | undefined {
  const cleaned = cleanName(typed);
  return "name" in cleaned && Array.from(cleaned.name).length <= most ? cleaned.name : undefined;
}
