// Decisions about groups as pure functions: which names are names.
import { readName as readClean } from "#server/names/rules.ts";

const MOST_NAME = 100;
/** Control characters, and what could not be decoded. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unreadable = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/** The name as it is kept: 1–100 characters without white space around; undefined: nobody could read or tell it. */
export function readName(text: string): string | undefined {
  const isReadable = text.isWellFormed() && !unreadable.test(text.replace(/\s+/gu, " "));
  return isReadable ? readClean(text, MOST_NAME) : undefined;
}
