// Decisions about groups: which names are names, and which *Undo* in a page's address is one of ours.
import { readName as readClean } from "#server/names/rules.ts";
import { box, unbox } from "#server/secrets/web-box.ts";

const MOST_NAME = 100;
/** Control characters, and what could not be decoded. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unreadable = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/** The name as it is kept: 1–100 characters without white space around; undefined: nobody could read or tell it. */
export function readName(text: string): string | undefined {
  const isReadable = text.isWellFormed() && !unreadable.test(text.replace(/\s+/gu, " "));
  return isReadable ? readClean(text, MOST_NAME) : undefined;
}

/** Whom an undo is for and what it takes back: nobody else, and nothing else, can be offered it. */
type UndoPlace = { membershipId: string; notice: string; groupId: string };
const placeOf = ({ membershipId, notice, groupId }: UndoPlace) => ({
  table: "customer_group",
  column: `undo ${notice}`,
  row: `${membershipId} ${groupId}`,
});

/** What an undo sends back, for the address of the page that offers it: one click gives scope, so nobody may make it up. */
export const packUndo = (what: string, place: UndoPlace): string =>
  box(what, placeOf(place)).toString("base64url");

/** What `packUndo` was given for this place; null: it was not. */
export function unpackUndo(packed: string, place: UndoPlace): string | null {
  try {
    return unbox(Buffer.from(packed, "base64url"), placeOf(place));
  } catch {
    return null;
  }
}
