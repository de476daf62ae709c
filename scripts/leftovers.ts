import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { writePrivateFile } from "./data-folder.ts";
import { refusal } from "./refusal.ts";

/** A process, told apart from a later one with the same number by when it started. */
type Known = { pid: number; startedAt: string };
type Record = { supervisor: Known; children: Known[] };

function recordPath(folder: string): string {
  return join(folder, "running.json");
}

async function ps(field: string, pid: number): Promise<string> {
  const answer = await promisify(execFile)("ps", ["-o", `${field}=`, "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return answer.stdout.trim();
}

/** Empty when there is no such process. */
async function startOf(pid: number): Promise<string> {
  if (process.platform !== "linux") return ps("lstart", pid);
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in parentheses may hold spaces; the start time is the 20th field after it (proc(5)).
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  // A zombie only waits to be counted: it has ended.
  return fields[0] === "Z" ? "" : (fields[19] ?? "");
}

export async function commandLine(pid: number): Promise<string> {
  if (process.platform !== "linux") return ps("command", pid);
  const raw = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return raw.replaceAll("\0", " ");
}

async function isAlive(known: Known): Promise<boolean> {
  return known.startedAt !== "" && (await startOf(known.pid)) === known.startedAt;
}

export async function waitUntil(
  isDone: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isDone())) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** The children lead process groups of their own; the group is signalled. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

async function end(known: Known): Promise<void> {
  if (!(await isAlive(known))) return;
  const hasEnded = async () => !(await isAlive(known));
  signalGroup(known.pid, "SIGTERM");
  if (await waitUntil(hasEnded, 5000)) return;
  signalGroup(known.pid, "SIGKILL");
  await waitUntil(hasEnded, 2000);
}

/** Refuses when another portal runs on this folder; ends what a killed one left behind. */
export async function endLeftovers(folder: string): Promise<void> {
  const text = await readFile(recordPath(folder), "utf8").catch(() => "");
  if (text === "") return;
  const { supervisor, children } = JSON.parse(text) as Record;
  if (supervisor.pid !== process.pid && (await isAlive(supervisor))) {
    throw refusal(
      `Belvedere already runs on ${folder} (process ${supervisor.pid}): stop it or set another DATA_DIR.`,
    );
  }
  await Promise.all(children.map(end));
  await rm(recordPath(folder), { force: true });
}

async function know(pid: number): Promise<Known> {
  return { pid, startedAt: await startOf(pid) };
}

/** Keeps the list by which the next start finds what this one left behind. */
export function runningRecord(folder: string): {
  write: (childPids: number[]) => Promise<void>;
  remove: () => Promise<void>;
} {
  let last: Promise<void> = Promise.resolve();
  return {
    write(childPids) {
      last = last.then(async () => {
        const record: Record = {
          supervisor: await know(process.pid),
          children: await Promise.all(childPids.map(know)),
        };
        await writePrivateFile(recordPath(folder), JSON.stringify(record));
      });
      return last;
    },
    async remove() {
      await last;
      await rm(recordPath(folder), { force: true });
    },
  };
}
