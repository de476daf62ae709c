// The row "export": all customers of the larger partner over HTTP, against COPY of the same rows in the same order.
import { get } from "node:http";
import type { Duplex } from "node:stream";
import pg from "pg";
import { startSession } from "#server/auth/sessions.ts";
import { projectRoot } from "#scripts/build.ts";
import type { BenchDatabase } from "./database.ts";
import type { FilledPartner } from "./fill.ts";
import { median, ms, times, whole } from "./statistics.ts";
import type { Result, Section } from "./table.ts";
import { residentBytes, type Server, startNext } from "./web.ts";

const ROUNDS = 3;
const MB = 2 ** 20;

/** The columns that the list shows to who chose none, as the overview has them. */
const columns =
  "name_shown, domain, relationship, licence_kinds, status, reasons, devices_total, devices_silent, devices_unprotected, licence_state_rank, used, licence_ends_on, alerts_high, alerts_medium, alerts_low, last_sync_at";

/** Seconds of `COPY` as the administrator, past every policy; the bytes are counted and not looked at, as psql does less than. */
async function copySeconds(adminUrl: string, partnerId: string, order: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { stream } = (client as pg.Client & { connection: { stream: Duplex } }).connection;
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    stream.removeAllListeners("data");
    stream.on("error", reject);
    stream.on("data", (bytes: Buffer) => {
      // ReadyForQuery: Z, its length, the state.
      if (
        bytes.length >= 6 &&
        bytes.toString("latin1", bytes.length - 6, bytes.length - 1) === "Z\0\0\0\u0005"
      )
        resolve();
    });
    const copy = new pg.Query(
      `copy (select ${columns} from customer_overview where partner_id = '${partnerId}' order by ${order}) to stdout (format csv)`,
    );
    client.query(copy);
    // It is cut off below, once its answer is whole.
    client.on("error", () => {});
    copy.on("error", () => {});
  });
  const seconds = (performance.now() - start) / 1000;
  stream.destroy();
  return seconds;
}

type Download = { seconds: number; firstMs: number; megabytes: number; grown: number };

/** One export taken by a client that keeps nothing; the web process's memory is read meanwhile. */
async function download(server: Server, query: string, cookie: string, kind = "csv"): Promise<Download> {
  const before = await residentBytes(server.pid);
  let most = before;
  const watch = setInterval(async () => {
    most = Math.max(most, await residentBytes(server.pid));
  }, 200);
  const start = performance.now();
  try {
    const [firstMs, bytes] = await new Promise<[number, number]>((resolve, reject) => {
      get(`${server.url}/api/export/customers.${kind}?${query}`, { headers: { cookie } }, (response) => {
        if (response.statusCode !== 200)
          return reject(new Error(`the export answers ${response.statusCode}`));
        let first = 0;
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          first ||= performance.now() - start;
          size += chunk.length;
        });
        response.on("end", () => resolve([first, size]));
        response.on("error", reject);
      }).on("error", reject);
    });
    const seconds = (performance.now() - start) / 1000;
    return { seconds, firstMs, megabytes: bytes / 1e6, grown: most - before };
  } finally {
    clearInterval(watch);
  }
}

const plans = [
  { what: "machine format, by name", query: "format=machine", order: "name_sort, customer_id", most: 1.15 },
  {
    what: "machine format, most computers first",
    query: "format=machine&sort=-devicesTotal",
    order: "devices_total desc nulls last, customer_id desc",
    most: 1.15,
  },
  { what: "local format (Italian), by name", query: "lang=it", order: "name_sort, customer_id", most: 3 },
];

export async function measureExport(
  database: BenchDatabase,
  partner: FilledPartner,
  say: (line: string) => void,
): Promise<{ results: Result[]; section: Section }> {
  const token = await startSession({ ...partner, userAgent: "bench", address: "127.0.0.1" });
  const cookie = `belvedere-session=${token}; lang=en`;
  const server = await startNext(projectRoot, database.environment, "/healthz");
  const results: Result[] = [];
  const all: Download[] = [];
  try {
    await download(server, "format=machine", cookie);
    for (const { what, query, order, most } of plans) {
      say(`export, ${what} …`);
      const floors: number[] = [];
      const ours: Download[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        floors.push(await copySeconds(database.adminUrl, partner.id, order));
        ours.push(await download(server, query, cookie));
      }
      all.push(...ours);
      const floor = median(floors);
      const seconds = median(ours.map((one) => one.seconds));
      results.push({
        row: "export",
        what: `${whole(partner.customers)} rows as CSV, ${what}, ${whole(ours[0]?.megabytes ?? 0)} MB; floor: COPY of the same rows in the same order`,
        floor: `${floor.toFixed(2)} s`,
        ours: `${seconds.toFixed(2)} s`,
        ratio: times(seconds / floor),
        goal: `≤ ${times(most)}`,
        isMet: seconds / floor <= most,
      });
    }
    say("export as a workbook …");
    const workbook = await download(server, "lang=it", cookie, "xlsx");
    all.push(workbook);
    const first = median(all.map((one) => one.firstMs));
    const grown = Math.max(...all.map((one) => one.grown));
    results.push(
      {
        row: "export",
        what: `the same as a workbook, ${whole(workbook.megabytes)} MB`,
        floor: "–",
        ours: `${workbook.seconds.toFixed(1)} s`,
        ratio: "–",
        goal: "–",
        isMet: null,
      },
      {
        row: "export",
        what: "first byte, median of all of these",
        floor: "–",
        ours: ms(first),
        ratio: "–",
        goal: "≤ 100 ms",
        isMet: first <= 100,
      },
      {
        row: "export",
        what: "memory of the web process, most that it grew during one of these",
        floor: "–",
        ours: `+${whole(grown / MB)} MB`,
        ratio: "–",
        goal: "≤ +64 MB",
        isMet: grown <= 64 * MB,
      },
    );
  } finally {
    await server.stop();
  }
  return {
    results,
    section: {
      title: "What export counts",
      lines: [
        `Signed in as a member who sees all customers, over HTTP without compression, through permission, scope, row-level security, live access and the check for revocations; the columns of the list as it comes: \`${columns}\`, in ours with the groups of each customer and safe from formulas. The floor is \`COPY … TO STDOUT\` of the bare columns by the administrator, read by a client that counts bytes. Floor and ours in turn, medians of ${ROUNDS}.`,
      ],
    },
  };
}
