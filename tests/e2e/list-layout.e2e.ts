import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  languages,
  type Page,
  resources,
  test,
} from "./portal.ts";

// One after the other: they are about one person's own layout and pins, which no other test reads.
test.describe.configure({ mode: "serial" });

const { customers } = resources.it;
const heads = (page: Page) => page.locator("thead tr:last-child th[scope=col]");
const rows = (page: Page) => page.locator("tr[data-row-id]");
const row = (page: Page, id: string) => page.locator(`tr[data-row-id="${id}"]`);

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ enter }) => enter("lagune"));

    test("columns are shown, hidden, moved and widened, and stay so until they are reset", async ({
      page,
    }) => {
      const { column, layout } = customers;
      await page.goto("/it/customers?pageSize=25");
      await page.getByRole("link", { name: layout.columns }).click();
      await row(page, "groups").getByRole("checkbox").uncheck();
      await row(page, "overUnder").getByRole("checkbox").check();
      await row(page, "used").getByRole("combobox").selectOption("wide");
      await page.getByRole("button", { name: layout.save }).click();
      await expect(page).toHaveURL(/customers\?/);
      await expect(heads(page).filter({ hasText: column.groups })).toHaveCount(0);
      await expect(heads(page).filter({ hasText: column.overUnder })).toHaveCount(1);
      await expect(page.locator("thead th.w-wide")).toContainText(column.used);
      await expect(heads(page).nth(1)).toContainText(column.status);

      // The second press does not wait for what the first one leads to.
      await page.goto("/it/customers/columns");
      const down = row(page, "status").getByRole("button", {
        name: layout.down.replace("{{column}}", column.status),
      });
      await down.click({ noWaitAfter: true });
      await down.click();
      await expect(async () => {
        await page.goto("/it/customers?pageSize=25");
        await expect(heads(page).nth(3)).toContainText(column.status, { timeout: 1000 });
      }).toPass();
      await page.goto("/it/customers/columns");
      await page.getByRole("button", { name: layout.reset }).click();
      await expect(page).toHaveURL(/\/it\/customers$|\/it\/customers\?/);
      await expect(heads(page).filter({ hasText: column.groups })).toHaveCount(1);
    });

    test("groups of columns fold away, and density is kept", async ({ page }) => {
      const { column, group, table, layout } = customers;
      await page.goto("/it/customers?pageSize=25");
      await page.getByRole("button", { name: `${table.fold} ${group.computers}` }).click();
      await expect(heads(page).filter({ hasText: column.devicesSilent })).toHaveCount(0);
      await expect(heads(page).filter({ hasText: column.devicesTotal })).toHaveCount(1);
      await page.getByRole("button", { name: `${table.unfold} ${group.computers}` }).click();
      await expect(heads(page).filter({ hasText: column.devicesSilent })).toHaveCount(1);
      await page.getByRole("button", { name: layout.compact }).click();
      await expect(page.locator("table.customers")).toHaveAttribute("data-density", "compact");
      await expect(page.getByRole("button", { name: layout.compact })).toHaveAttribute(
        "aria-pressed",
        "true",
      );
      await page.getByRole("button", { name: layout.comfortable }).click();
      await expect(page.locator("table.customers")).toHaveAttribute("data-density", "comfortable");
    });

    test("pinned customers stand first, and no more once unpinned", async ({ page }) => {
      const { table } = customers;
      await page.goto("/it/customers?sort=-name&pageSize=25");
      const some = rows(page).nth(3);
      const id = (await some.getAttribute("data-row-id")) ?? "";
      const name = await some.locator("a.name").innerText();
      await some.hover();
      await some.getByRole("button", { name: `${table.pin} ${name}` }).click();
      await expect(rows(page).first()).toHaveAttribute("data-row-id", id);
      await expect(row(page, id)).toHaveCount(1);
      await page.goto("/it/customers?pinned=1");
      await expect(rows(page)).toHaveCount(1);
      await page.getByRole("button", { name: `${table.unpin} ${name}` }).click();
      await expect(rows(page)).toHaveCount(0);
      // Also where the list no longer shows it: told by name, with the way back.
      await expect(page.getByRole("status").filter({ hasText: name })).toBeVisible();
      await page.getByRole("status").filter({ hasText: name }).getByRole("button").click();
      await expect(rows(page)).toHaveCount(1);
      await page.getByRole("button", { name: `${table.unpin} ${name}` }).click();
      await expect(rows(page)).toHaveCount(0);
    });
  });
}

test("an address names its own columns, and says so", async ({ page, enter }) => {
  const { partial, column } = customers;
  await enter("lagune");
  await page.goto("/it/customers?columns=name,used,nonsense&pageSize=25");
  await expect(heads(page).filter({ hasText: column.status })).toHaveCount(0);
  await page.getByRole("link", { name: partial.own }).click();
  await expect(heads(page).nth(1)).toContainText(column.status);
});

for (const language of languages) {
  test(`the page of columns is accessible, also on a phone (${language})`, async ({ page, enter }) => {
    await enter("lagune");
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/${language}/customers/columns`);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expectAccessible(page);
  });
}
