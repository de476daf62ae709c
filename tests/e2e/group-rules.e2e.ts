import type { Caller, Page } from "./portal.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import type { GroupDetails, GroupList, GroupsOf } from "#server/groups/schema.ts";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  resources,
  test,
} from "./portal.ts";

const ownName = (what: string) => `${what} ${crypto.randomUUID().slice(0, 8)}`;
async function makeGroup(caller: Caller, fields: Record<string, unknown>): Promise<string> {
  const { status, text } = await caller.post("/api/groups", fields);
  expect(status, text).toBe(200);
  return (JSON.parse(text) as { id: string }).id;
}
const deleteGroup = async (caller: Caller, id: string) =>
  expect((await caller.post(`/api/groups/${id}`, { action: "delete", word: "yes" })).status).toBe(200);
const group = (caller: Caller, id: string) => caller.query<GroupDetails>("groups.byId", { id });
const list = async (caller: Caller, input: object) =>
  (await caller.query<CustomerList>("customers.list", input)).rows;
/** Customers that may be in a group. */
const members = async (caller: Caller, q: string) =>
  (await list(caller, { q, pageSize: 25 })).filter(({ relationship }) => relationship !== "order_only");
const alertOf = (page: Page) => page.locator("main").getByRole("alert");
/** As a page that was shown before somebody changed what it offers. */
const choose = (page: Page, select: string, value: string) =>
  page.locator(select).evaluate((element, id) => {
    const option = (element as HTMLSelectElement).options[1] ?? (element as HTMLSelectElement).options[0];
    if (option) option.value = id;
    (element as HTMLSelectElement).value = id;
  }, value);

