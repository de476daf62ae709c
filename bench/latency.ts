// How long customers.list takes for every sort, direction, filter and page, at each size of the partner.
import type { Client } from "pg";
import { sortColumns } from "#server/columns/schema.ts";
import { licenceKinds, statuses } from "#server/customers/schema.ts";
import type { CustomerListInput } from "#server/customers/schema.ts";
import { actorOf, type Api, callerOf } from "./caller.ts";
import type { FilledPartner } from "./fill.ts";
import { percentile, timed } from "./statistics.ts";

type Input = Partial<CustomerListInput>;
type Filter = { label: string; input: (partner: FilledPartner) => Input; where: string };
const pages = ["first", "middle", "last"] as const;
type Page = (typeof pages)[number];

export type Combination = {
  sort: string;
  filter: string;
  page: Page;
  p50: number[];
  p95: number[];
  ratio50: number;
  ratio95: number;
};

/** Categories by how many customers have them: nine in ten, one in eleven, one in a thousand. */
const categories = { endpoint: "frequent", email: "some", mobile: "rare" } as const;

const filters: Filter[] = [
  { label: "none", input: () => ({}), where: "true" },
  ...statuses.map((status) => ({ label: status, input: () => ({ status }), where: `status = '${status}'` })),
  ...licenceKinds.map((licenceKind) => ({
    label: licenceKind,
    input: () => ({ licenceKind }),
    where: `licence_kinds @> '{${licenceKind}}'`,
  })),
  ...Object.entries(categories).map(([category, share]) => ({
    label: `category (${share})`,
    input: () => ({ category }),
    where: `categories @> '{${category}}'`,
  })),
  {
    label: "group of 500",
    input: (partner) => ({ group: partner.smallGroup }),
    where: inGroup("smallGroup"),
  },
  {
    label: "group of a tenth",
    input: (partner) => ({ group: partner.largeGroup }),
    where: inGroup("largeGroup"),
  },
];

function inGroup(group: "smallGroup" | "largeGroup"): string {
  return `customer_id in (select m.customer_id from customer_group_member m where m.partner_id = $1 and m.group_id = '${group}')`;
}

/** The stored column that each sort reads, for finding where its pages begin. */
const columns: Record<(typeof sortColumns)[number], string> = {
  name: "name_sort",
  status: "status_rank",
  devicesTotal: "devices_total",
  devicesSilent: "devices_silent",
  devicesUnprotected: "devices_unprotected",
  licenceState: "licence_state_rank",
  used: "used_units",
  licenceEndsOn: "licence_ends_on",
  alerts: "alerts_high",
  lastSync: "last_sync_at",
};

const cursor = (value: string | null, id: string): string =>
  Buffer.from(JSON.stringify([value, id])).toString("base64url");
type Row = { value: string | null; id: string };

/** Where the middle of the sort is, without regard to filters; pages are found from any position alike. */
async function middle(admin: Client, partner: FilledPartner, column: string): Promise<string> {
  const { rows } = await admin.query<Row>(
    `select ${column}::text as value, customer_id as id from customer_overview where partner_id = $1 and ${column} is not null
     order by ${column}, customer_id limit 1 offset (select count(*) / 2 from customer_overview where partner_id = $1 and ${column} is not null)`,
    [partner.id],
  );
  return rows[0] ? cursor(rows[0].value, rows[0].id) : cursor(null, "00000000-0000-0000-0000-000000000000");
}

/** The row before the last fifty in the order of the sort; undefined where there are fewer. */
async function last(
  admin: Client,
  partner: FilledPartner,
  filter: Filter,
  column: string,
  isDescending: boolean,
): Promise<string | undefined> {
  const back = isDescending ? "asc" : "desc";
  const where = filter.where
    .replace("smallGroup", partner.smallGroup)
    .replace("largeGroup", partner.largeGroup);
  for (const part of [`${column} is null`, `${column} is not null`]) {
    const { rows } = await admin.query<Row>(
      `select ${column}::text as value, customer_id as id from customer_overview where partner_id = $1 and ${where} and ${part}
       order by ${part.endsWith("not null") ? `${column} ${back}, ` : ""}customer_id ${back} limit 1 offset 50`,
      [partner.id],
    );
    if (rows[0]) return cursor(rows[0].value, rows[0].id);
  }
  return undefined;
}

/** Calls one page `count` times; from the middle each call goes one page on, so that rows differ. */
async function measure(api: Api, input: Input, page: Page, count: number): Promise<number[]> {
  let after = input.after;
  const { after: _, ...rest } = input;
  return timed(count, async () => {
    const { next } = await api.customers.list(after ? { ...rest, after } : rest);
    if (page === "middle") after = next ?? input.after;
  });
}

export type ListLatency = { combinations: Combination[]; calls: number };

/** Every combination at both sizes in turn, so that noise meets both. `count`: calls of each; slow ones get fewer. */
export async function measureList(
  admin: Client,
  partners: readonly FilledPartner[],
  count: number,
): Promise<ListLatency> {
  const sides = partners.map((partner) => ({ partner, api: callerOf(actorOf(partner)) }));
  const combinations: Combination[] = [];
  let calls = 0;
  // Licence kinds and categories are counted by reading the partner: their own rows say how long that takes.
  const walked = filters.filter(({ label }) =>
    ["none", "warning", "access_disabled", "group of 500"].includes(label),
  );
  for (const by of sortColumns) {
    const column = columns[by];
    const middles = await Promise.all(
      sides.map(({ partner }) => partner).map((partner) => middle(admin, partner, column)),
    );
    for (const sort of [by, `-${by}`] as const) {
      for (const filter of walked) {
        // Where a page begins costs the same with a filter as without: with one, only the first is measured.
        for (const page of filter.label === "none" ? pages : (pages.slice(0, 1) as Page[])) {
          const took: number[][] = [];
          for (const [index, { partner, api }] of sides.entries()) {
            const after =
              page === "first"
                ? undefined
                : page === "middle"
                  ? middles[index]
                  : await last(admin, partner, filter, column, sort !== by);
            const input: Input = {
              ...filter.input(partner),
              sort,
              pageSize: 50,
              ...(after !== undefined && { after }),
            };
            const [first = 0] = await measure(api, input, page, 1);
            const times = await measure(
              api,
              input,
              page,
              Math.max(2, Math.min(count, Math.ceil(1_500 / Math.max(1, first)))),
            );
            calls += times.length;
            took.push(times);
          }
          const p50 = took.map((values) => percentile(values, 0.5));
          const p95 = took.map((values) => percentile(values, 0.95));
          combinations.push({
            sort,
            filter: filter.label,
            page,
            p50,
            p95,
            ratio50: ratio(p50),
            ratio95: ratio(p95),
          });
        }
      }
    }
  }
  return { combinations, calls };
}

const ratio = (values: readonly number[]): number => (values.at(-1) ?? 0) / (values[0] ?? 1);
