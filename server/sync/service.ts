// Synchronisation from request to overview: queue runs, read a connection, ingest snapshots, record faults and heal.
import { upsertProducts, mergeLicences, mergeDevices, mergeAlerts, type Placed } from "./queries-parts.ts";
import { dayIn } from "#server/licences/rules.ts";
import { v7 as uuidv7 } from "uuid";
import type { ScopedDb } from "#db/client.ts";
import { insertGrants, lockCustomers } from "#server/access/queries.ts";
import { AppError } from "#server/errors.ts";
import type { Guarded } from "#server/trpc.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import { refreshOverview } from "#server/overview/service.ts";
import {
  type AccountRefusal,
  type AccountRow,
  findByIdentifier,
  hasAccount,
  insertCustomers,
  linkAccounts,
  listDecidingAccounts,
  listOpenToMetrics,
  type NewCustomer,
  recordRefusal,
  recordSuccess,
  renewCustomers,
  replaceContacts,
  upsertAccounts,
} from "./queries.ts";
import { askForFollowUp, insertBatch, insertRun, listConnections } from "./queries-runs.ts";
import { arrivalOf } from "./rules.ts";
import type { AccountIdentity, Snapshot, VendorErrorCode } from "./snapshot.ts";

export type SyncCause = "schedule" | "person" | "first";
export type SyncAnswer = "sync.started" | "sync.joined";

/**
 * Queues runs of every connection, or of those that hold accounts of one customer. A connection that is already being
 * read is joined. Throws sync.noSource when there is nothing to read.
 */
export async function requestSync(
  db: ScopedDb,
  partnerId: string,
  wish: { cause: SyncCause; requestedBy: string | null; customerId: string | null },
  now: Date,
): Promise<{ answer: SyncAnswer; batchId: string }> {
  const connections = await listConnections(db, partnerId, wish.customerId);
  if (connections.length === 0) throw new AppError("sync.noSource");
  return queueRuns(db, partnerId, connections, wish, now);
}

/**
 * *Sync now* by a person: one customer, or (null) all. A customer's user reaches neither connections nor runs, so the
 * worker makes the runs of their wish. Throws sync.noSource when there is nothing to read.
 */
export async function startSync(
  { db, actor, audit }: Guarded,
  customerId: string | null,
  now: Date,
): Promise<{ answer: SyncAnswer }> {
  const wish = {
    cause: "person",
    requestedBy: actor.userId,
    customerId: actor.customerId ?? customerId,
  } as const;
  let answer: SyncAnswer = "sync.started";
  if (actor.customerId === null) ({ answer } = await requestSync(db, actor.partnerId, wish, now));
  else {
    if (!(await hasAccount(db, actor.partnerId, actor.customerId))) throw new AppError("sync.noSource");
    await enqueue(
      db,
      "syncRequest",
      { partnerId: actor.partnerId, customerId: actor.customerId, userId: actor.userId },
      { singletonKey: actor.customerId },
    );
  }
  await audit({
    action: "sync:start",
    entity: wish.customerId ? `customer ${wish.customerId}` : "all customers",
    customerId: wish.customerId,
    detail: { answer },
  });
  return { answer };
}

/** Queues one run per connection and a job for each; the connections with a live run are joined. */
export async function queueRuns(
  db: ScopedDb,
  partnerId: string,
  connections: readonly { id: string; accounts: string[] | null }[],
  wish: { cause: SyncCause; requestedBy: string | null },
  now: Date,
): Promise<{ answer: SyncAnswer; batchId: string }> {
  const batchId = await insertBatch(db, partnerId, wish.cause, wish.requestedBy);
  let started = 0;
  for (const { id, accounts } of connections) {
    const runId = await insertRun(db, partnerId, { batchId, connectionId: id, onlyAccounts: accounts });
    if (runId) {
      started += 1;
      await enqueue(db, "sync", { partnerId, runId });
    } else await askForFollowUp(db, partnerId, id, accounts, now);
  }
  return { answer: started > 0 ? "sync.started" : "sync.joined", batchId };
}

/** The connection that data comes from. Accounts of a partner's own connection make customers; those of a customer's do not. */
export type Source = { partnerId: string; connectionId: string; vendor: string; customerId: string | null };

/**
 * Links accounts to customers: at once where an identifier is equal, else (partner-level) by making the customer.
 * Returns the accounts by their external id; one without a customer waits to be matched.
 */
