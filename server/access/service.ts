// Granting and ending access, as one transaction each with its place in the customer's ledger.
import type { ScopedDb } from "#db/client.ts";
import type { AuditEntry } from "#server/audit/append.ts";
import { enqueue } from "#server/jobs/queue.ts";
import type { Capability } from "#server/permissions.ts";
import { endGrants, insertGrants, lockCustomers } from "./queries.ts";

type Ctx = { db: ScopedDb; partnerId: string; audit: (entry: AuditEntry) => Promise<void> };

/** Grants of the same quarter of a minute are read together, at its end. */
const GATHER_MS = 15_000;

/**
 * The customer grants access: what was active or asked for before is superseded. `untilAt` null: continuous.
 * `fromAt` may lie in the future; metrics open when it comes, and the customer is read then, not with the next cycle.
 */
export async function grantAccess(
  { db, partnerId, audit }: Ctx,
  grant: {
    customerId: string;
    capabilities: readonly Capability[];
    fromAt: Date;
    untilAt: Date | null;
    zone: string;
    grantedBy: string;
  },
  now: Date,
): Promise<void> {
  await lockCustomers(db, [grant.customerId], "exclusive");
  await endGrants(db, partnerId, grant.customerId, "superseded", now);
  await insertGrants(db, partnerId, [{ ...grant, origin: "customer" }]);
  await enqueue(
    db,
    "syncRequest",
    { partnerId, customerId: grant.customerId, userId: grant.grantedBy },
    // A key of its own: a wish for now must not be taken for one that waits for a day to come.
    {
      singletonKey: `grant ${grant.customerId} ${grant.fromAt.toISOString()}`,
      startAfter: new Date(
        Math.max(grant.fromAt.getTime(), Math.ceil((now.getTime() + 1) / GATHER_MS) * GATHER_MS),
      ),
    },
  );
  await audit({
    action: "access:grant",
    entity: `customer ${grant.customerId}`,
    customerId: grant.customerId,
    detail: {
      capabilities: grant.capabilities,
      fromAt: grant.fromAt,
      untilAt: grant.untilAt,
      zone: grant.zone,
    },
  });
}

/** The customer revokes: waits for acting transactions, then nothing can be read any more. Ends nothing twice. */
export async function revokeAccess(
  { db, partnerId, audit }: Ctx,
  customerId: string,
  now: Date,
): Promise<{ ended: boolean }> {
  await lockCustomers(db, [customerId], "exclusive");
  const ended = await endGrants(db, partnerId, customerId, "revoked", now);
  await audit({ action: "access:revoke", entity: `customer ${customerId}`, customerId, detail: { ended } });
  return { ended: ended > 0 };
}
