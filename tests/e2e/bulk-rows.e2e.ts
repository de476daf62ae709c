import type { BulkPreview } from "#server/bulk/schema.ts";
import { formatNumber } from "#locales/format.ts";
import type { CustomerRecord } from "#server/records/schema.ts";
import { choose, hold, jobOf, outcomes, reason, type Row, rowsOf, start, whole } from "./bulk-jobs.ts";
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

// Each test takes back what it did; those of bulk.e2e.ts take the first customers by name.

const box = (page: Page, { id }: Row) => page.locator(`tr[data-row-id="${id}"] input[name=id]`);
const own = ({ relationship }: Row) => relationship !== "order_only";

test("without its capability a customer is refused, and the others are done beside it", async ({
  as,
  page,
  enter,
}) => {
  const { errors } = resources.fr;
  const caller = await as("super");
  const [synced] = await rowsOf(caller, { status: "synced", relationship: "delegated", sort: "-name" });
  const closed = (await rowsOf(caller, { status: "access_disabled", relationship: "delegated" })).find(
    ({ reasons }) => reasons.some(({ code }) => code === "grant_without_metrics"),
  );
  if (!synced || !closed) throw new Error("the demo lacks a customer without metrics");
  await enter("super");
  await page.goto(`/fr/bulk/${await hold(caller, "sync", { id: [synced.id, closed.id] })}`);
  await expect(page.locator("#refusals")).toContainText(errors.customer.accessDisabled);
  await start(page, "fr", "1");
  expect(await outcomes(page)).toEqual(["changed", "refused"]);
  await expect(reason(page, closed)).toContainText(errors.customer.accessDisabled);
  await expect(reason(page, closed)).toHaveAttribute("data-outcome", "refused");
  await expect(reason(page, synced)).toHaveAttribute("data-outcome", "changed");
});

/** Gives a customer these tags, and leaves the rest of its record as it is. */
async function setTags(caller: Caller, { id }: Row, tags: readonly string[]): Promise<string[]> {
  const record = await caller.query<CustomerRecord>("records.byCustomer", { customerId: id });
  const { version, nameShown, internal, accountManager, language, timeZone } = record;
  const texts = { accountManager: accountManager ?? "", language: language ?? "", timeZone: timeZone ?? "" };
  const answer = await caller.post(`/api/records/${id}`, {
    version,
    nameShown,
    ...texts,
    notes: internal?.notes ?? "",
    tags: tags.join(";"),
  });
  expect(answer.status, answer.text).toBe(200);
  return internal?.tags ?? [];
}

test("a customer that is full of tags is refused beside one that is tagged; the figures and the rows of trouble say so", async ({
  as,
  page,
  enter,
}) => {
  const { bulk, errors } = resources.it;
  const caller = await as("lagune");
  const [full, free] = (await rowsOf(caller, { sort: "-name" })).filter(own).slice(3);
  if (!full || !free) throw new Error("the partner has too few customers");
  const before = await setTags(
    caller,
    full,
    Array.from({ length: 20 }, (_, n) => `e2e ${n}`),
  );
  try {
    await enter("lagune");
    await choose(page, "it", "tag", [full, free]);
    await page.getByLabel(bulk.option.tag, { exact: true }).fill("e2e rows");
    await start(page, "it", "2");
    expect(await outcomes(page)).toEqual(["changed", "refused"]);
    await expect(reason(page, full)).toContainText(errors.bulk.tooManyTags);
    const figure = (label: string) => page.locator("main li").filter({ hasText: label }).first();
    await expect(figure(bulk.count.changed)).toContainText("1");
    await expect(figure(bulk.count.trouble)).toContainText("1");
    await page.locator('a[href$="?show=trouble"]').first().click();
    await expect(page).toHaveURL(/show=trouble/);
    await expect(page.locator("tr[data-outcome]")).toHaveCount(1);
    await expect(reason(page, full)).toContainText(errors.bulk.tooManyTags);
    await page.locator(`main li a[href$="/bulk/${page.url().split(/[/?]/).at(-2)}"]`).click();
    await expect(page.locator("tr[data-outcome]")).toHaveCount(2);
  } finally {
    await setTags(caller, full, before);
    await whole(caller, "untag", [free], { tag: "e2e rows" });
  }
});

