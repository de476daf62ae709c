// Imports that are mapped as before, cancelled, taken up again, or made of everything that goes wrong in files.
import { describe, expect, test } from "vitest";
import { withScope } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { runImport } from "#server/jobs/import.ts";
import { edit } from "#server/records/handler.ts";
import { ingest } from "#server/sync/service.ts";
import type { Snapshot } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeConnection, makeCustomer, makeMember, type Member } from "#tests/factories.ts";
import { formOf } from "#tests/forms.ts";
import { cancel, rejected, saveMapping, start, upload } from "./handler.ts";

const origin = "http://127.0.0.1:3000";
const never = new AbortController().signal;
const newAdmin = () => makeMember();
const caller = callerFor;
const request = (member: Member, path: string, body: BodyInit | null) =>
  new Request(`${origin}${path}?lang=en`, {
    method: body === null ? "GET" : "POST",
    body,
    headers: { cookie: `${sessionCookieName()}=${member.token}`, origin, host: "127.0.0.1:3000" },
  });
const params = <Params>(value: Params) => ({ params: Promise.resolve(value) });
const begin = (member: Member, id: string) =>
  start(request(member, `/api/import/${id}/start`, new URLSearchParams()), params({ id }));
/** Uploads and returns the id from where the answer leads. */
async function uploaded(member: Member, content: string | Uint8Array): Promise<string> {
  const form = new FormData();
  form.append("file", new File([content as BlobPart], "list.csv"));
  const response = await upload(request(member, "/api/import", form), params({}));
  return response.headers.get("location")?.split("/").at(-1) ?? "";
}
const figures = async (member: Member, id: string) => (await caller(member)).imports.byId({ importId: id });
/** Uploads a list and writes it. */
async function imported(member: Member, content: string) {
  const id = await uploaded(member, content);
  expect((await begin(member, id)).status).toBe(303);
  await runImport({ partnerId: member.partnerId, importId: id }, never);
  return figures(member, id);
}
const returned = async (member: Member, id: string) => {
  const answer = await rejected(request(member, `/api/import/${id}/rejected.csv`, null), params({ id }));
  return Buffer.from(await answer.arrayBuffer()).toString();
};

describe("what was mapped before", () => {
  const fieldsOf = async (member: Member, id: string) => {
    const { columns, isRemembered } = await (await caller(member)).imports.byId({ importId: id });
    return [isRemembered, columns.map(({ field }) => field)];
  };
  test("is proposed for the same headers in any order, to nobody but the partner", async () => {
    const admin = await newAdmin();
    const first = await uploaded(admin, "A,B,B,Name\nAcme,x,y,z\n");
    expect(await fieldsOf(admin, first)).toEqual([false, [null, null, null, "name"]]);
    const answer = await saveMapping(
      request(
        admin,
        `/api/import/${first}/mapping`,
        new URLSearchParams({
          encoding: "utf-8",
          delimiter: ",",
          "column-0": "name",
          "column-1": "city",
          "column-2": "",
          "column-3": "notes",
        }),
      ),
      params({ id: first }),
    );
    expect(answer.status).toBe(303);
    const again = await uploaded(admin, "Name;B;A;B\nz;x;Acme;y\n");
    expect(await fieldsOf(admin, again)).toEqual([true, ["notes", "city", "name", null]]);
    expect(await fieldsOf(admin, await uploaded(admin, "A,B,Name\nAcme,x,z\n"))).toEqual([
      false,
      [null, null, "name"],
    ]);
    const other = await newAdmin();
    expect(await fieldsOf(other, await uploaded(other, "A,B,B,Name\nAcme,x,y,z\n"))).toEqual([
      false,
      [null, null, null, "name"],
    ]);
  });
});

