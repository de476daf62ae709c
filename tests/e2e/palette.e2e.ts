import type { Locator } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  type Page,
  resources,
  test,
} from "./portal.ts";

const { palette: text } = resources.en;
const dialog = (page: Page) => page.getByRole("dialog");
const field = (page: Page) => dialog(page).getByRole("combobox");
const option = (page: Page, name: string | RegExp) => dialog(page).getByRole("option", { name });
/** Presses until it is heard: the page's scripts may still be on their way. */
const hear = (page: Page, keys: string, heard: Locator) =>
  expect(async () => {
    if (!(await heard.isVisible())) await page.keyboard.press(keys);
    await expect(heard).toBeVisible({ timeout: 2_000 });
  }).toPass();
const open = async (page: Page) => {
  await hear(page, "ControlOrMeta+k", field(page));
  await expect(field(page)).toBeFocused();
};
/** A page without a search of its own. */
const start = (page: Page, path = "/en/connections") => page.goto(path);

test("finds a customer while one types and goes there; the focus comes back on Escape", async ({
  page,
  enter,
}) => {
  await enter("super");
  await start(page);
  const link = page.getByRole("link", { name: resources.en.common.nav.settings, exact: true });
  await link.focus();
  await open(page);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(link).toBeFocused();
  await open(page);
  await field(page).fill("botega rosi");
  await expect(option(page, /Bottega Rossi/)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/en\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Bottega Rossi");
});

test("goes to a page, changes language and theme, and says when nothing matches", async ({ page, enter }) => {
  await enter("super");
  await start(page);
  await open(page);
  await field(page).fill("vend");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/en/vendor-accounts");
  await open(page);
  await field(page).fill("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await open(page);
  await field(page).fill("theme system");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  await open(page);
  await field(page).fill("zzzqqqxxx");
  await expect(dialog(page).getByText(text.none)).toBeVisible();
  await field(page).fill("italiano");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/it/vendor-accounts");
});

test("offers what the role may do; a customer's user looks for no customers", async ({ page, enter }) => {
  await enter("readonly");
  await start(page);
  await open(page);
  await expect(option(page, text.action.figures)).toBeVisible();
  await expect(option(page, text.action.syncAll)).toHaveCount(0);
  await expect(option(page, text.action.import)).toHaveCount(0);
  await enter("rossiViewer");
  await start(page, "/en/profile");
  await open(page);
  await field(page).fill("rossi");
  await expect(dialog(page).getByText(text.none)).toBeVisible();
});

test("keys: g and a letter, ? for the sheet, / for the search; not while one types", async ({
  page,
  enter,
}) => {
  await enter("super");
  await start(page);
  await hear(page, "?", dialog(page).getByRole("heading", { name: text.help.title }));
  await expect(dialog(page).getByText(resources.en.common.nav.customers, { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("g?");
  await expect(field(page)).toHaveValue("g?");
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/\/en\/customers/);
  const search = page.locator("input[type=search]");
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused({ timeout: 1_000 });
  }).toPass();
  await search.fill("");
  await page.keyboard.type("gs?");
  await expect(search).toHaveValue("gs?");
  await expect(dialog(page)).toHaveCount(0);
});

test("keys that are pressed alone can be switched off on this device; Ctrl K stays", async ({
  page,
  enter,
}) => {
  await enter("super");
  await start(page);
  const sheet = dialog(page).getByRole("heading", { name: text.help.title });
  const alone = dialog(page).getByRole("checkbox", { name: text.help.singleKeys });
  await hear(page, "?", sheet);
  await expect(alone).toBeChecked();
  await alone.uncheck();
  await page.keyboard.press("Escape");
  for (const path of ["/en/connections", "/en/customers?view=all"]) {
    await start(page, path);
    // The scripts are there: the one key that stays is heard.
    await open(page);
    await page.keyboard.press("Escape");
    await expect(dialog(page)).toHaveCount(0);
    for (const key of ["?", "/", "g", "s"]) await page.keyboard.press(key);
    await expect(dialog(page)).toHaveCount(0);
    await expect(page).toHaveURL(path);
    await expect(page.locator("input:focus")).toHaveCount(0);
  }
  await open(page);
  await field(page).fill(fill(text.action.shortcuts, {}));
  await page.keyboard.press("Enter");
  await expect(alone).not.toBeChecked();
  await alone.check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(sheet).toBeVisible();
});

test("says so when its words do not come, and asks for them again", async ({ page, enter }) => {
  await enter("super");
  await start(page);
  await page.route("**/api/palette?*", (route) => route.abort());
  const said = dialog(page).getByRole("alert");
  await hear(page, "ControlOrMeta+k", said);
  await expect(said).toContainText(resources.en.failure.noAnswer);
  const retry = dialog(page).getByRole("button", { name: resources.en.failure.retry });
  await retry.click();
  await expect(said).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/api/palette?*");
  await retry.click();
  await expect(field(page)).toBeFocused();
  await expect(option(page, text.action.figures)).toBeVisible();
});

test("the list's search offers the best matches while one types", async ({ page, enter }) => {
  await enter("super");
  await start(page, "/en/customers?view=all");
  const search = page.locator("input[type=search]");
  const matches = page.getByRole("listbox", { name: resources.en.customers.search.matches });
  await expect(async () => {
    await search.fill("");
    await search.pressSequentially("bottega");
    await expect(matches).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(matches.getByRole("option").first()).toContainText("Bottega");
  await page.keyboard.press("Escape");
  await expect(matches).toBeHidden();
  await expect(search).toHaveValue("bottega");
  await page.keyboard.press("ArrowDown");
  await expect(matches).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(matches.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  const name = (await matches.getByRole("option").first().locator("bdi").textContent()) ?? "";
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/en\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the button of the palette is a link to the customers", async ({ page, enter }) => {
    await enter("super");
    await page.goto("/en/connections");
    await page.getByRole("link", { name: text.open }).click();
    await expect(page).toHaveURL(/\/en\/customers/);
  });
});

for (const lang of languages) {
  test(`${lang}: palette and sheet are accessible and fit into 360 px`, async ({ page, enter }) => {
    const { palette, customers } = resources[lang];
    await enter("super");
    await page.setViewportSize({ width: 360, height: 740 });
    await start(page, `/${lang}/connections`);
    await open(page);
    await field(page).fill("rossi");
    await expect(option(page, /Bottega Rossi/)).toBeVisible();
    await expect(page.getByRole("dialog", { name: palette.label })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await field(page).fill(fill(palette.action.shortcuts, {}));
    await page.keyboard.press("Enter");
    await expect(dialog(page).getByRole("heading", { name: palette.help.title })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    expect(customers.search.matches).not.toBe("");
  });
}