test("vendor, category and licence kind each narrow the live count, and the members are those", async ({
  as,
  enter,
  page,
}) => {
  const { group: text, groups: all } = resources.it;
  const caller = await as("super");
  const rule = page.locator("#rule");
  const output = rule.locator("output");
  const counted = async (): Promise<number> => {
    const [, n = ""] = /: ([\d.]+)$/.exec(await output.innerText()) ?? [];
    return Number(n.replaceAll(".", ""));
  };
  const ticks = async (name: string) => {
    const before = await output.innerText();
    const box = rule.locator(`input[name="${name}"]`);
    if (!(await box.isVisible())) await rule.locator("details summary").first().click();
    await box.check();
    await expect(output).not.toHaveText(before);
    return counted();
  };
  await enter("super");
  await page.goto("/it/groups/new");
  const name = ownName("Condizioni");
  await page.getByRole("textbox", { name: all.form.name }).fill(name);
  await expect(async () => {
    await page.getByRole("radio", { name: all.kind.rule }).check();
    await rule.locator('input[name="vendors.snow"]').uncheck();
    await rule.locator('input[name="vendors.snow"]').check();
    await expect(output).toHaveText(/: [1-9]/, { timeout: 1_500 });
  }).toPass();
  const ofVendor = await counted();
  const ofCategory = await ticks("categories.server");
  const ofAll = await ticks("licenceKinds.monthly");
  await rule.getByRole("radio", { name: text.rule.any }).check();
  await expect(output).not.toHaveText(fill(text.rule.counted, { n: String(ofAll) }));
  expect(await counted()).toBeGreaterThan(ofVendor);
  await rule.getByRole("radio", { name: text.rule.all }).check();
  await expect(output).toHaveText(fill(text.rule.counted, { n: String(ofAll) }));
  expect(ofCategory).toBeLessThan(ofVendor);
  expect(ofAll).toBeLessThan(ofCategory);
  expect(ofAll).toBeGreaterThan(0);
  await page.getByRole("button", { name: all.form.create }).click();
  await expect(page.getByText(all.notice.created)).toBeVisible();
  await expect(page.getByText(all.notice.createdUndo)).toBeVisible();
  const id = page.url().split("/groups/")[1]?.slice(0, 36) ?? "";
  expect((await group(caller, id)).customers).toEqual({ count: ofAll, isMore: false });
  const rows = await list(caller, { group: id, pageSize: 100 });
  expect(rows).toHaveLength(Math.min(ofAll, 100));
  for (const row of rows) {
    expect(row.licenceKinds).toContain("monthly");
    expect([...row.categories, ...row.categoriesInactive]).toContain("server");
    expect(row.vendors).toContain("snow");
  }
  await deleteGroup(caller, id);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("refusals of a rule: a status that the group's own thresholds decide, too many tags, a group that people fill", async ({
    as,
    enter,
    page,
  }) => {
    const { group: text } = resources.fr;
    const errors = resources.fr.errors.group;
    const caller = await as("super");
    const byRule = await makeGroup(caller, { name: ownName("Cercle"), kind: "rule", "countries.AT": "on" });
    const before = await group(caller, byRule);
    const thresholds = { silentDays: "10", stuckHours: "", wasSilentDays: "", wasStuckHours: "" };
    expect((await caller.post(`/api/settings/groups/${byRule}`, thresholds)).status).toBe(200);
    await enter("super");
    await page.goto(`/fr/groups/${byRule}`);
    const status = page.getByRole("checkbox", { name: resources.fr.status.word.warning });
    await status.check();
    await page.getByRole("button", { name: text.rule.save }).click();
    await expect(alertOf(page)).toContainText(errors.circle);
    await expect(status).toBeChecked();
    await status.uncheck();
    await page
      .getByLabel(text.rule.fact.tags)
      .fill(Array.from({ length: 21 }, (_, n) => `tag ${n}`).join(", "));
    await page.getByRole("button", { name: text.rule.save }).click();
    await expect(alertOf(page)).toContainText(errors.rule);
    await expect(page.getByLabel(text.rule.fact.tags)).toHaveValue(/tag 20$/);
    expect((await group(caller, byRule)).rule).toEqual(before.rule);

    const byPeople = await makeGroup(caller, { name: ownName("À la main") });
    const wrong = { action: "rule", version: 1, "countries.AT": "on" };
    expect((await caller.post(`/api/groups/${byPeople}`, wrong)).text).toContain("group.notByRule");
    await deleteGroup(caller, byRule);
    await deleteGroup(caller, byPeople);
  });
});

