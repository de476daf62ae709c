// Counts calls against the limits of credentials, in small blocks, so that the database is asked a few times a second at most.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CallBudget } from "#server/http/budget.ts";
import { VendorError } from "#server/http/errors.ts";
import { log } from "#server/log.ts";
import { pauseCalls, reserveCalls } from "#server/sync/queries-budget.ts";
import { blockOf, type CallLimit } from "#server/sync/rules.ts";
import { scoped } from "./scoped.ts";

/** A block may be reserved so long before it may be used; whoever has to wait longer asks again. */
const AHEAD_SECONDS = 1;
/** A longer silence that the vendor asked for ends the run; the connection is tried again after it. */
const LONGEST_SILENCE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 6 * 3600;
/** The database is away: nobody calls until it can be asked again. */
const AGAIN_MS = 1_000;

/**
 * The budget of these credentials; undefined without limits: then nobody is asked. With a block of n calls (rules.ts),
 * fewer than n calls above a limit can happen in any of its periods, whatever the workers do.
 */
export function callBudget(
  partnerId: string,
  vendor: string,
  clientId: string,
  limits: readonly CallLimit[],
): CallBudget | undefined {
  if (limits.length === 0) return undefined;
  const key = `${vendor} ${createHash("sha256").update(clientId).digest("hex").slice(0, 32)}`;
  const { calls, periods } = blockOf(limits);
  // What is not used while its time lasts is lost: kept, it could be used together with the next one.
  const lastsMs = Math.max(...periods.map(({ cost }) => cost)) * 1_000;
  let left = 0;
  let until = 0;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const answer = await scoped(partnerId, (db) =>
      reserveCalls(db, partnerId, key, periods, AHEAD_SECONDS),
    ).catch((error: unknown) => {
      log.warn({ err: error }, "calls could not be reserved");
      return null;
    });
    if (answer === null) return sleep(AGAIN_MS);
    if (answer.silence > LONGEST_SILENCE_SECONDS)
      throw new VendorError("vendor.throttled", "the vendor asked for silence", {
        retryAfterSeconds: Math.ceil(answer.silence),
      });
    await sleep(Math.min(answer.wait, AHEAD_SECONDS) * 1_000);
    if (!answer.isGranted) return;
    left = calls;
    until = performance.now() + lastsMs;
  }

  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        if (left > 0 && performance.now() < until) {
          left -= 1;
          return;
        }
        asking ??= ask().finally(() => (asking = undefined));
        await orAborted(asking, signal);
      }
    },
    async pause(seconds) {
      left = 0;
      const silence = Math.min(seconds, LONGEST_PAUSE_SECONDS);
      await scoped(partnerId, (db) => pauseCalls(db, partnerId, key, periods, silence)).catch(
        (error: unknown) => log.warn({ err: error }, "a pause could not be noted"),
      );
    },
  };
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
