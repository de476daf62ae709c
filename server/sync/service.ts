// Synchronisation from request to overview: queue runs, read a connection, ingest snapshots, record faults and heal.
import {
  mergeAlerts,
  mergeApplications,
  mergeDevices,
  mergeLicences,
  mergeSaas,
  type Placed,
  recordSuccess,
  upsertProducts,
} from "./queries-parts.ts";
import { dayIn } from "#server/licences/rules.ts";
import { v7 as uuidv7 } from "uuid";
import type { ScopedDb } from "#db/client.ts";
import { insertGrants, lockCustomers } from "#server/access/queries.ts";
import { AppError } from "#server/errors.ts";
import type { Guarded } from "#server/trpc.ts";
import { enqueue, enqueueAll } from "#server/jobs/queue.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import { refreshOverview } from "#server/overview/service.ts";
import {
  type AccountRefusal,
  findByIdentifier,
  hasAccount,
  insertCustomers,
  linkAccounts,
  listDecidingAccounts,
  listOpenToMetrics,
  type Link,
  type NewCustomer,
  type PlacedAccount,
  recordRefusal,
  renewCustomers,
  replaceContacts,
  upsertAccounts,
} from "./queries.ts";
import { type BatchCause, insertBatch, insertRuns } from "./queries-runs.ts";
import { askForFollowUp, type DueConnection, listConnections } from "./queries-schedule.ts";
import { arrivalOf } from "./rules.ts";
import type { AccountIdentity, Snapshot, VendorErrorCode } from "./snapshot.ts";

/** `waiting`: the vendor is ill; what was asked for begins when it may be tried again. */
export type SyncAnswer = "sync.started" | "sync.joined" | "sync.waiting";

/**
 * Queues runs of every connection, or of those that hold accounts of some customers. A connection that is already being
 * read is joined. Throws sync.noSource when there is nothing to read.
 */
export async function requestSync(
  db: ScopedDb,
  partnerId: string,
  wish: BatchCause & { customerIds: readonly string[] | null },
  now: Date,
): Promise<{ answer: SyncAnswer; batchId: string }> {
  const connections = await listConnections(db, partnerId, wish.customerIds);
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
  const wanted = actor.customerId ?? customerId;
  const wish = {
    cause: "person",
    requestedBy: actor.userId,
    requestedName: actor.name,
    customerIds: wanted === null ? null : [wanted],
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
    entity: wanted === null ? "all customers" : `customer ${wanted}`,
    customerId: wanted,
    detail: { answer },
  });
  return { answer };
}

export type QueuedRuns = { answer: SyncAnswer; batchId: string; started: ReadonlySet<string> };

/** Queues one run per connection and a job for each; the connections with a live run are joined. */
export async function queueRuns(
  db: ScopedDb,
  partnerId: string,
  connections: readonly DueConnection[],
  wish: BatchCause,
  now: Date,
): Promise<QueuedRuns> {
  const batchId = await insertBatch(db, partnerId, wish);
  const runs = await insertRuns(
    db,
    partnerId,
    batchId,
    connections.map(({ id, accounts }) => ({ connectionId: id, onlyAccounts: accounts })),
  );
  const isOpen = ({ circuitOpenUntil: until }: DueConnection) => (until ?? now) > now;
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  await enqueueAll(
    db,
    "sync",
    runs.map(({ id: runId, connectionId }) => {
      const until = byId.get(connectionId)?.circuitOpenUntil ?? now;
      return { payload: { partnerId, runId }, ...(until > now && { startAfter: until }) };
    }),
  );
  const started = new Set(runs.map(({ connectionId }) => connectionId));
  for (const { id, accounts } of connections)
    if (!started.has(id)) await askForFollowUp(db, partnerId, id, accounts, now);
  const waits = connections.length > 0 && connections.every(isOpen);
  return {
    answer: waits ? "sync.waiting" : started.size > 0 ? "sync.started" : "sync.joined",
    batchId,
    started,
  };
}

/** The connection that data comes from. Accounts of a partner's own connection make customers; those of a customer's do not. */
export type Source = { partnerId: string; connectionId: string; vendor: string; customerId: string | null };

/**
 * Links accounts to customers: at once where an identifier is equal, else (partner-level) by making the customer; what a
 * person unlinked or set aside stays without one. Returns the accounts by their external id; one without a customer waits
 * to be matched.
 */
