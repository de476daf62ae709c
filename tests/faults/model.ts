import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Portal } from "./portal.ts";
import { pick, type Random } from "./random.ts";
import { check, type Row } from "./report.ts";
import { checkInvariants, compareWrites, untilQuiet, type Write } from "./comparison.ts";

/** What people and programs do meanwhile, each with a key of its own that its rows are found by. */
const kinds = { push: 5, import: 2, token: 2, session: 2, setting: 3 } as const;
type Kind = keyof typeof kinds;

export type Model = {
  /** Starts writers that go on through every fault. */
  start: (writers: number) => void;
  /** Asks for everything to be read, as the API does; true when it was answered. */
  requestSync: () => Promise<boolean>;
  /** Status of a signed-in page; 0 when nothing answered. */
  page: (timeoutMs?: number) => Promise<number>;
  /** Ends the writers, lets the worker finish, and compares. */
  verify: () => Promise<Row[]>;
  /** What was typed and given out, which no log may hold. */
  secrets: () => string[];
};

const account = { email: "super@alpina.example", password: "belvedere-demo" };
const timeoutMs = 10_000;

export async function createModel(portal: Portal, random: Random, seed: number): Promise<Model> {
  const run = `${seed}-${Date.now().toString(36)}`;
  const writes: Write[] = [];
  const violations: string[] = [];
  const given: string[] = [account.password];
  const stop = new AbortController();
  const working: Promise<void>[] = [];
  let cookie = "";
  let number = 0;

  async function send(
    path: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
    ms = timeoutMs,
  ) {
    // Each from another address, so that limits per address are nobody's concern here.
    const from = [10, ...[1, 2, 3].map(() => Math.floor(random() * 250))].join(".");
    const headers = { origin: portal.url, "x-forwarded-for": from, ...init.headers };
    return fetch(portal.url + path, {
      redirect: "manual",
      signal: AbortSignal.timeout(ms),
      ...init,
      headers,
    });
  }
  const json = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/json", cookie, ...headers },
      body: JSON.stringify(body),
    });

  /** The cookie of a new session; undefined when it was not answered for. */
  async function signIn(): Promise<string | undefined> {
    const answer = await json("/api/login", account);
    await answer.arrayBuffer();
    const [pair] = answer.headers.getSetCookie().filter((one) => one.includes("belvedere-session="));
    if (!answer.ok || !pair) return undefined;
    cookie = pair.split(";")[0] ?? "";
    return cookie.split("=")[1];
  }

  const pushToken = await (async () => {
    for (let attempt = 0; attempt < 10 && !(await signIn()); attempt += 1) await sleep(500);
    const wish = {
      name: `faults ${run}`,
      permissions: ["snapshot:push", "sync:startAll"],
      newSource: `Faults ${run}`,
      days: 7,
    };
    const answer = await json("/api/tokens", wish);
    if (answer.status !== 201)
      throw new Error(`no token for pushing: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { token: string }).token;
  })();
  given.push(pushToken);
  const bearer = { authorization: `Bearer ${pushToken}` };

  async function push(key: string): Promise<boolean> {
    const device = {
      externalId: "d1",
      hostname: `host-${key}`,
      type: "computer",
      os: "Windows 11",
      state: "active",
      health: "good",
      isProtected: true,
      person: "",
      lastSeenAt: null,
    };
    const body = JSON.stringify({
      version: 1,
      // More than an hour ago: in the past by a clock of ours that is an hour behind, too.
      takenAt: new Date(Date.now() - 3_660_000).toISOString(),
      account: { externalId: key, name: `Fault push ${key}`, billing: "usage" },
      devices: [device],
      licences: null,
      alerts: null,
      unprotectedCount: null,
    });
    // A source that was not answered sends the same again under the same key.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await send("/api/v1/snapshots", {
        method: "POST",
        headers: { ...bearer, "content-type": "application/json", "idempotency-key": key },
        body,
      }).catch(() => undefined);
      if (answer?.ok) return true;
      if (answer && answer.status < 500 && answer.status !== 429)
        throw new Error(`a push was refused: ${answer.status} ${await answer.text()}`);
      await sleep(300);
    }
    return false;
  }

  async function importList(key: string): Promise<boolean> {
    const form = new FormData();
    form.set(
      "file",
      new Blob([`Name,External ID\nFault import ${key},${key}\n`], { type: "text/csv" }),
      "list.csv",
    );
    const uploaded = await send("/api/import", { method: "POST", body: form, headers: { cookie } });
    const id = /import\/([0-9a-f-]{36})/.exec(uploaded.headers.get("location") ?? "")?.[1];
    if (uploaded.status !== 303 || !id) return false;
    const started = await send(`/api/import/${id}/start`, { method: "POST", headers: { cookie } });
    return started.status === 303 && !(started.headers.get("location") ?? "").includes("error=");
  }

  /** The values that the setting may have: the last one answered for, and those that were not answered since. */
  let possible = new Set<number>();
  let isSetting = false;
  async function setting(): Promise<boolean> {
    if (isSetting) return false;
    isSetting = true;
    try {
      const [now] = await portal.ask<{ silent_days: number; stuck_hours: number }>(
        "select silent_days, stuck_hours from partner where slug = 'alpina'",
      );
      if (!now) throw new Error("the partner is gone");
      if (possible.size > 0 && !possible.has(now.stuck_hours))
        violations.push(`the threshold is ${now.stuck_hours}, not one of ${[...possible].join(", ")}`);
      const next = (now.stuck_hours % 700) + 1;
      const form = {
        silentDays: now.silent_days,
        stuckHours: next,
        wasSilentDays: now.silent_days,
        wasStuckHours: now.stuck_hours,
      };
      possible = new Set([...possible, now.stuck_hours, next]);
      const answer = await json("/api/settings/thresholds", form);
      if (answer.ok || answer.status === 303) possible = new Set([next]);
      return answer.ok || answer.status === 303;
    } finally {
      isSetting = false;
    }
  }

  async function act(kind: Kind, write: Write): Promise<boolean> {
    switch (kind) {
      case "push":
        return push(write.key);
      case "import":
        return importList(write.key);
      case "token": {
        const answer = await json("/api/tokens", {
          name: write.key,
          permissions: ["customer:list"],
          days: 7,
        });
        if (answer.status === 201) given.push(((await answer.json()) as { token: string }).token);
        return answer.status === 201;
      }
      case "session": {
        const token = await signIn();
        if (token === undefined) return false;
        given.push(token);
        write.key = createHash("sha256").update(token).digest("hex");
        return true;
      }
      case "setting":
        return setting();
    }
  }

  async function writeOn(): Promise<void> {
    while (!stop.signal.aborted) {
      const kind = pick(random, kinds);
      number += 1;
      const write: Write = { kind, key: `${kind}-${run}-${number}`, isAcknowledged: false };
      writes.push(write);
      write.isAcknowledged = await act(kind, write).catch((error: Error) => {
        if (error.message.startsWith("a push was refused")) violations.push(error.message);
        return false;
      });
      await sleep(100 + random() * 300);
    }
  }

  return {
    start(writers) {
      for (let n = 0; n < writers; n += 1) working.push(writeOn());
    },
    requestSync: () =>
      send("/api/v1/sync", { method: "POST", headers: bearer }, 5000).then(
        (answer) => answer.status === 202,
        () => false,
      ),
    page: (ms = 5000) =>
      send("/en/customers", { headers: { cookie } }, ms)
        .then(async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        })
        .catch(() => 0),
    async verify() {
      stop.abort();
      await Promise.all(working);
      const isQuiet = await untilQuiet(portal);
      const rows: Row[] = [];
      for (const kind of ["push", "import", "token", "session"] as const)
        rows.push(await compareWrites(portal, writes, kind));
      const [last] = await portal.ask<{ hours: number }>(
        "select stuck_hours as hours from partner where slug = 'alpina'",
      );
      if (!last || (possible.size > 0 && !possible.has(last.hours)))
        violations.push("the threshold at the end");
      const settings = writes.filter((write) => write.kind === "setting" && write.isAcknowledged).length;
      rows.push(
        check(
          "writes: setting",
          `${settings} acknowledged; ${violations.length} wrong values or refusals${violations.length ? `: ${violations.slice(0, 2).join("; ")}` : ""}`,
          "0",
          violations.length === 0,
        ),
      );
      rows.push(check("queued work", isQuiet ? "all done" : "some waits still", "all done", isQuiet));
      return [...rows, ...(await checkInvariants(portal))];
    },
    secrets: () => given,
  };
}
