import { adminQuery } from "#tests/database.ts";
import type { MakeAttempts } from "#tests/guards/attempts.ts";

/** Actions on many customers: a job that has begun, which who sees all customers of its partner may look at. */
export const attempts: MakeAttempts = async ({ partnerId, id: customerId }) => {
  const [job] = await adminQuery<{ id: string }>(
    `insert into bulk_job (partner_id, membership_id, starter, action, request_key, state, is_expanded)
     values ($1, gen_random_uuid(), '{"name": "x"}', 'pin', gen_random_uuid()::text, 'finished', true) returning id`,
    [partnerId],
  );
  const bulkId = job?.id ?? "";
  await adminQuery("insert into bulk_row (partner_id, job_id, customer_id) values ($1, $2, $3)", [
    partnerId,
    bulkId,
    customerId,
  ]);
  const ofJob = {
    own: { bulkId },
    unknown: { bulkId: crypto.randomUUID() },
    answer: "NOT_FOUND bulk.notFound",
  };
  return {
    "bulk.list": { own: {}, unknown: {}, answer: "OK" },
    "bulk.byId": ofJob,
    "bulk.preview": ofJob,
    "bulk.rows": ofJob,
  };
};
