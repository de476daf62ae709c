// Cursors of keyset paging: where a page begins, as text that only we read.
import { AppError } from "#server/errors.ts";

/** Cursors are opaque text to everybody else; one that cannot be read is a bad request. */
export const encodeCursor = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
export function decodeCursor<T>(text: string, isRight: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch (cause) {
    throw new AppError("request.invalid", { fields: { after: "cursor" }, cause });
  }
  if (!isRight(value)) throw new AppError("request.invalid", { fields: { after: "cursor" } });
  return value;
}
const isText = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");
/** The value of the sort and the row that it stands in. */
export const isPair = (value: unknown): value is [string | null, string] =>
  Array.isArray(value) && value.length === 2 && (value[0] === null || isText(value[0])) && isText(value[1]);
