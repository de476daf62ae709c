import type { Browser } from "@playwright/test";
import type { GroupDetails, GroupList } from "#server/groups/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
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

const text = { ...resources.en.groups, ...resources.en.group };
const errors = resources.en.errors.group;
/** Names are this file's own, so that what other tests read stays as it is. */
const ownName = (what: string) => `${what} ${Math.random().toString(36).slice(2, 8)}`;
const idIn = (page: Page) => /\/groups\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";

async function makeGroup(caller: Caller, fields: Record<string, unknown>): Promise<string> {
  const { status, text: body } = await caller.post("/api/groups", fields);
  expect(status, body).toBe(200);
  return (JSON.parse(body) as { id: string }).id;
}
const deleteGroup = async (caller: Caller, id: string) =>
  expect((await caller.post(`/api/groups/${id}`, { action: "delete", word: "yes" })).status).toBe(200);
/** A page of this person's in a browser that runs no script. */
async function withoutScripts(browser: Browser, caller: Caller, baseURL: string | undefined): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL && { baseURL }) });
  const [name = "", value = ""] = caller.cookie.split("=");
  await context.addCookies([{ name, value, url: baseURL ?? "" }]);
  return context.newPage();
}
const customers = async (caller: Caller, input: object = {}) =>
  (await caller.query<CustomerList>("customers.list", input)).rows;

test("without scripts: a group is made, filled, searched, emptied, renamed and deleted; its customers stay", async ({
  browser,
  as,
  baseURL,
}) => {
  const caller = await as("super");
  const page = await withoutScripts(browser, caller, baseURL);
  const name = ownName("<b>Élan</b> 🏔️ =cmd()");

  await page.goto("/en/groups/new");
  const create = page.getByRole("button", { name: text.form.create });
  const field = page.getByRole("textbox", { name: text.form.name });
  await field.fill("nord");
  await create.click();
  await expect(page.getByText(errors.nameTaken).first()).toBeVisible();
  await expect(field).toHaveValue("nord");
  await field.fill(`  ${name}  `);
  await create.click();
  await expect(page.getByText(text.notice.created)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByText(text.members.empty)).toBeVisible();
  const id = idIn(page);

  const found = await customers(caller, { q: "arredamenti", pageSize: 25 });
  const [first, second] = found.filter((row) => row.status !== "not_applicable");
  await page.getByLabel(text.members.find).fill("arredamenti");
  await page.getByRole("button", { name: text.members.findSubmit, exact: true }).click();
  const add = page.getByRole("button", { name: text.members.addChosen });
  await add.click();
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.noneChosen);
  const box = (of: string) => page.locator(of).getByRole("checkbox");
  await box(`#add [data-row-id="${first?.id}"]`).check();
  await box(`#add [data-row-id="${second?.id}"]`).check();
  await add.click();
  await expect(page.getByText(fill(text.notice.added_other, { formatted: "2" }))).toBeVisible();
  await expect(page.locator("#members [data-row-id]")).toHaveCount(2);
  await expect(box(`#add [data-row-id="${first?.id}"]`)).toBeDisabled();
  await expect(page.locator(`#add [data-row-id="${first?.id}"]`)).toContainText(text.members.isMember);

  await page.getByLabel(text.members.search).fill(second?.name ?? "");
  await page.getByRole("button", { name: text.members.searchSubmit, exact: true }).click();
  await expect(page.locator(`#members [data-row-id="${second?.id}"]`)).toBeVisible();
  await box(`#members [data-row-id="${second?.id}"]`).check();
  await page.getByRole("button", { name: text.members.remove }).click();
  await expect(page.getByText(fill(text.notice.removed_one, { formatted: "1" }))).toBeVisible();

  const renamed = ownName("Élan");
  await page.locator("#rename").getByLabel(text.form.name).fill("x".repeat(101));
  await page.getByRole("button", { name: text.rename.submit }).click();
  await expect(page.locator("#rename")).toContainText(errors.name);
  await page.locator("#rename").getByLabel(text.form.name).fill(renamed);
  await page.getByRole("button", { name: text.rename.submit }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(renamed);

  await page.goto(`/en/groups?q=${encodeURIComponent(renamed)}`);
  const row = page.locator(`[data-row-id="${id}"]`);
  await row.getByRole("link", { name: `${fill(text.customersOf, { group: renamed })}: 1` }).click();
  await expect(page).toHaveURL(new RegExp(`group=${id}`));
  await expect(page.locator(`main [data-row-id="${first?.id}"]`)).toBeVisible();

  await page.goto(`/en/groups/${id}`);
  await page.getByRole("link", { name: text.delete.open }).click();
  await expect(page.getByText(text.delete.goesNobody)).toBeVisible();
  await expect(page.getByText(fill(text.delete.staysCustomers_one, { formatted: "1" }))).toBeVisible();
  const submit = page.getByRole("button", { name: text.delete.submit });
  await page.getByLabel(text.delete.word).fill("no");
  await submit.click();
  await expect(page.locator("#word-error")).toHaveText(errors.wordMissing);
  await page.getByLabel(text.delete.word).fill("yes");
  await submit.click();
  await expect(page.getByText(text.notice.delete)).toBeVisible();
  expect((await caller.get(`/en/groups/${id}`)).status).toBe(404);
  expect((await caller.get(`/en/customers/${first?.id}`)).status).toBe(200);
  await page.context().close();
});

