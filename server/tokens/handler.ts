// Making and ending API tokens: forms without scripts, and JSON. The token is in the answer to JSON, else on the next page once.
import { isLanguage, type Language } from "#locales/languages.ts";
import { requireFresh } from "#server/auth/proof.ts";
import { newTokenCookie, newTokenIn } from "#server/auth/tokens.ts";
import { AppError } from "#server/errors.ts";
import { assertStorable, decodeText, readBytes, readFields } from "#server/http/incoming.ts";
import { route } from "#server/route.ts";
import { MakeToken } from "./schema.ts";
import { endToken, makeToken } from "./service.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const languageIn = (request: Request, fallback: Language): Language => {
  const named = new URL(request.url).searchParams.get("lang");
  return isLanguage(named) ? named : fallback;
};
const seeOther = (path: string, cookie?: string) =>
  new Response(null, {
    status: 303,
    headers: { location: path, "cache-control": "no-store", ...(cookie && { "set-cookie": cookie }) },
  });

/** The fields of the form, in which a name may stand several times, or of a JSON body. */
async function readWish(request: Request): Promise<{ isForm: boolean; fields: Record<string, unknown> }> {
  const isForm =
    request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") ?? false;
  if (!isForm) return readFields(request);
  const form = new URLSearchParams(decodeText(await readBytes(request)));
  const fields = Object.fromEntries(
    [...new Set(form.keys())].map((name) => [
      name,
      name === "permissions" ? form.getAll(name) : (form.get(name) ?? ""),
    ]),
  );
  assertStorable(fields);
  return { isForm, fields };
}

const typed = new WeakMap<Request, Record<string, unknown>>();
/** A form comes back with the error and what was typed; a proof of who it is comes first and leads back to the same. */
function backToForm(error: AppError, request: Request): Response | undefined {
  if (!(request.headers.get("accept") ?? "").includes("text/html")) return undefined;
  const lang = languageIn(request, "en");
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(typed.get(request) ?? {}))
    for (const one of [value].flat()) if (typeof one === "string") query.append(name, one.slice(0, 100));
  if (error.code === "auth.required") return seeOther(`/${lang}/sign-in`);
  if (error.code === "auth.proofNeeded")
    return seeOther(`/${lang}/profile/prove?${new URLSearchParams({ return: `/${lang}/tokens?${query}` })}`);
  query.set("error", error.code);
  return seeOther(`/${lang}/tokens?${query}`);
}

/** `POST /api/tokens`: a form leads to the page that shows the token once, JSON is answered with it. */
export const makeTokenHandler = route(
  "token:manageOwn",
  "read write",
  async ({ request, db, actor, audit, language }) => {
    const { isForm, fields } = await readWish(request);
    typed.set(request, fields);
    requireFresh(actor);
    const wish = MakeToken.safeParse(fields);
    if (!wish.success)
      throw new AppError("request.invalid", {
        fields: Object.fromEntries(wish.error.issues.map((issue) => [issue.path.join("."), issue.code])),
      });
    const { token, id, connectionId, expiresAt } = await makeToken(
      { db, actor, audit },
      wish.data,
      new Date(),
    );
    if (!isForm)
      return Response.json(
        { id, token, connectionId, expiresAt: expiresAt.toISOString() },
        { status: 201, headers: { "cache-control": "no-store" } },
      );
    const page = `/${languageIn(request, language)}/tokens`;
    return seeOther(`${page}?notice=made#made`, newTokenCookie(token, actor.membershipId, page));
  },
  backToForm,
);

/** `POST /api/tokens/{id}/revoke`: the token is refused from the next request on. Never asks for a fresh sign-in. */
export const revokeTokenHandler = route<{ id: string }>(
  "token:manageOwn",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    if (!uuid.test(params.id)) throw new AppError("token.notFound");
    await endToken({ db, actor, audit }, params.id, new Date());
    const wantsPage = (request.headers.get("accept") ?? "").includes("text/html");
    return wantsPage
      ? seeOther(`/${languageIn(request, language)}/tokens?notice=revoked`)
      : new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
  },
);

/** The token that the page after the form shows, once: proxy.ts ends the cookie with that page. */
export const shownToken = (headers: Headers, membershipId: string): string | undefined =>
  newTokenIn(headers.get("cookie"), membershipId);
