// Who may do what to many customers: each action asked as each role where it is begun, started, done and taken back.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { exportCsv } from "#server/exports/handler.ts";
import { runBulk } from "#server/jobs/bulk.ts";
import {
  type Capability,
  capabilities,
  customerRoles,
  partnerRoles,
  type RoleName,
} from "#server/permissions.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeAccount,
  makeCustomer,
  makeGrant,
  makeGroup,
  makeLicence,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { choose, start } from "./handler.ts";
import { actionIds, type BulkAction } from "./schema.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";

/** What a program that sends this is answered: its body, or the code of the refusal. */
async function answerOf(
  handler: typeof start,
  who: Member,
  body: object,
  id = "",
): Promise<{ bulkId?: string; code?: string }> {
  const request = new Request(`${origin}/api/bulk/${id}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      origin,
      host: "127.0.0.1:3000",
      "content-type": "application/json",
      cookie: `${sessionCookieName()}=${who.token}`,
    },
  });
  const answer = await handler(request, { params: Promise.resolve({ id }) });
  const { bulkId, error } = (await answer.json()) as { bulkId?: string; error?: { code: string } };
  return { ...(bulkId !== undefined && { bulkId }), ...(error && { code: error.code }) };
}
const begin = (who: Member, action: BulkAction, id: string) =>
  answerOf(choose as unknown as typeof start, who, { action, key: randomUUID(), id: [id] });
const stateOf = async (bulkId: string) =>
  (
    await adminQuery<{ state: string; error: string | null }>(
      `select state, error_code as error from bulk_job where id = $1`,
      [bulkId],
    )
  )[0];

/** Super Admin, Admin, Help Desk, Business, Read-only; customers' users (C, V) do nothing to many customers. */
const may: Record<BulkAction, string> = {
  sync: "SAH",
  groupAdd: "S",
  groupRemove: "S",
  pin: "SAHBR",
  unpin: "SAHBR",
  tag: "SAB",
  untag: "SAB",
  convertTrial: "SAB",
  requestAccess: "SA",
  unlink: "SA",
  export: "SAHBR",
};
const letters: Record<RoleName, string> = {
  superAdmin: "S",
  admin: "A",
  helpDesk: "H",
  business: "B",
  readOnly: "R",
  customerAdmin: "C",
  customerViewer: "V",
};
const roles = [...partnerRoles, ...customerRoles];

describe("each role and each action", () => {
  const pairs = roles.flatMap((role) => actionIds.map((action) => [role, action] as const));
  let partnerId: string;
  let customer: Customer;
  let options: object;
  beforeAll(async () => {
    partnerId = await makePartner({ mspFlex: true });
    customer = await makeCustomer({ partnerId });
    const { id: groupId } = await makeGroup({ partnerId });
    options = { groupId, tag: "x", capability: ["metrics"], word: "yes" };
  });
  /** Somebody who was a Super Admin when the job was made, and has this role from now on. */
  const becomes = (who: Member, role: RoleName) =>
    adminQuery("update membership set role = $2, customer_id = $3 where id = $1", [
      who.membershipId,
      role,
      role.startsWith("customer") ? customer.id : null,
    ]);
  const made = async (who: Member, action: BulkAction): Promise<string> => {
    const { bulkId } = await begin(who, action, customer.id);
    if (bulkId === undefined) throw new Error(`${action} was not prepared`);
    return bulkId;
  };

  test("are seventy-seven", () => expect(pairs).toHaveLength(77));

  test.each(pairs)(
    "%s: %s is chosen, started and done, or refused at each of these",
    async (role, action) => {
      const isAllowed = may[action].includes(letters[role]);
      const who = await makeMember({ partnerId });
      const draft = await made(who, action);
      const queued = await made(who, action);
      expect(await answerOf(start, who, options, queued)).toEqual({ bulkId: queued });
      await becomes(who, role);

      const chosen = await begin(who, action, customer.id);
      expect(chosen.code).toBe(isAllowed ? undefined : "permission.denied");
      const started = await answerOf(start, who, options, draft);
      expect(started).toEqual(isAllowed ? { bulkId: draft } : { code: "permission.denied" });

      if (action === "export") {
        // Its download is what does it.
        const request = new Request(`${origin}/api/export/customers.csv?bulk=${draft}`, {
          headers: { host: "127.0.0.1:3000", cookie: `${sessionCookieName()}=${who.token}` },
        });
        const file = await exportCsv(request, { params: Promise.resolve({}) });
        expect(file.status).toBe(isAllowed ? 200 : 403);
        await file.text();
        expect((await stateOf(draft))?.state).toBe(isAllowed ? "finished" : "draft");
        return;
      }
      expect((await stateOf(draft))?.state).toBe(isAllowed ? "queued" : "draft");
      await runBulk({ partnerId, bulkId: queued }, new AbortController().signal);
      expect(await stateOf(queued)).toEqual(
        isAllowed ? { state: "finished", error: null } : { state: "cancelled", error: "permission.denied" },
      );
    },
  );
});

test("the latest actions narrow to those about a customer who is in a group, or about the group", async () => {
  const partnerId = await makePartner();
  const boss = await makeMember({ partnerId });
  const [inside, outside] = [await makeCustomer({ partnerId }), await makeCustomer({ partnerId })];
  const { id: group } = await makeGroup({ partnerId, name: "Nord", customers: [inside.id] });
  const { bulkId: about } = await begin(boss, "pin", inside.id);
  const { bulkId: other } = await begin(boss, "pin", outside.id);
  const filter = JSON.stringify({ group });
  const { bulkId: all } = await answerOf(choose as unknown as typeof start, boss, {
    action: "sync",
    key: randomUUID(),
    all: "1",
    filter,
  });
  const { bulk } = await callerFor(boss);
  const idsOf = async (input: { group?: string }) => (await bulk.list(input)).jobs.map(({ id }) => id);
  expect(await idsOf({})).toEqual([all, other, about]);
  expect(await idsOf({ group })).toEqual([all, about]);
  expect(await idsOf({ group: randomUUID() })).toEqual([]);
  expect((await bulk.list({})).groups).toEqual([{ id: group, name: "Nord" }]);
});

describe("a customer that grants its access itself", () => {
  let partnerId: string;
  let boss: Member;
  let options: object;
  beforeAll(async () => {
    partnerId = await makePartner({ mspFlex: true });
    boss = await makeMember({ partnerId });
    const { id: groupId } = await makeGroup({ partnerId });
    options = { groupId, tag: "x", capability: ["metrics"], word: "yes" };
  });
  /** What becomes of one that grants `granted`, with an account on a trial that is `owner`'s. */
  const resultOf = async (action: BulkAction, granted: readonly Capability[], owner = "partner") => {
    const customer = await makeCustomer({ partnerId, relationship: "delegated" });
    if (granted.length > 0) await makeGrant(customer, { capabilities: granted });
    const account = await makeAccount(customer);
    await makeLicence({ customer, account }, { kind: "trial", owner });
    if (action === "unpin") await runOn("pin", customer);
    if (action === "groupRemove") await runOn("groupAdd", customer);
    if (action === "untag") await runOn("tag", customer);
    return runOn(action, customer);
  };
  const runOn = async (action: BulkAction, { id }: Customer) => {
    const { bulkId = "" } = await begin(boss, action, id);
    const api = await callerFor(boss);
    const { open } = await api.bulk.preview({ bulkId });
    await answerOf(start, boss, options, bulkId);
    await runBulk({ partnerId, bulkId }, new AbortController().signal);
    const [row] = (await api.bulk.rows({ bulkId })).rows;
    return [open, row?.code ?? row?.outcome];
  };
  const without = (capability: Capability) => capabilities.filter((one) => one !== capability);

  // server/permissions.ts: sync:start needs `metrics`; licence:editOwned, of a trial that is the customer's, `licences`.
  test.each([
    ["sync", "metrics", "partner"],
    ["convertTrial", "licences", "customer"],
  ] as const)(
    "%s needs %s there, and is refused without as the preview says",
    async (action, capability, owner) => {
      expect(await resultOf(action, without(capability), owner)).toEqual([0, "customer.accessDisabled"]);
      expect(await resultOf(action, [], owner)).toEqual([0, "customer.accessDisabled"]);
      expect(await resultOf(action, [capability], owner)).toEqual([1, "changed"]);
    },
  );

  test.each(actionIds.filter((action) => action !== "sync" && action !== "export"))(
    "%s needs no capability there",
    async (action) => {
      expect(await resultOf(action, [])).toEqual([1, "changed"]);
    },
  );
});
