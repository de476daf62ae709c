// Exports through their handler and the real database: what stands in the file, for whom, and when it breaks off.
import { randomUUID } from "node:crypto";
import { crc32, inflateRawSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { type RawBuilder, sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { withScope } from "#db/client.ts";
import { revokeAccess } from "#server/access/service.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { columns } from "#server/columns/schema.ts";
import { unescapeFormula } from "#server/csv/rules.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  type Customer,
  makeCustomer,
  makeFullCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { exportCsv, exportExcel } from "./handler.ts";

const origin = "http://127.0.0.1:3000";
const get = (
  member: Member | null,
  query: string,
  { kind = "csv", headers = {} }: { kind?: "csv" | "xlsx"; headers?: Record<string, string> } = {},
) =>
  (kind === "csv" ? exportCsv : exportExcel)(
    new Request(`${origin}/api/export/customers.${kind}?${query}`, {
      headers: {
        host: "127.0.0.1:3000",
        ...(member && { cookie: `${sessionCookieName()}=${member.token}` }),
        ...headers,
      },
    }),
    { params: Promise.resolve({}) },
  );
const text = async (response: Response) => Buffer.from(await response.arrayBuffer()).toString();
const tableOf = (file: string, delimiter = ",") =>
  parse(file, { bom: true, delimiter, columns: true }) as Record<string, string>[];
/** The machine format of an export, as records. */
const records = async (member: Member, query = "") => {
  const response = await get(member, `format=machine&${query}`);
  expect(response.status).toBe(200);
  return tableOf(await text(response));
};
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;
const entries = (partnerId: string) =>
  adminQuery<{ outcome: string; detail: Record<string, unknown> }>(
    "select outcome, detail from audit_entry where partner_id = $1 and action = 'customer:export' order by seq",
    [partnerId],
  );
const asWorker = (partnerId: string, statement: RawBuilder<unknown>) =>
  withScope({ partnerId }, "read write", (db) => statement.execute(db), "worker");
/** So many customers that a file does not fit into what waits for its reader. */
const makeMany = (partnerId: string, count: number) =>
  asWorker(
    partnerId,
    sql`with made as (insert into customer (partner_id, id, name, name_shown, relationship)
        select ${partnerId}::uuid, gen_random_uuid(), 'Ditta ' || i, 'Ditta ' || i, 'managed' from generate_series(1, ${count}::int) i returning *)
      insert into customer_overview (partner_id, customer_id, name_shown, name_sort, relationship, status, status_since, metrics_from, metrics_until, devices_total)
        select partner_id, id, name_shown, app.plain(name_shown), relationship, 'synced', now(), '2020-01-01', 'infinity', nullif(substr(name, 7)::int % 50, 49) from made`,
  );
const revoke = (customer: Customer) =>
  withScope({ partnerId: customer.partnerId, customerId: customer.id }, "read write", (db) =>
    revokeAccess(
      { db, partnerId: customer.partnerId, audit: async () => undefined },
      customer.id,
      new Date(),
    ),
  );

describe("what stands in the file", () => {
  let member: Member;
  let full: Customer;
  let closed: Customer;
  beforeAll(async () => {
    const partnerId = await makePartner();
    member = await makeMember({ partnerId });
    full = await makeFullCustomer({ partnerId, name: "Élan; Béton", domain: "elan.example" });
    closed = await makeFullCustomer({ partnerId, name: "Zoé Fermée" });
    await makeGroup({ partnerId, name: "Nord", customers: [full.id, closed.id] });
    await makeGroup({ partnerId, name: "=Sud", customers: [full.id] });
    await revoke(closed);
    await refresh(partnerId, [closed.id]);
    await asWorker(
      partnerId,
      sql`update customer_overview set used = 4.5, licensed = 15, licence_ends_on = '2999-01-02', last_sync_at = '2026-01-05T08:30:00Z', devices_quarantined = 0
        where customer_id = ${full.id}`,
    );
    await adminQuery(`update "user" set time_zone = 'Asia/Kathmandu' where id = $1`, [member.userId]);
  });

  test("in machine format: ids, ISO dates, decimal points; blank is blank, zero is zero", async () => {
    const [row, blank] = await records(member, "columns=all");
    expect(row).toMatchObject({
      id: full.id,
      name: "Élan; Béton",
      domain: "elan.example",
      relationship: "delegated",
      status: "warning",
      licenceKinds: "term;own",
      devicesTotal: "3",
      devicesQuarantined: "0",
      applicationsInstalled: "",
      used: "4.5",
      licensed: "15",
      usedShare: "30",
      overUnder: "-10.5",
      overUsed: "false",
      licenceEndsOn: "2999-01-02",
      lastSync: "2026-01-05T08:30:00Z",
      alertsHigh: "1",
      groups: "'=Sud;Nord",
    });
    expect(row?.["reasons"]?.split(";").sort()).toEqual(["devices_silent", "devices_unprotected"]);
    expect(row?.["statusSince"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(row?.["sources"]).toMatch(/^sophos=\d{4}-/);
    expect(blank).toMatchObject({ name: "Zoé Fermée", status: "access_disabled", reasons: "grant_ended" });
    for (const cell of [
      "devicesTotal",
      "devicesSilent",
      "alertsHigh",
      "lastSync",
      "sources",
      "devicesChange",
    ])
      expect(blank?.[cell], cell).toBe("");
  });

  test.each([
    ["en", ",", "4.5", "Warning", "Used", "no"],
    ["it", ";", "4,5", "Avviso", "In uso", "no"],
    ["fr", ";", "4,5", "Avertissement", "Utilisées", "non"],
  ] as const)("in the words and marks of %s", async (lang, delimiter, used, status, header, no) => {
    const response = await get(member, `lang=${lang}&columns=all`);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toMatch(
      /^attachment; filename="[a-z]+-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    const file = await text(response);
    expect(file.charCodeAt(0)).toBe(0xfeff);
    expect(file.split("\r\n")).toHaveLength(4);
    expect(file.replaceAll("\r\n", "")).not.toContain("\n");
    const [row] = tableOf(file, delimiter);
    expect(row?.[header]).toBe(used);
    const cells = Object.values(row ?? {});
    expect(cells).toContain(status);
    expect(cells).toContain(no);
    expect(cells).toContain("02/01/2999");
    // The member's own zone, 5:45 ahead.
    expect(cells).toContain("05/01/2026 14:15");
  });

  test("visible columns are those of the member's layout, in its order; others by name, or all", async () => {
    const heads = async (query: string) => Object.keys((await records(member, query))[0] ?? {});
    const usual = await heads("");
    expect(usual.slice(0, 5)).toEqual(["name", "domain", "relationship", "licenceKinds", "status"]);
    expect(usual).not.toContain("id");
    await adminQuery(
      "insert into member_preference (partner_id, membership_id, list, columns) values ($1, $2, 'customers', '{name,alerts,status}')",
      [member.partnerId, member.membershipId],
    );
    expect((await heads("columns=visible")).slice(4)).toEqual([
      "alertsHigh",
      "alertsMedium",
      "alertsLow",
      "status",
      "reasons",
    ]);
    expect((await heads("columns=name,used")).slice(4)).toEqual(["used"]);
    const all = await heads("columns=all");
    expect(all.length).toBeGreaterThan(columns.length);
    expect(new Set(all).size).toBe(all.length);
    await adminQuery("delete from member_preference where membership_id = $1", [member.membershipId]);
  });

  test("as a workbook: numbers and dates are typed, texts stay texts", async () => {
    const response = await get(member, "lang=fr&columns=name,used,licenceEndsOn,lastSync", { kind: "xlsx" });
    expect(response.headers.get("content-type")).toBe(
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    );
    const parts = unzip(Buffer.from(await response.arrayBuffer()));
    const sheet = parts.get("xl/worksheets/sheet1.xml") ?? "";
    expect(sheet.match(/<row>/g)).toHaveLength(3);
    expect(sheet).toContain("Dernière synchronisation");
    expect(sheet).toContain('<t xml:space="preserve">Élan; Béton</t>');
    expect(sheet).toContain('<c><v>4.5</v></c><c s="1"><v>401405</v></c><c s="2"><v>46027.59375</v></c>');
    expect(parts.get("xl/workbook.xml")).toContain('<sheet name="Clients"');
  });

  test("filters, search, sort: exactly the customers of the list, in its order", async () => {
    const api = await callerFor(member);
    for (const input of [
      {},
      { status: "warning" },
      { q: "fermee" },
      { q: "elan", sort: "name" },
      { sort: "-devicesTotal" },
      { sort: "licenceState" },
      { licenceKind: "term" },
      { reason: "devices_silent" },
    ] as const) {
      const { rows } = await api.customers.list(input);
      const exported = await records(member, `${new URLSearchParams(input)}&columns=all`);
      expect(
        exported.map((row) => row["id"]),
        JSON.stringify(input),
      ).toEqual(rows.map((row) => row.id));
    }
  });

  test.each([
    "status=none",
    "stat=warning",
    "sort=colour",
    "columns=name,colour",
    "format=pdf",
    "bulk=1",
    "status=warning&status=synced",
  ])("%s exports nothing", async (query) => {
    const response = await get(member, query);
    expect([response.status, await codeOf(response)]).toEqual([400, "request.invalid"]);
    const page = await get(member, query, {
      headers: { accept: "text/html", referer: `${origin}/it/customers?q=a` },
    });
    expect([page.status, page.headers.get("location")]).toEqual([
      303,
      "/it/customers?q=a&error=request.invalid",
    ]);
  });

  test("the page's own fields and empty ones mean nothing", async () => {
    expect(await records(member, "after=abc&pageSize=25&panel=x&q=&status=&group=")).toHaveLength(2);
  });

  test("is on the record with what was asked and how many rows left, without what was searched for", async () => {
    await records(member, "q=elan&status=warning");
    const last = (await entries(member.partnerId)).at(-1);
    expect(last).toMatchObject({
      outcome: "done",
      detail: { rows: 1, end: "whole", file: "csv", format: "machine", status: "warning", isSearch: true },
    });
    expect(JSON.stringify(last)).not.toContain("elan");
  });
});

/** The entries of a zip by its directory, as any reader takes them. */
function unzip(zip: Buffer): Map<string, string> {
  const parts = new Map<string, string>();
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const length = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + length);
    const start = zip.readUInt32LE(at + 42) + 30 + length;
    const content = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    expect([crc32(content), content.length]).toEqual([zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 24)]);
    parts.set(name, content.toString());
    at += 46 + length;
  }
  return parts;
}

describe("who gets what", () => {
  test("nobody: 401; a customer's user: 403, recorded", async () => {
    expect((await get(null, "")).status).toBe(401);
    const customer = await makeCustomer();
    const user = await makeMember({
      role: "customerAdmin",
      partnerId: customer.partnerId,
      customerId: customer.id,
    });
    const response = await get(user, "");
    expect([response.status, await codeOf(response)]).toEqual([403, "permission.denied"]);
    const [refusal] = await adminQuery<{ n: number }>(
      "select count(*)::int as n from audit_entry where membership_id = $1 and outcome = 'refused'",
      [user.membershipId],
    );
    expect(refusal?.n).toBe(1);
  });

  test("who sees no technical figures gets no column of them, and no order by them", async () => {
    const customer = await makeFullCustomer();
    const { partnerId } = customer;
    await makeCustomer({ partnerId, name: "A" });
    const business = await makeMember({ partnerId, role: "business" });
    const rows = await records(business, "columns=all&sort=-devicesTotal");
    expect(rows.map((row) => row["name"])).toEqual(["A", expect.any(String)]);
    const heads = Object.keys(rows[0] ?? {});
    expect(
      heads.filter((id) => /^(devices|applications|saas|alerts|sources|licenceShortfall)/.test(id)),
    ).toEqual([]);
    expect(heads).toEqual(expect.arrayContaining(["name", "status", "used", "lastSync"]));
  });

  test("a member of some groups gets these customers, another partner none of them", async () => {
    const partnerId = await makePartner();
    const inside = await makeCustomer({ partnerId });
    const denied = await makeCustomer({ partnerId });
    await makeCustomer({ partnerId });
    const group = await makeGroup({ partnerId, customers: [inside.id, denied.id] });
    const limited = await makeMember({
      partnerId,
      role: "readOnly",
      groups: [group.id],
      denied: [denied.id],
    });
    const ids = async (member: Member, query = "") =>
      (await records(member, `columns=all&${query}`)).map((row) => row["id"]);
    expect(await ids(limited)).toEqual([inside.id]);
    expect(await ids(limited, `group=${group.id}`)).toEqual([inside.id]);
    const stranger = await makeMember();
    expect(await ids(stranger)).toEqual([]);
    expect(await ids(stranger, `group=${group.id}`)).toEqual([]);
  });

  test("an empty export is a head", async () => {
    const member = await makeMember();
    const file = await text(await get(member, ""));
    expect(file.split("\r\n")).toHaveLength(2);
    expect(unzip(Buffer.from(await (await get(member, "", { kind: "xlsx" })).arrayBuffer())).size).toBe(6);
  });
});

describe("texts of people", () => {
  const dangerous = /^[\s\p{Z}\p{Cf}]*[=+@\uff0b\uff0d\uff1d\uff20-]|^[\t\r\n]/u;
  test("are cells that no spreadsheet runs, and are read back as they were", async () => {
    const partnerId = await makePartner();
    const member = await makeMember({ partnerId });
    const { id } = await makeCustomer({ partnerId });
    const fixed = [
      "=1+1",
      " =cmd|' /C calc'!A0",
      "\u00a0\u3000＝1",
      "\u200b@x",
      "\t1",
      "\r\n-1",
      'a "b", c;d\ne',
      "'x",
      "İßΣ🙂",
      "\u202eabc",
    ];
    const unit = fc.constantFrom(
      "a",
      "=",
      "+",
      "-",
      "@",
      " ",
      "\t",
      "\r",
      "\n",
      '"',
      ",",
      ";",
      "'",
      "\\",
      "é",
      "\u00a0",
      "＝",
      "1",
      "🙂",
      "\u0007",
    );
    const generated = fc.sample(fc.string({ unit, minLength: 1, maxLength: 8 }), 60);
    const names = [...fixed, ...generated].filter((name) => name.trim() !== "");
    await adminQuery(
      `insert into customer (partner_id, id, name, name_shown, relationship, domain)
         select $1, gen_random_uuid(), n, n, 'managed', n from unnest($2::text[]) n`,
      [partnerId, names],
    );
    await asWorker(partnerId, sql`delete from customer where id = ${id}`);
    const rows = await adminQuery<{ id: string; name: string }>(
      "select id, name from customer where partner_id = $1",
      [partnerId],
    );
    await refresh(
      partnerId,
      rows.map((row) => row.id),
    );
    const byId = new Map(rows.map((row) => [row.id, row.name]));
    const exported = await records(member, "columns=all");
    expect(exported).toHaveLength(names.length);
    for (const { id: of = "", name = "", domain = "" } of exported) {
      const original = byId.get(of) ?? "";
      expect(dangerous.test(name), JSON.stringify(name)).toBe(false);
      expect([name, domain]).toEqual(
        dangerous.test(original) ? [`'${original}`, `'${original}`] : [original, original],
      );
      if (!original.startsWith("'")) expect(unescapeFormula(name)).toBe(original);
    }
    const sheet = unzip(
      Buffer.from(await (await get(member, "columns=name", { kind: "xlsx" })).arrayBuffer()),
    );
    expect(sheet.get("xl/worksheets/sheet1.xml")).not.toMatch(/<f[ >]/);
    expect(sheet.get("xl/worksheets/sheet1.xml")).toContain(">=1+1</t>");
  });
});

describe("a long download", () => {
  const ROWS = 60_000;
  let member: Member;
  let granted: Customer;
  beforeAll(async () => {
    const partnerId = await makePartner();
    await makeMany(partnerId, ROWS);
    member = await makeMember({ partnerId });
    granted = await makeFullCustomer({ partnerId, name: "Zz" });
  });
  const reading = async (who: Member, kind: "csv" | "xlsx" = "csv") => {
    const response = await get(who, "format=machine&columns=all", { kind });
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    // The head, and the first rows.
    let size = (await reader.read()).value?.length ?? 0;
    size += (await reader.read()).value?.length ?? 0;
    const rest = async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return size;
        size += value.length;
      }
    };
    return { reader, rest };
  };
  const running = () =>
    adminQuery<{ state: string }>(
      "select state from pg_stat_activity where query like 'copy (%' and state <> 'idle' and datname = current_database()",
    );
  const lastEntry = async () => (await entries(member.partnerId)).at(-1);

  test("holds each row once, though rows without a value come apart", async () => {
    for (const sort of ["name", "-devicesTotal", "lastSync"]) {
      const rows = await records(member, `columns=all&sort=${sort}`);
      expect(new Set(rows.map((row) => row["id"])).size).toBe(ROWS + 1);
    }
    const sorted = (await records(member, "sort=-devicesTotal")).map((row) => Number(row["devicesTotal"]));
    expect(sorted).toEqual([...sorted].sort((a, b) => b - a));
  }, 60_000);

  test("as a workbook too", async () => {
    const file = Buffer.from(
      await (await get(member, "columns=name,lastSync", { kind: "xlsx" })).arrayBuffer(),
    );
    expect(unzip(file).get("xl/worksheets/sheet1.xml")?.match(/<row>/g)).toHaveLength(ROWS + 2);
  });

  test.each(["csv", "xlsx"] as const)("of a %s breaks when a customer revokes, and says so", async (kind) => {
    const customer = kind === "csv" ? granted : await makeFullCustomer({ partnerId: member.partnerId });
    const { rest } = await reading(member, kind);
    await revoke(customer);
    await expect(rest()).rejects.toThrow("export.ended");
    expect(await lastEntry()).toMatchObject({ outcome: "failed", detail: { end: "revoked", file: kind } });
    expect(await running()).toEqual([]);
  });

  test("breaks when the member is signed out, is denied a customer, or leaves a group", async () => {
    const { partnerId } = member;
    const outside = await makeMember({ partnerId });
    const first = await reading(outside);
    await adminQuery("update session set revoked_at = now() where id = $1", [outside.sessionId]);
    await expect(first.rest()).rejects.toThrow("export.ended");

    const all = await makeMember({ partnerId });
    const second = await reading(all);
    await adminQuery(
      "insert into membership_scope (partner_id, membership_id, kind, customer_id) values ($1, $2, 'denied', $3)",
      [partnerId, all.membershipId, granted.id],
    );
    await expect(second.rest()).rejects.toThrow("export.ended");

    const group = await makeGroup({ partnerId });
    await adminQuery(
      "insert into customer_group_member (partner_id, group_id, customer_id) select partner_id, $2, id from customer where partner_id = $1",
      [partnerId, group.id],
    );
    const limited = await makeMember({ partnerId, groups: [group.id] });
    const third = await reading(limited);
    await adminQuery("delete from customer_group_member where group_id = $1 and customer_id = $2", [
      group.id,
      granted.id,
    ]);
    await expect(third.rest()).rejects.toThrow("export.ended");
  }, 60_000);

  test("ends its query when the client goes away, and is on the record", async () => {
    const { reader } = await reading(member);
    expect(await running()).toHaveLength(1);
    await reader.cancel();
    await expect.poll(running).toEqual([]);
    await expect.poll(lastEntry).toMatchObject({ outcome: "failed", detail: { end: "cancelled" } });
  });

  test("runs twice at a time for one member, and for others beside", async () => {
    const open = [await reading(member), await reading(member)];
    const third = await get(member, "");
    expect([third.status, await codeOf(third), third.headers.get("retry-after")]).toEqual([
      429,
      "export.busy",
      "30",
    ]);
    const colleague = await makeMember({ partnerId: member.partnerId });
    expect((await records(colleague, "columns=name")).length).toBeGreaterThan(ROWS);
    for (const { rest } of open) expect(await rest()).toBeGreaterThan(ROWS * 50);
    expect((await get(member, "q=zz")).status).toBe(200);
  }, 60_000);
});

test("a selection: only its customers, only for who made it", async () => {
  const partnerId = await makePartner();
  const member = await makeMember({ partnerId });
  const chosen = await makeCustomer({ partnerId });
  await makeCustomer({ partnerId });
  const unknown = await get(member, `bulk=${randomUUID()}`);
  expect([unknown.status, await codeOf(unknown)]).toEqual([404, "bulk.notFound"]);
  expect(chosen.id).toBeTruthy();
});
