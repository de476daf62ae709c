// Actions on many customers as browser tests take them: chosen on the list, or held without a browser.
import type { BulkAction, BulkDetails, BulkPreview } from "#server/bulk/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import { type Caller, expect, fill, type Language, type Page, resources } from "./portal.ts";

export type Row = CustomerList["rows"][number];
export const rowsOf = async (caller: Caller, input: object = {}) =>
  (await caller.query<CustomerList>("customers.list", { pageSize: 100, ...input })).rows;

/** Ticks these rows of the list, or all that match, and goes on to the page of the draft. */
export async function choose(
  page: Page,
  language: Language,
  action: BulkAction,
  rows: readonly Row[] | "all",
  query = "view=all&pageSize=100",
): Promise<void> {
  const { bulk } = resources[language];
  await page.goto(`/${language}/customers?${query}`);
  const all = page.locator('#selection input[name="all"]');
  // With scripts it comes with the first that is ticked.
  if (rows === "all" && !(await all.isVisible())) await page.locator("tbody input[name=id]").first().check();
  if (rows === "all") await all.check();
  else for (const { id } of rows) await page.locator(`tr[data-row-id="${id}"] input[name=id]`).check();
  await page.getByLabel(bulk.bar.choose).selectOption(action);
  await page.getByRole("button", { name: bulk.bar.go, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/${language}/bulk/[0-9a-f-]{36}$`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(bulk.action[action]);
}
/** Starts the draft for so many customers and waits for its end. */
export async function start(page: Page, language: Language, formatted: string): Promise<void> {
  const { bulk } = resources[language];
  const name = fill(formatted === "1" ? bulk.start_one : bulk.start_other, { formatted });
  await page.getByRole("button", { name, exact: true }).click();
  await ended(page, language);
}
export const ended = (page: Page, language: Language) =>
  expect(page.locator("header").getByText(resources[language].bulk.state.finished)).toBeVisible({
    timeout: 30_000,
  });
export const outcomes = (page: Page) =>
  page
    .locator("tr[data-outcome]")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-outcome")).sort());
export async function takeBack(page: Page, language: Language): Promise<void> {
  const { bulk } = resources[language];
  const before = page.url();
  await page.getByRole("button", { name: bulk.result.undo, exact: true }).click();
  await expect(page).not.toHaveURL(before);
  await ended(page, language);
}

export const jobOf = (caller: Caller, bulkId: string) => caller.query<BulkDetails>("bulk.byId", { bulkId });
/** Holds these customers as a draft, without a browser. */
export async function hold(caller: Caller, action: BulkAction, chosen: object): Promise<string> {
  const { status, text } = await caller.post("/api/bulk", { action, key: crypto.randomUUID(), ...chosen });
  expect(status, text).toBe(200);
  return (JSON.parse(text) as { bulkId: string }).bulkId;
}
/** A draft for the first of these customers to whom the action can be done. */
export async function holdOne(caller: Caller, action: BulkAction, rows: readonly Row[]): Promise<string> {
  for (const { id } of rows) {
    const bulkId = await hold(caller, action, { id: [id] });
    if ((await caller.query<BulkPreview>("bulk.preview", { bulkId })).open === 1) return bulkId;
  }
  throw new Error(`no customer for ${action}`);
}
/** Does it to them from beginning to end, without a browser. */
export async function whole(
  caller: Caller,
  action: BulkAction,
  rows: readonly Row[],
  options = {},
): Promise<void> {
  const bulkId = await hold(caller, action, { id: rows.map(({ id }) => id) });
  expect((await caller.post(`/api/bulk/${bulkId}/start`, options)).status).toBe(200);
  await expect.poll(async () => (await jobOf(caller, bulkId)).state, { timeout: 30_000 }).toBe("finished");
}
export const reason = (page: Page, row: Row) =>
  page.locator("tr[data-outcome]").filter({ has: page.locator(`a[href$="${row.id}"]`) });
