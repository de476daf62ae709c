// Search with a typing mistake and with accents, the counts, and a member of one group, at the larger size.
import { countPostings, findMatches } from "#server/customers/queries-counts.ts";
import { endsWithin, type ListFilter, staleBefore } from "#server/customers/queries-filter.ts";
import { readFrame } from "#server/customers/queries-frame.ts";
import { findScope } from "#server/customers/queries-scope.ts";
import type { Client } from "pg";
import { withScope } from "#db/client.ts";
import { SEARCH_LIMIT, searchCustomers } from "#server/search/queries.ts";
import { scopeOf } from "#server/audit/append.ts";
import type { Actor } from "#server/permissions.ts";
import { actorOf, callerOf } from "./caller.ts";
import type { FilledPartner } from "./fill.ts";
import { ms, percentile, timed, times } from "./statistics.ts";
import type { Result } from "./table.ts";

/** Different names that are searched for. */
const NAMES = 10;
/** Calls of each count, after one that is not measured. */
const COUNTS = 60;
/** What people type for a name that exists. */
const queries: Record<string, (name: string) => string> = {
  "with one typing mistake": (name) => swapLetters(withoutAccents(name)),
  "without its accents": (name) => withoutAccents(name).toLowerCase(),
  "as it is written": (name) => name,
  "by its first word": (name) => name.split(" ")[0] ?? name,
  "with a word of one name in a hundred": () => "logistics",
};

const withoutAccents = (text: string): string =>
  text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ø", "o");
const swapLetters = (text: string): string => text.replace(/^(..)(.)(.)/, "$1$3$2");

async function someNames(admin: Client, partnerId: string): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    "select name from customer where partner_id = $1 order by md5(external_id) limit $2",
    [partnerId, NAMES],
  );
  return rows.map(({ name }) => name.split(" ").slice(0, 2).join(" "));
}

const within = <T>(actor: Actor, work: Parameters<typeof withScope<T>>[2]) =>
  withScope(scopeOf(actor), "read only", work);

const speed = (
  row: string,
  what: string,
  took: readonly number[],
  most: number,
  floor?: readonly number[],
): Result => {
  const p95 = percentile(took, 0.95);
  const p50 = percentile(took, 0.5);
  const bare = floor && percentile(floor, 0.5);
  return {
    row,
    what,
    floor: bare === undefined ? "–" : ms(bare),
    ours: `p50 ${ms(p50)}, p95 ${ms(p95)}`,
    ratio: bare === undefined ? "–" : times(p50 / bare),
    goal: `p95 ≤ ${most} ms${bare === undefined ? "" : ", ≤ 1.50 ×"}`,
    isMet: p95 <= most && (bare === undefined || p50 / bare <= 1.5),
  };
};

/** The function's own query as the administrator, past row-level security. */
const bareSearch = (admin: Client, partnerId: string, query: string) =>
  admin.query(
    `select customer_id from customer_search s where partner_id = $1 and (text_plain like '%' || app.plain($2) || '%' or app.plain($2) <% text_plain)
     order by case when text_plain like '%' || app.plain($2) || '%' then 2 else 0 end + word_similarity(app.plain($2), text_plain) desc, name_plain limit 500`,
    [partnerId, query],
  );

export async function measureSearch(admin: Client, partner: FilledPartner): Promise<Result[]> {
  const actor = actorOf(partner);
  await admin.query("set pg_trgm.word_similarity_threshold = 0.5");
  const names = await someNames(admin, partner.id);
  const results: Result[] = [];
  for (const [label, make] of Object.entries(queries)) {
    const query = (index: number) => make(names[index] ?? "");
    const floor = await timed(NAMES, (index) => bareSearch(admin, partner.id, query(index)));
    const ours = await timed(NAMES, (index) =>
      within(actor, (db) => searchCustomers(db, query(index), SEARCH_LIMIT, null)),
    );
    results.push(speed("search", `a name ${label}`, ours, 60, floor));
  }
  return results;
}

const often = async (call: () => Promise<unknown>): Promise<number[]> =>
  (await timed(COUNTS + 1, call)).slice(1);

export async function measureCounts(partner: FilledPartner): Promise<Result[]> {
  const actor = actorOf(partner);
  const limited = actorOf(partner, true);
  const now = new Date();
  const limits = { syncedBefore: staleBefore(now), ends: endsWithin(actor, 30, now) };
  const frame = (by: Actor) =>
    often(() => within(by, async (db) => readFrame(db, by, limits, await findScope(db, by))));
  const count = (filter: ListFilter) =>
    often(() =>
      within(
        actor,
        async (db) => (await countPostings(db, partner.id, filter)) ?? findMatches(db, partner.id, filter),
      ),
    );
  const kept = await within(actor, (db) =>
    often(() => db.selectFrom("customerCount").where("partnerId", "=", partner.id).selectAll().execute()),
  );
  return [
    speed("counts", "per status, kept: the statement alone, in an open transaction", kept, 1),
    {
      ...speed(
        "counts",
        "what frames the list: counts, groups, pins, layout, concerns to 1,000",
        await frame(actor),
        0,
      ),
      goal: "–",
      isMet: null,
    },
    speed("counts", "per status, member of one group of 500", await frame(limited), 15),
    speed("counts", "more than 10,000 of a licence kind", await count({ licenceKind: "term" }), 15),
    speed("counts", "more than 10,000 of a frequent category", await count({ category: "endpoint" }), 15),
    speed("counts", "one in a thousand, by category", await count({ category: "mobile" }), 15),
    speed("counts", "a group of a tenth", await count({ group: partner.largeGroup }), 15),
  ];
}

/** The whole list of a member who sees 500 customers, against the member who sees all. */
export async function measureLimited(partner: FilledPartner): Promise<Result[]> {
  const all = callerOf(actorOf(partner));
  const limited = callerOf(actorOf(partner, true));
  const results: Result[] = [];
  for (const [label, input] of [
    ["by name", {}],
    ["by computers", { sort: "-devicesTotal" as const }],
    ["warnings", { status: "warning" as const }],
    ["not synchronised for a day", { stale: "1" as const }],
    ["search", { q: "logistics" }],
  ] as const) {
    const floor = await timed(20, () => all.customers.list(input));
    const ours = await timed(20, () => limited.customers.list(input));
    const ratio = percentile(ours, 0.5) / percentile(floor, 0.5);
    results.push({
      row: "member",
      what: `customers.list, ${label}, of a member with one group of 500; floor: of one who sees all`,
      floor: ms(percentile(floor, 0.5)),
      ours: `p50 ${ms(percentile(ours, 0.5))}, p95 ${ms(percentile(ours, 0.95))}`,
      ratio: times(ratio),
      goal: "–",
      isMet: null,
    });
  }
  return results;
}
