// What every route handler does with a request before anything else: origin, size, content type, text that a database takes.
import { AppError } from "#server/errors.ts";
import { env } from "#server/env.ts";

const MOST_BYTES = 1_000_000;
const DEEPEST_JSON = 32;

/**
 * Refuses a request that another site's page sent. Browsers put Origin on every POST; a client without one is no
 * browser and carries no ambient cookie.
 */
export function assertSameOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin === null) {
    const site = request.headers.get("sec-fetch-site");
    if (site !== null && site !== "same-origin" && site !== "none") throw new AppError("auth.originMismatch");
    return;
  }
  const host = URL.parse(origin)?.host;
  if (origin !== env().origin && (host === undefined || host !== request.headers.get("host")))
    throw new AppError("auth.originMismatch");
}

/** The body as bytes; stops reading at `most` with 413. */
export async function readBytes(
  request: Request,
  most: number = MOST_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get("content-length") ?? 0) > most) throw new AppError("request.tooLarge");
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > most) throw new AppError("request.tooLarge");
    parts.push(part);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new AppError("request.malformed", { cause });
  }
}

/** PostgreSQL takes neither NUL nor lone surrogates; deep nesting is an attack on parsers. Refuses all three with 400. */
export function assertStorable(value: unknown, depth = 0): void {
  if (depth > DEEPEST_JSON) throw new AppError("request.malformed");
  if (typeof value === "string") {
    if (value.includes("\0") || !value.isWellFormed()) throw new AppError("request.malformed");
  } else if (Array.isArray(value)) {
    for (const item of value) assertStorable(item, depth + 1);
  } else if (value !== null && typeof value === "object") {
    for (const [key, item] of Object.entries(value)) {
      assertStorable(key, depth + 1);
      assertStorable(item, depth + 1);
    }
  }
}

/** A JSON or form body as an object of unknown values, checked to be storable; of a form, `lists` may come several times. */
export async function readFields(
  request: Request,
  lists: readonly string[] = [],
): Promise<{ isForm: boolean; fields: Record<string, unknown> }> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && type !== "application/x-www-form-urlencoded")
    throw new AppError("request.unsupportedType");
  const text = decodeText(await readBytes(request));
  const isForm = type !== "application/json";
  let fields: unknown;
  try {
    fields = isForm ? formFields(new URLSearchParams(text), lists) : JSON.parse(text);
  } catch (cause) {
    throw new AppError("request.malformed", { cause });
  }
  if (fields === null || typeof fields !== "object" || Array.isArray(fields))
    throw new AppError("request.invalid");
  assertStorable(fields);
  return { isForm, fields: fields as Record<string, unknown> };
}

const formFields = (form: URLSearchParams, lists: readonly string[]) => ({
  ...Object.fromEntries(form),
  ...Object.fromEntries(lists.map((name) => [name, form.getAll(name)])),
});

/** A path of this site to go on to, or `fallback`: never another origin (also not `//host` or `/\host`). */
export function safeReturn(path: unknown, fallback: string): string {
  if (typeof path !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path)) return fallback;
  return URL.parse(path, "http://here.invalid")?.origin === "http://here.invalid" ? path : fallback;
}

/** Where the request came from, by the proxy that TRUST_PROXY names; empty without one, because clients write what they like. */
export const addressOf = (headers: Headers): string =>
  env().TRUST_PROXY === "0"
    ? ""
    : (headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "").slice(0, 45);
