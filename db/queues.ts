// The job queues: their names and how the queue treats each; migrate creates them, web adds jobs, the worker runs them.

/** Where jobs of every other queue end that failed for good; a person may send them on their way again. */
export const DEAD_QUEUE = "dead";

/**
 * Options are those of pg-boss (seconds where a duration); with the policy "short" at most one job of each singletonKey
 * waits, with "singleton" at most one is worked on. Every handler is idempotent, so a retry is always safe.
 */
export const queues = {
  /** First, because the others point to it. */
  [DEAD_QUEUE]: { retryLimit: 10, retryDelay: 5, expireInSeconds: 60 },
  /** One synchronisation of one connection. At a vendor's pace it may take hours; a dead worker shows by its heartbeat. */
  sync: {
    // Each blow counts as a try: a run that was hit often still goes on soon.
    retryLimit: 8,
    retryDelayMax: 8,
    retryDelay: 2,
    retryBackoff: true,
    expireInSeconds: 23 * 3600,
    heartbeatSeconds: 10,
  },
  /** A wish of a customer's user, who sees neither connections nor runs: the worker makes the runs. */
  syncRequest: { policy: "short", retryLimit: 3, retryDelay: 5, expireInSeconds: 60 },
  /** One customer's overview, after a change that people made. */
  refresh: { policy: "short", retryLimit: 3, retryDelay: 2, expireInSeconds: 60 },
  /** One test of a connection's credentials, and the end of a removed connection's accounts. */
  connectionTest: {
    policy: "short",
    retryLimit: 2,
    retryDelay: 2,
    expireInSeconds: 60,
    heartbeatSeconds: 10,
  },
  connectionRemoval: {
    policy: "short",
    retryLimit: 5,
    retryDelay: 10,
    expireInSeconds: 900,
    heartbeatSeconds: 10,
  },
  /** A chosen name on its way to one vendor account; those of one account follow each other. */
  rename: {
    policy: "singleton",
    retryLimit: 3,
    retryDelay: 5,
    expireInSeconds: 120,
    heartbeatSeconds: 10,
  },
  /** One pushed snapshot; what waits of the same account before it is taken in first. */
  snapshot: {
    retryLimit: 6,
    retryDelay: 2,
    retryBackoff: true,
    expireInSeconds: 600,
    heartbeatSeconds: 10,
  },
  /** Every customer against a group's rule that has changed. */
  group: { policy: "short", retryLimit: 5, retryDelay: 2, expireInSeconds: 900, heartbeatSeconds: 10 },
  /** One action on many customers; it goes on where it was, so that its length needs no bound but the clock's. */
  bulk: {
    policy: "short",
    retryLimit: 5,
    retryDelay: 2,
    retryBackoff: true,
    expireInSeconds: 4 * 3600,
    heartbeatSeconds: 10,
  },
  /** One monthly account to be opened at the vendor, and one customer to be removed from the portal piece by piece. */
  openAccount: { policy: "short", retryLimit: 3, retryDelay: 10, expireInSeconds: 300, heartbeatSeconds: 10 },
  disconnect: { policy: "short", retryLimit: 10, retryDelay: 5, expireInSeconds: 3600, heartbeatSeconds: 10 },
  /** One import of a list of customers. */
  import: { policy: "short", retryLimit: 3, retryDelay: 5, expireInSeconds: 900, heartbeatSeconds: 10 },
} as const;
export type QueueName = keyof typeof queues;