async function placeAccounts(
  db: ScopedDb,
  source: Source,
  found: readonly Found[],
  now: Date,
): Promise<Map<string, PlacedAccount>> {
  const identities = found.map(({ account }) => account);
  const { partnerId } = source;
  const accounts = new Map(
    (await upsertAccounts(db, partnerId, { id: source.connectionId, vendor: source.vendor }, identities)).map(
      (row) => [row.externalId, row],
    ),
  );
  const homeless = identities.filter((identity) => accounts.get(identity.externalId)?.isFree);
  if (homeless.length === 0) return accounts;
  const known = await findByIdentifier(
    db,
    partnerId,
    homeless.flatMap((identity) => identity.externalIds),
  );
  const arriving: NewCustomer[] = [];
  const links: Link[] = [];
  for (const identity of homeless) {
    const account = accounts.get(identity.externalId);
    if (!account) continue;
    const match = identity.externalIds.map((id) => known.get(id)).find((id) => id !== undefined);
    const customerId = match ?? source.customerId ?? uuidv7();
    account.customerId = customerId;
    links.push({ accountId: account.id, customerId, linkedBy: match ? "identifier" : "arrival" });
    if (!match && !source.customerId) {
      const { relationship } = arrivalOf(identity.billing);
      arriving.push({ ...identity, id: customerId, relationship });
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
      if (!grant) return [];
      const fromAt = readAt.get(customer.externalId) ?? now;
      const window = { fromAt, untilAt: null, zone: timeZone };
      return [{ ...grant, ...window, customerId: customer.id, grantedBy: null }];
    }),
  );
  await linkAccounts(db, partnerId, links);
  return accounts;
}

/** Parts of a snapshot that are lists of their own. */
const toldParts = ["devices", "licences", "alerts", "applications", "saas"] as const;

const itemsOf = (snapshot: Snapshot, part: (typeof toldParts)[number]): readonly unknown[] =>
  (part === "saas" ? snapshot.saas?.applications : snapshot[part]) ?? [];

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
  const readAt = ({ takenAt }: Snapshot) => new Date(Math.min(Date.parse(takenAt), now.getTime()));
  const known = [
    ...snapshots.map((snapshot) => ({ account: snapshot.account, at: readAt(snapshot) })),
    ...refused.map(({ account }) => ({ account, at: now })),
  ];
  const accounts = await placeAccounts(db, source, known, now);
  const customerIds = [...accounts.values()].map((account) => account.customerId).filter((id) => id !== null);
  await lockCustomers(db, customerIds, "shared");
  const open = await listOpenToMetrics(db, partnerId, customerIds, now);

  const placed = snapshots.flatMap((snapshot) => {
    const account = accounts.get(snapshot.account.externalId);
    if (!account?.customerId) return [];
    const { id: accountId, customerId, isNew } = account;
    return [{ snapshot, accountId, customerId, isNew, isOpen: open.has(customerId) }];
  });
  const part = <Item>(
    pick: (snapshot: Snapshot) => readonly Item[] | null,
    needsAccess: boolean,
  ): Placed<Item>[] =>
    placed.flatMap(({ snapshot, accountId, customerId, isNew, isOpen }) => {
      const items = needsAccess && !isOpen ? null : pick(snapshot);
      return items === null ? [] : [{ accountId, customerId, isNew, items }];
    });
  const write = <Item>(
    merge: (to: ScopedDb, of: string, parts: readonly Placed<Item>[]) => Promise<void>,
    pick: (snapshot: Snapshot) => readonly Item[] | null,
  ) => merge(db, partnerId, part(pick, true));
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
  await write(mergeDevices, ({ devices }) => devices);
  await upsertProducts(
    db,
    vendor,
    licences.flatMap((one) => one.items),
  );
  await mergeLicences(db, partnerId, vendor, licences);
  await write(mergeAlerts, ({ alerts }) => alerts);
  await write(mergeApplications, ({ applications }) => applications);
  await write(mergeSaas, ({ saas }) => saas && saas.applications);
  await recordSuccess(
    db,
    partnerId,
    placed.map(({ snapshot, accountId, isOpen }) => ({
      accountId,
      isOpen,
      takenAt: readAt(snapshot).toISOString(),
      unprotectedCount: snapshot.unprotectedCount,
      gaps: snapshot.gaps,
      told: toldParts.filter((name) => snapshot[name] !== null && (isOpen || name === "licences")),
      saas: isOpen ? snapshot.saas : null,
      hasData: toldParts.some((name) => itemsOf(snapshot, name).length > 0),
    })),
  );
  const refusals: AccountRefusal[] = refused.flatMap(({ account, code, detail }) => {
    const row = accounts.get(account.externalId);
    return row ? [{ accountId: row.id, code, detail }] : [];
  });
  await recordRefusal(db, partnerId, refusals, now);
  await refreshOverview(db, partnerId, [...new Set(customerIds)], now);
}
