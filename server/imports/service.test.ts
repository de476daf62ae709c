// Imports from the upload to the last row, through the handlers, the job and the real database.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { scopeOf } from "#server/audit/append.ts";
import { readSession, sessionCookieName, startSession } from "#server/auth/sessions.ts";
import { runImport } from "#server/jobs/import.ts";
import { appRouter } from "#server/router.ts";
import { createCallerFactory } from "#server/trpc.ts";
import { adminQuery } from "#tests/database.ts";
import { rejected, saveMapping, start, upload } from "./handler.ts";
import { findImport, insertImport, updateState } from "./queries.ts";
import { readFile } from "./service.ts";

type Member = { partnerId: string; membershipId: string; token: string };
const origin = "http://127.0.0.1:3000";
const never = new AbortController().signal;
const realList = readFileSync("tests/data/sp500-constituents.csv");

async function makeMember(partnerId: string, role: string, scopeAll = true): Promise<Member> {
  const [user] = await adminQuery<{ id: string }>(
    `insert into "user" (email, name) values ($1, 'Mara Conti') returning id`,
    [`${randomUUID()}@example.it`],
  );
  const [membership] = await adminQuery<{ id: string }>(
    "insert into membership (partner_id, user_id, role, scope_all) values ($1, $2, $3, $4) returning id",
    [partnerId, user?.id, role, scopeAll],
  );
  if (!user || !membership) throw new Error("no member was made");
  return {
    partnerId,
    membershipId: membership.id,
    token: await startSession({
      userId: user.id,
      membershipId: membership.id,
      userAgent: "test",
      address: "",
    }),
  };
}
async function makePartner(): Promise<string> {
  const [partner] = await adminQuery<{ id: string }>(
    "insert into partner (slug, name, language, time_zone) values ($1, 'Alpina', 'it', 'Europe/Rome') returning id",
    [randomUUID()],
  );
  if (!partner) throw new Error("no partner was made");
  return partner.id;
}
const newAdmin = async () => makeMember(await makePartner(), "superAdmin");

const headers = (member: Member, extra: Record<string, string> = {}) => ({
  cookie: `${sessionCookieName()}=${member.token}`,
  origin,
  host: "127.0.0.1:3000",
  ...extra,
});
const request = (member: Member, path: string, body: BodyInit | null, extra: Record<string, string> = {}) =>
  new Request(`${origin}${path}?lang=fr`, {
    method: body === null ? "GET" : "POST",
    body,
    headers: headers(member, extra),
  });
const params = <Params>(value: Params) => ({ params: Promise.resolve(value) });
const send = (
  member: Member,
  content: string | Uint8Array,
  extra: Record<string, string> = {},
  fileName = "list.csv",
) => {
  const form = new FormData();
  form.append("file", new File([content as BlobPart], fileName));
  return upload(request(member, "/api/import", form, extra), params({}));
};
/** Uploads and returns the id from where the answer leads. */
async function uploaded(member: Member, content: string | Uint8Array): Promise<string> {
  const response = await send(member, content);
  expect(response.status).toBe(303);
  const [, id] =
    /^\/fr\/customers\/import\/([0-9a-f-]{36})$/.exec(response.headers.get("location") ?? "") ?? [];
  if (!id) throw new Error(`no import at ${response.headers.get("location")}`);
  return id;
}
const begin = (member: Member, id: string) =>
  start(request(member, `/api/import/${id}/start`, new URLSearchParams()), params({ id }));
async function imported(member: Member, content: string | Uint8Array) {
  const id = await uploaded(member, content);
  expect((await begin(member, id)).status).toBe(303);
  await runImport({ partnerId: member.partnerId, importId: id }, never);
  return figures(member, id);
}
const caller = async (member: Member) =>
  createCallerFactory(appRouter)({
    session: await readSession(member.token, ""),
    language: "en",
    supportId: randomUUID(),
    path: null,
    expectedMembership: undefined,
  });
