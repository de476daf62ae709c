// The two guarded procedure builders: who may, in whose rows, recorded. The only place that knows tRPC's internals.
import { initTRPC, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { z } from "zod";
import { type ScopedDb, withScope } from "#db/client.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { findCustomerAccess } from "./access/queries.ts";
import { type AuditEntry, appendAudit, auditRefusal, scopeOf } from "./audit/append.ts";
import type { Context } from "./context.ts";
import { AppError } from "./errors.ts";
import { log } from "./log.ts";
import {
  type Actor,
  can,
  type CustomerAccess,
  type CustomerPermission,
  type PartnerPermission,
  type Permission,
} from "./permissions.ts";

type Meta = { permission: Permission };

const trpcCodes: Record<number, TRPC_ERROR_CODE_KEY> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};
const toTrpc = (error: AppError) =>
  new TRPCError({
    code: trpcCodes[error.status] ?? "INTERNAL_SERVER_ERROR",
    message: error.code,
    cause: error,
  });

/** What an answer may say of an error: nothing but codes of ours. Everything else is `unexpected` and goes to the log. */
function publicError(error: TRPCError): { code: string; fields?: Record<string, string> } {
  if (error.cause instanceof AppError)
    return { code: error.cause.code, ...(error.cause.fields && { fields: error.cause.fields }) };
  // An answer that does not fit its own schema is also a ZodError, but no fault of the request.
  if (error.code === "BAD_REQUEST" && error.cause instanceof z.ZodError) {
    return {
      code: "request.invalid",
      fields: Object.fromEntries(error.cause.issues.map((issue) => [issue.path.join("."), issue.code])),
    };
  }
  const byCode: Partial<Record<TRPC_ERROR_CODE_KEY, string>> = {
    BAD_REQUEST: "request.invalid",
    PARSE_ERROR: "request.malformed",
    NOT_FOUND: "request.notFound",
    PAYLOAD_TOO_LARGE: "request.tooLarge",
    METHOD_NOT_SUPPORTED: "request.methodNotAllowed",
    UNSUPPORTED_MEDIA_TYPE: "request.unsupportedType",
  };
  return { code: byCode[error.code] ?? "unexpected" };
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    errorFormatter: ({ error, shape, ctx, path }) => {
      const shown = publicError(error);
      const supportId = ctx?.supportId ?? crypto.randomUUID();
      if (shown.code === "unexpected")
        log.error({ err: error, path, supportId }, "unexpected error in a procedure");
      const message = isErrorCode(shown.code)
        ? errorText(ctx?.language ?? "en", shown.code).message
        : shown.code;
      return {
        message,
        code: shape.code,
        data: { ...shown, message, supportId, httpStatus: shape.data.httpStatus },
      };
    },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** What a guarded procedure works with. `audit` records the change; a mutation that records nothing fails. */
export type Guarded = { actor: Actor; db: ScopedDb; audit: (entry: AuditEntry) => Promise<void> };

const guarded = (permission: Permission) =>
  t.procedure.meta({ permission }).use(async ({ ctx, type, path, next }) => {
    const actor = ctx.session?.actor;
    if (!actor) throw toTrpc(new AppError("auth.required"));
    const isChange = type === "mutation";
    if (isChange && ctx.expectedMembership !== undefined && ctx.expectedMembership !== actor.membershipId) {
      throw toTrpc(new AppError("membership.changed"));
    }
    if (!can(actor, permission)) {
      await auditRefusal(actor, permission, "permission.denied");
      throw toTrpc(new AppError("permission.denied"));
    }
    try {
      return await withScope(scopeOf(actor), isChange ? "read write" : "read only", async (db) => {
        let recorded = 0;
        const audit = (entry: AuditEntry) => {
          recorded += 1;
          return appendAudit(db, actor, entry);
        };
        const result = await next({ ctx: { actor, db, audit } satisfies Guarded });
        // next() reports failure, it does not throw: without this line a failed mutation would commit.
        if (!result.ok) throw result.error;
        if (isChange && recorded === 0) throw new Error(`${path} changed something without an audit entry`);
        return result;
      });
    } catch (error) {
      const cause = error instanceof TRPCError ? error.cause : error;
      if (cause instanceof AppError && cause.status === 403)
        await auditRefusal(actor, permission, cause.code);
      throw cause instanceof AppError ? toTrpc(cause) : error;
    }
  });

/** A procedure about the partner as a whole, or about all customers in scope. */
export const procedure = (permission: PartnerPermission) => guarded(permission);

/**
 * A procedure about one customer: takes `customerId` and the fields of `shape`, nothing else, and has checked that the
 * customer is visible and the action allowed there. An invisible customer is NOT_FOUND, so existence does not leak.
 */
export const customerProcedure = <Shape extends z.ZodRawShape = Record<never, never>>(
  permission: CustomerPermission,
  shape?: Shape,
) =>
  guarded(permission)
    .input(z.strictObject({ customerId: z.uuid(), ...(shape as Shape) }))
    .use(async ({ ctx, input, next }) => {
      const { customerId } = input as { customerId: string };
      return next({ ctx: { ...ctx, customer: await requireCustomer(ctx, permission, customerId) } });
    });

/** The access of a visible customer at which the actor may do it; throws customer.notFound or customer.accessDisabled. */
export async function requireCustomer(
  ctx: Pick<Guarded, "actor" | "db">,
  permission: CustomerPermission,
  customerId: string,
): Promise<CustomerAccess> {
  const customer = await findCustomerAccess(ctx.db, ctx.actor.partnerId, customerId);
  if (!customer) throw new AppError("customer.notFound");
  if (!can(ctx.actor, permission, customer)) throw new AppError("customer.accessDisabled");
  return customer;
}