describe("cancelling", () => {
  const cancelled = (member: Member, id: string) =>
    cancel(request(member, `/api/import/${id}/cancel`, new URLSearchParams()), params({ id }));
  const list = (rows: number) =>
    ["Name,ID", ...Array.from({ length: rows }, (_, index) => `Company ${index},C${index}`)].join("\n");

  test("stops at the next rows, is on the record, and goes on where it stopped", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, list(6_000));
    expect((await cancelled(admin, id)).status).toBe(409);
    await begin(admin, id);
    const running = runImport({ partnerId: admin.partnerId, importId: id }, never);
    await expect
      .poll(async () => (await figures(admin, id)).rowsDone, { timeout: 20_000 })
      .toBeGreaterThan(0);
    expect((await cancelled(admin, id)).status).toBe(303);
    await running;
    const halfway = await figures(admin, id);
    expect(halfway.state).toBe("cancelled");
    expect(halfway.created).toBe(halfway.rowsDone);
    expect(halfway.rowsDone).toBeLessThan(6_000);
    const [entry] = await adminQuery<{ outcome: string; detail: Record<string, unknown> }>(
      "select outcome, detail from audit_entry where partner_id = $1 and action = 'customer:import' order by seq desc limit 1",
      [admin.partnerId],
    );
    expect(entry).toMatchObject({
      outcome: "failed",
      detail: { state: "cancelled", created: halfway.created },
    });
    expect((await begin(admin, id)).status).toBe(303);
    await runImport({ partnerId: admin.partnerId, importId: id }, never);
    expect(await figures(admin, id)).toMatchObject({ state: "finished", created: 6_000, rowsDone: 6_000 });
    expect((await cancelled(admin, id)).status).toBe(409);
  }, 60_000);

  test("before it began nothing is written; another partner cannot", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, list(10));
    await begin(admin, id);
    expect((await cancelled(await newAdmin(), id)).status).toBe(404);
    expect((await cancelled(admin, id)).status).toBe(303);
    await runImport({ partnerId: admin.partnerId, importId: id }, never);
    expect(await figures(admin, id)).toMatchObject({ state: "cancelled", created: 0, rowsDone: 0 });
  });
});

describe("names to show", () => {
  const namesOf = ({ partnerId }: Member) =>
    adminQuery(
      `select name, name_shown as "shown", is_name_chosen as "isChosen" from customer where partner_id = $1 order by name`,
      [partnerId],
    );

  test("are refused where a form refuses them, and the other rows go in", async () => {
    const admin = await newAdmin();
    await makeCustomer({ partnerId: admin.partnerId, name: "Güte & Söhne" });
    const list = [
      "Name;ID;Name shown as",
      "Uno;1;Uno \u202E Chiaro",
      `Due;2;${"x".repeat(101)}`,
      "Tre;3;\u200B\u202E",
      "Quattro;4;GUTE & SOHNE",
      "Cinque;5;uno chiàro",
      "Sei;6;",
      "Sette;7;Sei",
    ].join("\n");
    const id = await uploaded(admin, list);
    const preview = await (await caller(admin)).imports.preview({ importId: id });
    expect(preview.totals).toEqual({ new: 2, changed: 0, unchanged: 0, rejected: 5 });
    const done = await imported(admin, list);
    expect(done).toMatchObject({ state: "finished", created: 2, rejected: 5 });
    expect(await namesOf(admin)).toEqual([
      { name: "Güte & Söhne", shown: "Güte & Söhne", isChosen: false },
      { name: "Sei", shown: "Sei", isChosen: false },
      { name: "Uno", shown: "Uno Chiaro", isChosen: true },
    ]);
    const file = await returned(admin, done.id);
    for (const reason of [
      "Name shown as: longer than 100 characters.",
      "Name shown as: holds nothing that can be seen.",
      "Name shown as: another customer is already shown as “GUTE & SOHNE”.",
      "Name shown as: another customer is already shown as “uno chiàro”.",
      "Name shown as: another customer is already shown as “Sei”.",
    ])
      expect(file).toContain(reason);
    expect(await imported(admin, list)).toMatchObject({ created: 0, changed: 0, unchanged: 2, rejected: 5 });
  });

  test("are not given twice, also where the member does not see who has one", async () => {
    const { partnerId } = await newAdmin();
    const own = await makeCustomer({ partnerId, name: "Propria" });
    await makeCustomer({ partnerId, name: "Altrui" });
    const limited = await makeMember({ partnerId, role: "admin", customers: [own.id] });
    const done = await imported(limited, "Name,Name shown as\nPropria,ALTRUI\n");
    expect(done).toMatchObject({ changed: 0, rejected: 1 });
    expect(await returned(limited, done.id)).toContain("already shown as “ALTRUI”");
  });

  test("stay through synchronisation, are asked of the vendors, and change nothing a second time", async () => {
    const admin = await newAdmin();
    const { partnerId } = admin;
    const { id: connectionId } = await makeConnection({ partnerId });
    const source = { partnerId, connectionId, vendor: "sophos", customerId: null };
    const account = { externalId: "t-1", name: "Neve SRL", domain: "neve.example", region: null };
    const nothing = {
      devices: null,
      licences: null,
      alerts: null,
      applications: null,
      saas: null,
      unprotectedCount: null,
    };
    const read = (country: string) => {
      const identity = { externalIds: [], contacts: [], address: null, billing: "usage" as const };
      const snapshot: Snapshot = {
        version: 1,
        takenAt: new Date().toISOString(),
        account: { ...account, ...identity, country },
        ...nothing,
        gaps: [],
      };
      return withScope(
        { partnerId },
        "read write",
        (db) => ingest(db, source, [snapshot], [], new Date()),
        "worker",
      );
    };
    const asked = () =>
      adminQuery(
        `select r.name, r.state, r.asked_by as "by", exists (select from pgboss.job j where j.name = 'rename'
             and j.data ->> 'renameId' = r.id::text) as "isQueued" from customer_rename r where partner_id = $1 order by number`,
        [partnerId],
      );
    const list = (shown: string) => `Name,Domain,Name shown as\nNeve SRL,neve.example,${shown}\n`;
    await read("IT");
    const first = await imported(admin, list("Neve"));
    expect(first).toMatchObject({ created: 0, changed: 1, rejected: 0 });
    await read("CH");
    const chosen = { name: "Neve SRL", shown: "Neve", isChosen: true };
    expect(await namesOf(admin)).toEqual([chosen]);
    expect(await imported(admin, list("Neve"))).toMatchObject({ changed: 0, unchanged: 1 });
    const by = `import ${first.id}`;
    expect(await asked()).toEqual([{ name: "Neve", state: "waiting", by, isQueued: true }]);
    await imported(admin, list("Neve Bianca"));
    expect(await asked()).toMatchObject([
      { name: "Neve", state: "superseded" },
      { name: "Neve Bianca", state: "waiting" },
    ]);
    // The name itself is none that was chosen: the vendor's own is followed again.
    await imported(admin, list("Neve SRL"));
    expect(await namesOf(admin)).toEqual([{ name: "Neve SRL", shown: "Neve SRL", isChosen: false }]);
    expect(await asked()).toMatchObject([{ state: "superseded" }, { state: "superseded" }]);
  });
});

