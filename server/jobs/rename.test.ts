// A chosen name on its way to a vendor: by a person where the vendor documents no way, else sent, tried again, or refused.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { VendorError } from "#server/http/errors.ts";
import { renameCustomer } from "#server/renames/service.ts";
import { scopeOf } from "#server/audit/append.ts";
import { seal } from "#server/secrets/seal.ts";
import { connectors } from "#server/sync/connectors/registry.ts";
import type { Connector } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import { makeAccount, makeConnection, makeCustomer, makeMember, type Member } from "#tests/factories.ts";
import { type RenameJob, sendRename } from "./rename.ts";

afterAll(closeDatabase);
const never = new AbortController().signal;
let admin: Member;
beforeAll(async () => {
  admin = await makeMember({ role: "admin" });
});

/** A vendor that documents renaming: what it answers is the test's, what it was asked is kept. */
function vendorWith(answer: (signal: AbortSignal) => Promise<unknown> = async () => undefined) {
  const calls: { secret: string; externalId: string; name: string }[] = [];
  const vendor: Connector = {
    vendor: "sophos",
    test: () => Promise.reject(new Error("not asked for")),
    // eslint-disable-next-line require-yield -- no account is read here
    async *read() {
      throw new Error("not asked for");
    },
    async rename({ credentials, signal }, account) {
      calls.push({ secret: credentials.clientSecret, ...account });
      await answer(signal);
    },
  };
  return { of: { sophos: vendor }, calls };
}

/** A customer that somebody has just renamed; its one account bears another name. */
async function renamed(connection: Record<string, unknown> = {}) {
  const { partnerId } = admin;
  const id = randomUUID();
  const secret = seal(
    JSON.stringify({ clientId: "c", clientSecret: "canary" }),
    process.env["KEY_PUBLIC"] ?? "",
    {
      table: "connection",
      column: "secret",
      row: id,
    },
  );
  await makeConnection({ partnerId, id, secret, ...connection });
  const before = `Ditta ${randomUUID()}`;
  const customer = await makeCustomer({ partnerId, name: before });
  const account = await makeAccount(customer, { connectionId: id, externalId: `t-${id}`, name: "Old" });
  const rename = (name: string, seen: string) =>
    withScope(scopeOf(admin), "read write", (db) =>
      renameCustomer(
        { db, actor: admin, audit: async () => undefined },
        customer.id,
        { name, seen },
        new Date(),
      ),
    );
  await rename(`New ${id}`, before);
  return { customer, account, name: `New ${id}`, rename, externalId: `t-${id}` };
}
type Case = Awaited<ReturnType<typeof renamed>>;
const jobOf = async ({ customer, account }: Case, number = 1): Promise<RenameJob> => {
  const [row] = await adminQuery<{ id: string }>(
    "select id from customer_rename where vendor_account_id = $1 and number = $2",
    [account.id, number],
  );
  return { partnerId: customer.partnerId, renameId: row?.id ?? "", accountId: account.id };
};
type Stored = {
  state: string;
  attempts: number;
  error_code: string | null;
  error_detail: string | null;
  next_try_at: Date | null;
  settled_at: Date | null;
};
const stored = async ({ account }: Case, number = 1) =>
  (
    await adminQuery<Stored>("select * from customer_rename where vendor_account_id = $1 and number = $2", [
      account.id,
      number,
    ])
  )[0];
const waiting = ({ renameId }: RenameJob) =>
  adminQuery<{ start_after: Date }>(
    "select start_after from pgboss.job where name = 'rename' and data ->> 'renameId' = $1 order by start_after desc",
    [renameId],
  );
const audits = ({ account }: Case) =>
  adminQuery<{ outcome: string; detail: object }>(
    "select outcome, detail from audit_entry where entity = $1 and actor_kind = 'job'",
    [`vendor account ${account.id}`],
  );

test("every vendor that is read today leaves it to a person, because none documents a way", async () => {
  expect(Object.values(connectors).filter(({ rename }) => rename !== undefined)).toEqual([]);
  const one = await renamed();
  await sendRename(await jobOf(one), never);
  expect(await stored(one)).toMatchObject({ state: "by_hand", attempts: 0, error_code: null });
  expect(await audits(one)).toEqual([
    { outcome: "done", detail: { name: one.name, state: "by_hand", code: null } },
  ]);
});

