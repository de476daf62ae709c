import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import type { CustomerList } from "#server/customers/schema.ts";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  languages,
  type Page,
  resources,
  test,
} from "./portal.ts";

const open = async (page: Page, language: "en" | "it" | "fr", query = "") => {
  await page.goto(`/${language}/customers${query}`);
  await page.locator("summary", { hasText: resources[language].exports.menu.open }).click();
  return page.getByRole("form", { name: resources[language].exports.menu.title });
};
/** What the browser saves when this button is pressed. */
async function saved(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });
    test("the customers of the page come as CSV: its filter, its order, every page of it", async ({
      page,
      enter,
      as,
    }) => {
      await enter("super");
      const { total, rows } = await (
        await as("super")
      ).query<CustomerList>("customers.list", { status: "access_disabled", sort: "-name", pageSize: 25 });
      const form = await open(page, "it", "?status=access_disabled&sort=-name&pageSize=25");
      const { exports: text, status } = resources.it;
      await form.getByLabel(text.menu.columns).selectOption({ label: text.menu.all });
      const { name, content } = await saved(page, text.menu.csv);
      expect(name).toMatch(/^clienti-\d{4}-\d\d-\d\d\.csv$/);
      const found = parse(content, { bom: true, delimiter: ";", columns: true }) as Record<string, string>[];
      expect(found).toHaveLength(total);
      expect(found.slice(0, 5).map((row) => row[text.column.id])).toEqual(
        rows.slice(0, 5).map((row) => row.id),
      );
      expect(new Set(found.map((row) => row[text.column.status]))).toEqual(
        new Set([status.word.access_disabled]),
      );
      expect(new Set(found.map((row) => row[text.column.devicesTotal]))).toEqual(new Set([""]));
    });
  });
}

test("as Excel, and for programs", async ({ page, enter }) => {
  await enter("lagune");
  const { menu } = resources.fr.exports;
  await open(page, "fr");
  const excel = await saved(page, menu.xlsx);
  expect(excel.name).toMatch(/^clients-.*\.xlsx$/);
  expect(excel.content.subarray(0, 4).toString("hex")).toBe("504b0304");
  await page.getByLabel(menu.format).selectOption({ label: menu.machine });
  const { content } = await saved(page, menu.csv);
  expect(content.toString()).toMatch(/^\ufeffname,domain,relationship,licenceKinds,status,/);
});

test("what is wrong in the address exports nothing and says so", async ({ as }) => {
  const caller = await as("super");
  for (const query of ["status=none", "colour=red", "columns=name,colour", "format=pdf"]) {
    const { status, text } = await caller.get(`/api/export/customers.csv?${query}`, {
      "accept-language": "fr",
    });
    expect([status, JSON.parse(text)], query).toMatchObject([
      400,
      { error: { code: "request.invalid", message: resources.fr.errors.request.invalid } },
    ]);
  }
});

test("each gets what they see: no figures for Business, own groups, own partner, nothing for customers", async ({
  as,
}) => {
  const heads = async (person: "super" | "business") =>
    (await (await as(person)).get("/api/export/customers.csv?format=machine&columns=all")).text
      .split("\r\n")[0]
      ?.split(",");
  expect(await heads("super")).toContain("devicesTotal");
  expect(await heads("business")).not.toContain("devicesTotal");
  for (const person of ["helpdesk", "lagune"] as const) {
    const caller = await as(person);
    const { total } = await caller.query<CustomerList>("customers.list", {});
    const { text } = await caller.get("/api/export/customers.csv?format=machine&columns=all");
    expect(parse(text, { bom: true, columns: true })).toHaveLength(total);
  }
  for (const person of ["rossiAdmin", "rossiViewer"] as const)
    expect((await (await as(person)).get("/api/export/customers.csv")).status, person).toBe(403);
});

for (const language of languages) {
  test(`the menu is accessible and fits a phone (${language})`, async ({ page, enter }) => {
    await enter("lagune");
    await page.setViewportSize({ width: 360, height: 740 });
    await open(page, language);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expectAccessible(page);
  });
}
