// Synchronises the demo's connections as a person would: asks, and waits for the worker.
import type { Actor } from "#server/permissions.ts";
import { requestSync } from "#server/sync/service.ts";
import { acting, asOwner } from "./demo-people.ts";
import { untilDone } from "./until-done.ts";

/** Asks for all of a partner's connections to be read, or those of one customer, and waits until the worker has done it. */
export async function synchronise(actor: Actor, customerId: string | null = null): Promise<void> {
  const { batchId } = await acting(actor, (guarded) =>
    requestSync(
      guarded.db,
      actor.partnerId,
      { cause: "first", requestedBy: actor.userId, customerIds: customerId === null ? null : [customerId] },
      new Date(),
    ),
  );
  await untilDone("synchronisation", async () => {
    const { rows } = await asOwner(actor.partnerId, (client) =>
      client.query<{ state: string; isOwn: boolean }>(
        `select r.state, c.customer_id is null as "isOwn" from sync_run r
         join connection c on c.partner_id = r.partner_id and c.id = r.connection_id
         where r.partner_id = $1 and r.batch_id = $2`,
        [actor.partnerId, batchId],
      ),
    );
    // A customer's own connection may fail: one does, for its secret.
    return rows.every(({ state, isOwn }) => state === "succeeded" || (state === "failed" && !isOwn));
  });
}
