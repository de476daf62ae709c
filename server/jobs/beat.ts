// The worker's sign of life: every 15 seconds its figures go to the database, where /readyz and /metrics find them.
import { randomUUID } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { listPartnerIds, withScope } from "#db/client.ts";
import { deleteBeat, nobody, type PortalFigures, upsertBeat } from "#server/health/queries.ts";
import { log } from "#server/log.ts";
import { countPartner } from "#server/metrics/queries.ts";
import { addFigures } from "#server/metrics/rules.ts";

const BEAT_MS = 15_000;
/** Sums over all partners cost more, so every fourth beat. */
const BEATS_PER_COUNT = 4;
const DAY_MS = 86_400_000;

/** All partners, one scope after the other. */
async function countPortal(): Promise<PortalFigures> {
  const since = new Date(Date.now() - DAY_MS);
  const all: PortalFigures[] = [];
  for (const partnerId of await listPartnerIds())
    all.push(
      await withScope({ partnerId }, "read only", (db) => countPartner(db, partnerId, since), "worker"),
    );
  return addFigures(all);
}

/** Starts beating; resolves after the first beat was written or failed. `stop` takes this worker off the list. */
export async function startBeat(): Promise<{ stop: () => Promise<void> }> {
  const id = randomUUID();
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  let portal: PortalFigures | null = null;
  let beats = 0;
  async function beat(): Promise<void> {
    try {
      if (beats % BEATS_PER_COUNT === 1) portal = await countPortal();
      beats += 1;
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const lagSeconds = lag.percentile(99) / 1e9;
      lag.reset();
      const figures = {
        residentBytes: rss,
        heapBytes: heapUsed,
        cpuSeconds: (user + system) / 1e6,
        lagSeconds,
        portal,
      };
      await withScope(nobody, "read write", (db) => upsertBeat(db, id, figures, new Date()), "worker");
    } catch (error) {
      log.warn({ err: error }, "the worker's sign of life could not be written");
    }
  }
  let last = beat();
  const timer = setInterval(() => {
    last = last.then(beat);
  }, BEAT_MS);
  await last;
  return {
    async stop() {
      clearInterval(timer);
      lag.disable();
      await last;
      await withScope(nobody, "read write", (db) => deleteBeat(db, id), "worker").catch(() => undefined);
    },
  };
}
