import type { CustomerList } from "#server/customers/schema.ts";
import type { CustomerRecord } from "#server/records/schema.ts";
import {
  type Caller,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  resources,
  test,
} from "./portal.ts";

const text = resources.en.customer;
const errors = resources.en.errors;

const record = (caller: Caller, customerId: string) =>
  caller.query<CustomerRecord>("records.byCustomer", { customerId });

/** Customers with their own figures that no other test names, one per test, so that tests may run side by side. */
async function findCustomer(caller: Caller, place: number): Promise<{ id: string; name: string }> {
  const { rows } = await caller.query<CustomerList>("customers.list", { status: "synced", pageSize: 100 });
  const row = rows.filter(({ relationship }) => relationship === "delegated").at(-1 - place);
  if (!row) throw new Error("the demo has no such customer");
  return row;
}

/** Puts the vendor's name back, which synchronisation follows again. */
async function restore(caller: Caller, id: string): Promise<void> {
  const { nameShown, name } = await record(caller, id);
  const body = { act: "rename", name, seen: nameShown };
  expect((await caller.post(`/api/renames/${id}`, body)).status).toBe(200);
}

test("a plain click opens the panel; it keeps the focus, has an address and gives the focus back", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { id, name } = await findCustomer(caller, 0);
  const { launch } = await record(caller, id);
  await enter("super");
  await page.goto(`/en/customers?q=${encodeURIComponent(name)}`);
  const link = page.locator(`[data-row-id="${id}"] a.name`);
  await expect(link).toHaveAttribute("href", `/en/customers/${id}`);
  await link.click();
  const panel = page.getByRole("dialog", { name });
  await expect(panel).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`\\?q=.*panel=${id}`));
  await expect(panel.getByRole("heading", { name: text.contacts.title })).toBeVisible();
  await expect(panel.getByRole("heading", { name: text.groups.title })).toBeVisible();
  await expect(panel.getByRole("button", { name: text.launch.action })).toBeDisabled();
  await expect(panel).toContainText(text.launch[launch]);
  for (let n = 0; n < 25; n += 1) {
    await page.keyboard.press("Tab");
    const isOutside = await page.evaluate(() => {
      const at = document.activeElement;
      return at !== document.body && at?.closest("dialog") === null;
    });
    expect(isOutside).toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(page).not.toHaveURL(/panel=/);
  await expect(page).toHaveURL(/\?q=/);
  await expect(link).toBeFocused();
  // The way back and forth is the browser's.
  await page.goto(`/en/customers?q=${encodeURIComponent(name)}&panel=${id}`);
  await expect(panel).toBeVisible();
  await panel.getByRole("link", { name: text.panel.close }).click();
  await expect(panel).toHaveCount(0);
  await link.click({ modifiers: ["ControlOrMeta"] });
  await expect(panel).toHaveCount(0);
});

