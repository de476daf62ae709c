// The guarded builder of route handlers: exports, uploads, streams; the same permission, scope and audit as procedures.
import { type Mode, withScope } from "#db/client.ts";
import type { Language } from "#locales/languages.ts";
import { errorText } from "#locales/resources.ts";
import { type AuditEntry, appendAudit, auditRefusal, scopeOf } from "./audit/append.ts";
import { bearerOf, readToken } from "./auth/tokens.ts";
import { contextOf, languageOf, sessionToken } from "./context.ts";
import { AppError } from "./errors.ts";
import { addressOf, assertSameOrigin } from "./http/incoming.ts";
import { log } from "./log.ts";
import { type Actor, can, type Permission } from "./permissions.ts";
import type { Guarded } from "./trpc.ts";

export type RouteInput<Params> = Guarded & { request: Request; params: Params; language: Language };
type NextHandler<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;

/** Permissions of every handler that was built, for the guard test. */
export const handlerPermissions = new WeakMap<object, Permission>();

/** An error as JSON: `{"error":{code,message,supportId}}`; whatever is not an AppError is `unexpected` and logged. */
export function errorResponse(error: unknown, language: Language): Response {
  const supportId = crypto.randomUUID();
  const known = error instanceof AppError ? error : new AppError("unexpected", { cause: error });
  if (known.status >= 500) log.error({ err: error, supportId }, "unexpected error in a handler");
  const { message } = errorText(language, known.code);
  const headers =
    known.retryAfterSeconds === undefined ? {} : { "retry-after": String(known.retryAfterSeconds) };
  return Response.json(
    { error: { code: known.code, message, supportId, ...(known.fields && { fields: known.fields }) } },
    { status: known.status, headers: { ...headers, "cache-control": "no-store" } },
  );
}

/** The membership that the page of this form or script was shown for (decision 18): `?membership=` or x-membership. */
const expectedMembership = (request: Request): string | undefined =>
  new URL(request.url).searchParams.get("membership") ?? request.headers.get("x-membership") ?? undefined;

/**
 * Who asks: a program with an API token, or the person of the session. Browsers send no token by themselves, so only a
 * session's change must come from our own pages; the two never come together, so that neither lends the other its rights.
 */
async function actorOf(request: Request, mode: Mode): Promise<Actor> {
  const { headers } = request;
  const token = bearerOf(headers);
  if (token !== undefined) {
    if (sessionToken(headers.get("cookie")) !== undefined) throw new AppError("token.mixed");
    return readToken(token, addressOf(headers));
  }
  if (mode === "read write") assertSameOrigin(request);
  const { session } = await contextOf(headers);
  if (!session) throw new AppError("auth.required");
  return session.actor;
}

/** A form that a person sent goes back to its page with the error; a program is told the error itself. */
export function backToPage(error: AppError, request: Request): Response | undefined {
  const from = URL.parse(request.headers.get("referer") ?? "");
  const isForm = request.method === "POST" && (request.headers.get("accept") ?? "").includes("text/html");
  if (!isForm || from === null || from.host !== request.headers.get("host")) return undefined;
  if (error.code === "auth.proofNeeded") {
    const [, lang = "en"] = from.pathname.split("/", 2);
    const back = new URLSearchParams({ return: from.pathname + from.search });
    return new Response(null, {
      status: 303,
      headers: { location: `/${lang}/profile/prove?${back}`, "cache-control": "no-store" },
    });
  }
  from.searchParams.set("error", error.code);
  return new Response(null, {
    status: 303,
    headers: { location: from.pathname + from.search, "cache-control": "no-store" },
  });
}

/**
 * Builds a handler that may be called with `permission` only, in one transaction of the actor's scope. One that changes
 * (`read write`) must come from our own pages, or with an API token, and must record what it did. `onError` may answer an
 * error in its own way; else a form goes back to its page and a program gets JSON. `readBody` reads a large body before
 * the transaction opens and after the permission was asked: a slow line must not hold a connection.
 */
export function route<Params = Record<string, never>, Body = undefined>(
  permission: Permission,
  mode: Mode,
  work: (input: RouteInput<Params> & { body: Body }) => Promise<Response>,
  onError: (error: AppError, request: Request) => Response | undefined = backToPage,
  readBody?: (request: Request, actor: Actor) => Promise<Body>,
): NextHandler<Params> {
  const handler: NextHandler<Params> = async (request, { params }) => {
    const language = languageOf(request.headers);
    let actor: Actor | undefined;
    try {
      actor = await actorOf(request, mode);
      if (!can(actor, permission)) throw new AppError("permission.denied");
      const expected = expectedMembership(request);
      if (mode === "read write" && expected !== undefined && expected !== actor.membershipId)
        throw new AppError("membership.changed");
      const body = (await readBody?.(request, actor)) as Body;
      const resolved = await params;
      const by = actor;
      return await withScope(scopeOf(by), mode, async (db) => {
        let recorded = 0;
        const audit = (entry: AuditEntry) => {
          recorded += 1;
          return appendAudit(db, by, entry);
        };
        const response = await work({ request, params: resolved, actor: by, db, audit, language, body });
        if (mode === "read write" && recorded === 0)
          throw new Error(`a handler of ${permission} changed something without an audit entry`);
        return response;
      });
    } catch (error) {
      if (actor && error instanceof AppError && error.status === 403)
        await auditRefusal(actor, permission, error.code);
      const answer = error instanceof AppError ? onError(error, request) : undefined;
      return answer ?? errorResponse(error, language);
    }
  };
  handlerPermissions.set(handler, permission);
  return handler;
}