test("by rule without scripts: counted before it is made, refused when it asks nothing, and two people see the difference", async ({
  browser,
  as,
  baseURL,
}) => {
  const caller = await as("super");
  const page = await withoutScripts(browser, caller, baseURL);
  const name = ownName("Regola");

  await page.goto("/en/groups/new");
  const field = page.getByRole("textbox", { name: text.form.name });
  await field.fill(name);
  await page.getByRole("radio", { name: text.kind.rule }).check();
  await page.getByRole("button", { name: text.form.create }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.ruleEmpty);
  await page.getByRole("checkbox", { name: "Austria" }).check();
  await page.getByRole("button", { name: text.rule.count, exact: true }).click();
  const counted = page.locator("#rule output");
  await expect(counted).toHaveText(/: \d+$/);
  const n = Number((await counted.innerText()).split(": ")[1]);
  expect(n).toBeGreaterThan(0);
  await expect(field).toHaveValue(name);
  await expect(page.getByRole("checkbox", { name: "Austria" })).toBeChecked();
  await page.getByRole("button", { name: text.form.create }).click();
  await expect(page.getByText(text.notice.created)).toBeVisible();
  const id = idIn(page);
  const group = await caller.query<GroupDetails>("groups.byId", { id });
  expect(group.customers).toEqual({ count: n, isMore: false });

  // Meanwhile somebody else saves another rule.
  const theirs = { action: "rule", version: 1, "countries.CH": "on" };
  expect((await caller.post(`/api/groups/${id}`, theirs)).status).toBe(200);
  await page.getByRole("checkbox", { name: "Germany" }).check();
  await page.getByRole("button", { name: text.rule.save }).click();
  await expect(page.locator("#rule").getByRole("alert")).toContainText(errors.changed);
  await expect(page.locator("#rule").getByRole("alert")).toContainText("Switzerland");
  await expect(page.getByRole("checkbox", { name: "Germany" })).toBeChecked();
  await page.getByRole("button", { name: text.rule.save }).click();
  await expect(page.getByText(text.notice.rule)).toBeVisible();
  await expect(page.getByRole("button", { name: text.members.remove })).toHaveCount(0);
  await page.context().close();
  await deleteGroup(caller, id);
});

test("with scripts the count follows every change, and a rule's fields show when they are asked for", async ({
  page,
  enter,
}) => {
  await enter("super");
  await page.goto("/en/groups/new");
  await expect(page.locator("#rule")).toBeHidden();
  await page.getByRole("radio", { name: text.kind.rule }).check();
  await expect(page.locator("#rule")).toBeVisible();
  const output = page.locator("#rule output");
  const box = page.getByRole("checkbox", { name: resources.en.status.word.synced });
  await expect(async () => {
    await box.uncheck();
    await box.check();
    await expect(output).toHaveText(/: [1-9][\d,]*$/, { timeout: 1_500 });
  }).toPass();
  const before = await output.innerText();
  await page.getByLabel(text.rule.fact.tags).fill("nobody has this tag");
  await expect(output).toHaveText(fill(text.rule.counted, { n: "0" }));
  await page.getByRole("radio", { name: text.rule.any }).check();
  await expect(output).toHaveText(before);
  await page.getByLabel(text.rule.fact.tags).fill("");
  await box.uncheck();
  await expect(output).toHaveText(text.rule.countNothing);
  await page.getByRole("button", { name: text.rule.count, exact: true }).click();
  await expect(page).toHaveURL(/\/groups\/new$/);
});

