import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "#scripts/leftovers.ts";
import type { Model } from "./model.ts";
import type { Portal } from "./portal.ts";
import type { Random } from "./random.ts";
import { check, type Row, seconds } from "./report.ts";
import { openVendorLine, type VendorLine, type VendorMode } from "./vendor-line.ts";

/** Alpina's own connection is the one that suffers; Lagune's shares the worker and must not notice. */
const connectionOf = (slug: string) =>
  `select c.id, c.partner_id, c.settings from connection c join partner p on p.id = c.partner_id where p.slug = '${slug}' and c.vendor = 'sophos' and c.customer_id is null`;
type Connection = { id: string; partner_id: string; settings: Record<string, string> };

const runMs = 180_000;
/** The worker's bound for V8 and what lies outside of it. */
const mostMemory = 400 * 1024 * 1024;

type Setup = { portal: Portal; model: Model; ill: Connection; well: Connection; line: VendorLine };

async function find(portal: Portal, slug: string): Promise<Connection> {
  const [found] = await portal.ask<Connection>(connectionOf(slug));
  if (!found) throw new Error(`the demo has no connection of ${slug}`);
  return found;
}

/** Lets a connection be due, by a wrong clock too, and forgets what an earlier fault left with it. */
async function makeDue(portal: Portal, connection: Connection): Promise<void> {
  await portal.ask(
    "update connection set next_run_at = now() - interval '2 hours', retry_at = null, failures = 0, circuit_open_until = null where id = $1 and partner_id = $2",
    [connection.id, connection.partner_id],
  );
  await portal.ask("update call_budget set paused_until = '-infinity' where partner_id = $1", [
    connection.partner_id,
  ]);
}

/** Milliseconds until a run of the connection that was made after `from` has ended; undefined: none did. */
async function untilRun(portal: Portal, connection: Connection, from: Date): Promise<number | undefined> {
  const start = performance.now();
  const hasEnded = await waitUntil(async () => {
    const [run] = await portal.ask<{ n: number }>(
      "select count(*)::int as n from sync_run where connection_id = $1 and created_at >= $2 and state not in ('queued', 'running')",
      [connection.id, from],
    );
    return (run?.n ?? 0) > 0;
  }, runMs);
  return hasEnded ? performance.now() - start : undefined;
}

const clock = async (portal: Portal) =>
  (await portal.ask<{ at: Date }>("select clock_timestamp() as at"))[0]?.at ?? new Date();

async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/**
 * One fault: the ill connection's run ends while the fault lasts (a slow vendor's when it is over), the well one's succeeds
 * meanwhile, the worker lives and stays small.
 */
async function suffer(
  setup: Setup,
  name: string,
  begin: () => void | Promise<void>,
  end: () => void | Promise<void>,
  isSlow = false,
): Promise<Row> {
  const { portal, ill, well } = setup;
  const pid = await portal.pidOf("worker");
  await waitUntil(
    async () =>
      (
        await portal.ask(
          "select 1 from sync_run where connection_id = any($1) and state in ('queued', 'running')",
          [[ill.id, well.id]],
        )
      ).length === 0,
    runMs,
  );
  await begin();
  const from = await clock(portal);
  await Promise.all([makeDue(portal, ill), makeDue(portal, well)]);
  await setup.model.requestSync();
  let memory = 0;
  const watch = setInterval(
    () => void memoryOf(pid).then((bytes) => (memory = Math.max(memory, bytes))),
    200,
  );
  const illRun = isSlow ? undefined : untilRun(portal, ill, from);
  const wellMs = await untilRun(portal, well, from);
  if (isSlow) await end();
  const illMs = await (illRun ?? untilRun(portal, ill, from));
  clearInterval(watch);
  if (!isSlow) await end();
  const [good] = await portal.ask<{ state: string }>(
    "select state from sync_run where connection_id = $1 and created_at >= $2 order by created_at limit 1",
    [well.id, from],
  );
  const isAlive = (await portal.pidOf("worker")) === pid;
  const text = (ms: number | undefined) => (ms === undefined ? "did not end" : seconds(ms));
  return check(
    `vendor: ${name}`,
    `its run ${text(illMs)}, the other's ${text(wellMs)} (${good?.state}); worker ${isAlive ? "alive" : "died"}, at most ${Math.round(memory / 2 ** 20)} MB`,
    `both end within ${runMs / 1000} s, the other succeeds, ≤ ${mostMemory / 2 ** 20} MB`,
    illMs !== undefined &&
      wellMs !== undefined &&
      good?.state === "succeeded" &&
      isAlive &&
      memory < mostMemory,
  );
}

/** How many calls of a fault-free synchronisation there are, and how long it takes. */
async function healthy({ portal, model, ill, line }: Setup): Promise<{ calls: number; ms: number }> {
  line.takeCalls();
  const from = await clock(portal);
  await makeDue(portal, ill);
  await model.requestSync();
  const ms = await untilRun(portal, ill, from);
  return { calls: line.takeCalls(), ms: ms ?? runMs };
}

