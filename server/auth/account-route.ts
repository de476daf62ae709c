// The guarded builder of handlers for one's own account: for a session, never for a token, as the role that may change people.
import { type ScopedDb, withScope } from "#db/client.ts";
import { isLanguage, type Language } from "#locales/languages.ts";
import { type AuditEntry, appendAudit, auditRefusal, scopeOf } from "#server/audit/append.ts";
import { contextOf, languageOf } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { assertSameOrigin, readFields } from "#server/http/incoming.ts";
import { can } from "#server/permissions.ts";
import { backToPage, errorResponse, handlerPermissions } from "#server/route.ts";
import type { SessionRow } from "./sessions.ts";

export type OwnInput = {
  action: string;
  session: SessionRow;
  fields: Record<string, unknown>;
  isForm: boolean;
  db: ScopedDb;
  audit: (entry: Omit<AuditEntry, "entity" | "customerId">) => Promise<void>;
  language: Language;
};

/** The language of the page that a form stands on: what it names, else the page it came from, else the browser's. */
function languageOfPage(request: Request, fields: Record<string, unknown>): Language {
  const [, from] = URL.parse(request.headers.get("referer") ?? "")?.pathname.split("/", 2) ?? [];
  return [fields["lang"], from].find(isLanguage) ?? languageOf(request.headers);
}

/**
 * `POST …/[action]` with the session's cookie, from our own pages: `work` runs in one transaction with what it records, and
 * must record something. A form goes back to its page with an error, a program gets it as JSON.
 */
export function accountRoute(work: (input: OwnInput) => Promise<Response>) {
  const handler = async (
    request: Request,
    { params }: { params: Promise<{ action: string }> },
  ): Promise<Response> => {
    const language = languageOf(request.headers);
    let session: SessionRow | null = null;
    try {
      assertSameOrigin(request);
      const context = await contextOf(request.headers);
      session = context.session;
      if (!session) throw new AppError("auth.required");
      const { actor } = session;
      if (!can(actor, "account:self")) throw new AppError("permission.denied");
      const own = session;
      const { action = "" } = await params;
      const { isForm, fields } = await readFields(request);
      return await withScope(
        scopeOf(actor),
        "read write",
        async (db) => {
          let recorded = 0;
          const audit: OwnInput["audit"] = (entry) => {
            recorded += 1;
            const { userId, customerId } = actor;
            return appendAudit(db, actor, { ...entry, entity: `user ${userId}`, customerId });
          };
          const page = languageOfPage(request, fields);
          const response = await work({ action, session: own, fields, isForm, db, audit, language: page });
          if (recorded === 0) throw new Error(`${action} changed an account without an audit entry`);
          return response;
        },
        "signin",
      );
    } catch (error) {
      if (session && error instanceof AppError && error.status === 403)
        await auditRefusal(session.actor, "account:self", error.code);
      const answer = error instanceof AppError ? backToPage(error, request) : undefined;
      return answer ?? errorResponse(error, language);
    }
  };
  handlerPermissions.set(handler, "account:self");
  return handler;
}
