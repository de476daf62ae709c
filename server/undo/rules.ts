// *Undo* travels in the address of the page that offers it, packed: one click does it, so nobody may make one up, and what
// it would bring back (a name, a contact) is nobody else's to read.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { box, unbox } from "#server/secrets/web-box.ts";
import { Undo, type UndoInput } from "./schema.ts";

/** Whose undo it is, what was done and to what: it is offered to nobody else, and after nothing else. */
type UndoPlace = Pick<UndoInput, "act" | "of"> & { membershipId: string };
const placeOf = ({ act, of, membershipId }: UndoPlace) => ({
  table: "undo",
  column: act,
  row: `${membershipId} ${of}`,
});

/** Longer addresses are refused on the way to some servers: a hundred customers fit. */
const MOST_PACKED = 4_000;

/** The query of the page that offers an undo: `was`; nothing where there is nothing to take back, or too much. */
export function packUndo(fields: Undo, place: UndoPlace): { was?: string } {
  if (Object.keys(fields).length === 0) return {};
  const packed = deflateRawSync(JSON.stringify(fields)).toString("base64");
  const was = box(packed, placeOf(place)).toString("base64url");
  return was.length > MOST_PACKED ? {} : { was };
}

/** The fields that `packUndo` was given for this place; null: it was not. */
export function unpackUndo(was: string, place: UndoPlace): Undo | null {
  try {
    const packed = Buffer.from(unbox(Buffer.from(was, "base64url"), placeOf(place)), "base64");
    return Undo.parse(JSON.parse(inflateRawSync(packed).toString()));
  } catch {
    return null;
  }
}
