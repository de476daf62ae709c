import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatList } from "#locales/format.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  type Page,
  resources,
  send,
  test,
} from "./portal.ts";

const companies = join(import.meta.dirname, "..", "data", "sp500-constituents.csv");
const { imports: text } = resources.en;

/** Figures of the preview or of the result by their label. */
const figure = (page: Page, label: string) =>
  page
    .locator("main li, main div")
    .filter({ hasText: new RegExp(`^\\s*${label}\\s*[\\d,]+\\s*$`) })
    .last();

async function upload(
  page: Page,
  file: { name: string; mimeType: string; buffer: Buffer } | string,
  language: "en" | "it" | "fr" = "en",
): Promise<void> {
  await page.goto(`/${language}/customers/import`);
  await page.getByLabel(resources[language].imports.upload.file).setInputFiles(file);
  await page.getByRole("button", { name: resources[language].imports.upload.submit }).click();
}

const csv = (content: string, name = "list.csv") => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(content),
});
const choose = (page: Page, column: string, field: string) =>
  page
    .getByRole("combobox", { name: fill(text.mapping.fieldOf, { column }) })
    .selectOption(field === "" ? "" : { label: field });

/** The columns of the public list as a person would map them. */
async function mapCompanies(page: Page): Promise<void> {
  for (const [column, field] of [
    ["Symbol", text.field.externalId],
    ["Security", text.field.name],
    ["Headquarters Location", text.field.city],
  ] as const)
    await choose(page, column, field);
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await expect(page).toHaveURL(/step=preview/);
}

test.describe.serial("a real list of 503 companies", () => {
  test("goes in whole: upload, columns, preview, import", async ({ page, enter, as }) => {
    test.setTimeout(90_000);
    await enter("super");
    const caller = await as("super");
    const { counts: before } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
    await upload(page, {
      name: "sp500-constituents.csv",
      mimeType: "text/csv",
      buffer: await readFile(companies),
    });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.mapping.title);
    await mapCompanies(page);
    await expect(figure(page, text.outcome.new)).toContainText("503");
    const { counts: unchanged } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
    expect(unchanged.total, "nothing is written before the import").toBe(before.total);
    await page.getByRole("button", { name: fill(text.preview.start_other, { formatted: "503" }) }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.result.title, { timeout: 45_000 });
    await expect(figure(page, text.outcome.new)).toContainText("503");
    await expect(figure(page, text.outcome.rejected)).toContainText("0");
    const { counts: after } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
    expect(after.total).toBe(before.total + 503);
    await page.goto("/en/customers?q=berkshire");
    await expect(page.locator("tr[data-row-id] a.name").first()).toHaveText("Berkshire Hathaway");
    await expect(page.locator("tr[data-row-id] [data-status]").first()).toHaveAttribute(
      "data-status",
      "sync_pending",
    );
  });

  test("changes nothing the second time", async ({ page, enter, as }) => {
    await enter("super");
    const caller = await as("super");
    const { counts: before } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
    await upload(page, { name: "again.csv", mimeType: "text/csv", buffer: await readFile(companies) });
    await mapCompanies(page);
    await expect(figure(page, text.outcome.unchanged)).toContainText("503");
    await expect(page.getByText(text.preview.nothing)).toBeVisible();
    const { counts: after } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
    expect(after).toEqual(before);
  });
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "damaged rows, with scripts" : "damaged rows, without scripts", () => {
    test.use({ javaScriptEnabled });
    test("come back with their reasons, the good ones go in", async ({ page, enter, as }) => {
      test.setTimeout(60_000);
      await enter("super");
      const run = Date.now();
      const lines = [
        "External ID;Name;Domain;Country",
        `E-${run}-1;Großhandel Müller & Söhne ${run};mueller-${run}.example;Germany`,
        `E-${run}-2;;no-name.example;Italy`,
        `E-${run}-3;Bad domain ${run};not a domain;Italy`,
        `E-${run}-4;Bad country ${run};ok-${run}.example;Atlantis`,
        `E-${run}-1;Same id ${run};same-${run}.example;France`,
        `E-${run}-5;Too;many;cells;here`,
        `E-${run}-6;=HYPERLINK(1) ${run};formula domain;France`,
      ];
      await upload(page, csv(lines.join("\r\n"), `damaged-${run}.csv`));
      await page.getByRole("button", { name: text.mapping.submit }).click();
      await expect(figure(page, text.outcome.rejected)).toContainText("6");
      await page.getByRole("button", { name: text.preview.start_one }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.result.title, {
        timeout: 30_000,
      });
      await expect(figure(page, text.outcome.new)).toContainText("1");
      const caller = await as("super");
      const found = await caller.query<CustomerList>("customers.list", {
        q: `Großhandel Müller & Söhne ${run}`,
      });
      expect(found.rows[0]?.name).toBe(`Großhandel Müller & Söhne ${run}`);
      const link = await page.getByRole("link", { name: text.result.download }).getAttribute("href");
      for (const language of languages) {
        const {
          status,
          headers,
          text: returned,
        } = await caller.get(link?.replace(/lang=\w+/, `lang=${language}`) ?? "");
        expect(status).toBe(200);
        expect(headers.get("content-type")).toContain("text/csv");
        expect(headers.get("content-disposition")).toContain("attachment");
        const { rejected, reason } = resources[language].imports;
        const records = returned.trim().split(/\r?\n/);
        expect(records).toHaveLength(7);
        expect(records[0]).toContain(rejected.reason);
        expect(returned).toContain(reason.nameMissing);
        expect(returned).toContain("Atlantis");
        expect(returned).toContain(fill(reason.duplicateExternalId, { line: "2" }));
        expect(returned).toContain(fill(reason.columnCount, { found: "5", expected: "4" }));
        // A cell that a spreadsheet would run is disarmed.
        expect(returned).toContain("'=HYPERLINK(1)");
      }
    });
  });
}

