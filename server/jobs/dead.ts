// The job that takes in what failed for good: it is kept for people to see, and what it left half done is ended.
import { log } from "#server/log.ts";
import { insertDeadJob } from "#server/sync/queries-dead.ts";
import { failRun } from "#server/sync/queries-runs.ts";
import { retrySeconds } from "#server/sync/rules.ts";
import { failBulk } from "./bulk.ts";
import { scoped } from "./scoped.ts";

export type DeadJob = {
  id: string;
  data: Record<string, string>;
  /** The queue it failed in, and what its last try ended with. */
  sourceName: string | null;
  sourceOutput: object | null;
};

/** Keeps a dead job; a run whose job is dead ends, and its connection is read anew soon. Doing it twice changes nothing. */
export async function buryJob({ id, data, sourceName, sourceOutput }: DeadJob): Promise<void> {
  const { partnerId, runId, bulkId } = data;
  log.error({ job: id, queue: sourceName, data, output: sourceOutput }, "a job failed for good");
  if (partnerId === undefined) return;
  if (sourceName === "bulk" && bulkId !== undefined) await failBulk({ partnerId, bulkId });
  await scoped(partnerId, async (db) => {
    const now = new Date();
    if (sourceName === "sync" && runId !== undefined)
      await failRun(db, partnerId, runId, now, new Date(now.getTime() + retrySeconds(1) * 1000));
    await insertDeadJob(db, partnerId, {
      id,
      queue: sourceName ?? "",
      payload: data,
      error: kindOf(sourceOutput),
    });
  });
}

/** The kind of an error, safe to show: its name and code. What it says may hold anything, and stands in the log. */
function kindOf(output: object | null): string {
  const { name, code } = (output ?? {}) as { name?: unknown; code?: unknown };
  const words = [name, code].filter((word): word is string => typeof word === "string");
  return words.map((word) => word.replaceAll(/[^\w.-]/g, "").slice(0, 60)).join(" ");
}