async function placeAccounts(
  db: ScopedDb,
  source: Source,
  found: readonly Found[],
  now: Date,
): Promise<Map<string, AccountRow>> {
  const identities = found.map(({ account }) => account);
  const { partnerId } = source;
  const accounts = new Map(
    (await upsertAccounts(db, partnerId, { id: source.connectionId, vendor: source.vendor }, identities)).map(
      (row) => [row.externalId, row],
    ),
  );
  const homeless = identities.filter((identity) => accounts.get(identity.externalId)?.customerId === null);
  if (homeless.length === 0) return accounts;
  const known = await findByIdentifier(
    db,
    partnerId,
    homeless.flatMap((identity) => identity.externalIds),
  );
  const arriving: NewCustomer[] = [];
  for (const identity of homeless) {
    const account = accounts.get(identity.externalId);
    if (!account) continue;
    const match = identity.externalIds.map((id) => known.get(id)).find((id) => id !== undefined);
    if (match) account.customerId = match;
    else if (source.customerId) account.customerId = source.customerId;
    else {
      account.customerId = uuidv7();
      arriving.push({
        ...identity,
        id: account.customerId,
        relationship: arrivalOf(identity.billing).relationship,
      });
    }
  }
  // Access that comes with the account began when it was read, so that what was read then counts.
  const readAt = new Map(found.map(({ account, at }) => [account.externalId, at]));
  const { timeZone } = await getPartnerRules(db, partnerId);
  await insertCustomers(db, partnerId, arriving, dayIn(timeZone, now));
  await insertGrants(
    db,
    partnerId,
    arriving.flatMap((customer) => {
      const { grant } = arrivalOf(customer.billing);
      return grant
        ? [
            {
              ...grant,
              customerId: customer.id,
              fromAt: readAt.get(customer.externalId) ?? now,
              untilAt: null,
              zone: timeZone,
              grantedBy: null,
            },
          ]
        : [];
    }),
  );
  await linkAccounts(
    db,
    partnerId,
    homeless.flatMap((identity) => {
      const account = accounts.get(identity.externalId);
      return account?.customerId ? [{ accountId: account.id, customerId: account.customerId }] : [];
    }),
  );
  return accounts;
}

/** An account that was found, and when: at the latest now, whatever a clock elsewhere says. */
type Found = { account: AccountIdentity; at: Date };
export type Refused = { account: AccountIdentity; code: VendorErrorCode; detail: string };

/**
 * Applies snapshots and refusals of one connection in the caller's transaction: a reader sees the old state of a customer
 * or the new one. Applying the same again changes nothing. Parts that are null keep what is stored; metrics of customers
 * without live access are not taken in.
 */
export async function ingest(
  db: ScopedDb,
  source: Source,
  snapshots: readonly Snapshot[],
  refused: readonly Refused[],
  now: Date,
): Promise<void> {
  const { partnerId, vendor } = source;
  // Of a refused account only the identity is news, and only where it is a whole one.
  const known = [
    ...snapshots.map(({ account, takenAt }) => ({
      account,
      at: new Date(Math.min(Date.parse(takenAt), now.getTime())),
    })),
    ...refused.map(({ account }) => ({ account, at: now })),
  ];
  const accounts = await placeAccounts(db, source, known, now);
  const customerIds = [...accounts.values()].map((account) => account.customerId).filter((id) => id !== null);
  await lockCustomers(db, customerIds, "shared");
  const open = await listOpenToMetrics(db, partnerId, customerIds, now);

  const placed = snapshots.flatMap((snapshot) => {
    const account = accounts.get(snapshot.account.externalId);
    return account?.customerId
      ? [
          {
            snapshot,
            accountId: account.id,
            customerId: account.customerId,
            isOpen: open.has(account.customerId),
          },
        ]
      : [];
  });
  const part = <Item>(
    pick: (snapshot: Snapshot) => readonly Item[] | null,
    needsAccess: boolean,
  ): Placed<Item>[] =>
    placed.flatMap(({ snapshot, accountId, customerId, isOpen }) => {
      const items = needsAccess && !isOpen ? null : pick(snapshot);
      return items === null ? [] : [{ accountId, customerId, items }];
    });
  const licences = part((snapshot) => snapshot.licences, false);
  const deciding = await listDecidingAccounts(db, partnerId, customerIds);
  const records = placed.filter(({ accountId }) => deciding.has(accountId));
  await renewCustomers(
    db,
    partnerId,
    records.map(({ snapshot, customerId }) => ({ ...snapshot.account, customerId })),
    now,
  );
  await replaceContacts(
    db,
    partnerId,
    records.map(({ snapshot, customerId }) => ({ customerId, contacts: snapshot.account.contacts })),
  );
  await mergeDevices(
    db,
    partnerId,
    part((snapshot) => snapshot.devices, true),
  );
  await upsertProducts(
    db,
    vendor,
    licences.flatMap((one) => one.items),
  );
  await mergeLicences(db, partnerId, vendor, licences);
  await mergeAlerts(
    db,
    partnerId,
    part((snapshot) => snapshot.alerts, true),
  );
  await recordSuccess(
    db,
    partnerId,
    placed.map(({ snapshot, accountId, isOpen }) => ({
      accountId,
      isOpen,
      takenAt: snapshot.takenAt,
      unprotectedCount: snapshot.unprotectedCount,
      gaps: snapshot.gaps,
      hasData: [snapshot.devices, snapshot.licences, snapshot.alerts].some(
        (items) => items !== null && items.length > 0,
      ),
    })),
  );
  const refusals: AccountRefusal[] = refused.flatMap(({ account, code, detail }) => {
    const row = accounts.get(account.externalId);
    return row ? [{ accountId: row.id, code, detail }] : [];
  });
  await recordRefusal(db, partnerId, refusals, now);
  await refreshOverview(db, partnerId, [...new Set(customerIds)], now);
}
