import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { variableNames } from "#server/env.ts";
import { projectRoot } from "./build.ts";
import { waitUntil } from "./leftovers.ts";
import { refusal } from "./refusal.ts";

export type PortalUnderTest = {
  url: string;
  emulatorUrl: string;
  /** The supervisor: web, worker, emulators and database are its children. */
  pid: number;
  /** Everything it has printed so far. */
  log: () => string;
  /** Ends it as an operator would and gives its exit code. */
  stop: () => Promise<number>;
};

const readyTimeoutMs = 180_000;

/** The caller's settings must not leak into a portal that a test starts; empty ones win over an .env file. */
const noSettings = Object.fromEntries(variableNames.map((name) => [name, ""]));

export type StartedRun = {
  log: () => string;
  kill: (signal: NodeJS.Signals) => void;
  pid: number;
  ended: Promise<number>;
};

/** Runs scripts/run.ts as `npm start` does, with these variables on top of none. */
export function startRun(variables: Record<string, string>, args: string[] = []): StartedRun {
  const child = spawn(
    process.execPath,
    ["-C", "react-server", join(projectRoot, "scripts", "run.ts"), ...args],
    {
      cwd: projectRoot,
      env: { ...process.env, ...noSettings, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  process.once("exit", () => child.kill("SIGTERM"));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return {
    log: () => text,
    kill: (signal) => void child.kill(signal),
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => child.once("close", (code) => resolve(code ?? -1))),
  };
}

/** A demo portal with a data folder of its own, ready for a browser. */
export async function startPortal(options: { dataFolder: string; port: number }): Promise<PortalUnderTest> {
  const run = startRun({ DATA_DIR: options.dataFolder, PORT: String(options.port), DEMO: "1" });
  let hasEnded = false;
  void run.ended.then(() => {
    hasEnded = true;
  });
  const isReady = () => /^ready in /m.test(run.log());
  await waitUntil(() => hasEnded || isReady(), readyTimeoutMs);
  const stop = () => {
    run.kill("SIGTERM");
    return run.ended;
  };
  if (!isReady()) {
    if (!hasEnded) await stop();
    throw refusal(`The portal did not become ready:\n${run.log()}`);
  }
  const port = await readFile(join(options.dataFolder, "emulator-port"), "utf8");
  return {
    url: `http://127.0.0.1:${options.port}`,
    emulatorUrl: `http://127.0.0.1:${port}`,
    pid: run.pid,
    log: run.log,
    stop,
  };
}
