import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { signalGroup, waitUntil } from "./leftovers.ts";
import { refusal } from "./refusal.ts";

export type Service = {
  name: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** What a line holds with which it says that it can work; where it is absent, an address tells. */
  readyLine?: string;
};

export type RunningService = {
  name: string;
  ready: Promise<void>;
  /** The group to signal, undefined while it waits to be started again. */
  pid: () => number | undefined;
  stop: (graceMs: number) => Promise<void>;
};

type Hooks = {
  cwd: string;
  say: (line: string) => void;
  print: (line: string) => void;
  isTalkative: boolean;
  onChange: () => void;
  onGiveUp: (error: Error) => void;
};

/** A process that lived less than this failed at its start, unless somebody ended it. */
const quickFailureMs = 10_000;
/** What others send; a crash of its own ends with a code, or with SIGABRT, SIGSEGV and the like. */
const fromOutside: ReadonlySet<string> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"]);
const quickFailuresAllowed = 5;
const pauseAfterKillMs = 100;
const longestPauseMs = 30_000;

/** Runs a process of ours and starts it again when it ends on its own, ever more slowly. */
export function startService(service: Service, hooks: Hooks): RunningService {
  let child: ChildProcess | undefined;
  let pause: NodeJS.Timeout | undefined;
  let isStopping = false;
  let quickFailures = 0;
  const ready = Promise.withResolvers<void>();
  // Whoever awaits `ready` sees the failure; nobody may be there yet.
  ready.promise.catch(() => undefined);

  function read(line: string, isError: boolean): void {
    // Our own log lines are JSON; the rest of the standard output is small talk of Next.js.
    if (isError || hooks.isTalkative || line.startsWith("{")) hooks.print(line);
    if (service.readyLine && line.includes(service.readyLine)) ready.resolve();
  }

  function start(): void {
    const startedAt = performance.now();
    const started = spawn(process.execPath, service.args, {
      cwd: hooks.cwd,
      env: service.env,
      // A group of its own: Ctrl-C must reach the supervisor alone, which ends the others in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    createInterface({ input: started.stdout }).on("line", (line) => read(line, false));
    createInterface({ input: started.stderr }).on("line", (line) => read(line, true));
    started.once("error", (error) => hooks.say(`${service.name} could not be started: ${error.message}`));
    started.once("close", (code, signal) => {
      child = undefined;
      hooks.onChange();
      if (!isStopping) again(performance.now() - startedAt, signal ?? `code ${code}`);
    });
    hooks.onChange();
  }

  function again(livedMs: number, reason: string): void {
    const isFailure = livedMs < quickFailureMs && !fromOutside.has(reason);
    quickFailures = isFailure ? quickFailures + 1 : 0;
    if (quickFailures >= quickFailuresAllowed) {
      const error = refusal(
        `${service.name} ended ${quickFailures} times right after its start (${reason}), so everything was stopped; its last lines are above.`,
      );
      ready.reject(error);
      hooks.onGiveUp(error);
      return;
    }
    const pauseMs = fromOutside.has(reason)
      ? pauseAfterKillMs
      : Math.min(longestPauseMs, 500 * 2 ** quickFailures);
    hooks.say(`${service.name} ended (${reason}); starting it again in ${pauseMs / 1000} s.`);
    pause = setTimeout(start, pauseMs);
  }

  start();
  return {
    name: service.name,
    ready: ready.promise,
    pid: () => child?.pid,
    async stop(graceMs) {
      isStopping = true;
      clearTimeout(pause);
      const pid = child?.pid;
      if (pid === undefined) return;
      signalGroup(pid, graceMs > 0 ? "SIGTERM" : "SIGKILL");
      if (await waitUntil(() => child === undefined, graceMs)) return;
      signalGroup(pid, "SIGKILL");
      await waitUntil(() => child === undefined, 2000);
    },
  };
}

/** Polls an address until it answers 200. */
export async function untilAnswers(url: string, timeoutMs: number): Promise<void> {
  const answers = () =>
    fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      (response) => response.status === 200,
      () => false,
    );
  if (!(await waitUntil(answers, timeoutMs))) {
    throw refusal(`${url} did not become ready within ${timeoutMs / 1000} s; see the lines above.`);
  }
}