test("given to a person it shows present and future customers at the next request, and taken back none", async ({
  page,
  as,
  enter,
}) => {
  const [caller, person] = [await as("super"), await as("readonly")];
  const sees = async (customerId: string) => (await person.get(`/en/customers/${customerId}`)).status === 200;
  const known = new Set((await customers(person, { q: "hotel", pageSize: 100 })).map(({ id }) => id));
  const [present = "", future = ""] = (await customers(caller, { q: "hotel", pageSize: 100 }))
    .filter((row) => !known.has(row.id) && row.status !== "not_applicable")
    .map(({ id }) => id);
  const group = await makeGroup(caller, { name: ownName("Team") });
  const put = (customerId: string) =>
    caller.post("/api/groups/members", { action: "add", group, customers: [customerId] });
  await put(present);
  expect(await sees(present)).toBe(false);

  await enter("super");
  await page.goto(`/en/groups/${group}`);
  const section = page.locator("#administrators");
  const option = await section
    .locator("option", { hasText: "readonly@alpina.example" })
    .getAttribute("value");
  await section.getByLabel(text.administrators.choose).selectOption(option);
  await section.getByRole("button", { name: text.administrators.give }).click();
  await expect(page.getByText(text.notice.give)).toBeVisible();
  expect(await sees(present)).toBe(true);
  expect(await sees(future)).toBe(false);
  await put(future);
  expect(await sees(future)).toBe(true);
  await page.goto(`/en/groups/${group}/delete`);
  await expect(page.getByText(fill(text.delete.goesPerson, { name: "Paolo Serra" }))).toBeVisible();
  await page.goto(`/en/groups/${group}`);
  await section
    .getByRole("button", { name: fill(text.administrators.takeOf, { name: "Paolo Serra" }) })
    .click();
  await expect(page.getByText(text.notice.take)).toBeVisible();
  expect([await sees(present), await sees(future)]).toEqual([false, false]);
  await deleteGroup(caller, group);
});

test("deleted while it is given to somebody it says who loses what, and they lose it at once", async ({
  page,
  as,
  enter,
}) => {
  const [caller, person] = [await as("super"), await as("readonly")];
  const known = new Set((await customers(person, { q: "hotel", pageSize: 100 })).map(({ id }) => id));
  const other = (await customers(caller, { q: "hotel", pageSize: 100 })).find(
    (row) => !known.has(row.id) && row.status !== "not_applicable",
  );
  const sees = async () => (await person.get(`/en/customers/${other?.id}`)).status === 200;
  const group = await makeGroup(caller, { name: ownName("Zu Ende") });
  await caller.post("/api/groups/members", { action: "add", group, customers: [other?.id] });
  await enter("super");
  await page.goto(`/en/groups/${group}`);
  const section = page.locator("#administrators");
  const option = await section
    .locator("option", { hasText: "readonly@alpina.example" })
    .getAttribute("value");
  await section.getByLabel(text.administrators.choose).selectOption(option);
  await section.getByRole("button", { name: text.administrators.give }).click();
  await expect(page.getByText(text.notice.give)).toBeVisible();
  expect(await sees()).toBe(true);

  await page.getByRole("link", { name: text.delete.open }).click();
  await expect(page.getByText(fill(text.delete.goesPerson, { name: "Paolo Serra" }))).toBeVisible();
  await expect(page.getByText(fill(text.delete.staysCustomers_one, { formatted: "1" }))).toBeVisible();
  await page.getByLabel(text.delete.word).fill("yes");
  await page.getByRole("button", { name: text.delete.submit }).click();
  await expect(page.getByText(text.notice.delete)).toBeVisible();
  expect(await sees()).toBe(false);
});

test("a customer's page puts it in an existing group, for Super Admins only", async ({ page, as, enter }) => {
  const caller = await as("super");
  const name = ownName("Da cliente");
  const group = await makeGroup(caller, { name });
  const [customer] = await customers(caller, { q: "Bottega Rossi" });
  await enter("super");
  await page.goto(`/en/customers/${customer?.id}`);
  const section = page.locator("#groups");
  await section.getByLabel(text.ofCustomer.add).selectOption({ label: name });
  await section.getByRole("button", { name: text.ofCustomer.save }).click();
  await expect(section.getByText(fill(text.notice.added_one, { formatted: "1" }))).toBeVisible();
  await expect(section.getByRole("link", { name })).toHaveAttribute("href", `/en/groups/${group}`);
  await enter("admin");
  await page.goto(`/en/customers/${customer?.id}`);
  await expect(section).toContainText(name);
  await expect(section.getByRole("button")).toHaveCount(0);
  await expect(section.getByRole("link")).toHaveCount(0);
  await deleteGroup(caller, group);
});