test("Edit → Save: refused with what was typed, saved, told how it stands at the vendor, followed again", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { id, name } = await findCustomer(caller, 1);
  const other = await findCustomer(caller, 2);
  await enter("super");
  await page.goto(`/en/customers?panel=${id}`);
  const panel = page.getByRole("dialog");
  await panel.getByRole("link", { name: text.name.edit, exact: true }).click();
  const field = panel.getByLabel(text.name.label);
  await expect(field).toBeFocused();
  await field.fill(`  ${other.name.toUpperCase()} `);
  await panel.getByRole("button", { name: text.edit.save }).click();
  await expect(panel).toContainText(errors.customer.nameTaken);
  // As it was typed, spaces and all.
  await expect(field).toHaveValue(`  ${other.name.toUpperCase()} `);
  const chosen = `=cmd() <b>"Été"</b> 🏔️ ${id.slice(0, 8)}`;
  await field.fill(chosen);
  await panel.getByRole("button", { name: text.edit.save }).click();
  await expect(panel).toContainText(text.name.saved);
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText(chosen);
  await expect(page.locator(`[data-row-id="${id}"] a.name`)).toHaveText(chosen);
  const write = panel.locator("[data-write]").first();
  await expect(async () => {
    await page.reload();
    await expect(write).toHaveAttribute("data-write", "by_hand", { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await expect(write).toContainText(fill(text.write.by_hand, { vendor: "Sophos Central" }));
  await expect(write).toContainText(name);
  await restore(caller, id);
  await page.reload();
  await expect(panel.locator("[data-write]")).toHaveCount(0);
});

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a new name is taken back by one click, unless somebody else bears the former one by now", async ({
      as,
      enter,
      page,
    }) => {
      const language = javaScriptEnabled ? "fr" : "it";
      const { customer: words, errors: wrong } = resources[language];
      const caller = await as("super");
      const { id, name } = await findCustomer(caller, javaScriptEnabled ? 8 : 9);
      const other = await findCustomer(caller, javaScriptEnabled ? 10 : 11);
      await enter("super");
      await page.goto(`/${language}/customers?panel=${id}&edit=name`);
      const panel = page.getByRole("dialog");
      const heading = panel.getByRole("heading", { level: 2 });
      const rename = async (to: string) => {
        await panel.getByLabel(words.name.label).fill(to);
        await panel.getByRole("button", { name: words.edit.save }).click();
        await expect(heading).toHaveText(to);
      };
      const undo = panel.getByRole("note").getByRole("button", { name: words.edit.undo });
      const chosen = `Nuovo & 🏔️ ${id.slice(0, 8)}`;
      await rename(chosen);
      await expect(panel.getByRole("note").first()).toContainText(`${words.name.before} ${name}`);
      await undo.click();
      await expect(heading).toHaveText(name);
      await expect(panel).toContainText(words.name.saved);
      expect(await record(caller, id)).toMatchObject({ nameShown: name, isNameChosen: false });
      // A link that somebody made up offers nothing.
      await page.goto(`/${language}/customers?panel=${id}&saved=rename&was=${encodeURIComponent(chosen)}`);
      await expect(panel).toContainText(words.name.saved);
      await expect(undo).toHaveCount(0);
      await page.goto(`/${language}/customers?panel=${id}&saved=retry`);
      await expect(panel.getByRole("note").first()).toHaveText(words.write.retried);

      await page.goto(`/${language}/customers?panel=${id}&edit=name`);
      await rename(chosen);
      const body = { act: "rename", name, seen: other.name };
      expect((await caller.post(`/api/renames/${other.id}`, body)).status).toBe(200);
      await undo.click();
      await expect(panel).toContainText(wrong.customer.nameTaken);
      await expect(panel.getByLabel(words.name.label)).toHaveValue(name);
      await expect(heading).toHaveText(chosen);
      await restore(caller, other.id);
      await restore(caller, id);
    });
  });

for (const language of languages)
  test(`what cannot be taken back by a click says so where it is done (${language})`, async ({
    as,
    enter,
    page,
  }) => {
    const { customer: words, customers } = resources[language];
    const { id } = await findCustomer(await as("super"), 6);
    await enter("super");
    await page.goto(`/${language}/customers/${id}/edit`);
    const form = page.locator("form", { has: page.getByRole("button", { name: words.edit.save }) });
    await expect(form.getByText(words.edit.noUndo)).toBeVisible();
    await page.goto(`/${language}/customers/columns`);
    await expect(page.getByText(customers.layout.resetNoUndo)).toBeVisible();
  });

test("a name that is too long is refused with what was typed; Cancel leaves it as it was", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { id, name } = await findCustomer(caller, 7);
  await enter("super");
  await page.goto(`/en/customers?panel=${id}`);
  const panel = page.getByRole("dialog");
  await panel.getByRole("link", { name: text.name.edit, exact: true }).click();
  const field = panel.getByLabel(text.name.label);
  await field.fill("x".repeat(101));
  await panel.getByRole("button", { name: text.edit.save }).click();
  await expect(panel).toContainText(errors.customer.nameTooLong);
  await expect(field).toHaveValue("x".repeat(101));
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await panel.getByRole("link", { name: text.edit.cancel }).click();
  await expect(field).toHaveCount(0);
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText(name);
  await expect(page).toHaveURL(new RegExp(`/en/customers\\?panel=${id}$`));
  expect(await record(caller, id)).toMatchObject({ nameShown: name, isNameChosen: false });
});

