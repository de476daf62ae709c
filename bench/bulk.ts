// The row "bulk": customers put into a group and synchronisations queued, from the click that starts a job to its end.
import { withScope } from "#db/client.ts";
import type { Client } from "pg";
import { appendAudit, scopeOf } from "#server/audit/append.ts";
import type { BulkAction, BulkFilter, StartForm } from "#server/bulk/schema.ts";
import { begin, prepare } from "#server/bulk/service.ts";
import { runBulk } from "#server/jobs/bulk.ts";
import type { Actor } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import { actorOf } from "./caller.ts";
import { oneRow } from "./database.ts";
import type { FilledPartner } from "./fill.ts";
import { median, times, whole } from "./statistics.ts";
import type { Result, Section } from "./table.ts";

const RUNS = 3;
const MANY = 10_000;
const SYNCS = 1_000;
const MB = 2 ** 20;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const never = new AbortController().signal;

const acting = <T>(actor: Actor, work: (ctx: Guarded) => Promise<T>): Promise<T> =>
  withScope(scopeOf(actor), "read write", (db) =>
    work({ db, actor, audit: (entry) => appendAudit(db, actor, entry) }),
  );

type Chosen = { action: BulkAction; filter: BulkFilter | null; ids: string[]; form: Partial<StartForm> };
/** One job, as a person prepares it; milliseconds from its start to its end, and customers that it changed. */
async function runJob(
  admin: Client,
  actor: Actor,
  { form, ...chosen }: Chosen,
): Promise<{ ms: number; changed: number }> {
  const { bulkId } = await acting(actor, (ctx) =>
    prepare(ctx, { ...chosen, key: crypto.randomUUID() }, new Date()),
  );
  const started = performance.now();
  const fields = { capability: [], word: "", ...form };
  await acting(actor, (ctx) => begin(ctx, bulkId, fields));
  await runBulk({ partnerId: actor.partnerId, bulkId }, never);
  const ms = performance.now() - started;
  const job = await oneRow<{ state: string; rows_changed: number }>(
    admin,
    "select state, rows_changed from bulk_job where partner_id = $1 and id = $2",
    [actor.partnerId, bulkId],
  );
  if (job.state !== "finished") throw new Error(`a job of ${chosen.action} is ${job.state}`);
  return { ms, changed: job.rows_changed };
}

async function newGroup(admin: Client, partnerId: string): Promise<string> {
  const { id } = await oneRow<{ id: string }>(
    admin,
    "insert into customer_group (partner_id, name) values ($1, gen_random_uuid()::text) returning id",
    [partnerId],
  );
  return id;
}

/** Puts so many customers, none of them orders, into a group past all rules, as the floor; returns the group and how long it took. */
async function bareGroup(
  admin: Client,
  partnerId: string,
  count: number,
): Promise<{ id: string; ms: number }> {
  const id = await newGroup(admin, partnerId);
  const started = performance.now();
  await admin.query(
    `insert into customer_group_member (partner_id, group_id, customer_id)
     select partner_id, $2, id from customer where partner_id = $1 and relationship <> 'order_only' order by id limit $3`,
    [partnerId, id, count],
  );
  return { id, ms: performance.now() - started };
}

/** Customers with a system of their own each, so that each wish is a run of its own. */
async function connect(admin: Client, partnerId: string): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `with c as (select id from customer where partner_id = $1 and relationship = 'managed' order by id limit ${SYNCS}),
       k as (insert into connection (partner_id, customer_id, vendor, name, next_run_at)
         select $1, id, 'snow', 'Snow', now() + interval '1 day' from c returning id, customer_id),
       a as (insert into vendor_account (partner_id, connection_id, customer_id, vendor, external_id, name, billing)
         select $1, id, customer_id, 'snow', id::text, 'Bench', 'term' from k)
     select id from c`,
    [partnerId],
  );
  return rows.map(({ id }) => id);
}

export async function measureBulk(
  admin: Client,
  partner: FilledPartner,
  say: (line: string) => void,
): Promise<{ results: Result[]; section: Section }> {
  const actor = actorOf(partner);
  const floor: number[] = [];
  const grouped: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    say(`bulk, ${whole(MANY)} customers to a group, ${run + 1} of ${RUNS} …`);
    const source = await bareGroup(admin, partner.id, MANY);
    floor.push(source.ms);
    const form = { groupId: await newGroup(admin, partner.id) };
    const { ms, changed } = await runJob(admin, actor, {
      action: "groupAdd",
      ids: [],
      filter: { group: source.id },
      form,
    });
    if (changed !== MANY) throw new Error(`${changed} customers went into the group, not ${MANY}`);
    grouped.push(ms);
  }
  say(`bulk, ${whole(SYNCS)} synchronisations …`);
  const ids = await connect(admin, partner.id);
  const sync = await runJob(admin, actor, { action: "sync", filter: null, ids, form: {} });
  say(`bulk, all ${whole(partner.customers)} customers to a group …`);
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 100);
  const all = await runJob(admin, actor, {
    action: "groupAdd",
    ids: [],
    filter: {},
    form: { groupId: await newGroup(admin, partner.id) },
  });
  clearInterval(timer);
  const of = `of a partner with ${whole(partner.customers)}`;
  const row = (what: string, given: Partial<Result>): Result => ({
    row: "bulk",
    what,
    floor: "–",
    ours: "–",
    ratio: "–",
    goal: "–",
    isMet: null,
    ...given,
  });
  return {
    results: [
      row(`${whole(MANY)} customers to a group, ${of}; floor: one statement of the administrator`, {
        floor: seconds(median(floor)),
        ours: seconds(median(grouped)),
        ratio: times(median(grouped) / median(floor)),
        goal: "≤ 2 s",
        isMet: median(grouped) <= 2_000,
      }),
      row(`${whole(SYNCS)} synchronisations queued, each of a system of its own`, {
        ours: seconds(sync.ms),
        goal: "≤ 2 s",
        isMet: sync.ms <= 2_000,
      }),
      row(`all ${whole(partner.customers)} customers to a group: ${whole(all.changed)} went in`, {
        ours: seconds(all.ms),
      }),
      row("memory of the process that did it, beyond what it had", {
        ours: `+${Math.round((most - before) / MB)} MB`,
      }),
    ],
    section: {
      title: "What bulk counts",
      lines: [
        "From the request that starts a job to its last result: finding the customers, a verdict on each, the change, a result per customer, the audit. The way through the queue (announced, well under a second) is not in it.",
      ],
    },
  };
}
