// Waits for work that another process does.
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 100;
const MOST_MS = 180_000;

/** Asks again and again until `isDone`; throws after three minutes, naming what was waited for. */
export async function untilDone(what: string, isDone: () => Promise<boolean>): Promise<void> {
  const start = Date.now();
  while (!(await isDone())) {
    if (Date.now() - start > MOST_MS)
      throw new Error(`The ${what} of the demo did not end within three minutes; is the worker running?`);
    await sleep(PAUSE_MS);
  }
}
