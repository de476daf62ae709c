// One connection per process that hears the database tell of synchronisations that moved, shared by all who want to know.
import type { PoolClient } from "pg";
import { rawPool } from "#db/client.ts";
import { log } from "#server/log.ts";

const AGAIN_MS = 1_000;
/** A connection that is dead without telling is found out by asking. */
const ASK_MS = 15_000;
const ANSWER_MS = 5_000;

/** By partner; each is called when a run of that partner moved, and after an interruption, when one may have. */
const listeners = new Map<string, Set<() => void>>();
let isListening = false;

/** Calls `listener` whenever a synchronisation of the partner moved, until the returned function is called. */
export function onProgress(partnerId: string, listener: () => void): () => void {
  const own = listeners.get(partnerId) ?? new Set();
  listeners.set(partnerId, own.add(listener));
  if (!isListening) void listen();
  return () => {
    own.delete(listener);
    if (own.size === 0) listeners.delete(partnerId);
    if (listeners.size === 0) stop();
  };
}

let stop: () => void = () => undefined;

/** Listens, over as many connections as it takes, until nobody wants to know any more. */
async function listen(): Promise<void> {
  isListening = true;
  const pool = rawPool("web", 1);
  let hasToEnd = false;
  while (!hasToEnd && listeners.size > 0) {
    const ended = Promise.withResolvers<void>();
    let client: PoolClient | undefined;
    let asking: NodeJS.Timeout | undefined;
    stop = () => {
      hasToEnd = true;
      ended.resolve();
    };
    try {
      client = await pool.connect();
      client.on("error", () => ended.resolve());
      client.on("end", () => ended.resolve());
      client.on("notification", ({ payload }) => tell(listeners.get(payload ?? "")));
      await client.query("listen belvedere_sync");
      for (const own of listeners.values()) tell(own);
      const heard = client;
      asking = setInterval(() => void ask(heard).catch(() => ended.resolve()), ASK_MS);
      await ended.promise;
    } catch (error) {
      log.warn({ err: error }, "progress cannot be heard");
    } finally {
      clearInterval(asking);
      client?.release(true);
    }
    if (!hasToEnd && listeners.size > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  isListening = false;
  await pool.end();
  if (listeners.size > 0 && !isListening) void listen();
}

function tell(own: ReadonlySet<() => void> | undefined): void {
  for (const listener of own ?? []) listener();
}

async function ask(client: PoolClient): Promise<void> {
  const timer = Promise.withResolvers<never>();
  const late = setTimeout(() => timer.reject(new Error("no answer")), ANSWER_MS);
  await Promise.race([client.query("select 1"), timer.promise]).finally(() => clearTimeout(late));
}
