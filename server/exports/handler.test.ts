// The export of a selection as a job: its page sees how far the download is, can end it, and says how it ended.
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { hashToken, newToken } from "#server/auth/tokens.ts";
import { choose, stop } from "#server/bulk/handler.ts";
import { endLostExports } from "#server/bulk/queries-exports.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeCustomer, makeMember, makePartner, type Member } from "#tests/factories.ts";
import { exportCsv, exportExcel } from "./handler.ts";

afterAll(closeDatabase);
const origin = "http://127.0.0.1:3000";
const headersOf = (who: Member) => ({
  host: "127.0.0.1:3000",
  cookie: `${sessionCookieName()}=${who.token}`,
});
const post = (handler: typeof stop, who: Member, id: string, body: object = {}) =>
  handler(
    new Request(`${origin}/api/bulk/${id}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { origin, "content-type": "application/json", ...headersOf(who) },
    }),
    { params: Promise.resolve({ id }) },
  );
/** A selection to export, as the list's form holds it. */
async function hold(who: Member, chosen: object): Promise<string> {
  const answer = await post(choose as unknown as typeof stop, who, "", {
    action: "export",
    key: randomUUID(),
    ...chosen,
  });
  return ((await answer.json()) as { bulkId: string }).bulkId;
}
const all = (filter: object = {}) => ({ all: "1", filter: JSON.stringify(filter) });
const get = (who: Member, query: string, kind: "csv" | "xlsx" = "csv") =>
  (kind === "csv" ? exportCsv : exportExcel)(
    new Request(`${origin}/api/export/customers.${kind}?format=machine&${query}`, {
      headers: headersOf(who),
    }),
    { params: Promise.resolve({}) },
  );
const jobOf = async (who: Member, bulkId: string) => (await callerFor(who)).bulk.byId({ bulkId });
const linesOf = (file: string) => file.trim().split("\r\n").length - 1;

describe("a selection", () => {
  test("picked by hand: only these, each with its result, for who made it alone, and again", async () => {
    const partnerId = await makePartner();
    const who = await makeMember({ partnerId });
    const [one, other] = [await makeCustomer({ partnerId }), await makeCustomer({ partnerId })];
    await makeCustomer({ partnerId });
    const foreign = await makeCustomer();
    const bulkId = await hold(who, { id: [one.id, other.id, foreign.id] });
    expect(await jobOf(who, bulkId)).toMatchObject({ state: "draft", total: 3, may: { start: true } });
    const colleague = await makeMember({ partnerId });
    expect((await get(colleague, `bulk=${bulkId}`)).status).toBe(404);
    for (const kind of ["csv", "xlsx", "csv"] as const) {
      const file = await (await get(who, `bulk=${bulkId}&columns=all`, kind)).text();
      if (kind === "csv") {
        expect(linesOf(file)).toBe(2);
        for (const { id } of [one, other]) expect(file).toContain(id);
      }
      expect(await jobOf(who, bulkId)).toMatchObject({
        state: "finished",
        total: 3,
        done: 3,
        changed: 2,
        refused: 1,
        may: { start: true, cancel: false, retry: false, undo: false },
      });
    }
    const { rows } = await (await callerFor(who)).bulk.rows({ bulkId });
    expect(new Map(rows.map((row) => [row.customerId, row.code ?? row.outcome]))).toEqual(
      new Map([
        [one.id, "changed"],
        [other.id, "changed"],
        [foreign.id, "customer.notFound"],
      ]),
    );
    const entries = await adminQuery<{ detail: { bulk: string; rows: number } }>(
      "select detail from audit_entry where partner_id = $1 and action = 'customer:export'",
      [partnerId],
    );
    expect(entries.map(({ detail }) => [detail.bulk, detail.rows])).toEqual([1, 2, 3].map(() => [bulkId, 2]));
    // The same page may ask for the same again: a draft of its own, while the other is downloaded once more.
    await adminQuery("update bulk_job set state = 'running' where id = $1", [bulkId]);
    expect(linesOf(await (await get(who, `bulk=${bulkId}`)).text())).toBe(2);
  });

  test("by a filter is who matches when it is downloaded, and is counted then", async () => {
    const partnerId = await makePartner();
    const who = await makeMember({ partnerId });
    await makeCustomer({ partnerId });
    await makeCustomer({ partnerId, relationship: "delegated" });
    const bulkId = await hold(who, all({ relationship: "managed" }));
    await makeCustomer({ partnerId });
    expect((await jobOf(who, bulkId)).total).toBeNull();
    expect(linesOf(await (await get(who, `bulk=${bulkId}`)).text())).toBe(2);
    expect(await jobOf(who, bulkId)).toMatchObject({
      state: "finished",
      total: 2,
      changed: 2,
      isListed: false,
    });
  });

  test("is for people: a program's token exports by the list's address alone", async () => {
    const who = await makeMember();
    const { id } = await makeCustomer({ partnerId: who.partnerId });
    const bulkId = await hold(who, { id: [id] });
    const token = newToken();
    await adminQuery(
      `insert into api_token (partner_id, membership_id, name, token_hash, permissions, expires_at)
       values ($1, $2, 'RMM', $3, '{customer:list,customer:export}', now() + interval '1 day')`,
      [who.partnerId, who.membershipId, hashToken(token)],
    );
    const ask = (query: string) =>
      exportCsv(
        new Request(`${origin}/api/export/customers.csv?${query}`, {
          headers: { host: "127.0.0.1:3000", authorization: `Bearer ${token}` },
        }),
        { params: Promise.resolve({}) },
      );
    const [refused, file] = [await ask(`bulk=${bulkId}`), await ask("columns=name")];
    expect([refused.status, file.status, linesOf(await file.text())]).toEqual([403, 200, 1]);
    expect((await jobOf(who, bulkId)).state).toBe("draft");
  });

  test.each(["status=warning", "q=x", "group=00000000-0000-4000-8000-000000000000"])(
    "is not narrowed by %s beside it",
    async (query) => {
      const who = await makeMember();
      const { id } = await makeCustomer({ partnerId: who.partnerId });
      expect((await get(who, `bulk=${await hold(who, { id: [id] })}&${query}`)).status).toBe(400);
    },
  );
});

describe("a long download", () => {
  const ROWS = 8_000;
  let who: Member;
  beforeAll(async () => {
    const partnerId = await makePartner();
    who = await makeMember({ partnerId });
    await withScope(
      { partnerId },
      "read write",
      (db) =>
        sql`with made as (insert into customer (partner_id, id, name, name_shown, relationship)
            select ${partnerId}::uuid, gen_random_uuid(), repeat('Ditta ', 20) || i, 'Ditta ' || i, 'managed' from generate_series(1, ${ROWS}::int) i returning *)
          insert into customer_overview (partner_id, customer_id, name_shown, name_sort, relationship, status, status_since, metrics_from, metrics_until)
            select partner_id, id, repeat('Ditta ', 20) || name_shown, app.plain(name_shown), relationship, 'synced', now(), '2020-01-01', 'infinity' from made`.execute(
          db,
        ),
      "worker",
    );
  });
  /** A download of which the head and the first rows are taken; `more` takes a piece after a second has passed. */
  const reading = async (bulkId: string) => {
    const response = await get(who, `bulk=${bulkId}&columns=all`);
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.read();
    return {
      reader,
      more: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        return reader.read();
      },
      rest: async () => {
        for (;;) if ((await reader.read()).done) return;
      },
    };
  };

  test("says how many rows are written while it runs, and all of them at its end", async () => {
    const bulkId = await hold(who, all());
    const { more, rest } = await reading(bulkId);
    expect(await jobOf(who, bulkId)).toMatchObject({ state: "running", total: null, may: { cancel: true } });
    await more();
    const { done } = await jobOf(who, bulkId);
    expect([done > 0, done < ROWS]).toEqual([true, true]);
    await rest();
    expect(await jobOf(who, bulkId)).toMatchObject({ state: "finished", total: ROWS, changed: ROWS });
  }, 30_000);

  test("cancelled on its page sends nothing more, and can be downloaded again", async () => {
    const bulkId = await hold(who, all());
    const { more } = await reading(bulkId);
    const colleague = await makeMember({ partnerId: who.partnerId });
    expect((await post(stop, colleague, bulkId)).status).toBe(200);
    await expect(more()).rejects.toThrow("export.ended");
    expect(await jobOf(who, bulkId)).toMatchObject({
      state: "cancelled",
      cancelledBy: colleague.name,
      errorCode: null,
      changed: 0,
      may: { start: true },
    });
    const [entry] = await adminQuery<{ end: string }>(
      "select detail ->> 'end' as end from audit_entry where partner_id = $1 and action = 'customer:export' order by seq desc limit 1",
      [who.partnerId],
    );
    expect(entry?.end).toBe("cancelled");
    expect(linesOf(await (await get(who, `bulk=${bulkId}`)).text())).toBe(ROWS);
    expect(await jobOf(who, bulkId)).toMatchObject({ state: "finished", changed: ROWS, cancelledBy: null });
  }, 30_000);

  test("broken off by the browser, or because access changed, says which", async () => {
    const bulkId = await hold(who, all());
    const first = await reading(bulkId);
    await first.reader.cancel();
    await expect.poll(async () => (await jobOf(who, bulkId)).state).toBe("cancelled");
    expect(await jobOf(who, bulkId)).toMatchObject({ cancelledBy: null, errorCode: null, changed: 0 });

    const second = await reading(bulkId);
    const { id } = await makeCustomer({ partnerId: who.partnerId });
    await adminQuery(
      "insert into membership_scope (partner_id, membership_id, kind, customer_id) values ($1, $2, 'denied', $3)",
      [who.partnerId, who.membershipId, id],
    );
    await expect(second.rest()).rejects.toThrow("export.ended");
    expect(await jobOf(who, bulkId)).toMatchObject({ state: "cancelled", errorCode: "export.ended" });
    await adminQuery("delete from membership_scope where membership_id = $1", [who.membershipId]);
  }, 30_000);

  test("is the job's one download: begun anew, the earlier one ends", async () => {
    const bulkId = await hold(who, all());
    const first = await reading(bulkId);
    const second = await reading(bulkId);
    await expect(first.more()).rejects.toThrow("export.ended");
    await second.rest();
    const { state, changed, total } = await jobOf(who, bulkId);
    expect([state, changed]).toEqual(["finished", total]);
  }, 30_000);

  test("whose process went without a word is over after an hour", async () => {
    const bulkId = await hold(who, all());
    await adminQuery(
      "update bulk_job set state = 'running', started_at = now() - interval '66 minutes' where id = $1",
      [bulkId],
    );
    const end = (minutes: number) =>
      withScope(
        { partnerId: who.partnerId },
        "read write",
        (db) => endLostExports(db, who.partnerId, new Date(Date.now() - minutes * 60_000)),
        "worker",
      );
    await end(67);
    expect((await jobOf(who, bulkId)).state).toBe("running");
    await end(65);
    expect((await jobOf(who, bulkId)).state).toBe("cancelled");
  });
});
