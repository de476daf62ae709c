// The rows "start" and "sync": `npm start` of a built machine, and a whole synchronisation beside page load.
import { execFile, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { buildIfChanged, projectRoot } from "#scripts/build.ts";
import { freePort } from "#scripts/ports.ts";
import { type PortalUnderTest, startPortal } from "#scripts/portal-under-test.ts";
import { temporaryFolder } from "#scripts/throw-away.ts";
import { percentile, timed } from "./statistics.ts";
import type { Result } from "./table.ts";
import { residentBytes } from "./web.ts";

const run = promisify(execFile);
const MB = 2 ** 20;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

type Options = { isFromNothing: boolean; seconds: number; say: (line: string) => void };
type Run = { state: string; accountsDone: number };

/** A signed-in person over HTTP. */
export async function signedIn(portal: PortalUnderTest, email: string) {
  const response = await fetch(`${portal.url}/api/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: "belvedere-demo" }),
  });
  if (response.status !== 204) throw new Error(`signing in answered ${response.status}`);
  const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return {
    cookie,
    page: async (path: string) => {
      const answer = await fetch(portal.url + path, { headers: { cookie } });
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      await answer.arrayBuffer();
    },
    query: async <T>(path: string): Promise<T> => {
      const input = encodeURIComponent("{}");
      const answer = await fetch(`${portal.url}/api/trpc/${path}?input=${input}`, { headers: { cookie } });
      return ((await answer.json()) as { result: { data: T } }).result.data;
    },
    startAll: async () => {
      const answer = await fetch(`${portal.url}/api/trpc/sync.startAll`, {
        method: "POST",
        headers: { cookie, "content-type": "application/json" },
        body: "{}",
      });
      if (answer.status !== 200) throw new Error(`starting a synchronisation answered ${answer.status}`);
    },
  };
}

/** The worker of a portal: the process whose command line runs it and whose parent is the portal's supervisor. */
async function workerPid(portal: PortalUnderTest): Promise<number> {
  const { stdout } = await run("ps", ["-eo", "pid=,ppid=,args="]);
  const line = stdout
    .split("\n")
    .map((text) => text.trim().split(/\s+/))
    .find(
      ([, parent, ...args]) =>
        parent === String(portal.pid) && args.join(" ").includes("server/jobs/worker.ts"),
    );
  if (!line?.[0]) throw new Error("the portal has no worker");
  return Number(line[0]);
}

/** Median and 95th percentile of pages called one after the other until `until` says so. */
async function loadPages(page: () => Promise<void>, until: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (!until()) took.push(...(await timed(1, page)));
  return took;
}

async function measureSync(portal: PortalUnderTest, options: Options): Promise<Result[]> {
  const people = [
    await signedIn(portal, "super@alpina.example"),
    await signedIn(portal, "super@lagune.example"),
  ];
  const [person] = people;
  if (!person) throw new Error("nobody is signed in");
  const list = () => person.page("/en/customers");
  await timed(30, list);
  options.say("pages without a synchronisation …");
  const until = performance.now() + options.seconds * 1000;
  const quiet = await loadPages(list, () => performance.now() > until);

  options.say("a whole synchronisation beside page load …");
  const pid = await workerPid(portal);
  let isDone = false;
  let most = 0;
  let customers = 0;
  const started = performance.now();
  await Promise.all(people.map((one) => one.startAll()));
  const watch = async () => {
    while (!isDone) {
      most = Math.max(most, await residentBytes(pid));
      const runs = (await Promise.all(people.map((one) => one.query<Run[]>("sync.live")))).flat();
      customers = Math.max(
        customers,
        runs.reduce((sum, one) => sum + one.accountsDone, 0),
      );
      isDone = runs.length === 0;
      await sleep(250);
    }
    return performance.now() - started;
  };
  const [took, busy] = await Promise.all([watch(), loadPages(list, () => isDone)]);
  const up = percentile(busy, 0.95) / percentile(quiet, 0.95) - 1;
  return [
    {
      row: "sync",
      what: `every connection of the demo read at once, at least ${customers} accounts seen in progress, pages loaded meanwhile`,
      floor: "–",
      ours: seconds(took),
      ratio: "–",
      goal: "≤ 60 s",
      isMet: took <= 60_000,
    },
    {
      row: "sync",
      what: "memory of the worker during it, largest of four readings a second",
      floor: "–",
      ours: `${Math.round(most / MB)} MB`,
      ratio: "–",
      goal: "≤ 300 MB",
      isMet: most <= 300 * MB,
    },
    {
      row: "sync",
      what: `customers page, one client, p95; floor: without a synchronisation (${quiet.length} and ${busy.length} pages)`,
      floor: `${percentile(quiet, 0.95).toFixed(1)} ms`,
      ours: `${percentile(busy, 0.95).toFixed(1)} ms`,
      ratio: `${up >= 0 ? "+" : "−"}${Math.abs(Math.round(up * 100))} %`,
      goal: "≤ +20 %",
      isMet: up <= 0.2,
    },
  ];
}

/** `npm start` in a fresh clone of this repository with nothing installed, until it says that it is ready. */
async function startFromNothing(folder: string, port: number): Promise<number> {
  const clone = join(folder, "clone");
  await run("git", ["clone", "-q", projectRoot, clone]);
  const start = performance.now();
  const child = spawn("npm", ["start"], {
    cwd: clone,
    env: { ...process.env, PORT: String(port), DATA_DIR: join(folder, "clone-data") },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (!/^ready in /m.test(text)) {
    if (child.exitCode !== null) throw new Error(`npm start ended:\n${text}`);
    await sleep(100);
  }
  const took = performance.now() - start;
  if (child.pid) process.kill(-child.pid, "SIGTERM");
  await ended;
  return took;
}

/** Starts the portal's demo, starts it again, and synchronises it. */
export async function measureOperation(options: Options): Promise<{ start: Result[]; sync: Result[] }> {
  const { say } = options;
  await buildIfChanged(projectRoot, say);
  const folder = await temporaryFolder("bench");
  const start: Result[] = [];
  const row = (what: string, ms: number, most: number) =>
    start.push({
      row: "start",
      what,
      floor: "–",
      ours: seconds(ms),
      ratio: "–",
      goal: `≤ ${most / 60_000 >= 1 ? `${most / 60_000} min` : `${most / 1000} s`}`,
      isMet: ms <= most,
    });
  try {
    if (options.isFromNothing) {
      say("npm start from nothing …");
      row(
        "`npm start` in a fresh clone, nothing installed",
        await startFromNothing(folder, await freePort()),
        240_000,
      );
    }
    const place = { dataFolder: join(folder, "data"), port: await freePort() };
    const timedStart = async () => {
      const before = performance.now();
      const portal = await startPortal(place);
      return { portal, ms: performance.now() - before };
    };
    say("npm start, the demo is created …");
    const first = await timedStart();
    row("`npm start`, installed and built, with the demo's first two synchronisations", first.ms, 240_000);
    await first.portal.stop();
    say("npm start again …");
    const second = await timedStart();
    row("`npm start`, installed and built", second.ms, 15_000);
    const sync = await measureSync(second.portal, options);
    await second.portal.stop();
    return { start, sync };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
