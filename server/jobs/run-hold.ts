// A worker's hold on the run it works on: a sign of life every second, and the end of all work once the run is lost.
import { log } from "#server/log.ts";
import { advanceRun, type Claim } from "#server/sync/queries-runs.ts";
import { scoped } from "./scoped.ts";

/** A person who cancels waits no longer than this and a little for the vendor to be left alone. */
const BEAT_MS = 1_000;

/** The run was cancelled, or another worker has it now: nothing more may be written. */
export class RunLost extends Error {}

export type Hold = Claim & {
  partnerId: string;
  /** Aborts when the worker is to stop, or (with a RunLost as the reason) when the run is lost. */
  signal: AbortSignal;
  /** Whether the run was lost; a stopping worker still has it. */
  isLost(): boolean;
  release(): void;
};

/** Shows that the worker lives until `release`; a database that is away for a while loses no run. */
export function holdRun(partnerId: string, claim: Claim, stop: AbortSignal): Hold {
  const lost = new AbortController();
  let isAsking = false;
  const beat = async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      const step = { total: null, done: 0, refused: 0 };
      if (!(await scoped(partnerId, (db) => advanceRun(db, partnerId, claim, step, new Date()))))
        lost.abort(new RunLost());
    } catch (error) {
      log.warn({ err: error, runId: claim.id }, "a sign of life could not be written");
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void beat(), BEAT_MS);
  return {
    ...claim,
    partnerId,
    signal: AbortSignal.any([stop, lost.signal]),
    isLost: () => lost.signal.aborted,
    release: () => clearInterval(timer),
  };
}
