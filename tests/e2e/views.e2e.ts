import type { ViewList } from "#server/views/schema.ts";
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

test.describe.configure({ mode: "serial" });

const { views: text } = resources.en;
const bar = (page: Page, label = text.label) => page.getByRole("navigation", { name: label, exact: true });
const drop = (page: Page, name: string) => bar(page).locator("summary").filter({ hasText: name });
const chips = (page: Page) => page.getByRole("list", { name: resources.en.customers.filter.active });

/** The language in which a page has opened. */
const languageOf = (page: Page) =>
  languages.find((one) => new URL(page.url()).pathname.startsWith(`/${one}/`)) ?? "en";

const listed = async (caller: Caller) =>
  (await caller.query<ViewList>("views.list", { shown: "" })).views.filter(({ isOwn }) => isOwn);
async function clear(caller: Caller): Promise<void> {
  for (const { id } of await listed(caller)) await caller.post(`/api/views/${id}`, { action: "delete" });
  await caller.post(`/api/views/${crypto.randomUUID()}`, { action: "clearDefault" });
}
const save = async (caller: Caller, view: Record<string, string>): Promise<string> =>
  (JSON.parse((await caller.post("/api/views", view)).text) as { id: string }).id;

test.beforeEach(async ({ as }) => clear(await as("super")));
test.afterAll(async ({ as }) => clear(await as("super")));

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a view is saved, opened, made the default, renamed, shared, deleted and taken back", async ({
      page,
      enter,
      as,
    }) => {
      await enter("super");
      const name = `Nord ${Date.now()} 🦊`;
      await page.goto("/en/customers?status=warning&sort=-alerts");
      await drop(page, text.save.open).click();
      await bar(page).getByLabel(text.save.name).fill(name);
      await bar(page).getByLabel(text.save.start).check();
      await bar(page).getByRole("button", { name: text.save.submit }).click();
      await expect(page.getByText(text.notice.saved)).toBeVisible();
      await expect(chips(page).getByRole("link")).toHaveCount(1);

      // Without any query the list opens with it; a link shows the plain list again.
      await page.goto("/en/customers");
      await expect(page).toHaveURL(/\?view=[0-9a-f-]{36}$/);
      await expect(drop(page, name)).toBeVisible();
      await drop(page, name).click();
      await bar(page).getByRole("link", { name: text.all }).click();
      await expect(page).toHaveURL("/en/customers?view=all");
      await expect(chips(page)).toHaveCount(0);

      await drop(page, text.menu).click();
      await bar(page).getByRole("link", { name }).click();
      await expect(chips(page).getByRole("link")).toHaveCount(1);
      const change = async (act: () => Promise<void>, notice: string) => {
        await drop(page, text.change.open).click();
        await act();
        await expect(page.getByText(notice, { exact: true })).toBeVisible();
      };
      const button = (label: string) => bar(page).getByRole("button", { name: label, exact: true });
      await change(async () => button(text.change.clearDefault).click(), text.notice.defaultCleared);
      await change(async () => button(text.change.share).click(), text.notice.shared);
      const seen = await (await as("helpdesk")).query<ViewList>("views.list", { shown: "" });
      expect(seen.views.find((view) => view.name === name)).toMatchObject({ isOwn: false, isShared: true });
      await change(async () => button(text.change.unshare).click(), text.notice.unshared);
      await change(async () => {
        await bar(page).getByLabel(text.change.rename, { exact: true }).fill(`${name} b`);
        await button(text.change.renameSubmit).click();
      }, text.notice.renamed);
      await change(async () => button(text.change.delete).click(), text.notice.deleted);
      await page.getByRole("button", { name: text.notice.undo }).click();
      await expect(page.getByText(text.notice.restored)).toBeVisible();
      expect((await listed(await as("super"))).map((view) => view.name)).toEqual([`${name} b`]);
    });

    test("a name that is taken is refused, and what was typed is kept", async ({ page, enter, as }) => {
      await save(await as("super"), { name: "Taken", query: "q=a" });
      await enter("super");
      await page.goto("/en/customers?status=warning");
      await drop(page, text.save.open).click();
      await bar(page).getByLabel(text.save.name).fill("taken");
      await bar(page).getByRole("button", { name: text.save.submit }).click();
      await expect(
        page.locator("main").getByRole("alert").filter({ hasText: resources.en.errors.view.nameTaken }),
      ).toBeVisible();
      await expect(bar(page).getByLabel(text.save.name)).toHaveValue("taken");
      await expect(chips(page).getByRole("link")).toHaveCount(1);
    });
  });
}

