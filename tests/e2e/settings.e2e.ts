import type { CustomerList } from "#server/customers/schema.ts";
import type { Thresholds, Windows } from "#server/settings/schema.ts";
import {
  type Caller,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  type Page,
  resources,
  test,
} from "./portal.ts";

// What is changed here changes no status: other tests count on the demo as it is.
test.describe.configure({ mode: "serial" });

const thresholds = (caller: Caller) => caller.query<Thresholds>("settings.thresholds", {});
const { settings: text } = resources.en;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("thresholds are saved; the second of two people sees the difference and decides", async ({
      as,
      page,
      enter,
    }) => {
      const caller = await as("super");
      const { partner } = await thresholds(caller);
      await enter("super");
      await page.goto("/en/settings");
      const days = page.getByLabel(text.thresholds.silentDays);
      await expect(days).toHaveValue(String(partner.silentDays));
      const save = page.getByRole("button", { name: text.thresholds.save, exact: true });
      await save.click();
      await expect(page.getByText(text.notice.thresholds)).toBeVisible();
      await expect(page.getByText(text.soon)).toBeVisible();

      // While this page is open somebody else changes the hours, and back again afterwards.
      const change = (hours: number, was: number) =>
        caller.post("/api/settings/thresholds", {
          silentDays: partner.silentDays,
          stuckHours: hours,
          wasSilentDays: partner.silentDays,
          wasStuckHours: was,
        });
      await page.goto("/en/settings");
      expect((await change(partner.stuckHours + 1, partner.stuckHours)).status).toBe(200);
      try {
        await page.getByLabel(text.thresholds.stuckHours).fill(String(partner.stuckHours));
        await save.click();
        const conflict = page
          .locator("main")
          .getByRole("alert")
          .filter({ hasText: resources.en.errors.settings.conflict });
        await expect(conflict).toContainText(`${partner.stuckHours + 1} hours`);
        await expect(conflict).toContainText(`${partner.stuckHours} hours`);
        await expect(page.getByLabel(text.thresholds.stuckHours)).toHaveValue(String(partner.stuckHours));
        await save.click();
        await expect(page.getByText(text.notice.thresholds)).toBeVisible();
        expect((await thresholds(caller)).partner).toEqual(partner);
      } finally {
        await change(partner.stuckHours, partner.stuckHours + 1);
      }
    });

    test("a group has its own, and none again", async ({ as, page, enter }) => {
      const caller = await as("super");
      const { partner, groups } = await thresholds(caller);
      const [group] = groups;
      if (!group) throw new Error("the demo has no groups");
      await enter("super");
      const form = () => page.getByRole("form", { name: fill(text.groups.form, { group: group.name }) });
      for (const value of [String(partner.silentDays), ""]) {
        await page.goto("/en/settings");
        await form().getByLabel(text.groups.silentDays).fill(value);
        await form().getByRole("button").click();
        await expect(page.getByText(text.notice.group)).toBeVisible();
        await expect(form().getByLabel(text.groups.silentDays)).toHaveValue(value);
      }
    });

    test("a maintenance window of one customer is added and deleted; whom a name may mean is asked", async ({
      as,
      page,
      enter,
    }) => {
      const caller = await as("super");
      const { rows } = await caller.query<CustomerList>("customers.list", { q: "rossi", pageSize: 25 });
      expect(rows.length).toBeGreaterThan(1);
      await enter("super");
      await page.goto("/en/settings/maintenance");
      const name = `Window ${javaScriptEnabled} ${Date.now()}`;
      const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
      await page.getByLabel(text.windows.name, { exact: true }).fill(name);
      await page.getByRole("radio", { name: text.windows.coversOf.customer }).check();
      await page.getByRole("textbox", { name: text.windows.customer, exact: true }).fill("rossi");
      await page.getByLabel(text.windows.from, { exact: true }).fill(`${day(2)}T22:00`);
      await page.getByLabel(text.windows.until, { exact: true }).fill(`${day(3)}T04:00`);
      await page.getByRole("button", { name: text.windows.submit }).click();
      await expect(page.locator("main").getByRole("alert").first()).toContainText(
        resources.en.errors.settings.customerUnclear,
      );
      await expect(page.getByLabel(text.windows.name, { exact: true })).toHaveValue(name);
      const which = page.getByRole("combobox", { name: text.windows.match });
      await expect(which.locator("option")).not.toHaveCount(1);
      await page.getByRole("button", { name: text.windows.submit }).click();
      await expect(page.getByText(text.notice.windowAdded)).toBeVisible();
      const { coming } = await caller.query<Windows>("settings.windows", {});
      expect(coming.find((window) => window.name === name)).toMatchObject({ covers: "customer" });
      await page.getByRole("button", { name: fill(text.windows.deleteOf, { name }) }).click();
      await expect(page.getByText(text.notice.windowClosed)).toBeVisible();
      await expect(page.getByText(name)).toHaveCount(0);
    });

    test("a denied application is listed with its customers and removed; what matches everything is refused", async ({
      page,
      enter,
    }) => {
      await enter("super");
      await page.goto("/fr/settings/applications");
      const { denied, notice } = resources.fr.settings;
      const pattern = `Nul ne l’a ${javaScriptEnabled} ${Date.now()}*`;
      const add = async (value: string) => {
        await page.getByLabel(denied.pattern, { exact: true }).fill(value);
        await page.getByRole("button", { name: denied.submit }).click();
      };
      await add("**");
      await expect(page.locator("main").getByRole("alert").first()).toContainText(
        resources.fr.errors.settings.patternTooBroad,
      );
      await expect(page.getByLabel(denied.pattern, { exact: true })).toHaveValue("**");
      await add(pattern);
      await expect(page.getByText(notice.patternAdded)).toBeVisible();
      const row = page.getByRole("listitem").filter({ hasText: pattern });
      await expect(row).toContainText(fill(denied.customers_one, { formatted: "0" }));
      await add(pattern.toUpperCase());
      await expect(page.locator("main").getByRole("alert").first()).toContainText(
        resources.fr.errors.settings.patternTaken,
      );
      await row.getByRole("button").click();
      await expect(page.getByText(notice.patternRemoved)).toBeVisible();
      await expect(row).toHaveCount(0);
    });
  });
}

test("nobody but a Super Admin finds them, in the navigation or by address", async ({ as, page, enter }) => {
  const nav = (of: Page) =>
    of
      .getByRole("navigation", { name: resources.en.common.nav.label })
      .getByRole("link", { name: resources.en.common.nav.settings });
  await enter("super");
  await page.goto("/en/customers");
  await expect(nav(page)).toHaveAttribute("href", "/en/settings");
  for (const person of ["admin", "helpdesk", "business", "readonly", "rossiAdmin"] as const) {
    const caller = await as(person);
    for (const path of ["", "/maintenance", "/applications"])
      expect((await caller.get(`/en/settings${path}`)).status, person).toBe(404);
    expect((await caller.post("/api/settings/denied", { pattern: "uTorrent" })).status, person).toBe(403);
  }
  await enter("admin");
  await page.goto("/en/customers");
  await expect(nav(page)).toHaveCount(0);
});

for (const language of languages) {
  test(`are accessible, and on a phone nothing scrolls sideways (${language})`, async ({ page, enter }) => {
    test.setTimeout(60_000);
    await enter("super");
    for (const path of ["", "/maintenance", "/applications", "?error=settings.conflict&silentDays=9"]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`/${language}/settings${path}`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
      expect(await page.locator("main").innerText()).not.toMatch(/\{\{\w+\}\}|undefined|NaN/);
    }
  });
}