async function figures(member: Member, id: string) {
  const {
    state,
    rowsTotal,
    rowsDone,
    created,
    changed,
    unchanged,
    rejected: refused,
  } = await (await caller(member)).imports.byId({ importId: id });
  return { id, state, rowsTotal, rowsDone, created, changed, unchanged, rejected: refused };
}
/** Everything an import may write, to compare before and after. */
const everything = async (partnerId: string) => [
  await adminQuery("select * from customer where partner_id = $1 order by id", [partnerId]),
  await adminQuery(
    "select customer_id, email, first_name, phone from contact where partner_id = $1 order by 1",
    [partnerId],
  ),
  await adminQuery("select * from customer_overview where partner_id = $1 order by customer_id", [partnerId]),
];
const reasonsOf = async (member: Member, id: string) =>
  (
    await adminQuery<{ line: number; codes: string }>(
      "select (r ->> 'line')::int as line, (select string_agg(c ->> 'code', ',') from jsonb_array_elements(r -> 'reasons') c) as codes from customer_import, jsonb_array_elements(rejected) r where partner_id = $1 and id = $2 order by 1",
      [member.partnerId, id],
    )
  ).map(({ line, codes }) => `${line} ${codes}`);

afterAll(closeDatabase);

describe("the real list of 503 companies", () => {
  let admin: Member;
  beforeAll(async () => {
    admin = await newAdmin();
  });

  test("is detected, mapped and shown before anything is written", async () => {
    const id = await uploaded(admin, realList);
    const api = await caller(admin);
    const list = await api.imports.byId({ importId: id });
    expect(list).toMatchObject({
      state: "uploaded",
      rowsTotal: 503,
      encoding: "utf-8",
      delimiter: ",",
      fileName: "list.csv",
    });
    expect(list.columns.map(({ field }) => field)).toEqual([
      "externalId",
      "name",
      null,
      null,
      "city",
      null,
      null,
      null,
    ]);
    expect(list.samples[1]).toEqual(["3M", "A. O. Smith", "Abbott Laboratories"]);
    const preview = await api.imports.preview({ importId: id });
    expect(preview.totals).toEqual({ new: 503, changed: 0, unchanged: 0, rejected: 0 });
    expect(preview.rows).toHaveLength(50);
    expect(await adminQuery("select from customer where partner_id = $1", [admin.partnerId])).toHaveLength(0);
  });

  test("goes in whole; a second time it changes nothing", async () => {
    expect(await imported(admin, realList)).toMatchObject({
      state: "finished",
      rowsDone: 503,
      created: 503,
      changed: 0,
      unchanged: 0,
      rejected: 0,
    });
    const before = await everything(admin.partnerId);
    expect(before.map((rows) => rows.length)).toEqual([503, 0, 503]);
    expect(before[0]?.[0]).toMatchObject({ relationship: "managed" });
    expect(before[2]?.[0]).toMatchObject({ status: "sync_pending" });
    expect(await imported(admin, realList)).toMatchObject({
      state: "finished",
      created: 0,
      changed: 0,
      unchanged: 503,
      rejected: 0,
    });
    expect(await everything(admin.partnerId)).toEqual(before);
  });

  test("is found by search, counted, and stands on the partner's chain", async () => {
    const found = await (await caller(admin)).customers.list({ q: "abbott" });
    expect(found.rows.map(({ name }) => name)).toContain("Abbott Laboratories");
    expect(found.counts.total).toBe(503);
    const entries = await adminQuery<{ action: string; detail: Record<string, unknown> }>(
      "select action, detail from audit_entry where partner_id = $1 and customer_id is null order by seq",
      [admin.partnerId],
    );
    expect(entries.map(({ action }) => action)).toEqual([
      "import:upload",
      "import:upload",
      "import:start",
      "customer:import",
      "import:upload",
      "import:start",
      "customer:import",
    ]);
    expect(entries[3]?.detail).toMatchObject({
      created: 503,
      rejected: 0,
      customers: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(entries[6]?.detail).toMatchObject({ unchanged: 503, customers: entries[3]?.detail["customers"] });
    expect(await adminQuery("select * from audit.verify()")).toEqual([]);
  });

  test("the file itself is not kept once it is in", async () => {
    const rows = await adminQuery<{ state: string; size: number }>(
      "select state, length(content) as size from customer_import where partner_id = $1",
      [admin.partnerId],
    );
    expect(rows.filter(({ state }) => state === "finished").map(({ size }) => size)).toEqual([0, 0]);
  });
});

describe("damaged and repeated rows", () => {
  const list = [
    "Name;ID;Domain;Country;E-mail;Since",
    "Bottega Rossi;1;rossi.it;Italia;maria@rossi.it;2020-01-31",
    ";2;;;;",
    "Too few;3",
    '"Unclosed;4;;;;',
    "Bad all;5;no domain;Atlantis;nobody;soon",
    "Again;1;;;;",
    "=HYPERLINK(1);6;;;;",
    "Bottega Rossi;7;;;;",
    "Élan 🙂 שלום;8;;;;",
  ].join("\r\n");

  test("come back with their reasons, the others go in", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, list);
    const preview = await (await caller(admin)).imports.preview({ importId: id });
    expect(preview.totals).toEqual({ new: 4, changed: 0, unchanged: 0, rejected: 5 });
    expect(preview.rows.filter(({ hasNamesake }) => hasNamesake).map(({ line }) => line)).toEqual([2, 9]);
    await begin(admin, id);
    await runImport({ partnerId: admin.partnerId, importId: id }, never);
    expect(await figures(admin, id)).toMatchObject({ created: 4, rejected: 5, rowsDone: 9 });
    expect(await reasonsOf(admin, id)).toEqual([
      "3 nameMissing",
      "4 columnCount",
      "5 quotes",
      "6 domain,country,email,date",
      "7 duplicateExternalId",
    ]);
    expect(
      await adminQuery(
        "select name, domain, country, since::text, name_shown from customer where partner_id = $1 and external_id = '1'",
        [admin.partnerId],
      ),
    ).toEqual([
      {
        name: "Bottega Rossi",
        domain: "rossi.it",
        country: "IT",
        since: "2020-01-31",
        name_shown: "Bottega Rossi",
      },
    ]);
  });

  test("are handed back as CSV in the language of the page, safe to open, ready to be corrected", async () => {
    const admin = await newAdmin();
    const { id } = await imported(admin, list.replace("Bad all", "=Bad all"));
    const response = await rejected(request(admin, `/api/import/${id}/rejected.csv`, null), params({ id }));
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const text = Buffer.from(await response.arrayBuffer()).toString("utf8");
    expect(
      text.startsWith("\ufeffName;ID;Domain;Country;E-mail;Since;Ligne;Motif\r\n;2;;;;;3;Le nom manque.\r\n"),
    ).toBe(true);
    expect(text).toContain("\r\n'=Bad all;5;no domain;Atlantis;nobody;soon;6;");
    expect(text).toContain("«\u202fAtlantis\u202f» n’est pas un pays");
    const corrected = text
      .split("\r\n")
      .filter((line) => line.startsWith("'=Bad") || line.startsWith("\ufeff"))
      .join("\r\n")
      .replace("no domain", "bad.it")
      .replace("Atlantis", "IT")
      .replace("nobody", "a@bad.it")
      .replace("soon", "2020-01-01");
    expect(await imported(admin, corrected)).toMatchObject({ created: 1, rejected: 0 });
    expect(
      await adminQuery("select name from customer where partner_id = $1 and external_id = '5'", [
        admin.partnerId,
      ]),
    ).toEqual([{ name: "=Bad all" }]);
  });

  test("a changed row changes what it names and nothing else", async () => {
    const admin = await newAdmin();
    await imported(admin, list);
    await adminQuery(
      "update customer set notes = 'kept', name_shown = 'Rossi' where partner_id = $1 and external_id = '1'",
      [admin.partnerId],
    );
    expect(
      await imported(
        admin,
        "Name,ID,City,E-mail\nBottega Rossi SpA,1,Milano,new@rossi.it\nBottega Rossi,7,,",
      ),
    ).toMatchObject({ created: 0, changed: 1, unchanged: 1 });
    expect(
      await adminQuery(
        "select name, name_shown, notes, domain, address from customer where partner_id = $1 and external_id = '1'",
        [admin.partnerId],
      ),
    ).toEqual([
      {
        name: "Bottega Rossi SpA",
        name_shown: "Rossi",
        notes: "kept",
        domain: "rossi.it",
        address: { street: "", city: "Milano", postalCode: "" },
      },
    ]);
    expect(await adminQuery("select email from contact where partner_id = $1", [admin.partnerId])).toEqual([
      { email: "new@rossi.it" },
    ]);
  });
});