test("a list with headers that were mapped before comes mapped", async ({ page, enter }) => {
  await enter("super");
  const run = Date.now();
  const headers = `Ditta ${run};Luogo ${run}`;
  await upload(page, csv(`${headers}\nUno ${run};Forlì\n`, `first-${run}.csv`));
  await choose(page, `Ditta ${run}`, text.field.name);
  await choose(page, `Luogo ${run}`, text.field.city);
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await expect(page).toHaveURL(/step=preview/);
  await upload(page, csv(`Luogo ${run};Ditta ${run}\nForlì;Due ${run}\n`, `second-${run}.csv`));
  await expect(page.getByText(text.mapping.remembered)).toBeVisible();
});

test("a column that was chosen by hand stays chosen on the way back from the preview", async ({
  page,
  enter,
}) => {
  await enter("super");
  const run = Date.now();
  const { imports } = resources.fr;
  const field = (column: string) =>
    page.getByRole("combobox", { name: fill(imports.mapping.fieldOf, { column }) });
  const chosen = (id: keyof typeof imports.field) => ({ label: imports.field[id] });
  await upload(page, csv(`Alpha ${run};Name;Gamma ${run}\nUno ${run};Due;Pau\n`, `back-${run}.csv`), "fr");
  await field(`Alpha ${run}`).selectOption(chosen("name"));
  await field("Name").selectOption(chosen("accountManager"));
  await field(`Gamma ${run}`).selectOption(chosen("city"));
  await page.getByRole("button", { name: imports.mapping.submit }).click();
  await expect(page.locator("tr[data-outcome=new]")).toContainText(`Uno ${run}`);
  await page.getByRole("link", { name: imports.preview.columns }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(imports.mapping.title);
  for (const [column, id] of [
    [`Alpha ${run}`, "name"],
    ["Name", "accountManager"],
    [`Gamma ${run}`, "city"],
  ] as const)
    await expect(field(column)).toHaveValue(id);
  await field(`Gamma ${run}`).selectOption("");
  await page.getByRole("button", { name: imports.mapping.submit }).click();
  await expect(page.getByRole("columnheader", { name: imports.field.city })).toHaveCount(0);
  await page.getByRole("link", { name: imports.preview.columns }).click();
  await expect(field(`Gamma ${run}`)).toHaveValue("");
  await expect(field("Name")).toHaveValue("accountManager");
});

for (const language of languages)
  test(`the preview says of each row what becomes of it, and why (${language})`, async ({
    page,
    enter,
    as,
  }) => {
    await enter("super");
    const { imports } = resources[language];
    const caller = await as("super");
    const customers = (input: object) =>
      caller.query<CustomerList>("customers.list", { pageSize: 200, ...input });
    const [order] = (await customers({ status: "not_applicable" })).rows;
    const synced = (await customers({ status: "synced", sort: "-name" })).rows.filter(
      ({ name, domain }) => domain !== null && !/[";]/.test(name) && name.toUpperCase() !== name,
    );
    const vendors = synced[languages.indexOf(language)];
    const known = synced.at(-1);
    if (!order || !vendors || !known) throw new Error("the demo has no such customers");
    const run = Date.now();
    const [unseen, long] = ["\u0007", "x".repeat(400)];
    const tags = Array.from({ length: 21 }, (_, at) => `t${at}`).join("; ");
    const lines = [
      `Name;Domain;External ID;Country;Language;E-mail;Since;Tags;Colore ${run}`,
      `Nuova ${run};nuova-${run}.example;R-${run}-1;Italia;it;a@b.example;2020-01-31;x;blu`,
      `Altra ${run};;R-${run}-1;;;;;;`,
      `Uguale ${run};uguale-${run}.example;;;;;;;`,
      `Uguale ${run};uguale-${run}.example;;;;;;;`,
      `${known.name};altro-${run}.example;R-${run}-2;;;;;;`,
      `Stesso ${run};${known.domain};R-${run}-3;;;;;;`,
      `;;R-${run}-4;;;;;;`,
      `Corta ${run};x.example`,
      `Male ${run};no domain;;Atlantis;Klingon;nobody;soon;"${tags}";`,
      `${long};;;;;;;;`,
      `Strana${unseen} ${run};;;;;;;;`,
      `"${order.name}";;;;;;;;`,
      `${vendors.name.toUpperCase()};${vendors.domain};;Islanda;;;;y;`,
      `"Aperta ${run};;;;;;;;`,
    ];
    await upload(page, csv(lines.join("\r\n"), `remarks-${run}.csv`), language);
    const unknown = fill(imports.mapping.fieldOf, { column: `Colore ${run}` });
    await expect(page.getByRole("combobox", { name: unknown })).toHaveValue("");
    await page.getByRole("button", { name: imports.mapping.submit }).click();
    const row = (line: number) =>
      page
        .locator("tr[data-outcome]")
        .filter({ has: page.locator("td.number", { hasText: new RegExp(`^${line}$`) }) });
    const { reason, preview, field, outcome } = imports;
    const of = (...ids: (keyof typeof field)[]) =>
      formatList(
        language,
        ids.map((id) => field[id]),
      );
    const expected: [line: number, outcome: keyof typeof outcome, remarks: string[]][] = [
      [2, "new", []],
      [3, "rejected", [fill(reason.duplicateExternalId, { line: "2" })]],
      [4, "new", []],
      [5, "rejected", [fill(reason.duplicateRow, { line: "4" })]],
      [6, "new", [preview.namesake]],
      [7, "new", [preview.sameDomain]],
      [8, "rejected", [reason.nameMissing]],
      [9, "rejected", [fill(reason.columnCount, { found: "2", expected: "9" })]],
      [
        10,
        "rejected",
        [
          fill(reason.domain, { value: "no domain" }),
          fill(reason.country, { value: "Atlantis" }),
          fill(reason.language, { value: "Klingon" }),
          fill(reason.email, { value: "nobody" }),
          fill(reason.date, { value: "soon" }),
          fill(reason.tags, { field: field.tags, tags: "20", most: "40" }),
        ],
      ],
      [11, "rejected", [fill(reason.tooLong, { field: field.name, most: "300" })]],
      [12, "rejected", [fill(reason.characters, { field: field.name })]],
      [13, "rejected", [reason.orderOnly]],
      [
        14,
        "changed",
        [
          fill(preview.changes, { fields: of("name", "nameShown", "country", "tags") }),
          fill(preview.resets, { fields: of("name", "nameShown", "country") }),
          fill(preview.resetsName, { field: field.nameShown }),
        ],
      ],
      [15, "rejected", [reason.quotes]],
    ];
    for (const [line, become, remarks] of expected) {
      await expect(row(line), `line ${line}`).toHaveAttribute("data-outcome", become);
      await expect(row(line)).toContainText(outcome[become]);
      for (const remark of remarks) await expect(row(line), `line ${line}`).toContainText(remark);
      if (remarks.length === 0) await expect(row(line).locator("td").nth(2)).toHaveText("");
    }
    await expect(page.getByRole("columnheader", { name: `Colore ${run}` })).toHaveCount(0);
    await page.getByRole("link", { name: new RegExp(`^${outcome.changed}`) }).click();
    await expect(page.locator("tr[data-outcome]")).toHaveCount(1);
    // Looking at it has written nothing.
    expect(
      (await customers({ q: `Nuova ${run}` })).rows.filter(({ name }) => name === `Nuova ${run}`),
    ).toEqual([]);
  });

test("how far a long import has come is shown, also to whoever leaves the page and comes back", async ({
  page,
  enter,
}) => {
  test.setTimeout(120_000);
  await enter("super");
  const { imports } = resources.it;
  const run = Date.now();
  // Rows that cannot go in: they are counted like the others, and leave the demo as it is.
  const rows = Array.from({ length: 60_000 }, (_, index) => `Omega ${run} ${index};no domain`);
  await upload(page, csv(`Name;Domain\n${rows.join("\n")}\n`, `progress-${run}.csv`), "it");
  await page.getByRole("button", { name: imports.mapping.submit }).click();
  await page
    .getByRole("button", { name: fill(imports.preview.start_other, { formatted: "60.000" }) })
    .click();
  const bar = page.getByRole("progressbar", { name: imports.progress.label });
  const value = async () => Number((await bar.getAttribute("value")) ?? 0);
  await expect.poll(value, { intervals: [100], timeout: 30_000 }).toBeGreaterThan(0);
  await expect(bar).toHaveAttribute("max", "60000");
  const before = await value();
  await expect(page.getByText(imports.progress.leave)).toBeVisible();
  await page.goto("/it/customers/import");
  await page.getByRole("link", { name: `progress-${run}.csv` }).click();
  const done = page.getByRole("heading", { level: 1, name: imports.result.title, exact: true });
  await expect
    .poll(async () => (await done.isVisible()) || (await value()) > before, { timeout: 30_000 })
    .toBe(true);
  await expect(done).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(imports.result.unchanged)).toBeVisible();
  await expect(page.getByText(fill(imports.result.rejected_other, { formatted: "60.000" }))).toBeVisible();
});

test("a running import is cancelled: what is in stays, and the rest can be taken up", async ({
  page,
  enter,
}) => {
  test.setTimeout(120_000);
  await enter("super");
  const run = Date.now();
  const rows = Array.from({ length: 4000 }, (_, index) => `Zeta ${run} ${index}`);
  await upload(page, csv(`Name\n${rows.join("\n")}\n`, `long-${run}.csv`));
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await page.getByRole("button", { name: fill(text.preview.start_other, { formatted: "4,000" }) }).click();
  await page.getByRole("button", { name: text.progress.cancel }).click();
  await expect(page.getByText(text.cancelled.title)).toBeVisible();
  await page.getByRole("button", { name: text.cancelled.retry }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.result.title, { timeout: 60_000 });
  await expect(figure(page, text.outcome.new)).toContainText("4,000");
});

test("names to show that are none, too long or taken come back, the other rows go in", async ({
  page,
  enter,
  as,
}) => {
  test.setTimeout(60_000);
  await enter("super");
  const caller = await as("super");
  const { rows } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
  const taken = rows[0]?.name.toUpperCase() ?? "";
  const run = Date.now();
  const lines = [
    "External ID;Name;Name shown as",
    `N-${run}-1;Cantina ${run} SRL;Cantina\u200B ${run}`,
    `N-${run}-2;Long ${run};${"x".repeat(101)}`,
    `N-${run}-3;Unseen ${run};\u200B\u202E`,
    `N-${run}-4;Taken ${run};"${taken.replaceAll('"', '""')}"`,
    `N-${run}-5;Twice ${run};CANTINA ${run}`,
  ];
  await upload(page, csv(lines.join("\n"), `names-${run}.csv`));
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await expect(figure(page, text.outcome.rejected)).toContainText("4");
  await page.getByRole("button", { name: text.preview.start_one }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.result.title, { timeout: 30_000 });
  await expect(figure(page, text.outcome.new)).toContainText("1");
  const link = await page.getByRole("link", { name: text.result.download }).getAttribute("href");
  const { text: returned } = await caller.get(link ?? "");
  const field = text.field.nameShown;
  for (const reason of [
    fill(text.reason.tooLong, { field, most: "100" }),
    fill(text.reason.unseen, { field }),
    fill(text.reason.nameTaken, { field, value: `CANTINA ${run}` }),
  ])
    expect(returned).toContain(reason);
  await page.goto(`/en/customers?q=${run}`);
  await expect(page.locator("tr[data-row-id] a.name").first()).toHaveText(`Cantina ${run}`);
});

test("what is no list is refused with a sentence that helps", async ({ page, enter }) => {
  await enter("super");
  const files = [
    {
      name: "list.xlsx",
      mimeType: "text/csv",
      buffer: Buffer.from("504b0304140006000800000021", "hex"),
      code: "notCsv",
    },
    {
      name: "logo.png",
      mimeType: "image/png",
      buffer: Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex"),
      code: "notCsv",
    },
    { name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from(""), code: "empty" },
    { name: "header.csv", mimeType: "text/csv", buffer: Buffer.from("Name,Domain\r\n"), code: "empty" },
    { ...csv(`Name${",x".repeat(200)}\nAcme${",".repeat(200)}\n`, "wide.csv"), code: "tooManyColumns" },
  ] as const;
  for (const [index, { code, ...file }] of files.entries()) {
    const language = languages[index % languages.length] ?? "en";
    await upload(page, file, language);
    await expect(page).toHaveURL(new RegExp(`/${language}/customers/import\\?error=import\\.${code}`));
    await expect(page.locator("#file-error")).toContainText(resources[language].errors.import[code]);
  }
});

test("a file that is too large is refused", async ({ page, enter }, info) => {
  test.setTimeout(120_000);
  await enter("super");
  const path = info.outputPath("large.csv");
  await writeFile(path, Buffer.alloc(50 * 1024 * 1024 + 1, "Name\nAcme\n"));
  await upload(page, path);
  await expect(page).toHaveURL(/\/en\/customers\/import\?error=import\.tooLarge/, { timeout: 60_000 });
  await expect(page.locator("#file-error")).toContainText(resources.en.errors.import.tooLarge);
});

test("how a file is read is overruled by hand, and overruled again", async ({ page, enter }) => {
  await enter("super");
  const buffer = Buffer.from(
    "Nom|Ville;Lieu\r\nSoci\u00e9t\u00e9 G\u00e9n\u00e9rale|Orl\u00e9ans;Nord\r\n",
    "latin1",
  );
  await upload(page, { name: "overruled.csv", mimeType: "text/csv", buffer });
  const columns = page.getByRole("combobox", {
    name: new RegExp(`^${fill(text.mapping.fieldOf, { column: "" })}`),
  });
  const read = async (encoding: "utf-8" | "windows-1252", delimiter: "comma" | "bar") => {
    await page.locator("summary", { hasText: text.reading.detected.split(":")[0] ?? "" }).click();
    await page
      .getByLabel(text.reading.encoding, { exact: true })
      .selectOption({ label: text.encoding[encoding] });
    await page.getByLabel(text.reading.delimiter).selectOption({ label: text.delimiter[delimiter] });
    await page.getByRole("button", { name: text.reading.submit }).click();
    const detected = { encoding: text.encoding[encoding], delimiter: text.delimiter[delimiter] };
    await expect(page.getByText(fill(text.reading.detected, detected))).toBeVisible();
  };
  const field = (column: string) => fill(text.mapping.fieldOf, { column });
  await expect(columns).toHaveCount(2);
  await expect(page.getByRole("combobox", { name: field("Nom|Ville") })).toBeVisible();
  await expect(page.getByText("Société Générale|Orléans")).toBeVisible();
  await read("windows-1252", "comma");
  await expect(columns).toHaveCount(1);
  await read("utf-8", "bar");
  await expect(page.getByRole("combobox", { name: field("Ville;Lieu") })).toBeVisible();
  await expect(page.getByText("Soci\ufffdt\ufffd G\ufffdn\ufffdrale")).toBeVisible();
  await read("windows-1252", "bar");
  await expect(page.getByText("Société Générale", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await expect(page).toHaveURL(/step=preview/);
});

test("encodings, delimiters and a missing name are noticed before anything is written", async ({
  page,
  enter,
}) => {
  await enter("admin");
  await upload(page, {
    name: "windows.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("Nom|Ville\r\nSoci\u00e9t\u00e9 G\u00e9n\u00e9rale|Orl\u00e9ans\r\n", "latin1"),
  });
  await expect(page.getByText("Société Générale")).toBeVisible();
  await expect(
    page.getByText(
      fill(text.reading.detected, { encoding: text.encoding["windows-1252"], delimiter: text.delimiter.bar }),
    ),
  ).toBeVisible();
  await choose(page, "Nom", "");
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await expect(page.getByText(resources.en.errors.import.missingName)).toBeVisible();
  await choose(page, "Nom", text.field.name);
  await choose(page, "Ville", text.field.name);
  await page.getByRole("button", { name: text.mapping.submit }).click();
  await expect(page.getByText(text.mapping.duplicate)).toBeVisible();
});

test("who may not import finds no way to it and is refused", async ({ as, page, enter, baseURL }) => {
  for (const person of ["helpdesk", "business", "readonly", "rossiAdmin", "rossiViewer"] as const) {
    const caller = await as(person);
    expect((await caller.get("/en/customers/import")).status, person).toBe(404);
    const form = new FormData();
    form.set("file", new Blob(["Name\nX\n"], { type: "text/csv" }), "x.csv");
    const response = await send(`${baseURL}/api/import`, {
      method: "POST",
      body: form,
      headers: { cookie: caller.cookie, "accept-language": "fr" },
    });
    expect(response.status, person).toBe(403);
    expect(await response.json()).toMatchObject({
      error: { code: "permission.denied", message: resources.fr.errors.permission.denied },
    });
  }
  await enter("readonly");
  await page.goto("/fr/customers");
  await expect(page.locator('a[href*="/import"]')).toHaveCount(0);
});

test("another partner does not see the imports", async ({ as }) => {
  const [supers, lagune] = [await as("super"), await as("lagune")];
  const [latest] = await supers.query<{ id: string }[]>("imports.list", {});
  if (!latest) throw new Error("the demo itself has imported a list");
  for (const path of [`/fr/customers/import/${latest.id}`, `/api/import/${latest.id}/rejected.csv`])
    expect((await lagune.get(path)).status, path).toBe(404);
  expect((await lagune.post(`/api/import/${latest.id}/start`, {})).status).toBe(404);
});

for (const language of languages) {
  test(`is accessible at every step, and fits a phone (${language})`, async ({ page, enter }) => {
    test.setTimeout(60_000);
    await enter("super");
    const { imports } = resources[language];
    const step = async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
    };
    await page.goto(`/${language}/customers/import?error=import.notCsv`);
    await step();
    await upload(
      page,
      csv("Name,Domain\nBottega Verdi,not a domain\nBottega Bianca,bianca.example\n"),
      language,
    );
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(imports.mapping.title);
    await step();
    await page.getByRole("button", { name: imports.mapping.submit }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(imports.preview.title);
    await step();
  });
}