/**
 * Half of all calls fail for `ms`, which stands for half an hour: a cycle is as long as one healthy synchronisation takes,
 * twice. The other partner's customers must be read in each of them.
 */
async function halfErrors(setup: Setup, ms: number): Promise<Row[]> {
  const { portal, model, ill, well, line } = setup;
  const normal = await healthy(setup);
  const cycleMs = Math.max(5000, normal.ms * 2);
  const cycles = Math.max(2, Math.floor(ms / cycleMs));
  line.set("halfErrors");
  const start = await clock(portal);
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    await Promise.all([makeDue(portal, ill), makeDue(portal, well)]);
    await model.requestSync();
    await sleep(cycleMs);
  }
  line.set("pass");
  const calls = line.takeCalls();
  const budget = normal.calls * cycles;
  const [late] = await portal.ask<{ gap: number }>(
    `select coalesce(max(gap), 1e9)::float8 as gap from (
       select extract(epoch from finished_at - lag(finished_at, 1, $2) over (order by finished_at)) * 1000 as gap
       from sync_run where connection_id = $1 and state = 'succeeded' and finished_at > $2
       union all select extract(epoch from clock_timestamp() - coalesce(max(finished_at), $2)) * 1000 from sync_run
       where connection_id = $1 and state = 'succeeded') gaps`,
    [well.id, start],
  );
  const gap = late?.gap ?? Number.POSITIVE_INFINITY;
  return [
    check(
      `vendor: 50 % errors, ${cycles} cycles of ${seconds(cycleMs)}: calls`,
      `${calls} calls, ${(calls / budget).toFixed(2)} × ${budget}`,
      "≤ 1.2 × budget",
      calls <= budget * 1.2,
    ),
    check(
      "… longest gap of the customers that are not affected",
      `${seconds(gap)}, ${(gap / cycleMs).toFixed(2)} cycles`,
      "≤ 2 cycles (late by one)",
      gap <= 2 * cycleMs,
    ),
  ];
}

const control = (portal: Portal, order: unknown) =>
  fetch(`${portal.emulatorUrl}/__control`, { method: "POST", body: JSON.stringify(order) }).then(
    (answer) => void answer.body?.cancel(),
  );

/** Everything that vendors do to us, and a clock that is wrong. */
export async function spoilVendors(
  portal: Portal,
  model: Model,
  random: Random,
  ms: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const [ill, well] = await Promise.all([find(portal, "alpina"), find(portal, "lagune")]);
  const line = await openVendorLine(portal.emulatorUrl, random);
  await portal.ask(
    "update connection set settings = settings || jsonb_build_object('idUrl', $2::text, 'apiUrl', $2::text) where id = $1",
    [ill.id, line.url],
  );
  const setup = { portal, model, ill, well, line };
  const rows: Row[] = [];
  const add = async (
    name: string,
    begin: () => void | Promise<void>,
    end: () => void | Promise<void>,
    isSlow = false,
  ) => {
    say(`vendor: ${name}`);
    const row = await suffer(setup, name, begin, end, isSlow);
    say(`  ${row.result}`);
    rows.push(row);
  };
  const pass = () => line.set("pass");
  const modes: [VendorMode, string][] = [
    ["cut", "connections cut"],
    ["garbage", "garbage instead of HTTP"],
    ["halfOpen", "half-open, no answer ever"],
    ["slow", "each answer a second late"],
    ["tooMany", "429 to everything"],
    ["serverError", "500 to everything"],
    ["huge", "bodies of 200 MB"],
  ];
  try {
    for (const [mode, name] of modes) await add(name, () => line.set(mode), pass, mode === "slow");
    const alpinas = (
      await portal.ask<{ external_id: string }>(
        "select external_id from vendor_account where connection_id = $1 order by random() limit 40",
        [ill.id],
      )
    ).map((row) => row.external_id);
    for (const [mode, name] of [
      ["endless", "endless cursors"],
      ["wrongTenant", "another tenant's identifiers"],
    ] as const)
      await add(
        `${name} (40 tenants)`,
        async () => {
          for (const tenant of alpinas) await control(portal, { mode, tenant });
        },
        () => control(portal, { mode: "ok" }),
      );
    say("vendor: 50 % errors");
    rows.push(...(await halfErrors(setup, ms)));
    for (const hours of [1, -1])
      await add(
        `our clock ${hours > 0 ? "an hour ahead" : "an hour behind"}`,
        () => portal.setClock(hours * 3_600_000),
        () => portal.setClock(0),
      );
  } finally {
    line.close();
    await portal.ask("update connection set settings = $2 where id = $1", [ill.id, ill.settings]);
  }
  return rows;
}