describe("a vendor that documents renaming", () => {
  test("is sent the name once, with the connection's own credentials", async () => {
    const one = await renamed();
    const { of, calls } = vendorWith();
    const job = await jobOf(one);
    await sendRename(job, never, of);
    await sendRename(job, never, of);
    expect(calls).toEqual([{ secret: "canary", externalId: one.externalId, name: one.name }]);
    expect(await stored(one)).toMatchObject({ state: "sent", error_code: null });
    const told = await audits(one);
    expect(told).toEqual([{ outcome: "done", detail: { name: one.name, state: "sent", code: null } }]);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  test("is not sent a name that was replaced, or of an account that has left", async () => {
    const one = await renamed();
    const first = await jobOf(one);
    await one.rename(`Newer ${one.externalId}`, one.name);
    const { of, calls } = vendorWith();
    await sendRename(first, never, of);
    expect(calls).toEqual([]);
    await sendRename(await jobOf(one, 2), never, of);
    expect(calls.map(({ name }) => name)).toEqual([`Newer ${one.externalId}`]);
    const other = await renamed();
    await adminQuery("update vendor_account set link_state = 'not_linked' where id = $1", [other.account.id]);
    await sendRename(await jobOf(other), never, of);
    expect(calls).toHaveLength(1);
  });

  test("a name that is replaced while it is sent stays replaced", async () => {
    const one = await renamed();
    const { of } = vendorWith(() => one.rename(`Newer ${one.externalId}`, one.name));
    await sendRename(await jobOf(one), never, of);
    expect((await stored(one))?.state).toBe("superseded");
    expect(await audits(one)).toEqual([]);
  });

  test("is tried again at its own pace, and told as refused in the end", async () => {
    const one = await renamed();
    const job = await jobOf(one);
    const ill = vendorWith(async () => {
      throw new VendorError("vendor.throttled", "PATCH v.example/t", { retryAfterSeconds: 900 });
    });
    const asked = Date.now();
    await sendRename(job, never, ill.of);
    const first = await stored(one);
    expect(first).toMatchObject({ state: "waiting", attempts: 1, error_code: "vendor.throttled" });
    const next = first?.next_try_at?.getTime() ?? 0;
    expect(next - asked).toBeGreaterThanOrEqual(900_000);
    expect((await waiting(job))[0]?.start_after.getTime()).toBe(next);
    for (let n = 2; n <= 8; n += 1) await sendRename(job, never, ill.of);
    expect(ill.calls).toHaveLength(8);
    expect(await stored(one)).toMatchObject({
      state: "refused",
      error_code: "vendor.throttled",
      error_detail: "PATCH v.example/t",
      next_try_at: null,
    });
    expect(await audits(one)).toMatchObject([{ outcome: "failed", detail: { code: "vendor.throttled" } }]);
  });

  test("is not asked twice where it says no, or where the fault is ours", async () => {
    for (const [error, code] of [
      [new VendorError("vendor.forbidden", "PATCH v.example/t"), "vendor.forbidden"],
      [new TypeError("a fault of ours"), "unexpected"],
    ] as const) {
      const one = await renamed();
      const { of } = vendorWith(() => Promise.reject(error));
      await sendRename(await jobOf(one), never, of);
      expect(await stored(one)).toMatchObject({ state: "refused", error_code: code });
    }
  });

  test("is left alone while its connection is off, ill or without credentials", async () => {
    const { of, calls } = vendorWith();
    const off = await renamed({ isEnabled: false });
    await sendRename(await jobOf(off), never, of);
    expect(await stored(off)).toMatchObject({ state: "refused", error_code: "rename.connectionOff" });

    const until = new Date(Date.now() + 600_000);
    const ill = await renamed({ circuitOpenUntil: until, errorCode: "vendor.failed" });
    const job = await jobOf(ill);
    await sendRename(job, never, of);
    expect(await stored(ill)).toMatchObject({ state: "waiting", attempts: 0, error_code: "vendor.failed" });
    expect((await waiting(job))[0]?.start_after).toEqual(until);

    const empty = await renamed({ secret: null });
    await sendRename(await jobOf(empty), never, of);
    expect(await stored(empty)).toMatchObject({ state: "refused", error_code: "vendor.credentials" });
    expect(calls).toEqual([]);
  });

  test("a worker that stops leaves the name waiting", async () => {
    const one = await renamed();
    const stop = new AbortController();
    const { of } = vendorWith(async (signal) => {
      stop.abort();
      signal.throwIfAborted();
    });
    await expect(sendRename(await jobOf(one), stop.signal, of)).rejects.toThrow("aborted");
    expect(await stored(one)).toMatchObject({ state: "waiting", attempts: 0 });
  });
});