test("an order of a managed customer is refused with the reason", async ({ page, as, enter }) => {
  const caller = await as("super");
  const group = await makeGroup(caller, { name: ownName("Ordini") });
  const [order] = await customers(caller, { status: "not_applicable" });
  const { text: body } = await caller.post("/api/groups/members", {
    action: "add",
    group,
    customers: [order?.id],
  });
  expect(body).toContain(errors.orderOnly);
  await enter("super");
  await page.goto(`/en/groups/${group}?find=${encodeURIComponent(order?.name ?? "")}`);
  const row = page.locator(`#add [data-row-id="${order?.id}"]`);
  await expect(row).toContainText(text.members.isOrder);
  await expect(row.getByRole("checkbox")).toBeDisabled();
  await deleteGroup(caller, group);
});

test("nobody but a Super Admin manages them: no way there, and a refusal that says why", async ({
  as,
  page,
  enter,
}) => {
  const { rows } = await (await as("super")).query<GroupList>("groups.list", { q: "Nord" });
  const nord = rows[0]?.id ?? "";
  for (const person of ["admin", "helpdesk", "business", "readonly", "rossiAdmin", "rossiViewer"] as const) {
    const caller = await as(person);
    for (const path of ["", "/new", `/${nord}`, `/${nord}/delete`])
      expect((await caller.get(`/en/groups${path}`)).status, `${person} ${path}`).toBe(404);
    expect((await caller.post("/api/groups", { name: "x" })).status, person).toBe(403);
    expect((await caller.post(`/api/groups/${nord}`, { action: "delete", word: "yes" })).status).toBe(403);
    expect((await caller.get("/api/groups/count?countries.IT=on")).status).toBe(403);
  }
  const lagune = await as("lagune");
  expect((await lagune.get(`/en/groups/${nord}`)).status).toBe(404);
  expect((await lagune.post(`/api/groups/${nord}`, { action: "delete", word: "yes" })).status).toBe(404);
  await enter("admin");
  await page.goto("/en/groups");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(text.refused.title);
  await expect(page.getByText(text.refused.body)).toBeVisible();
  const nav = page.getByRole("navigation", { name: resources.en.common.nav.label });
  await expect(nav.getByRole("link", { name: resources.en.common.nav.groups })).toHaveCount(0);
});

test("vendor accounts, connections and synchronisations are narrowed to a group, without scripts", async ({
  browser,
  as,
  baseURL,
}) => {
  const caller = await as("super");
  const page = await withoutScripts(browser, caller, baseURL);
  const { rows } = await caller.query<GroupList>("groups.list", {});
  const group = rows.find(({ customers: { count } }) => count > 0);
  if (!group) throw new Error("no group has a customer");
  const { filter } = resources.fr.groups;
  for (const [path, empty] of [
    ["vendor-accounts?view=linked", resources.fr["vendor-accounts"].empty.group.title],
    ["connections", resources.fr.connections.empty.group],
    ["sync", resources.fr.sync.empty.groupTitle],
  ] as const) {
    await page.goto(`/fr/${path}`);
    await page.getByLabel(filter.label, { exact: true }).selectOption(group.id);
    await page.getByRole("button", { name: filter.show, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/fr/${path.split("?")[0]}\\?.*group=${group.id}`));
    await expect(page.getByLabel(filter.label, { exact: true })).toHaveValue(group.id);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.goto(`/fr/${path}${path.includes("?") ? "&" : "?"}group=${crypto.randomUUID()}`);
    await expect(page.getByText(empty)).toBeVisible();
  }
});

for (const language of languages) {
  test(`are accessible, and on a phone nothing scrolls sideways (${language})`, async ({
    page,
    as,
    enter,
  }) => {
    test.setTimeout(60_000);
    const caller = await as("super");
    const rule = { kind: "rule", "statuses.warning": "on", "countries.IT": "on" };
    const byRule = await makeGroup(caller, { name: ownName("Lungo".repeat(15)), ...rule });
    const { rows } = await caller.query<GroupList>("groups.list", { q: "Nord" });
    const nord = rows[0]?.id ?? "";
    await enter("super");
    const conflict = "?of=rule&error=group.changed&countries.FR=on";
    for (const path of [
      "",
      "/new?kind=rule",
      `/${nord}?find=bottega`,
      `/${byRule}${conflict}`,
      `/${nord}/delete`,
    ]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`/${language}/groups${path}`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
      expect(await page.locator("main").innerText()).not.toMatch(/\{\{\w+\}\}|undefined|NaN/);
    }
    await deleteGroup(caller, byRule);
  });
}