test("a form that was open while a list changed its customer is told, and saves nothing over it", async () => {
  const admin = await newAdmin();
  const customer = await makeCustomer({ partnerId: admin.partnerId, name: "Canapa", externalId: "C1" });
  const { answer } = formOf(edit, "records");
  const list = "Name,ID,Tags,Notes\nCanapa,C1,vip,dalla lista\n";
  expect(await imported(admin, list)).toMatchObject({ changed: 1 });
  const form = { version: 1, nameShown: "Canapa", accountManager: "Ada" };
  expect(await answer(admin, customer, form)).toBe("409 customer.changed");
  const seen = await (await caller(admin)).records.byCustomer({ customerId: customer.id });
  expect(seen).toMatchObject({ version: 2, internal: { tags: ["vip"], notes: "dalla lista" } });
  expect(await imported(admin, list)).toMatchObject({ unchanged: 1 });
  const again = { ...form, version: 2, tags: "vip", notes: "dalla lista" };
  expect(await answer(admin, customer, again)).toBe("200");
});

test("10,000 rows in UTF-16 with every line end, a cell of a megabyte and a quote that never closes", async () => {
  const admin = await newAdmin();
  const ends = ["\r\n", "\n", "\r"];
  const rows = Array.from({ length: 10_000 }, (_, index) => {
    if (index === 5_000) return `"${"x".repeat(1_000_000)}";H${index};Roma`;
    if (index === 7_000) return `"Mai chiuso;H${index};Roma`;
    return index % 20 === 3 ? `;H${index};Roma` : `Società ${index} 🙂;H${index};Forlì`;
  });
  const text = `Nome;Codice;Città\r\n${rows.map((row, index) => row + ends[index % 3]).join("")}`;
  const id = await uploaded(admin, Buffer.from(`\ufeff${text}`, "utf16le"));
  expect(await (await caller(admin)).imports.byId({ importId: id })).toMatchObject({
    encoding: "utf-16le",
    delimiter: ";",
    rowsTotal: 10_000,
  });
  await begin(admin, id);
  await runImport({ partnerId: admin.partnerId, importId: id }, never);
  expect(await figures(admin, id)).toMatchObject({
    state: "finished",
    rowsDone: 10_000,
    created: 9_498,
    rejected: 502,
  });
  const reasons = await adminQuery<{ line: number; code: string }>(
    "select (r ->> 'line')::int as line, r -> 'reasons' -> 0 ->> 'code' as code from customer_import, jsonb_array_elements(rejected) r where id = $1 order by 1",
    [id],
  );
  expect(reasons.filter(({ code }) => code !== "nameMissing")).toEqual([
    { line: 5_002, code: "quotes" },
    { line: 7_002, code: "quotes" },
  ]);
  const file = await returned(admin, id);
  expect(file).toContain("x".repeat(1_000_000));
  expect(file).toContain("Mai chiuso;H7000;Roma");
}, 60_000);
