// The history on the page of one customer: all of it, page by page, and of what the team decided as much as the reader may see.
import { afterAll, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeFullCustomer, makeMember, type Member, refresh } from "#tests/factories.ts";

afterAll(closeDatabase);

type Entry = { at: string; status?: string; text?: string };
/** Every page of the history as this reader sees it; the tail of the addresses leads from one to the next. */
async function pagesOf(member: Member, customerId: string): Promise<Entry[][]> {
  const api = await callerFor(member);
  const pages: Entry[][] = [];
  let historyAfter: string | null | undefined;
  while (historyAfter !== null) {
    const { history } = await api.customers.byId({ customerId, ...(historyAfter && { historyAfter }) });
    pages.push(history.rows);
    historyAfter = history.next;
  }
  return pages;
}

test("the whole history is reached, page by page, and nothing comes twice", async () => {
  const customer = await makeFullCustomer();
  const { partnerId, id } = customer;
  await adminQuery("delete from status_history where partner_id = $1", [partnerId]);
  // Two of each share every instant, so that an instant alone cannot tell where a page ended.
  await adminQuery(
    `insert into status_history (partner_id, customer_id, at, status, reasons)
      select $1, $2, now() - (n / 2) * interval '1 second' - interval '1 day', 'synced', '[]' from generate_series(1, 70) n`,
    [partnerId, id],
  );
  await adminQuery(
    `insert into warning_event (partner_id, customer_id, at, code, kind, actor_name, text)
      select $1, $2, now() - (n / 2) * interval '1 second' - interval '1 day', 'devices_silent', 'commented', 'Ada', n::text
      from generate_series(1, 230) n`,
    [partnerId, id],
  );
  const pages = await pagesOf(await makeMember({ partnerId }), id);
  expect(pages.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 30));
  const all = pages.flat();
  expect(all.filter(({ status }) => status === "synced")).toHaveLength(70);
  expect(new Set(all.flatMap(({ text }) => text ?? [])).size).toBe(230);
  const instants = all.map(({ at }) => Date.parse(at));
  expect(instants).toEqual(instants.toSorted((a, b) => b - a));
});

test("what the team says stays inside it, and with access goes what is about figures", async () => {
  const customer = await makeFullCustomer();
  const { partnerId, id } = customer;
  await adminQuery("delete from status_history where partner_id = $1", [partnerId]);
  await adminQuery(
    `insert into warning_event (partner_id, customer_id, code, kind, actor_name, text)
      values ($1, $2, 'devices_silent', 'commented', 'Ada', 'of a figure'), ($1, $2, 'grant_ended', 'commented', 'Ada', 'of access')`,
    [partnerId, id],
  );
  const texts = async (member: Member) =>
    (await pagesOf(member, id)).flat().flatMap(({ text }) => text ?? []);
  const inside = await makeMember({ partnerId });
  expect((await texts(inside)).toSorted()).toEqual(["of a figure", "of access"]);
  expect(await texts(await makeMember({ partnerId, role: "business" }))).toEqual([]);
  expect(await texts(await makeMember({ partnerId, role: "customerAdmin", customerId: id }))).toEqual([]);

  await adminQuery(
    "update access_grant set state = 'ended', end_reason = 'revoked', ended_at = now() where customer_id = $1",
    [id],
  );
  await refresh(partnerId, [id]);
  const { row } = await (await callerFor(inside)).customers.byId({ customerId: id });
  expect(row.blank).toBe("no_access");
  await adminQuery("update warning_event set code = $2 where customer_id = $1 and text = 'of access'", [
    id,
    row.reasons[0]?.code,
  ]);
  expect(await texts(inside)).toEqual(["of access"]);
});

test("a place in the history that nobody gave is a bad request", async () => {
  const customer = await makeFullCustomer();
  const api = await callerFor(await makeMember({ partnerId: customer.partnerId }));
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  for (const historyAfter of [
    "x",
    encode([null, customer.id]),
    encode(["today", customer.id]),
    encode(["2026-01-01T00:00:00.000000Z", "x"]),
  ])
    await expect(api.customers.byId({ customerId: customer.id, historyAfter })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
});