describe("10,000 rows of which 5 % are bad", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) =>
    index % 20 === 7
      ? `,,X${index},not a domain,,,`
      : `"Company ${index}, Inc",C${index},Milano,c${index}.example.com,IT,a${index}@example.com,a;b`,
  );
  const list = ["Name,ID,City,Domain,Country,E-mail,Tags", ...rows].join("\n");

  test("go in with a full report; killed in the middle and run again, the counts are right", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, list);
    await begin(admin, id);
    const job = { partnerId: admin.partnerId, importId: id };
    const kill = new AbortController();
    const startedAt = performance.now();
    const killed = runImport(job, kill.signal);
    const watch = setInterval(
      () => void figures(admin, id).then(({ rowsDone }) => rowsDone >= 3_000 && kill.abort()),
      20,
    );
    await expect(killed).rejects.toMatchObject({ name: "AbortError" });
    clearInterval(watch);
    const halfway = await figures(admin, id);
    expect(halfway.state).toBe("running");
    expect(halfway.rowsDone).toBeGreaterThanOrEqual(3_000);
    expect(halfway.rowsDone).toBeLessThan(10_000);
    await runImport(job, never);
    console.log(
      `import of 10,000 rows, 5 % bad, in two runs: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    );
    expect(await figures(admin, id)).toMatchObject({
      state: "finished",
      rowsDone: 10_000,
      created: 9_500,
      changed: 0,
      unchanged: 0,
      rejected: 500,
    });
    expect(await reasonsOf(admin, id)).toHaveLength(500);
    expect(await adminQuery("select from customer where partner_id = $1", [admin.partnerId])).toHaveLength(
      9_500,
    );
    await runImport(job, never);
    expect(await figures(admin, id)).toMatchObject({ state: "finished", rowsDone: 10_000, created: 9_500 });
    const again = performance.now();
    expect(await imported(admin, list)).toMatchObject({
      created: 0,
      changed: 0,
      unchanged: 9_500,
      rejected: 500,
    });
    console.log(`the same list again: ${((performance.now() - again) / 1000).toFixed(1)} s`);
  }, 120_000);

  test("two workers with the same job at once write it once", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, list.split("\n").slice(0, 4_001).join("\n"));
    await begin(admin, id);
    const job = { partnerId: admin.partnerId, importId: id };
    await Promise.allSettled([runImport(job, never), runImport(job, never)]);
    expect(await figures(admin, id)).toMatchObject({
      state: "finished",
      rowsDone: 4_000,
      created: 3_800,
      rejected: 200,
    });
    expect(await adminQuery("select from customer where partner_id = $1", [admin.partnerId])).toHaveLength(
      3_800,
    );
  });
});

describe("who may", () => {
  test("a role without the right is refused, and that is on the record", async () => {
    const partnerId = await makePartner();
    const reader = await makeMember(partnerId, "readOnly");
    expect((await send(reader, realList)).status).toBe(403);
    await expect((await caller(reader)).imports.list()).rejects.toMatchObject({ code: "FORBIDDEN" });
    const refusals = await adminQuery<{ action: string }>(
      "select action from audit_entry where partner_id = $1 and outcome = 'refused'",
      [partnerId],
    );
    expect(refusals).toEqual([{ action: "customer:import" }, { action: "customer:import" }]);
    expect(await adminQuery("select from customer_import where partner_id = $1", [partnerId])).toHaveLength(
      0,
    );
  });

  test("nobody signed in, and another site's form, are refused", async () => {
    const admin = await newAdmin();
    expect((await send({ ...admin, token: "none" }, realList)).status).toBe(401);
    expect((await send(admin, realList, { origin: "https://elsewhere.example" })).status).toBe(403);
  });

  test("another partner's import does not exist, nor does a colleague's whose customers one does not see", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, realList);
    const limited = await makeMember(admin.partnerId, "admin", false);
    for (const other of [await newAdmin(), limited]) {
      const api = await caller(other);
      await expect(api.imports.byId({ importId: id })).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(api.imports.preview({ importId: id })).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect((await begin(other, id)).status).toBe(404);
      expect(
        (await rejected(request(other, `/api/import/${id}/rejected.csv`, null), params({ id }))).status,
      ).toBe(404);
    }
    expect(await (await caller(limited)).imports.list()).toEqual([]);
  });

  test("an admin with some customers cannot change the others, and sees those they bring in", async () => {
    const admin = await newAdmin();
    await imported(admin, "Name,ID\nHidden,1\n");
    const limited = await makeMember(admin.partnerId, "admin", false);
    const result = await imported(limited, "Name,ID\nTaken over,1\nMine,2\n");
    expect(result).toMatchObject({ created: 1, changed: 0, rejected: 1 });
    expect(await reasonsOf(admin, result.id)).toEqual(["2 outsideScope"]);
    expect(await imported(limited, "Name,ID\nMine,2\n")).toMatchObject({ unchanged: 1 });
    expect((await (await caller(limited)).customers.list({})).rows.map(({ name }) => name)).toEqual(["Mine"]);
  });

  test("whoever lost the right in the meantime imports nothing", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, realList);
    await begin(admin, id);
    await adminQuery("update membership set disabled_at = now() where id = $1", [admin.membershipId]);
    await runImport({ partnerId: admin.partnerId, importId: id }, never);
    expect(await adminQuery("select state, rows_done from customer_import where id = $1", [id])).toEqual([
      { state: "failed", rows_done: 0 },
    ]);
    expect(await adminQuery("select from customer where partner_id = $1", [admin.partnerId])).toHaveLength(0);
  });
});

describe("bad uploads", () => {
  test.each<[string, string | Uint8Array, number, string]>([
    ["nothing", "", 400, "import.empty"],
    ["a header alone", "name,city\n", 400, "import.empty"],
    ["a spreadsheet", Buffer.from("504b030414000600080000002100", "hex"), 400, "import.notCsv"],
    [
      "too many columns",
      `${Array.from({ length: 201 }, (_, index) => `c${index}`).join(",")}\n1\n`,
      400,
      "import.tooManyColumns",
    ],
    ["more than 50 MB", Buffer.alloc(50 * 1024 * 1024 + 1, "a,b\n"), 413, "import.tooLarge"],
  ])("%s", async (_what, content, status, code) => {
    const admin = await newAdmin();
    const answer = await send(admin, content, { "accept-language": "it" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: { code, message: expect.any(String), supportId: expect.any(String) },
    });
    const page = await send(admin, content, { accept: "text/html,*/*" });
    expect([page.status, page.headers.get("location")]).toEqual([303, `/fr/customers/import?error=${code}`]);
    expect(
      await adminQuery("select from customer_import where partner_id = $1", [admin.partnerId]),
    ).toHaveLength(0);
  });

  test("a body that is not a form", async () => {
    const admin = await newAdmin();
    expect(
      (await upload(request(admin, "/api/import", "{}", { "content-type": "application/json" }), params({})))
        .status,
    ).toBe(415);
    expect(
      (
        await upload(
          request(admin, "/api/import", "--x\r\n", { "content-type": "multipart/form-data; boundary=x" }),
          params({}),
        )
      ).status,
    ).toBe(400);
  });

  test("an import that does not exist", async () => {
    const admin = await newAdmin();
    for (const id of [randomUUID(), "x", "../../etc"]) expect((await begin(admin, id)).status).toBe(404);
  });
});

describe("mapping", () => {
  const map = (
    member: Member,
    id: string,
    fields: Record<string, string>,
    extra: Record<string, string> = {},
  ) =>
    saveMapping(
      request(member, `/api/import/${id}/mapping`, new URLSearchParams(fields), extra),
      params({ id }),
    );
  const base = { encoding: "utf-8", delimiter: "," };

  test("is stored and decides what goes in", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, "A,B,C\nAcme,x,Rome\n");
    expect((await begin(admin, id)).status).toBe(400);
    const answer = await map(admin, id, { ...base, "column-0": "name", "column-1": "", "column-2": "city" });
    expect(answer.headers.get("location")).toBe(`/fr/customers/import/${id}?step=preview`);
    expect((await (await caller(admin)).imports.preview({ importId: id })).rows).toMatchObject([
      { outcome: "new", values: { name: "Acme", city: "Rome" } },
    ]);
  });

  test("without a name, with a field twice, with an unknown field: refused, as before", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, "Name,B\nAcme,x\n");
    for (const [fields, code] of [
      [{ "column-0": "", "column-1": "city" }, "import.missingName"],
      [{ "column-0": "name", "column-1": "name" }, "request.invalid"],
      [{ "column-0": "name", "column-1": "relationship" }, "request.invalid"],
      [{ "column-0": "name" }, "request.invalid"],
    ] as const) {
      const answer = await map(admin, id, { ...base, ...fields });
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
        400,
        code,
      ]);
      expect(
        (await map(admin, id, { ...base, ...fields }, { accept: "text/html" })).headers.get("location"),
      ).toBe(`/fr/customers/import/${id}?error=${code}`);
    }
    expect(
      (await (await caller(admin)).imports.byId({ importId: id })).columns.map(({ field }) => field),
    ).toEqual(["name", null]);
  });

  test("another delimiter or encoding reads the file anew", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, Buffer.from("Nome,x;Citt\xe0\nSociet\xe0 a,b;Forl\xec\n", "latin1"));
    const before = await (await caller(admin)).imports.byId({ importId: id });
    expect(before.encoding).toBe("windows-1252");
    await map(admin, id, { encoding: "windows-1252", delimiter: before.delimiter === ";" ? "," : ";" });
    await map(admin, id, { encoding: "windows-1252", delimiter: ";" });
    const after = await (await caller(admin)).imports.byId({ importId: id });
    expect(after.columns.map(({ header }) => header)).toEqual(["Nome,x", "Città"]);
    expect(after.samples[1]).toEqual(["Forlì"]);
  });

  test("an import that was started is not mapped or started again", async () => {
    const admin = await newAdmin();
    const id = await uploaded(admin, "Name\nAcme\n");
    await begin(admin, id);
    expect((await begin(admin, id)).status).toBe(409);
    expect((await map(admin, id, { ...base, "column-0": "name" })).status).toBe(409);
  });
});

test("a list kept from before is read in the scope of its owner only", async () => {
  const admin = await newAdmin();
  const session = await readSession(admin.token, "");
  if (!session) throw new Error("no session");
  const content = Buffer.from("Name\nAcme\n");
  const stored = await withScope(scopeOf(session.actor), "read write", async (db) => {
    const id = await insertImport(db, admin.partnerId, {
      ...(await readFile(content)),
      createdBy: admin.membershipId,
      fileName: "",
      content,
    });
    await updateState(db, admin.partnerId, id, "failed");
    return {
      own: await findImport(db, admin.partnerId, admin.membershipId, id),
      other: await findImport(db, admin.partnerId, randomUUID(), id),
    };
  });
  expect(stored).toMatchObject({ own: { state: "failed", rowsTotal: 1 }, other: undefined });
});
