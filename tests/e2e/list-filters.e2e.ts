import { formatNumber } from "#locales/format.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import { type Caller, expect, fill, type Page, resources, test } from "./portal.ts";

const list = (caller: Caller, input: object) => caller.query<CustomerList>("customers.list", input);
const rows = (page: Page) => page.locator("tr[data-row-id]");

test.describe("what the list is narrowed by", () => {
  const { customers } = resources.en;
  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
      test.use({ javaScriptEnabled });
      test("each filter behind More stands in the address and finds what it says", async ({
        page,
        enter,
        as,
      }) => {
        const caller = await as("super");
        await enter("super");
        const submit = async () => {
          if (!javaScriptEnabled)
            await page.getByRole("button", { name: customers.search.submit, exact: true }).click();
        };
        for (const [name, label, value] of [
          ["relationship", customers.filter.relationship, "order_only"],
          ["licenceState", customers.filter.licenceState, "expired"],
          ["expiring", customers.filter.expiring, "90"],
          ["reason", customers.filter.reason, "devices_silent"],
          ["vendor", customers.filter.vendor, "snow"],
        ] as const) {
          await page.goto("/en/customers?view=all");
          await page.locator("summary", { hasText: customers.filter.more }).click();
          // Days may be any number, so they are typed.
          if (name === "expiring") await page.getByRole("spinbutton", { name: label }).fill(value);
          else await page.getByRole("combobox", { name: label }).selectOption(value);
          await submit();
          await expect(page).toHaveURL(new RegExp(`${name}=${value}(&|$)`));
          const { total } = await list(caller, { [name]: value, pageSize: 25 });
          expect(total, name).toBeGreaterThan(0);
          await expect(page.locator(".list-found output")).toContainText(formatNumber("en", total));
        }
        await page.goto("/en/customers?view=all");
        await page.locator("summary", { hasText: customers.filter.more }).click();
        await page.getByRole("checkbox", { name: customers.filter.overUsed }).check();
        await submit();
        await expect(page).toHaveURL(/overUsed=1/);
        const { total } = await list(caller, { overUsed: "1", pageSize: 25 });
        await expect(page.locator(".list-found output")).toContainText(String(total));
      });
    });
  }

  test("the strip counts what is the matter, and each tile is its filter", async ({ page, enter, as }) => {
    const { concerns } = await list(await as("super"), { pageSize: 25 });
    await enter("super");
    for (const [name, label, query] of [
      ["stale", customers.strip.stale, "stale=1"],
      ["expiring", customers.strip.expiring, "expiring=30"],
      ["overUsed", customers.strip.overUsed, "overUsed=1"],
    ] as const) {
      await page.goto("/en/customers?view=all");
      const strip = page.getByRole("list", { name: customers.strip.label });
      const tile = strip.getByRole("link", { name: new RegExp(`^${label}`) });
      await expect(tile).toContainText(String(concerns[name]));
      await tile.click();
      await expect(page).toHaveURL(new RegExp(query));
      await expect(page.locator(".list-found output")).toContainText(String(concerns[name]));
      await expect(tile).toHaveAttribute("aria-current", "true");
    }
  });

  test("Show my protection only leaves out what is not active", async ({ as }) => {
    const caller = await as("super");
    const shown = async (query: string) =>
      (await caller.get(`/en/customers?columns=name,protection&pageSize=200&sort=licenceState${query}`)).text;
    expect(await shown("")).toContain(`, ${customers.notActive}<`);
    expect(await shown("&protection=active")).not.toContain(`, ${customers.notActive}<`);
  });

  test("what is switched on is told, and one of several is taken away by its chip", async ({
    page,
    enter,
  }) => {
    await enter("super");
    await page.goto("/en/customers?view=all&status=warning");
    await expect(page.locator('td[data-column="protection"]')).toHaveCount(0);
    await page.locator("summary", { hasText: customers.filter.more }).click();
    for (const name of ["protection", "pinned", "stale"] as const) {
      const box = page.getByRole("checkbox", { name: customers.filter[name] });
      await box.check();
      await expect(page).toHaveURL(new RegExp(`${name}=(active|1)`));
      await box.uncheck();
      await expect(page).not.toHaveURL(new RegExp(`${name}=`));
    }
    await page.getByRole("checkbox", { name: customers.filter.protection }).check();
    await expect(page.locator('td[data-column="protection"]').first()).toBeVisible();
    const chips = page.getByRole("list", { name: customers.filter.active });
    const remove = fill(customers.filter.remove, {
      filter: customers.filter.status,
      value: resources.en.status.word.warning,
    });
    await chips.getByRole("link", { name: remove }).click();
    await expect(page).not.toHaveURL(/status=/);
    await expect(page).toHaveURL(/protection=active/);
  });
});

test("a head explains its figure: by its link, and on hover without leaving", async ({ page, enter }) => {
  await enter("super");
  await page.goto("/en/customers?pageSize=25");
  const about = page.locator("th a.about").nth(3);
  await expect(about).toHaveAttribute("href", "/en/help/figures#devicesTotal");
  await about.hover();
  const { meaning, counted } = resources.en.help.figure.devicesTotal;
  await expect(page.locator(".figure-note")).toContainText(meaning);
  await expect(page.locator(".figure-note")).toContainText(counted);
});

test("the table survives going on and back", async ({ page, enter }) => {
  await enter("super");
  await page.goto("/en/customers?pageSize=25");
  const first = await rows(page).first().getAttribute("data-row-id");
  await page.locator("th a.sort", { hasText: resources.en.customers.column.used }).click();
  await expect(page).toHaveURL(/sort=-used/);
  await expect(page.locator('th[aria-sort="descending"]')).toContainText(resources.en.customers.column.used);
  await page.goBack();
  await expect(rows(page).first()).toHaveAttribute("data-row-id", first ?? "");
  await expect(rows(page)).toHaveCount(25);
  await page.goForward();
  await expect(page.locator('th[aria-sort="descending"]')).toContainText(resources.en.customers.column.used);
});
