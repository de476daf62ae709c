// Every query of the jobs themselves: made, found, started, moved on, ended; and of the member who began one.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";
import type { Actor, RoleName } from "#server/permissions.ts";
import type { BulkAction, BulkFilter, BulkOptions, BulkState, RowOutcome } from "./schema.ts";

const columns = [
  "id",
  "membershipId",
  "starter",
  "action",
  "options",
  "filter",
  "selectedAt",
  "sourceId",
  "sourceOutcomes",
  "isUndo",
  "state",
  "errorCode",
  "cancelledBy",
  "isExpanded",
  "position",
  "rowsTotal",
  "rowsDone",
  "rowsChanged",
  "rowsUnchanged",
  "rowsRefused",
  "rowsFailed",
  "digest",
  "createdAt",
  "finishedAt",
] as const;

/** Who began a job, as its entries in the audit name them. */
export type Starter = Pick<Actor, "userId" | "name" | "email" | "language" | "timeZone">;
export type BulkJob = {
  id: string;
  membershipId: string;
  starter: Starter;
  action: BulkAction;
  options: BulkOptions;
  filter: BulkFilter | null;
  selectedAt: Date;
  sourceId: string | null;
  sourceOutcomes: RowOutcome[];
  isUndo: boolean;
  state: BulkState;
  errorCode: string | null;
  cancelledBy: string | null;
  isExpanded: boolean;
  position: string | null;
  rowsTotal: number;
  rowsDone: number;
  rowsChanged: number;
  rowsUnchanged: number;
  rowsRefused: number;
  rowsFailed: number;
  digest: Buffer;
  createdAt: Date;
  finishedAt: Date | null;
};

/** Who looks: a member with their own jobs, and where `all` is set those of others that have begun; the worker is nobody. */
export type Looker = { membershipId: string; all: boolean } | "worker";

const jobs = (db: ScopedDb, partnerId: string, looker: Looker) => {
  const query = db.selectFrom("bulkJob").where("partnerId", "=", partnerId);
  if (looker === "worker") return query;
  const { membershipId, all } = looker;
  return query.where((eb) =>
    eb.or([eb("membershipId", "=", membershipId), ...(all ? [eb("state", "<>", "draft")] : [])]),
  );
};

export type NewJob = {
  membershipId: string;
  starter: Starter;
  action: BulkAction;
  requestKey: string;
  options?: BulkOptions;
  filter?: BulkFilter;
  sourceId?: string;
  sourceOutcomes?: readonly RowOutcome[];
  isUndo?: boolean;
};

