// Which customers a preview looks at where it cannot look at all: the first by name, however they were chosen.
import { afterAll, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeCustomer, makeMember, makePartner } from "#tests/factories.ts";
import { listPicked, type Picked } from "./queries-verdicts.ts";

afterAll(closeDatabase);

test("of many customers the first by name are looked at", async () => {
  const partnerId = await makePartner();
  const { membershipId } = await makeMember({ partnerId });
  const [job] = await adminQuery<{ id: string }>(
    `insert into bulk_job (partner_id, membership_id, starter, action, request_key)
     values ($1, $2, '{}', 'unlink', 'x') returning id`,
    [partnerId, membershipId],
  );
  const jobId = job?.id ?? "";
  const names = ["Zeta", "élan", "Delta", "Beta", "alfa"];
  for (const name of names) {
    // The ids, as they are made one after the other, are in another order than the names.
    const { id } = await makeCustomer({ partnerId, name });
    await adminQuery("insert into bulk_row (partner_id, job_id, customer_id) values ($1, $2, $3)", [
      partnerId,
      jobId,
      id,
    ]);
  }
  const first = (picked: Picked) =>
    withScope({ partnerId, memberId: membershipId, memberAll: true }, "read only", async (db) =>
      (await listPicked(db, partnerId, picked, 3)).map(({ name }) => name),
    );
  expect(await first({ jobId })).toEqual(["alfa", "Beta", "Delta"]);
  expect(await first({ filter: {}, at: new Date() })).toEqual(["alfa", "Beta", "Delta"]);
});
