// What the pages of connections show: each with its health, and one with its accounts, runs and stuck jobs.
import { z } from "zod";
import type { ScopedDb } from "#db/client.ts";
import { isFresh } from "#server/auth/proof.ts";
import { AppError } from "#server/errors.ts";
import { listGroupChoices } from "#server/groups/queries-choices.ts";
import { decodeCursor, encodeCursor, isPair } from "#server/paging/rules.ts";
import { type Actor, can } from "#server/permissions.ts";
import { CYCLE_HOURS } from "#server/sync/rules.ts";
import { type ConnectionRecord, countConnections, findConnection, listConnectionRows } from "./queries.ts";
import {
  type AccountCounts,
  countAccounts,
  listAccountAges,
  listDeadJobsOf,
  listLiveRunsOf,
  listRecentRuns,
} from "./queries-health.ts";
import { healthOf, isVendor, stuckOf, testState } from "./rules.ts";
import {
  type AccountFilter,
  type ConnectionDetails,
  type ConnectionList,
  type ConnectionRow,
  type Limit,
  type NewOptions,
  type RunRow,
  vendorIds,
  vendors,
} from "./schema.ts";

const PAGE = 50;
const ACCOUNT_PAGE = 50;
const RECENT_RUNS = 10;
const MOST_DEAD = 20;
/** Two cycles: one that was missed and the next one that did not come either (pages.md §8, age of data). */
const STALE_MS = 2 * CYCLE_HOURS * 3_600_000;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;
const sightOf = ({ partnerId, customerId, memberAll }: Actor) => ({
  partnerId,
  customerId,
  seesAll: memberAll,
});
type Live = Awaited<ReturnType<typeof listLiveRunsOf>>[number];

const hasCredentials = ({ vendor }: Pick<ConnectionRecord, "vendor">): boolean =>
  isVendor(vendor) && vendors[vendor].hasCredentials;

function rowOf(
  record: ConnectionRecord,
  counts: AccountCounts | undefined,
  run: Live | undefined,
  now: Date,
): ConnectionRow {
  const { customerId, customerName } = record;
  const health = healthOf({ ...record, isRunning: run !== undefined }, now);
  return {
    id: record.id,
    vendor: record.vendor,
    name: record.name,
    customer: customerId === null ? null : { id: customerId, name: customerName ?? "" },
    health: { ...health, at: iso(health.at) },
    lastSuccessAt: iso(record.lastSuccessAt),
    nextRunAt: record.isEnabled && hasCredentials(record) ? iso(record.nextRunAt) : null,
    accounts: {
      total: counts?.total ?? 0,
      failing: counts?.failing ?? 0,
      unmatched: counts?.unmatched ?? 0,
    },
    run: run
      ? {
          id: run.id,
          state: run.state as "queued" | "running",
          total: run.accountsTotal,
          done: run.accountsDone,
        }
      : null,
    limits: record.limits as Limit[],
  };
}

async function rowsOf(
  db: ScopedDb,
  actor: Actor,
  records: readonly ConnectionRecord[],
  now: Date,
): Promise<ConnectionRow[]> {
  const ids = records.map((record) => record.id);
  const counts = new Map(
    (await countAccounts(db, sightOf(actor), ids)).map((one) => [one.connectionId, one]),
  );
  const runs = new Map(
    (await listLiveRunsOf(db, actor.partnerId, ids)).map((run) => [run.connectionId, run]),
  );
  return records.map((record) => rowOf(record, counts.get(record.id), runs.get(record.id), now));
}

/** May the actor make connections and change them: a Super Admin all, a customer's admin the customer's own. */
const mayManage = (actor: Actor): boolean =>
  can(actor, actor.customerId === null ? "connection:manage" : "connection:manageOwn");

/** The vendors that the actor may connect: a customer's admin those that give credentials to customers. */
export const getNewOptions = (actor: Actor): NewOptions => ({
  vendors: vendorIds.filter((id) => actor.customerId === null || vendors[id].owner === "customer"),
  isFresh: isFresh(actor),
});

const isId = (text: string): boolean => z.uuid().safeParse(text).success;
const badCursor = () => new AppError("request.invalid", { fields: { after: "cursor" } });

/** A page of connections by name, with how many there are and how many need a look. Throws request.invalid on a bad cursor. */
export async function getConnections(
  db: ScopedDb,
  actor: Actor,
  { show, group, after }: { show: "all" | "trouble"; group?: string | undefined; after?: string | undefined },
  now: Date,
): Promise<ConnectionList> {
  const start = after === undefined ? undefined : decodeCursor(after, isPair);
  if (start && (start[0] === null || !isId(start[1]))) throw badCursor();
  const from = start && { name: start[0] ?? "", id: start[1] };
  const { partnerId, customerId } = actor;
  const reach = { partnerId, customerId, group };
  const found = await listConnectionRows(db, reach, show, from, PAGE + 1, now);
  const shown = found.slice(0, PAGE);
  const last = shown.at(-1);
  return {
    rows: await rowsOf(db, actor, shown, now),
    counts: await countConnections(db, reach, now),
    groups: customerId === null ? await listGroupChoices(db, actor) : [],
    next: found.length > PAGE && last ? encodeCursor([last.namePlain, last.id]) : null,
    may: { manage: mayManage(actor), startAll: can(actor, "sync:startAll") },
    now: now.toISOString(),
  };
}

