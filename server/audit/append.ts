// Writes entries to the audit's chains, inside the transaction of what they record.
import { sql } from "kysely";
import { type Scope, type ScopedDb, withScope } from "#db/client.ts";
import { log } from "#server/log.ts";
import type { Actor } from "#server/permissions.ts";

/** Who did it when no person is signed in: a job of the worker, by its name. */
export type JobActor = { job: string };

/** `customerId` chooses the chain: the customer's, or (null) the partner's. `detail`: before → after, without secrets. */
export type AuditEntry = {
  action: string;
  entity: string;
  customerId: string | null;
  outcome?: "done" | "refused" | "failed";
  reason?: string;
  ticket?: string;
  detail?: Record<string, unknown>;
};

const who = (actor: Actor | JobActor) =>
  "job" in actor
    ? { kind: "job", id: actor.job, name: actor.job, membershipId: null, address: "" }
    : {
        ...(actor.apiToken
          ? {
              kind: "token",
              id: actor.apiToken.id,
              name: `${actor.apiToken.name}: ${actor.name} <${actor.email}>`,
            }
          : { kind: "user", id: actor.userId, name: `${actor.name} <${actor.email}>` }),
        membershipId: actor.membershipId,
        address: actor.address,
      };

/** Appends one entry; if that fails, so does the transaction (promise P3). Call it last: it locks the chain's head. */
export async function appendAudit(db: ScopedDb, actor: Actor | JobActor, entry: AuditEntry): Promise<void> {
  const by = who(actor);
  await sql`select audit.append(${entry.customerId}::uuid, ${by.kind}, ${by.id}, ${by.name}, ${by.membershipId}::uuid, ${by.address},
    ${entry.action}, ${entry.entity}, ${entry.outcome ?? "done"}, ${entry.reason ?? ""}, ${entry.ticket ?? ""},
    ${JSON.stringify(entry.detail ?? {})}::jsonb)`.execute(db);
}

/** Appends the same to the ledger of each of these customers, in the order of their ids, so that no two wait for each other. */
export async function appendToEach(
  db: ScopedDb,
  actor: Actor,
  customerIds: readonly string[],
  entry: Omit<AuditEntry, "customerId" | "entity">,
): Promise<void> {
  const by = who(actor);
  await sql`select audit.append(id, ${by.kind}, ${by.id}, ${by.name}, ${by.membershipId}::uuid, ${by.address},
    ${entry.action}, 'customer ' || id, ${entry.outcome ?? "done"}, ${entry.reason ?? ""}, ${entry.ticket ?? ""},
    ${JSON.stringify(entry.detail ?? {})}::jsonb) from unnest(${[...customerIds].sort()}::uuid[]) id`.execute(
    db,
  );
}

/** The scope in which an actor's transactions run. */
export const scopeOf = (actor: Actor): Scope => ({
  partnerId: actor.partnerId,
  customerId: actor.customerId,
  memberId: actor.membershipId,
  memberAll: actor.memberAll,
});

/**
 * Appends one entry in a transaction of its own, with what is to be written beside it: about what ends outside of any
 * transaction, such as a download.
 */
export const auditAlone = (
  actor: Actor,
  entry: AuditEntry,
  beside?: (db: ScopedDb) => Promise<void>,
): Promise<void> =>
  withScope(scopeOf(actor), "read write", async (db) => {
    await beside?.(db);
    await appendAudit(db, actor, entry);
  });

/** A refused action is recorded in a transaction of its own (decision 29): the refused one rolls back. */
export async function auditRefusal(actor: Actor, action: string, code: string): Promise<void> {
  await auditAlone(actor, {
    action,
    entity: "permission",
    customerId: actor.customerId,
    outcome: "refused",
    detail: { code },
  });
  log.warn({ action, code, user: actor.userId, membership: actor.membershipId }, "refused");
}
