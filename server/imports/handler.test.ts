// Imports that are mapped as before, cancelled, taken up again, or made of everything that goes wrong in files.
import { describe, expect, test } from "vitest";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { runImport } from "#server/jobs/import.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeMember, type Member } from "#tests/factories.ts";
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
  const returned = Buffer.from(
    await (
      await rejected(request(admin, `/api/import/${id}/rejected.csv`, null), params({ id }))
    ).arrayBuffer(),
  ).toString();
  expect(returned).toContain("x".repeat(1_000_000));
  expect(returned).toContain("Mai chiuso;H7000;Roma");
}, 60_000);
