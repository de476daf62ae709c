// What the push API answers.
import { z } from "zod";

export const snapshotStates = ["waiting", "applied", "superseded", "failed"] as const;
export type SnapshotState = (typeof snapshotStates)[number];

/** The answer to a push: it is stored and queued when this is read. `replayed`: an earlier request with this key did it. */
export const SnapshotAccepted = z.object({
  id: z.uuid(),
  state: z.enum(snapshotStates),
  statusUrl: z.string(),
  replayed: z.boolean(),
});
export type SnapshotAccepted = z.infer<typeof SnapshotAccepted>;

export const SnapshotStatus = z.object({
  id: z.uuid(),
  state: z.enum(snapshotStates),
  accountExternalId: z.string(),
  takenAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  /** Why it failed, in the language of the request. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type SnapshotStatus = z.infer<typeof SnapshotStatus>;

/** What every refusal looks like. */
export const ApiError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    supportId: z.uuid(),
    /** Per JSON path what is wrong there. */
    fields: z.record(z.string(), z.string()).optional(),
  }),
});