test("refusals of members and people: a group by rule takes nobody by hand, somebody who left, a group that is gone", async ({
  as,
  enter,
  page,
}) => {
  const { errors, group: text, groups: all } = resources.it;
  const caller = await as("super");
  const byRule = await makeGroup(caller, { name: ownName("Per regola"), kind: "rule", "countries.AT": "on" });
  const byPeople = await makeGroup(caller, { name: ownName("A mano") });
  const [customer] = await members(caller, "salumificio");
  await enter("super");
  await page.goto(`/it/customers/${customer?.id}`);
  const section = page.locator("#groups");
  await expect(section.locator(`option[value="${byRule}"]`)).toHaveCount(0);
  await expect(section.locator(`option[value="${byPeople}"]`)).toHaveCount(1);
  await choose(page, "#groups select", byRule);
  await section.getByRole("button", { name: text.ofCustomer.save }).click();
  await expect(section.getByRole("alert")).toContainText(errors.group.byRule);
  const take = { action: "remove", group: byRule, customers: [customer?.id] };
  expect((await caller.post("/api/groups/members", take)).text).toContain("group.byRule");

  await page.goto(`/it/groups/${byPeople}`);
  await choose(page, "#administrators select", crypto.randomUUID());
  await page.locator("#administrators").getByRole("button", { name: text.administrators.give }).click();
  await expect(alertOf(page)).toContainText(errors.group.personNotFound);
  await page.goto(`/it/groups/${byPeople}`);
  await deleteGroup(caller, byPeople);
  await page.locator("#rename").getByRole("button", { name: text.rename.submit }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(all.gone.title);
  await deleteGroup(caller, byRule);
});

test("a change is taken back where it was made: name, rule, person, customers", async ({
  as,
  enter,
  page,
}) => {
  const { group: text, groups: all } = resources.fr;
  const caller = await as("super");
  const name = ownName("Retour");
  const id = await makeGroup(caller, { name });
  const [first, second] = await members(caller, "boulangerie");
  const put = { action: "add", group: id, customers: [first?.id] };
  expect((await caller.post("/api/groups/members", put)).status).toBe(200);
  const undo = page.getByRole("button", { name: all.notice.undo, exact: true });
  const inside = async () => (await list(caller, { group: id, pageSize: 25 })).map((row) => row.id);
  await enter("super");
  await page.goto(`/fr/groups/${id}`);
  await page.locator("#rename").getByLabel(all.form.name).fill(`${name} bis`);
  await page.getByRole("button", { name: text.rename.submit }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} bis`);
  await undo.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);

  const people = page.locator("#administrators");
  const given = async () => (await group(caller, id)).administrators.map(({ email }) => email);
  const person = await people.locator("option", { hasText: "admin@alpina.example" }).getAttribute("value");
  await people.getByLabel(text.administrators.choose).selectOption(person);
  await people.getByRole("button", { name: text.administrators.give }).click();
  await expect(page.getByText(all.notice.give)).toBeVisible();
  expect(await given()).toEqual(["admin@alpina.example"]);
  await undo.click();
  await expect(page.getByText(all.notice.take)).toBeVisible();
  expect(await given()).toEqual([]);

  // Only who came goes again: the first was in it before.
  await page.goto(`/fr/groups/${id}?find=${encodeURIComponent(second?.name ?? "")}`);
  await page.locator(`#add [data-row-id="${second?.id}"]`).getByRole("checkbox").check();
  await page.getByRole("button", { name: text.members.addChosen }).click();
  await expect(page.getByText(fill(all.notice.added_one, { formatted: "1" }))).toBeVisible();
  expect((await inside()).toSorted()).toEqual([first?.id, second?.id].toSorted());
  await expectAccessible(page);
  await undo.click();
  await expect(page.getByText(fill(all.notice.removed_one, { formatted: "1" }))).toBeVisible();
  expect(await inside()).toEqual([first?.id]);

  await page.goto(`/fr/customers/${second?.id}`);
  const section = page.locator("#groups");
  const groupsOf = async () =>
    (await caller.query<GroupsOf>("groups.ofCustomer", { of: second?.id })).member.map((one) => one.id);
  const before = await groupsOf();
  await section.getByLabel(text.ofCustomer.add).selectOption({ label: name });
  await section.getByRole("button", { name: text.ofCustomer.save }).click();
  await expect(section.getByRole("link", { name })).toBeVisible();
  await undo.click();
  await expect(section.getByRole("link", { name })).toHaveCount(0);
  expect(await groupsOf()).toEqual(before);
  await deleteGroup(caller, id);

  const byRule = await makeGroup(caller, { name: ownName("Règle"), kind: "rule", "countries.AT": "on" });
  await page.goto(`/fr/groups/${byRule}`);
  await page.getByLabel(text.rule.fact.tags).fill("personne, nulle part");
  await page.getByRole("button", { name: text.rule.save }).click();
  await expect(page.getByText(all.notice.rule)).toBeVisible();
  expect((await group(caller, byRule)).rule?.tags).toEqual(["personne", "nulle part"]);
  await undo.click();
  await expect(page.getByLabel(text.rule.fact.tags)).toHaveValue("");
  expect((await group(caller, byRule)).rule).toMatchObject({ tags: [], countries: ["AT"], match: "all" });
  await deleteGroup(caller, byRule);
});

test("an address that somebody made up offers no undo: what it would give is not its reader's own change", async ({
  as,
  enter,
  page,
}) => {
  const { groups: all } = resources.it;
  const caller = await as("super");
  const name = ownName("Finto");
  const id = await makeGroup(caller, { name });
  const [customer] = await members(caller, "boulangerie");
  const undo = page.getByRole("button", { name: all.notice.undo, exact: true });
  await enter("super");
  await page.goto(`/it/groups/${id}`);
  const colleague = await page
    .locator("#administrators option", { hasText: "admin@alpina.example" })
    .getAttribute("value");
  await page.locator("#rename").getByLabel(all.form.name).fill(`${name} bis`);
  await page.getByRole("button", { name: resources.it.group.rename.submit }).click();
  await expect(undo).toBeVisible();
  const was = new URL(page.url()).searchParams.get("was") ?? "";
  const offers = async (path: string, query: Record<string, string>, shown: string) => {
    await page.goto(`/it/${path}?${new URLSearchParams(query)}`);
    await expect(page.getByText(shown)).toBeVisible();
    return undo.count();
  };
  expect(await offers(`groups/${id}`, { notice: "rename", was }, all.notice.rename)).toBe(1);
  for (const query of [
    { notice: "rename", was: "Altro" },
    { notice: "take", was: colleague ?? "" },
    { notice: "take", was },
    { notice: "take", was: "x".repeat(9_000) },
  ])
    expect(await offers(`groups/${id}`, query, all.notice[query.notice as "take"])).toBe(0);
  const moved = { notice: "removed", n: "1", moved: id, was: customer?.id ?? "" };
  const told = fill(all.notice.removed_one, { formatted: "1" });
  expect(await offers(`groups/${id}`, moved, told)).toBe(0);
  expect(await offers(`customers/${customer?.id}`, moved, told)).toBe(0);
  await deleteGroup(caller, id);
});

test("a partner without a group is told what one is for; fifty by rule and five hundred in all are the most", async ({
  as,
  enter,
  page,
}) => {
  test.setTimeout(180_000);
  const { groups: text, errors } = resources.fr;
  const caller = await as("lagune");
  await enter("lagune");
  for (const language of languages) {
    await page.goto(`/${language}/groups`);
    const { empty, new: create } = resources[language].groups;
    await expect(page.getByRole("heading", { name: empty.title })).toBeVisible();
    await expect(page.getByText(empty.reason)).toBeVisible();
    await expect(page.getByRole("link", { name: create })).toHaveAttribute("href", `/${language}/groups/new`);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  }
  const made: string[] = [];
  const make = async (many: number, fields: object) => {
    for (let n = 0; n < many; n += 10)
      made.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, () => makeGroup(caller, { name: ownName("Beaucoup"), ...fields })),
        )),
      );
  };
  const refused = async (error: string) => {
    await page.getByRole("button", { name: text.form.create }).click();
    await expect(alertOf(page)).toContainText(error);
  };
  try {
    await make(50, { kind: "rule", "licenceKinds.trial": "on" });
    await page.goto("/fr/groups/new?kind=rule&licenceKinds.term=on");
    await page.getByRole("textbox", { name: text.form.name }).fill("Une de trop");
    await refused(errors.group.tooManyRules);
    await expect(
      page.getByRole("checkbox", { name: resources.fr.group.rule.licenceKind.term }),
    ).toBeChecked();
    await make(450, {});
    await page.goto("/fr/groups/new");
    await page.getByRole("textbox", { name: text.form.name }).fill("Un de trop");
    await refused(errors.group.tooMany);
    await expect(page.getByRole("textbox", { name: text.form.name })).toHaveValue("Un de trop");
    expect((await caller.query<GroupList>("groups.list", {})).total).toBe(500);
  } finally {
    for (let n = 0; n < made.length; n += 10)
      await Promise.all(made.slice(n, n + 10).map((id) => deleteGroup(caller, id)));
  }
});
