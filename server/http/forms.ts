// Forms that work without scripts: reading them, and the way back to their page with a notice or with what is wrong.
import { isLanguage, type Language } from "#locales/languages.ts";
import type { AppError } from "#server/errors.ts";
import { readFields, safeReturn } from "./incoming.ts";

/** Characters of one field that are carried back; an address holds no more than a few thousand in all. */
const MOST_KEPT = 600;

/** A page of ours as a form names it: path, what its address says beside, and the place on it. */
export type Place = { path: string; query?: Record<string, string>; hash?: string };

/** 303 to a page of this site; its path may carry an address of its own already. */
export function seeOther({ path, query = {}, hash }: Place): Response {
  const search = new URLSearchParams(query).toString();
  const location =
    path + (search && (path.includes("?") ? "&" : "?") + search) + (hash === undefined ? "" : `#${hash}`);
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

/** Forms name their page's language in the address (`?lang=`), because an answer to a form is a way back to that page. */
export function languageIn(request: Request, fallback: Language): Language {
  const named = new URL(request.url).searchParams.get("lang");
  return isLanguage(named) ? named : fallback;
}

/** The page that a form named as its own, else `fallback`, with `outcome` in place of what an earlier form left there. */
export function placeOfForm(path: unknown, fallback: string, outcome: Record<string, string> = {}): Place {
  const url = new URL(safeReturn(path, fallback), "http://here.invalid");
  for (const name of ["notice", "error", "refused", "about"]) url.searchParams.delete(name);
  return { path: url.pathname, query: { ...Object.fromEntries(url.searchParams), ...outcome } };
}

const sent = new WeakMap<Request, Record<string, string>>();

/** The fields of a form (`lists` may come several times) or of a JSON body; `isForm`: a person is led back to a page, a program is answered in JSON. */
export async function readForm(
  request: Request,
  lists: readonly string[] = [],
): Promise<{ isForm: boolean; fields: Record<string, unknown> }> {
  const form = await readFields(request, lists);
  const texts = Object.entries(form.fields).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string" && entry[1] !== "";
  });
  sent.set(request, Object.fromEntries(texts.map(([name, text]) => [name, text.slice(0, MOST_KEPT)])));
  return form;
}

/**
 * For `route`: a refused form leads back to the place that `placeOf` gives from what was typed, with the code of what is
 * wrong as `name` in its address; a program is told the error itself (undefined).
 */
export const backTo =
  (
    placeOf: (fields: Record<string, string>, request: Request, language: Language) => Place,
    name = "error",
  ) =>
  (error: AppError, request: Request): Response | undefined => {
    if (!(request.headers.get("accept") ?? "").includes("text/html")) return undefined;
    const language = languageIn(request, "en");
    if (error.code === "auth.required") return seeOther({ path: `/${language}/sign-in` });
    const place = placeOf(sent.get(request) ?? {}, request, language);
    return seeOther({ ...place, query: { ...place.query, [name]: error.code } });
  };