for (const [place, language] of languages.entries())
  test(`a name that is refused stays at its field, with what is wrong with it (${language})`, async ({
    page,
    enter,
    as,
  }) => {
    const { views, errors } = resources[language];
    const caller = await as("super");
    await save(caller, { name: "Taken", query: "q=a" });
    const id = await save(caller, { name: `Kept ${place}`, query: "q=rossi" });
    await enter("super");
    await page.goto(`/${language}/customers?view=${id}`);
    const menu = bar(page, views.label);
    const field = menu.getByLabel(views.change.rename, { exact: true });
    await menu.locator("summary").filter({ hasText: views.change.open }).click();
    for (const [typed, wrong] of [
      [" ", errors.view.nameInvalid],
      ["x".repeat(101), errors.view.nameInvalid],
      ["TAKEN", errors.view.nameTaken],
    ] as const) {
      await field.fill(typed);
      await menu.getByRole("button", { name: views.change.renameSubmit, exact: true }).click();
      await expect(page.locator("main").getByRole("alert").filter({ hasText: wrong })).toBeVisible();
      await expect(field).toHaveValue(typed);
      await expect(field).toHaveAttribute("aria-invalid", "true");
      await expect(field).toHaveAccessibleDescription(wrong);
    }
    expect((await listed(caller)).map(({ name }) => name).sort()).toEqual([`Kept ${place}`, "Taken"]);
    // The same at the form of a new view.
    await page.goto(`/${language}/customers?status=warning`);
    await menu.locator("summary").filter({ hasText: views.save.open }).click();
    await menu.getByLabel(views.save.name, { exact: true }).fill(" taken ");
    await menu.getByRole("button", { name: views.save.submit, exact: true }).click();
    await expect(menu.getByLabel(views.save.name, { exact: true })).toHaveAccessibleDescription(
      errors.view.nameTaken,
    );
  });

test("where a browser lets no script copy, the link stands alone", async ({ page, enter, as }) => {
  const id = await save(await as("super"), { name: "By hand", query: "status=warning" });
  // As browsers have it for a portal that is reached by plain HTTP.
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "clipboard"));
  await enter("super");
  await page.goto(`/it/customers?view=${id}`);
  const { views } = resources.it;
  const menu = bar(page, views.label);
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await expect(page.getByRole("dialog")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.press("Escape");
  await menu.locator("summary").filter({ hasText: views.change.open }).click();
  await expect(menu.getByRole("link", { name: views.change.link })).toHaveAttribute(
    "href",
    `/customers?view=${id}`,
  );
  await expect(menu.getByRole("button", { name: views.change.copy, exact: true })).toHaveCount(0);
});

test("its link is copied and opens it for the team, in whatever language, while it is shared", async ({
  page,
  context,
  enter,
  as,
  baseURL,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const caller = await as("super");
  const id = await save(caller, { name: "For the team", query: "status=warning", share: "on" });
  await enter("super");
  await page.goto(`/fr/customers?view=${id}`);
  const { views } = resources.fr;
  const menu = bar(page, views.label);
  await menu.locator("summary").filter({ hasText: views.change.open }).click();
  await menu.getByRole("button", { name: views.change.copy, exact: true }).click();
  await expect(menu.getByRole("button", { name: views.change.copied, exact: true })).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(`${baseURL}/customers?view=${id}`);
  await enter("business");
  for (const language of ["it", "en"] as const) {
    await page.goto(`/${language}/customers`);
    await page.goto(link);
    await expect(page).toHaveURL(new RegExp(`/(en|it|fr)/customers\\?view=${id}$`));
    const opened = resources[languageOf(page)];
    await expect(
      page.getByRole("list", { name: opened.customers.filter.active }).getByRole("link"),
    ).toHaveCount(1);
    await expect(bar(page, opened.views.label)).toContainText("For the team");
  }
  // Nobody else's any more: it says so, and shows all customers.
  expect((await caller.post(`/api/views/${id}/share`, { action: "unshare" })).status).toBe(200);
  await page.goto(link);
  const { views: said, errors, customers } = resources[languageOf(page)];
  const missing = page.getByRole("note").filter({ hasText: said.missing.title });
  await expect(missing).toContainText(errors.view.notFound);
  await expect(missing).toContainText(said.missing.action);
  await expect(page.getByRole("list", { name: customers.filter.active })).toHaveCount(0);
  await expect(page.locator("main")).not.toContainText("For the team");
});

test("a view of one's own is put in the place of another by the menu", async ({ page, enter, as }) => {
  const caller = await as("super");
  const id = await save(caller, { name: "Kept name", query: "q=rossi" });
  await save(caller, { name: "Another", query: "q=bianchi" });
  await enter("super");
  await page.goto("/en/customers?status=synced");
  await drop(page, text.save.open).click();
  await bar(page).getByLabel(text.save.which).selectOption({ label: "Kept name" });
  await bar(page).getByRole("button", { name: text.save.replaceSubmit, exact: true }).click();
  await expect(page.getByText(text.notice.replaced)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`view=${id}`));
  const kept = (await listed(caller)).map(({ name, query }) => [name, query]);
  expect(kept.sort()).toEqual([
    ["Another", "q=bianchi"],
    ["Kept name", "status=synced"],
  ]);
});