test("what somebody else saved meanwhile is told, and nothing that was typed is lost", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { id, name } = await findCustomer(caller, 3);
  await enter("super");
  await page.goto(`/en/customers?panel=${id}&edit=name`);
  const panel = page.getByRole("dialog");
  const faster = { act: "rename", name: `Faster ${id.slice(0, 8)}`, seen: name };
  expect((await caller.post(`/api/renames/${id}`, faster)).status).toBe(200);
  await panel.getByLabel(text.name.label).fill("Slower");
  await panel.getByRole("button", { name: text.edit.save }).click();
  await expect(panel).toContainText(errors.customer.changed);
  await expect(panel).toContainText(faster.name);
  await expect(panel.getByLabel(text.name.label)).toHaveValue("Slower");
  await restore(caller, id);

  await page.goto(`/en/customers/${id}/edit`);
  await restoreTags(caller, id, "meanwhile");
  const notes = "Ñandú 🏔️ مخبز ".repeat(60);
  await page.getByLabel(text.facts.notes).fill(notes);
  await page.getByRole("button", { name: text.edit.save }).first().click();
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.customer.changed);
  await expect(page.getByLabel(text.facts.notes)).toHaveValue(notes);
  await expect(page.locator('[data-now="tags"]')).toContainText("meanwhile");
  await restoreTags(caller, id, "");
});

/** Saves tags as somebody else would, and nothing beside them. */
async function restoreTags(caller: Caller, id: string, tags: string): Promise<void> {
  const { version, nameShown } = await record(caller, id);
  expect((await caller.post(`/api/records/${id}`, { version, nameShown, tags })).status).toBe(200);
}

