// Processes under load: starting them, loading them, and what they weigh.
import { webMemory, workerMemory } from "#scripts/memory.ts";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { projectRoot } from "#scripts/build.ts";
import { freePort } from "#scripts/ports.ts";
import { untilAnswers } from "#scripts/services.ts";

const run = promisify(execFile);
const next = join(projectRoot, "node_modules", "next", "dist", "bin", "next");

export type Server = { url: string; pid: number; stop: () => Promise<void> };

function stopper(child: ChildProcess): () => Promise<void> {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  process.once("exit", () => child.kill("SIGKILL"));
  return async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
  };
}

/** `next start` of a built folder on a free loopback port. */
export async function startNext(
  cwd: string,
  environment: Record<string, string>,
  probe: string,
): Promise<Server> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [...webMemory, next, "start", "-H", "127.0.0.1", "-p", String(port)],
    {
      cwd,
      env: { ...process.env, ...environment, PORT: String(port) },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const stop = stopper(child);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilAnswers(url + probe, 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid ?? 0, stop };
}

/** The worker as the portal starts it, given some seconds to settle. */
export async function startWorker(environment: Record<string, string>): Promise<Server> {
  const child = spawn(
    process.execPath,
    [...workerMemory, "-C", "react-server", join("server", "jobs", "worker.ts")],
    { cwd: projectRoot, env: { ...process.env, ...environment, LOG_LEVEL: "silent" }, stdio: "ignore" },
  );
  const stop = stopper(child);
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  return { url: "", pid: child.pid ?? 0, stop };
}

/** Resident memory in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)]);
  return Number(stdout.trim()) * 1024;
}

/** What a browser asks a page for; a script on a page asks for anything. */
const DOCUMENT = "text/html,application/xhtml+xml,*/*;q=0.8";

export type Load = { perSecond: number; p50: number; p99: number };

/** Eight connections for some seconds; anything but 2xx is an error of the benchmark. */
export async function load(url: string, seconds: number, cookie: string): Promise<Load> {
  const autocannon = fileURLToPath(import.meta.resolve("autocannon"));
  const { stdout } = await run(
    process.execPath,
    [
      autocannon,
      "-j",
      "-c",
      "8",
      "-d",
      String(seconds),
      "-H",
      `cookie=${cookie}`,
      "-H",
      `accept=${DOCUMENT}`,
      url,
    ],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  const answer = JSON.parse(stdout) as {
    requests: { average: number };
    latency: { p50: number; p99: number };
    non2xx: number;
    errors: number;
  };
  if (answer.non2xx + answer.errors > 0) throw new Error(`${answer.non2xx + answer.errors} requests failed`);
  return { perSecond: answer.requests.average, p50: answer.latency.p50, p99: answer.latency.p99 };
}

/** The bytes of an answer as they travel, compressed by the server itself. */
export function travelledBytes(url: string, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { cookie, accept: DOCUMENT, "accept-encoding": "gzip" } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answers ${response.statusCode}`));
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () => resolve(bytes));
    }).on("error", reject);
  });
}

export async function textOf(url: string, cookie: string): Promise<string> {
  const response = await fetch(url, { headers: { cookie, accept: DOCUMENT }, redirect: "manual" });
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
  return response.text();
}

/** All scripts that a page names, each compressed, the one for browsers without modules included. */
export async function scriptBytes(server: Server, path: string, cookie: string): Promise<number> {
  const html = await textOf(server.url + path, cookie);
  const names = new Set([...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map((match) => match[1] ?? ""));
  const sizes = await Promise.all(
    [...names].map(async (name) => gzipSync(await textOf(server.url + name, "")).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
