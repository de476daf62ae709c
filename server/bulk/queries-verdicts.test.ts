// Which customers a preview looks at where it cannot look at all, and whose trials it says can be converted.
import { afterAll, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { makeCustomer, makeLicence, makeMember, makePartner } from "#tests/factories.ts";
import { dayIn } from "#server/licences/rules.ts";
import { listPicked, listVerdicts, type Picked } from "./queries-verdicts.ts";

afterAll(closeDatabase);

test("of many customers the first by name are looked at, then those after them", async () => {
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
  const page = (picked: Picked, after: string | null) =>
    withScope({ partnerId, memberId: membershipId, memberAll: true }, "read only", (db) =>
      listPicked(db, partnerId, picked, 3, after),
    );
  for (const picked of [{ jobId }, { filter: {}, at: new Date() }]) {
    const first = await page(picked, null);
    const rest = await page(picked, first.at(-1)?.id ?? "");
    expect([...first, ...rest].map(({ name, position }) => [position, name])).toEqual([
      [1, "alfa"],
      [2, "Beta"],
      [3, "Delta"],
      [4, "élan"],
      [5, "Zeta"],
    ]);
  }
});

// At every hour of the day one of these has another day than the database.
test.each(["Pacific/Kiritimati", "Etc/GMT+12"])(
  "a trial can be converted on its last day there and not the day after, suspended or not (%s)",
  async (timeZone) => {
    const partnerId = await makePartner({ timeZone, mspFlex: true });
    const { membershipId } = await makeMember({ partnerId });
    const day = (days: number) => dayIn(timeZone, new Date(Date.now() + days * 86_400_000));
    const onTrial = async (licence: Record<string, unknown>) => {
      const customer = await makeCustomer({ partnerId });
      await makeLicence({ customer }, { kind: "trial", ...licence });
      return customer.id;
    };
    const ids = [
      await onTrial({ endsOn: day(0) }),
      await onTrial({ endsOn: day(0), isSuspended: true }),
      await onTrial({ endsOn: day(-1) }),
    ];
    const verdicts = await withScope(
      { partnerId, memberId: membershipId, memberAll: true },
      "read only",
      (db) => listVerdicts(db, { partnerId, membershipId }, { action: "convertTrial", options: {} }, ids),
    );
    expect(ids.map((id) => verdicts.get(id))).toEqual([null, null, "trial.none"]);
  },
);
