// Our customers page and its procedure over HTTP against the leanest Next.js page and route with the same rows.
import { startSession } from "#server/auth/sessions.ts";
import { columnIds } from "#server/columns/schema.ts";
import { projectRoot } from "#scripts/build.ts";
import type { BenchDatabase } from "./database.ts";
import type { FilledPartner } from "./fill.ts";
import { buildFloorApp, tableTextsOf } from "./floor-app.ts";
import { kilobytes, median, times, whole } from "./statistics.ts";
import { plainTable, type Result, type Section } from "./table.ts";
import {
  load,
  residentBytes,
  scriptBytes,
  type Server,
  startNext,
  startWorker,
  textOf,
  travelledBytes,
} from "./web.ts";

const ROUNDS = 3;
const page = "/en/customers?pageSize=50";
const everyColumn = `${page}&columns=${columnIds.join(",")}`;
const procedure = `/api/trpc/customers.list?${new URLSearchParams({ input: JSON.stringify({ pageSize: 50 }) })}`;

/** A signed-in page with little of its own: what the shell costs. */
const shellPage = "/en/bulk";

type Pair = { floor: number; ours: number };

/** Requests per second, medians; floor and ours in turn, after ten seconds of warming each. */
async function inTurn(floor: string, ours: string, cookie: string, seconds: number): Promise<Pair> {
  await load(floor, Math.min(10, seconds), cookie);
  await load(ours, Math.min(10, seconds), cookie);
  const rounds = { floor: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.floor.push((await load(floor, seconds, cookie)).perSecond);
    rounds.ours.push((await load(ours, seconds, cookie)).perSecond);
  }
  return { floor: median(rounds.floor), ours: median(rounds.ours) };
}

function throughput(what: string, { floor, ours }: Pair, goal: number): Result {
  const ratio = ours / floor;
  return {
    row: "list",
    what,
    floor: `${whole(floor)} req/s`,
    ours: `${whole(ours)} req/s`,
    ratio: times(ratio),
    goal: `≥ ${times(goal)}`,
    isMet: ratio >= goal,
  };
}

async function sizes(ours: Server, floor: Server, cookie: string): Promise<Result[]> {
  const scripts = {
    ours: await scriptBytes(ours, page, cookie),
    floor: await scriptBytes(floor, "/bare", ""),
  };
  const html = {
    ours: await travelledBytes(ours.url + page, cookie),
    every: await travelledBytes(ours.url + everyColumn, cookie),
    floor: await travelledBytes(`${floor.url}/table`, ""),
  };
  return [
    {
      row: "script",
      what: "script of the customers page, gzip; floor: a bare Next.js page",
      floor: kilobytes(scripts.floor),
      ours: kilobytes(scripts.ours),
      ratio: `+${kilobytes(scripts.ours - scripts.floor)}`,
      goal: "≤ +30 KB",
      isMet: scripts.ours - scripts.floor <= 30 * 1024,
    },
    {
      row: "bytes",
      what: "HTML of the customers page, 50 rows, compressed; floor: the table alone",
      floor: kilobytes(html.floor),
      ours: kilobytes(html.ours),
      ratio: times(html.ours / html.floor),
      goal: "≤ 12 KB",
      isMet: html.ours <= 12 * 1024,
    },
    {
      row: "bytes",
      what: "the same with every column",
      floor: "–",
      ours: kilobytes(html.every),
      ratio: "–",
      goal: "≤ 18 KB",
      isMet: html.every <= 18 * 1024,
    },
  ];
}

/** What a request costs both cores together, database and load generator included, taken from throughput. */
function whereTimeGoes(list: Pair, route: Pair, shell: number): Section {
  const cost = (perSecond: number) => 1000 / perSecond;
  const rest = cost(list.ours) - cost(route.ours) - cost(shell);
  const row = (what: string, milliseconds: number) => [what, `${milliseconds.toFixed(1)} ms`];
  return {
    title: "Where the time of the customers page goes",
    lines: plainTable(
      ["what", "of both cores, a request"],
      [
        row("the leanest Next.js page with the same table", cost(list.floor)),
        row("a bare JSON route with one query", cost(route.floor)),
        row("the customers page", cost(list.ours)),
        row(
          "… of which: its list, as customers.list over tRPC (session, permission, six queries, checked output)",
          cost(route.ours),
        ),
        row(`… a page with a shell, a session and little else (${shellPage})`, cost(shell)),
        row("… the rest: table, filters, views, forms, panel and their rendering", rest),
      ],
    ),
  };
}

const memory = (what: string, bytes: number): Result => ({
  row: "memory",
  what,
  floor: "–",
  ours: `${whole(bytes / 1024 / 1024)} MB`,
  ratio: "–",
  goal: "≤ 300 MB",
  isMet: bytes <= 300 * 1024 * 1024,
});

export async function measurePages(
  database: BenchDatabase,
  partner: FilledPartner,
  seconds: number,
): Promise<{ results: Result[]; section: Section }> {
  const token = await startSession({ ...partner, userAgent: "bench", address: "127.0.0.1" });
  const cookie = `belvedere-session=${token}; lang=en`;
  const ours = await startNext(projectRoot, database.environment, "/healthz");
  try {
    const table = tableTextsOf(await textOf(ours.url + page, cookie));
    if (table.rows.length !== 50) throw new Error(`50 rows expected, ${table.rows.length} sent`);
    const app = await buildFloorApp(table);
    const floorEnvironment = {
      NODE_ENV: "production",
      FLOOR_DATABASE_URL: database.adminUrl,
      FLOOR_PARTNER: partner.id,
    };
    const floor = await startNext(app.folder, floorEnvironment, "/bare");
    try {
      const pages = await inTurn(`${floor.url}/table`, ours.url + page, cookie, seconds);
      const routes = await inTurn(`${floor.url}/json`, ours.url + procedure, cookie, seconds);
      const shell = (await load(ours.url + shellPage, seconds, cookie)).perSecond;
      const web = await residentBytes(ours.pid);
      const worker = await startWorker(database.environment);
      const workerBytes = await residentBytes(worker.pid).finally(worker.stop);
      const size = `${whole(partner.customers)} customers`;
      const results = [
        throughput(
          `customers page, ${size}; floor: the leanest Next.js page, same table from memory`,
          pages,
          0.75,
        ),
        throughput(`tRPC customers.list, ${size}; floor: a bare JSON route with one query`, routes, 0.6),
        ...(await sizes(ours, floor, cookie)),
        memory("web after the load above", web),
        memory("worker, started, nothing to do", workerBytes),
      ];
      return { results, section: whereTimeGoes(pages, routes, shell) };
    } finally {
      await floor.stop();
      await app.remove();
    }
  } finally {
    await ours.stop();
  }
}
