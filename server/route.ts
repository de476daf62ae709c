// The guarded builder of route handlers: exports, uploads, streams; the same permission, scope and audit as procedures.
import { type Mode, withScope } from "#db/client.ts";
import type { Language } from "#locales/languages.ts";
import { errorText } from "#locales/resources.ts";
import { type AuditEntry, appendAudit, auditRefusal, scopeOf } from "./audit/append.ts";
import { contextOf } from "./context.ts";
import { AppError } from "./errors.ts";
import { assertSameOrigin } from "./http/incoming.ts";
import { log } from "./log.ts";
import { can, type Permission } from "./permissions.ts";
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
  const headers = known.retryAfterSeconds === undefined ? {} : { "retry-after": String(known.retryAfterSeconds) };
  return Response.json(
    { error: { code: known.code, message, supportId, ...(known.fields && { fields: known.fields }) } },
    { status: known.status, headers: { ...headers, "cache-control": "no-store" } },
  );
}

/**
 * Builds a handler that may be called with `permission` only, in one transaction of the actor's scope. One that changes
 * (`read write`) must come from our own pages and must record what it did. `onError` may answer an error in its own way
 * (a form that is sent back to its page).
 */
export function route<Params = Record<string, never>>(
  permission: Permission,
  mode: Mode,
  work: (input: RouteInput<Params>) => Promise<Response>,
  onError?: (error: AppError, request: Request) => Response | undefined,
): NextHandler<Params> {
  const handler: NextHandler<Params> = async (request, { params }) => {
    const context = await contextOf(request.headers);
    try {
      if (mode === "read write") assertSameOrigin(request);
      const actor = context.session?.actor;
      if (!actor) throw new AppError("auth.required");
      if (!can(actor, permission)) {
        await auditRefusal(actor, permission, "permission.denied");
        throw new AppError("permission.denied");
      }
      const resolved = await params;
      return await withScope(scopeOf(actor), mode, async (db) => {
        let recorded = 0;
        const audit = (entry: AuditEntry) => {
          recorded += 1;
          return appendAudit(db, actor, entry);
        };
        const response = await work({ request, params: resolved, actor, db, audit, language: context.language });
        if (mode === "read write" && recorded === 0) throw new Error(`a handler of ${permission} changed something without an audit entry`);
        return response;
      });
    } catch (error) {
      const answer = error instanceof AppError ? onError?.(error, request) : undefined;
      return answer ?? errorResponse(error, context.language);
    }
  };
  handlerPermissions.set(handler, permission);
  return handler;
}
