// The job queues: their names and how the queue treats each; migrate creates them, web adds jobs, the worker runs them.

/**
 * Options are those of pg-boss (seconds where a duration); with the policy "short" at most one job of each singletonKey
 * waits. Every handler is idempotent, so a retry is always safe.
 */
export const queues = {
  /** One synchronisation of one connection. At a vendor's pace it may take hours; a dead worker shows by its heartbeat. */
  sync: {
    retryLimit: 3,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 23 * 3600,
    heartbeatSeconds: 10,
  },
  /** A wish of a customer's user, who sees neither connections nor runs: the worker makes the runs. */
  syncRequest: { policy: "short", retryLimit: 3, retryDelay: 5, expireInSeconds: 60 },
  /** One import of a list of customers. */
  import: { policy: "short", retryLimit: 3, retryDelay: 5, expireInSeconds: 900, heartbeatSeconds: 10 },
} as const;
export type QueueName = keyof typeof queues;
