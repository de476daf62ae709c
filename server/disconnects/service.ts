// Disconnecting a customer: what goes and what stays is said first; at the word it is out of sight, and the worker deletes it.
import type { ScopedDb } from "#db/client.ts";
import { lockCustomers } from "#server/access/queries.ts";
import { requireFresh } from "#server/auth/proof.ts";
import { AppError } from "#server/errors.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { requireWord } from "#server/links/service.ts";
import type { Actor, CustomerAccess } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import { getMergeFacts } from "#server/vendor-accounts/queries-leave.ts";
import { beginDisconnect, findHoldings, insertDisconnect, listDisconnects } from "./queries.ts";
import type { Disconnected, DisconnectDetails } from "./schema.ts";

/** What a disconnect would take and leave. Throws customer.notFound. */
export async function getDisconnectDetails(
  db: ScopedDb,
  { partnerId }: Actor,
  { id, relationship }: CustomerAccess,
): Promise<DisconnectDetails> {
  const held = await findHoldings(db, partnerId, id);
  if (!held) throw new AppError("customer.notFound");
  const { name, ledger, months, billed, ...goes } = held;
  const facts = await getMergeFacts(db, partnerId, id);
  return {
    name,
    relationship,
    goes,
    stays: { ledger, months },
    isClosed: facts !== undefined && !facts.mayLeave,
    billed,
  };
}

/** Customers that were removed. Names are told only to who sees all customers. */
export async function getDisconnected(db: ScopedDb, actor: Actor, now: Date): Promise<Disconnected> {
  const rows = actor.memberAll ? await listDisconnects(db, actor.partnerId, null) : [];
  return {
    rows: rows.map(({ rowsDeleted, createdAt, finishedAt, state, ...row }) => ({
      ...row,
      state: state as "queued",
      rowsDeleted: Number(rowsDeleted),
      createdAt: createdAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
    })),
    now: now.toISOString(),
  };
}

/**
 * Removes a customer from the portal whatever its licences, never anything at a vendor: nobody finds it any more when this
 * has answered. Needs a fresh sign-in and the typed word. Whoever comes second waits for the first, and changes nothing.
 * Throws auth.proofNeeded, account.wordMissing.
 */
export async function disconnectCustomer(
  { db, actor, audit }: Guarded,
  { id: customerId }: Pick<CustomerAccess, "id">,
  word: string,
): Promise<void> {
  const { partnerId } = actor;
  requireFresh(actor);
  requireWord(word);
  await lockCustomers(db, [customerId], "exclusive");
  const held = await findHoldings(db, partnerId, customerId);
  if (!held) throw new AppError("customer.notFound");
  const { name, billed, ...counts } = held;
  const isNew = await insertDisconnect(db, partnerId, { customerId, name, byName: actor.name });
  if (isNew) {
    await beginDisconnect(db, partnerId, customerId);
    await enqueue(db, "disconnect", { partnerId, customerId }, { singletonKey: customerId });
  }
  const entity = `customer ${customerId}`;
  const detail = isNew ? { name, ...counts, billed } : { again: true };
  // On the customer's own ledger, which it may still ask for, and on the partner's, where the customer is no longer found.
  for (const chain of [customerId, null])
    await audit({ action: "customer:disconnect", entity, customerId: chain, detail });
}

/** Whether a customer was removed before: then asking again changes nothing, and that is noted. */
export async function wasDisconnected({ db, actor, audit }: Guarded, customerId: string): Promise<boolean> {
  const [before] = await listDisconnects(db, actor.partnerId, customerId);
  if (!before) return false;
  await audit({
    action: "customer:disconnect",
    entity: `customer ${customerId}`,
    customerId: null,
    detail: { again: true },
  });
  return true;
}