/** The place in the order of ages after which a page begins; `at` null: among those that were never read. */
function readAgeCursor(text: string | undefined): { at: string | null; id: string } | undefined {
  if (text === undefined) return undefined;
  const [at, id] = decodeCursor(text, isPair);
  const isInstant = at === null || (/^[12]\d{3}-/.test(at) && z.iso.datetime().safeParse(at).success);
  if (!isInstant || !isId(id)) throw badCursor();
  return { at, id };
}

async function getAccountPage(
  db: ScopedDb,
  actor: Actor,
  id: string,
  page: { accounts: AccountFilter; accountsAfter?: string | undefined },
  now: Date,
): Promise<ConnectionDetails["accountPage"]> {
  const staleBefore = new Date(now.getTime() - STALE_MS);
  const start = readAgeCursor(page.accountsAfter);
  const sight = sightOf(actor);
  const found = await listAccountAges(db, sight, id, page.accounts, staleBefore, start, ACCOUNT_PAGE + 1);
  const shown = found.slice(0, ACCOUNT_PAGE);
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => ({
      id: row.id,
      name: row.name,
      externalId: row.externalId,
      customer:
        row.customerId === null || row.customerName === null
          ? null
          : { id: row.customerId, name: row.customerName },
      lastSuccessAt: iso(row.lastSuccessAt),
      lastAttemptAt: iso(row.lastAttemptAt),
      isStale: row.lastSuccessAt === null || row.lastSuccessAt < staleBefore,
      errorCode: row.errorCode,
      errorSince: iso(row.errorSince),
    })),
    next: found.length > ACCOUNT_PAGE && last ? encodeCursor([last.exactAt, last.id]) : null,
  };
}

type Recent = Awaited<ReturnType<typeof listRecentRuns>>[number];
const runOf = (run: Recent, now: Date): RunRow => ({
  id: run.id,
  state: run.state as RunRow["state"],
  cause: run.cause as RunRow["cause"],
  isPartial: run.isPartial,
  total: run.accountsTotal,
  done: run.accountsDone,
  refused: run.accountsRefused,
  errorCode: run.errorCode,
  requestedBy: run.requestedName || null,
  cancelledBy: run.cancelledBy,
  createdAt: run.createdAt.toISOString(),
  seconds: run.startedAt
    ? Math.max(0, Math.round(((run.finishedAt ?? now).getTime() - run.startedAt.getTime()) / 1000))
    : null,
});

/** One connection in detail, with a page of its accounts. Throws connection.notFound, request.invalid on a bad cursor. */
export async function getConnectionDetails(
  db: ScopedDb,
  actor: Actor,
  input: { connectionId: string; accounts: AccountFilter; accountsAfter?: string | undefined },
  now: Date,
): Promise<ConnectionDetails> {
  const { connectionId: id } = input;
  const { partnerId } = actor;
  const record = await findConnection(db, actor, id);
  const [row] = record ? await rowsOf(db, actor, [record], now) : [];
  if (!record || !row) throw new AppError("connection.notFound");
  const recent = await listRecentRuns(db, partnerId, id, RECENT_RUNS);
  const stuckRuns = recent.flatMap(
    (run) => stuckOf({ ...run, state: run.state as RunRow["state"] }, now) ?? [],
  );
  const dead = await listDeadJobsOf(db, partnerId, id, MOST_DEAD);
  const isPartners = actor.customerId === null;
  return {
    ...row,
    settings: record.settings as Record<string, string>,
    isEnabled: record.isEnabled,
    version: record.version,
    secretSetAt: hasCredentials(record) ? iso(record.secretChangedAt ?? record.createdAt) : null,
    test: {
      state: testState(record, now),
      isRotation: record.testIsRotation,
      at: iso(record.testedAt),
      code: record.testCode,
      detail: record.testDetail,
    },
    accountPage: await getAccountPage(db, actor, id, input, now),
    runs: recent.map((run) => runOf(run, now)),
    stuck: [
      ...stuckRuns,
      ...dead.map((job) => ({ id: job.id, kind: "dead" as const, since: job.failedAt.toISOString() })),
    ],
    may: {
      manage: mayManage(actor),
      start: record.isEnabled && hasCredentials(record) && isPartners && can(actor, "sync:startAll"),
      cancel: can(actor, isPartners ? "sync:cancel" : "connection:manageOwn"),
      redrive: can(actor, "sync:startAll"),
      link: can(actor, "account:link"),
    },
    isFresh: isFresh(actor),
    now: now.toISOString(),
  };
}