/** A new draft; undefined where the same request, or the same undo, lives already. */
export async function insertJob(
  db: ScopedDb,
  partnerId: string,
  { starter, options, filter, sourceOutcomes, ...job }: NewJob,
): Promise<string | undefined> {
  const row = await db
    .insertInto("bulkJob")
    .values({
      ...job,
      partnerId,
      starter: JSON.stringify(starter),
      ...(options && { options: JSON.stringify(options) }),
      ...(filter && { filter: JSON.stringify(filter) }),
      ...(sourceOutcomes && { sourceOutcomes: [...sourceOutcomes] }),
    })
    .onConflict((oc) => oc.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

/** The living job of a request that was sent before, or the job that takes another one back. */
export async function findSame(
  db: ScopedDb,
  partnerId: string,
  sought: { membershipId: string; requestKey: string } | { undoOf: string },
): Promise<string | undefined> {
  const query = db.selectFrom("bulkJob").where("partnerId", "=", partnerId).select("id");
  const found = await (
    "undoOf" in sought
      ? query
          .where("sourceId", "=", sought.undoOf)
          .where("isUndo", "=", true)
          .where("state", "<>", "cancelled")
      : query
          .where("membershipId", "=", sought.membershipId)
          .where("requestKey", "=", sought.requestKey)
          .where("state", "in", ["draft", "queued", "running"])
  ).executeTakeFirst();
  return found?.id;
}

export async function findJob(
  db: ScopedDb,
  partnerId: string,
  looker: Looker,
  id: string,
  mode: "read" | "lock" = "read",
): Promise<BulkJob | undefined> {
  const query = jobs(db, partnerId, looker).where("id", "=", id).select(columns);
  return (await (mode === "lock" ? query.forUpdate() : query).executeTakeFirst()) as BulkJob | undefined;
}

/** The latest first; of a group those that were about a customer who is in it, or about the group as a filter. */
export async function listJobs(
  db: ScopedDb,
  partnerId: string,
  looker: Looker,
  most: number,
  groupId: string | undefined,
): Promise<BulkJob[]> {
  const all = jobs(db, partnerId, looker);
  const wanted =
    groupId === undefined
      ? all
      : all.where(
          sql<boolean>`(bulk_job.filter ->> 'group' = ${groupId}::text or exists (select from customer_group_member m
            join bulk_row r on r.partner_id = m.partner_id and r.job_id = bulk_job.id and r.customer_id = m.customer_id
            where m.partner_id = ${partnerId}::uuid and m.group_id = ${groupId}::uuid))`,
        );
  const rows = await wanted.select(columns).orderBy("createdAt", "desc").orderBy("id").limit(most).execute();
  return rows as unknown as BulkJob[];
}

export type JobChange = Partial<
  Pick<BulkJob, "state" | "errorCode" | "cancelledBy" | "isExpanded" | "rowsTotal" | "finishedAt"> & {
    options: BulkOptions;
    startedAt: Date;
  }
>;
export async function updateJob(
  db: ScopedDb,
  partnerId: string,
  id: string,
  { options, ...change }: JobChange,
): Promise<void> {
  await db
    .updateTable("bulkJob")
    .set({ ...change, ...(options && { options: JSON.stringify(options) }) })
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

export type Step = Record<RowOutcome, number> & { position: string; digest: Buffer };
/** One step further: the customers up to `position` have their results. */
export async function advanceJob(db: ScopedDb, partnerId: string, id: string, step: Step): Promise<void> {
  await db
    .updateTable("bulkJob")
    .set((eb) => ({
      state: "running",
      position: step.position,
      digest: step.digest,
      rowsDone: eb("rowsDone", "+", step.changed + step.unchanged + step.refused + step.failed),
      rowsChanged: eb("rowsChanged", "+", step.changed),
      rowsUnchanged: eb("rowsUnchanged", "+", step.unchanged),
      rowsRefused: eb("rowsRefused", "+", step.refused),
      rowsFailed: eb("rowsFailed", "+", step.failed),
    }))
    .where("partnerId", "=", partnerId)
    .where("id", "=", id)
    .execute();
}

/** Drafts that nobody started, and jobs with their results that are long over. */
export async function deleteOldJobs(
  db: ScopedDb,
  partnerId: string,
  before: { draft: Date; over: Date },
): Promise<void> {
  await db
    .deleteFrom("bulkJob")
    .where("partnerId", "=", partnerId)
    .where((eb) =>
      eb.or([
        eb.and([eb("state", "=", "draft"), eb("createdAt", "<", before.draft)]),
        eb.and([eb("state", "in", ["finished", "cancelled", "failed"]), eb("createdAt", "<", before.over)]),
      ]),
    )
    .execute();
}

export type Member = { role: RoleName; memberAll: boolean };
/** The member who began a job, as of this moment; undefined once they are shut out. */
export async function findMember(
  db: ScopedDb,
  partnerId: string,
  membershipId: string,
): Promise<Member | undefined> {
  const { rows } = await sql<Member>`
    select m.role, m.scope_all and not exists (select from membership_scope s
        where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'denied') as "memberAll"
    from membership m join "user" u on u.id = m.user_id and u.disabled_at is null
    where m.partner_id = ${partnerId} and m.id = ${membershipId} and m.customer_id is null and m.disabled_at is null`.execute(
    db,
  );
  return rows[0];
}
