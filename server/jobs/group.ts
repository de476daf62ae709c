// The job that holds every customer of a partner against a group's rule after the rule has changed.
import { findRuleVersion, lockRules, settleMembers, updateSettled } from "#server/groups/queries-rule.ts";
import { scoped } from "./scoped.ts";

/** A transaction of it holds up the partner's synchronisations, so it is short. */
const AT_ONCE = 5_000;

export type GroupJob = { partnerId: string; groupId: string };

/**
 * Goes through all customers in the order of their ids, each step a transaction of its own; beginning again is harmless.
 * It also finds those whose facts changed while the rule did: what decides one waits for the other.
 */
export async function settleGroup({ partnerId, groupId }: GroupJob, signal: AbortSignal): Promise<void> {
  const version = await scoped(partnerId, (db) => findRuleVersion(db, partnerId, groupId));
  if (version === undefined) return;
  let after: string | null = null;
  do {
    signal.throwIfAborted();
    const from: string | null = after;
    after = await scoped(partnerId, async (db) => {
      await lockRules(db, partnerId);
      return settleMembers(db, partnerId, groupId, from, AT_ONCE);
    });
  } while (after !== null);
  await scoped(partnerId, (db) => updateSettled(db, partnerId, groupId, version));
}