test("without scripts: the panel, its form, the record and the contacts", async ({
  browser,
  as,
  baseURL,
}) => {
  const caller = await as("super");
  const { id, name } = await findCustomer(caller, 4);
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL && { baseURL }) });
  const [cookie = "", value = ""] = caller.cookie.split("=");
  await context.addCookies([{ name: cookie, value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  const it = resources.it.customer;
  await page.goto(`/it/customers?q=${encodeURIComponent(name)}`);
  await page.locator(`[data-row-id="${id}"] a.name`).click();
  await expect(page).toHaveURL(new RegExp(`/it/customers/${id}$`));
  await page.goto(`/it/customers?panel=${id}`);
  const panel = page.getByRole("dialog", { name });
  await panel.getByRole("link", { name: it.name.edit, exact: true }).click();
  await panel.getByLabel(it.name.label).fill(" ");
  await panel.getByLabel(it.name.label).evaluate((input) => input.removeAttribute("required"));
  await panel.getByRole("button", { name: it.edit.save }).click();
  await expect(panel).toContainText(resources.it.errors.customer.nameRequired);
  await panel.getByRole("link", { name: it.panel.close }).click();
  await expect(page).toHaveURL(/\/it\/customers$/);

  await page.goto(`/it/customers/${id}`);
  await page.getByRole("link", { name: it.edit.title }).click();
  await page.getByLabel(it.facts.manager).fill("Mara Conti");
  await page.getByLabel(it.facts.timeZone).selectOption("Europe/Paris");
  await page.getByRole("button", { name: it.edit.save }).first().click();
  await expect(page.getByText(it.edit.saved)).toBeVisible();
  await expect(page.locator('[data-section="information"]')).toContainText("Mara Conti");
  await restoreTags(caller, id, "");

  await page.goto(`/it/customers/${id}/edit`);
  const contacts = page.locator("#contacts");
  await contacts.getByText(it.contacts.add).first().click();
  const added = contacts.locator("form", { has: page.locator('input[value="add"]') });
  await added.getByLabel(it.contacts.lastName).fill("Ferri");
  await added.getByLabel(it.contacts.email).fill("ferri");
  await added.getByRole("button", { name: it.contacts.add }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText(resources.it.errors.contact.email);
  await expect(added.getByLabel(it.contacts.lastName)).toHaveValue("Ferri");
  await added.getByLabel(it.contacts.email).fill("ferri@x.example");
  await added.getByRole("button", { name: it.contacts.add }).click();
  await expect(page.getByText(it.contacts.done.add)).toBeVisible();
  const row = contacts.locator("li[data-row-id]", { hasText: "Ferri" });
  await row.locator("summary").click();
  await row.getByRole("button", { name: it.contacts.remove }).click();
  await expect(page.getByText(it.contacts.done.remove)).toBeVisible();
  await page.getByRole("button", { name: it.edit.undo }).click();
  await expect(row).toBeVisible();
  await row.locator("summary").click();
  await row.getByRole("button", { name: it.contacts.remove }).click();
  await expect(row).toHaveCount(0);
  // A link that somebody made up brings nobody in.
  await page.goto(`/it/customers/${id}/edit?done=remove&act=add&lastName=Falso&was=Falso`);
  await expect(page.getByText(it.contacts.done.remove)).toBeVisible();
  await expect(page.getByRole("button", { name: it.edit.undo })).toHaveCount(0);
  await context.close();
});

test("a vendor's contact is hidden here and shown again", async ({ as, enter, page }) => {
  const { id } = await findCustomer(await as("super"), 5);
  await enter("super");
  await page.goto(`/en/customers/${id}/edit`);
  const vendors = page.locator("#contacts li[data-row-id]", { hasText: text.contacts.vendors }).first();
  const rowId = await vendors.getAttribute("data-row-id");
  const contact = page.locator(`#contacts li[data-row-id="${rowId}"]`);
  await contact.locator("summary").click();
  await contact.getByRole("button", { name: text.contacts.remove }).click();
  await expect(page.getByText(text.contacts.done.remove)).toBeVisible();
  await contact.getByRole("button", { name: text.contacts.show }).click();
  await expect(page.getByText(text.contacts.done.show)).toBeVisible();
  await expect(contact.locator("summary")).toBeVisible();
});

test("who may not edit is offered nothing, and refused", async ({ as, enter, page }) => {
  const help = await as("helpdesk");
  const { rows } = await help.query<CustomerList>("customers.list", { pageSize: 25 });
  const id = rows[0]?.id ?? "";
  await enter("helpdesk");
  await page.goto(`/en/customers?panel=${id}`);
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page.getByRole("link", { name: text.name.edit, exact: true })).toHaveCount(0);
  await page.goto(`/en/customers/${id}`);
  await expect(page.getByRole("link", { name: text.edit.title })).toHaveCount(0);
  expect((await help.get(`/en/customers/${id}/edit`)).status).toBe(404);
  const body = { act: "rename", name: "X", seen: "Y" };
  expect((await help.post(`/api/renames/${id}`, body)).status).toBe(403);
  // A panel that names nobody leaves the list as it is.
  await page.goto(`/en/customers?panel=${crypto.randomUUID()}`);
  await expect(page.getByRole("dialog")).toContainText(text.panel.noneWhy);
  const stranger = await as("lagune");
  expect((await stranger.get(`/en/customers?panel=${id}`)).text).not.toContain(rows[0]?.name ?? "?");
});

test("the customer's admin edits contacts and nothing else", async ({ enter, page }) => {
  await enter("rossiAdmin");
  await page.goto("/fr/customers");
  await page.getByRole("link", { name: resources.fr.customer.contacts.edit }).first().click();
  await expect(page.locator("#contacts")).toBeVisible();
  await expect(page.getByLabel(resources.fr.customer.name.label)).toHaveCount(0);
});

for (const language of languages)
  test(`is accessible and fits a phone (${language})`, async ({ as, enter, page }) => {
    const { id } = await findCustomer(await as("super"), 6);
    await enter("super");
    for (const path of [
      `/${language}/customers?panel=${id}`,
      `/${language}/customers?panel=${id}&edit=name`,
      `/${language}/customers/${id}/edit`,
    ]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(path);
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 780 });
      await expectNoSidewaysScroll(page);
    }
  });
