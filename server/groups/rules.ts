// Decisions about groups as pure functions: which names are names.

const MOST_NAME = 100;
/** Control characters, and what could not be decoded. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unreadable = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/** The name as it is kept: 1–100 characters without white space around; undefined: nobody could read or tell it. */
export function readName(text: string): string | undefined {
  const name = text.normalize("NFC").replace(/\s+/gu, " ").trim();
  const isName = /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) && name.isWellFormed() && !unreadable.test(name);
  return isName && [...name].length <= MOST_NAME ? name : undefined;
}