test("the checkbox in the head ticks the page, Shift all between two", async ({ as, page, enter }) => {
  const rows = await rowsOf(await as("super"), { pageSize: 25 });
  const { bar } = resources.en.bulk;
  await enter("super");
  await page.goto("/en/customers?view=all&pageSize=25");
  const form = page.getByRole("form", { name: bar.label });
  const said = (count: number) =>
    form.getByText(bar.selected.replace("{count}", String(count)), { exact: true });
  await page.locator("[data-select-page]").check();
  await expect(said(25)).toBeVisible();
  await page.locator("[data-select-page]").uncheck();
  await expect(form).toBeHidden();
  const [, second, , , fifth] = rows;
  if (!second || !fifth) throw new Error("the page is too short");
  await box(page, second).click();
  await box(page, fifth).click({ modifiers: ["Shift"] });
  await expect(said(4)).toBeVisible();
  const ticked = page.locator("tbody input[name=id]:checked");
  expect(await ticked.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).toEqual(
    rows.slice(1, 5).map(({ id }) => id),
  );
});

for (const language of languages)
  test(`what is picked by hand lasts over pages, orders and filters (${language})`, async ({
    as,
    page,
    enter,
  }) => {
    const caller = await as("super");
    const { bulk, common } = resources[language];
    const [first, second] = await rowsOf(caller, { pageSize: 25 });
    if (!first || !second) throw new Error("the partner has too few customers");
    await enter("super");
    const list = `/${language}/customers?view=all&pageSize=25`;
    await page.goto(list);
    const form = page.getByRole("form", { name: bulk.bar.label });
    const away = (count: number, of: number) =>
      form.getByText(bulk.bar.away.replace("{count}", String(count)).replace("{away}", String(of)));
    await box(page, first).check();
    await box(page, second).check();
    await page.getByRole("link", { name: common.paging.next, exact: true }).click();
    await expect(page).toHaveURL(/after=/, { timeout: 20_000 });
    await expect(away(2, 2)).toBeVisible();
    await page.locator("tbody input[name=id]").nth(3).check();
    await expect(away(3, 2)).toBeVisible();
    await expectNoSidewaysScroll(page);
    await page.goto(`/${language}/customers?q=${encodeURIComponent(first.name)}`);
    await expect(box(page, first)).toBeChecked();
    await expect(page.locator(`tr[data-row-id="${first.id}"]`)).toHaveAttribute("aria-selected", "true");
    await page.goto(`${list}&sort=-name`);
    await expect(away(3, 3)).toBeVisible();
    await page.goto(list);
    await expect(box(page, second)).toBeChecked();
    await box(page, second).uncheck();
    await expect(away(2, 1)).toBeVisible();

    // It becomes a draft with all of them, can be picked on until that begins, and is forgotten then.
    await form.getByLabel(bulk.bar.choose).selectOption("export");
    await form.getByRole("button", { name: bulk.bar.go, exact: true }).click();
    await expect(page).toHaveURL(/\/bulk\/[0-9a-f-]{36}$/);
    const [bulkId = ""] = page.url().split("/").slice(-1);
    expect((await jobOf(caller, bulkId)).total).toBe(2);
    await page.goto(list);
    await expect(away(2, 1)).toBeVisible();
    await page.goto(`/${language}/bulk/${bulkId}`);
    await page.getByRole("button", { name: bulk.discard }).click();
    await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
    await page.goto(list);
    await expect(box(page, first)).not.toBeChecked();
    await expect(form).toBeHidden();

    await box(page, first).check();
    await page.goto(`${list}&sort=-name`);
    await expect(away(1, 1)).toBeVisible();
    await form.getByRole("button", { name: bulk.bar.clear }).click();
    await expect(form).toBeHidden();
    await page.goto(list);
    await expect(box(page, first)).not.toBeChecked();
  });

test("no more are picked by hand than an action takes", async ({ page, enter }) => {
  const { bulk, errors } = resources.it;
  await enter("super");
  await page.goto("/it/customers?view=all&pageSize=25");
  const action = (await page.locator("#selection").getAttribute("action")) ?? "";
  const owner = new URL(action, "http://here.invalid").searchParams.get("membership");
  const ids = Array.from({ length: 998 }, () => crypto.randomUUID());
  await page.evaluate(([key, kept]) => sessionStorage.setItem(key, kept), [
    `selection ${owner}`,
    JSON.stringify({ ids }),
  ] as const);
  await page.reload();
  const form = page.getByRole("form", { name: bulk.bar.label });
  await expect(form).toBeVisible();
  // Not all of the page fit, so it is not ticked itself.
  await page.locator("[data-select-page]").click();
  await expect(page.locator("tbody input[name=id]:checked")).toHaveCount(2);
  await expect(form.getByText(errors.bulk.tooMany)).toBeVisible();
  await expect(form).toContainText(formatNumber("it", 1_000));
  await form.getByRole("button", { name: bulk.bar.clear }).click();
  await expect(form).toBeHidden();
});