test("a name that nobody can see is refused", async ({ page, enter, as }) => {
  await enter("super");
  await page.goto("/en/customers?status=warning");
  for (const name of ["\u200B", "\u202E\u202C"]) {
    await drop(page, text.save.open).click();
    await bar(page).getByLabel(text.save.name).fill(name);
    await bar(page).getByRole("button", { name: text.save.submit }).click();
    await expect(
      page.locator("main").getByRole("alert").filter({ hasText: resources.en.errors.view.nameInvalid }),
    ).toBeVisible();
    await page.goto("/en/customers?status=warning");
  }
  expect(await listed(await as("super"))).toEqual([]);
});

test("a colleague's list opens with a view of the team", async ({ page, enter, as }) => {
  const id = await save(await as("super"), { name: "Team start", query: "status=warning", share: "on" });
  await enter("business");
  await page.goto(`/en/customers?view=${id}`);
  await drop(page, text.change.open).click();
  await bar(page).getByRole("button", { name: text.change.setDefault, exact: true }).click();
  await expect(page.getByText(text.notice.defaultSet)).toBeVisible();
  await page.goto("/en/customers");
  await expect(page).toHaveURL(`/en/customers?view=${id}`);
  await drop(page, text.change.open).click();
  await bar(page).getByRole("button", { name: text.change.clearDefault, exact: true }).click();
  await expect(page.getByText(text.notice.defaultCleared)).toBeVisible();
  await page.goto("/en/customers");
  await expect(page).toHaveURL("/en/customers");
  // It is nobody's own start but theirs.
  const { views } = await (await as("super")).query<ViewList>("views.list", { shown: "" });
  expect(views.find((view) => view.id === id)?.isDefault).toBe(false);
});

test("a view that names what is gone opens without it and says so; one that is not there says so", async ({
  page,
  enter,
  as,
}) => {
  const caller = await as("super");
  const id = await save(caller, {
    name: "Old group",
    query: `status=warning&group=${crypto.randomUUID()}`,
  });
  await enter("super");
  await page.goto(`/en/customers?view=${id}`);
  await expect(page.getByText(text.gone.title)).toBeVisible();
  await expect(page.getByText(text.gone.group)).toBeVisible();
  await expect(chips(page).getByRole("link")).toHaveCount(1);
  await page.getByRole("button", { name: text.gone.update }).click();
  await expect(page.getByText(text.notice.replaced)).toBeVisible();
  await expect(page.getByText(text.gone.title)).toHaveCount(0);
  for (const wrong of [crypto.randomUUID(), "nothing", "'; drop table saved_view"]) {
    await page.goto(`/en/customers?view=${encodeURIComponent(wrong)}`);
    await expect(page.getByText(text.missing.title)).toBeVisible();
  }
});

test("who may not share is not offered it; the team's view can be opened, not changed", async ({
  page,
  enter,
  as,
}) => {
  const id = await save(await as("super"), { name: "Team view", query: "status=synced", share: "on" });
  await enter("readonly");
  await page.goto("/en/customers?status=warning");
  await drop(page, text.save.open).click();
  await expect(bar(page).getByLabel(text.save.share)).toHaveCount(0);
  await page.goto(`/en/customers?view=${id}`);
  await drop(page, text.change.open).click();
  await expect(bar(page).getByRole("button", { name: text.change.delete })).toHaveCount(0);
  await expect(bar(page).getByRole("button", { name: text.change.setDefault })).toBeVisible();
});

for (const lang of languages) {
  test(`${lang}: accessible, and nothing scrolls sideways at 360 px`, async ({ page, enter, as }) => {
    const { views } = resources[lang];
    const id = await save(await as("super"), { name: "W".repeat(100), query: "status=warning" });
    await enter("super");
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/${lang}/customers?view=${id}`);
    const summaries = bar(page, views.label).locator("summary");
    await summaries.last().click();
    await expect(
      page.getByRole("region", { name: fill(views.change.of, { name: "W".repeat(100) }) }),
    ).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expect(summaries.last()).toBeFocused();
  });
}