test("a filter that was tampered with is refused in words, and nothing is begun", async ({ page, enter }) => {
  await enter("super");
  const turns = [
    ["en", '{"status":"nice"}'],
    ["it", '{"stauts":"warning"}'],
    ["fr", "{"],
    ["en", ""],
  ] as const;
  for (const [language, filter] of turns) {
    const { bulk, errors } = resources[language];
    await page.goto(`/${language}/customers?view=all`);
    const form = page.locator("#selection");
    await form.locator('input[name="all"]').evaluate((one) => (one as HTMLInputElement).click());
    await form.locator('input[name="filter"]').evaluate((one, to) => {
      (one as HTMLInputElement).value = to;
    }, filter);
    await form.getByLabel(bulk.bar.choose).selectOption("pin");
    await form.getByRole("button", { name: bulk.bar.go, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/${language}/customers\\?.*error=request.invalid`));
    await expect(page.getByText(errors.request.invalid).first()).toBeVisible();
  }
});

test("every customer whose trials end is named before, page after page, and how many trials", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  const { bulk } = resources.fr;
  const filter = JSON.stringify({ licenceKind: "trial" });
  const bulkId = await hold(caller, "convertTrial", { all: "1", filter });
  await enter("super");
  const list = page.locator("#samples");
  // Other tests end trials meanwhile; what is counted and what is shown are then told apart, and read again.
  let names: string[] = [];
  await expect(async () => {
    const preview = await caller.query<BulkPreview>("bulk.preview", { bulkId });
    expect(preview.counted).toBeGreaterThan(preview.samples.length);
    expect(preview.trials).toBeGreaterThanOrEqual(preview.open);
    await page.goto(`/fr/bulk/${bulkId}`);
    const trials = formatNumber("fr", preview.trials ?? 0);
    await expect(list.getByText(fill(bulk.samples.trials, { formatted: trials }))).toBeVisible();
    const read: string[] = [];
    for (;;) {
      const from = read.length + 1;
      const here = await list.locator("li bdi").allTextContents();
      read.push(...here);
      const place = { from, to: read.length, total: preview.counted };
      const written = Object.entries(place).map(([name, n]) => [name, formatNumber("fr", n)]);
      await expect(list.getByText(fill(bulk.samples.lead, Object.fromEntries(written)))).toBeVisible();
      const next = list.getByRole("link", { name: bulk.page.next, exact: true });
      if ((await next.count()) === 0) break;
      await next.click();
      await expect(list.locator("li bdi").first()).not.toHaveText(here[0] ?? "");
    }
    expect(read).toHaveLength(preview.counted);
    names = read;
  }).toPass({ timeout: 60_000 });
  await list.getByRole("link", { name: bulk.page.first, exact: true }).click();
  await expect(list.locator("li bdi").first()).toHaveText(names[0] ?? "");
  await page.getByRole("button", { name: bulk.discard }).click();
  await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
});

test("the recent actions narrow to those about a customer of a group", async ({ as, page, enter }) => {
  const caller = await as("super");
  const { bulk, groups } = resources.it;
  const [first, last] = [
    (await rowsOf(caller)).find(own),
    (await rowsOf(caller, { sort: "-name" })).find(own),
  ];
  if (!first || !last) throw new Error("the partner has too few customers");
  const made: string[] = [];
  const group = async (name: string) => {
    const { text } = await caller.post("/api/groups", { name });
    const { id } = JSON.parse(text) as { id: string };
    made.push(id);
    return id;
  };
  try {
    const name = `Bulk righe ${Date.now()}`;
    const [filled, empty] = [await group(name), await group(`${name} vuoto`)];
    await whole(caller, "groupAdd", [last], { groupId: filled });
    await enter("super");
    await page.goto("/it/bulk");
    await page.getByLabel(groups.filter.label).selectOption({ label: name });
    await page.getByRole("button", { name: groups.filter.show, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`group=${filled}`));
    const jobs = page.locator('main li a[href*="/bulk/"]');
    await expect(jobs.filter({ hasText: bulk.action.groupAdd }).first()).toBeVisible();
    await expectAccessible(page);
    await page.goto(`/it/bulk?group=${empty}`);
    await expect(page.getByText(bulk.empty.groupTitle)).toBeVisible();
    await expect(jobs).toHaveCount(0);
    for (const wrong of ["nonsense", ""]) {
      await page.goto(`/it/bulk?group=${wrong}`);
      await expect(jobs.first()).toBeVisible();
    }
  } finally {
    for (const id of made) await caller.post(`/api/groups/${id}`, { action: "delete", word: "yes" });
  }
});
