import type { BulkRows } from "#server/bulk/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import type { CustomerRecord } from "#server/records/schema.ts";
import type { TrialDetails } from "#server/trials/schema.ts";
import {
  choose,
  hold,
  holdOne,
  jobOf,
  outcomes,
  reason,
  type Row,
  rowsOf,
  start,
  takeBack,
  whole,
} from "./bulk-jobs.ts";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  resources,
  test,
} from "./portal.ts";

// One partner: each test takes back what it did.
test.describe.configure({ mode: "serial" });

test("a tag: chosen on the list, shown before, done, told per customer, taken back", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("lagune");
  const [first, second] = (await rowsOf(caller)).filter(({ relationship }) => relationship !== "order_only");
  if (!first || !second) throw new Error("the partner has too few customers");
  const { bulk, errors } = resources.en;
  await enter("lagune");
  await page.goto("/en/customers?view=all&pageSize=100");
  const bar = page.getByRole("form", { name: bulk.bar.label });
  await expect(bar).toBeHidden();
  await page.locator(`tr[data-row-id="${first.id}"] input[name=id]`).check();
  await expect(bar.getByText(bulk.bar.selected.replace("{count}", "1"))).toBeVisible();
  await bar.getByRole("button", { name: bulk.bar.clear }).click();
  await expect(bar).toBeHidden();
  await choose(page, "en", "tag", [first, second]);
  await expect(page.getByText(bulk.after.undo)).toBeVisible();
  await page.getByLabel(bulk.option.tag, { exact: true }).fill("a;b");
  await page.getByRole("button", { name: fill(bulk.start_other, { formatted: "2" }) }).click();
  await expect(page.getByText(errors.bulk.tagInvalid)).toBeVisible();
  await expect(page.getByLabel(bulk.option.tag, { exact: true })).toHaveValue("a;b");
  await page.getByLabel(bulk.option.tag, { exact: true }).fill("e2e bulk");
  await start(page, "en", "2");
  expect(await outcomes(page)).toEqual(["changed", "changed"]);
  const link = await page.getByRole("link", { name: bulk.result.download }).getAttribute("href");
  const file = await caller.get(link ?? "");
  expect([file.status, file.text.split("\r\n").length]).toEqual([200, 4]);
  await takeBack(page, "en");
  expect(await outcomes(page)).toEqual(["changed", "changed"]);
});

test("all that match, without scripts: into a group and out again", async ({ browser, as, baseURL }) => {
  const caller = await as("super");
  const { total, groups } = await caller.query<CustomerList>("customers.list", { status: "access_disabled" });
  const { bulk } = resources.fr;
  const [name = "", value = ""] = caller.cookie.split("=");
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? "" });
  await context.addCookies([{ name, value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  await choose(page, "fr", "groupAdd", "all", "status=access_disabled");
  const options = page.getByLabel(bulk.option.group).locator("option");
  const [, id] = await options.evaluateAll((all) => all.map((one) => one.getAttribute("value")));
  expect(groups.map((group) => group.id)).toContain(id);
  const before = await caller.query<CustomerList>("customers.list", { group: id, pageSize: 200 });
  await page.getByLabel(bulk.option.group).selectOption(id ?? "");
  await start(page, "fr", String(total));
  await expect(page.locator("main li", { hasText: bulk.count.all }).first()).toContainText(String(total));
  expect((await outcomes(page)).every((one) => one === "changed" || one === "unchanged")).toBe(true);
  await takeBack(page, "fr");
  const after = await caller.query<CustomerList>("customers.list", { group: id, pageSize: 200 });
  expect(after.rows.map((row) => row.id)).toEqual(before.rows.map((row) => row.id));
  // Nothing selected is said, not done.
  await page.goto("/fr/customers?view=all");
  await page.getByLabel(bulk.bar.choose).selectOption("pin");
  await page.getByRole("button", { name: bulk.bar.go, exact: true }).click();
  await expect(page.getByText(resources.fr.errors.bulk.nothing)).toBeVisible();
  await context.close();
});

test("pins and synchronises; what an action cannot do is said before it is done", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  const { bulk, errors } = resources.it;
  const [synced] = await rowsOf(caller, { status: "synced", relationship: "delegated" });
  const [closed] = await rowsOf(caller, { status: "access_disabled", relationship: "delegated" });
  const [managed] = await rowsOf(caller, { relationship: "managed" });
  if (!synced || !closed || !managed) throw new Error("the partner lacks a customer");
  await enter("super");
  await choose(page, "it", "pin", [synced], `q=${encodeURIComponent(synced.name)}`);
  await start(page, "it", "1");
  await takeBack(page, "it");
  await choose(page, "it", "sync", [closed], `q=${encodeURIComponent(closed.name)}`);
  await expect(page.getByText(errors.customer.accessDisabled)).toBeVisible();
  await expect(page.getByText(bulk.nothing)).toBeVisible();
  await page.getByRole("button", { name: bulk.discard }).click();
  await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
  await choose(page, "it", "sync", [synced], `q=${encodeURIComponent(synced.name)}`);
  await start(page, "it", "1");
  expect(await outcomes(page)).toEqual(["changed"]);
  await choose(page, "it", "requestAccess", [managed], `q=${encodeURIComponent(managed.name)}`);
  await expect(page.getByText(errors.bulk.alwaysOpen)).toBeVisible();
  await expect(page.getByText(bulk.nothing)).toBeVisible();
});

test("unlinking asks for the word and goes by the rules, licence by licence", async ({ as, page, enter }) => {
  const { bulk, errors } = resources.en;
  const rows = await rowsOf(await as("super"), { licenceKind: "term", relationship: "managed" });
  const termed = rows.find(({ licenceState }) => licenceState === "active");
  if (!termed) throw new Error("no customer has a term licence");
  await enter("super");
  // Who cannot be unlinked is counted as refused before anything is begun.
  await choose(page, "en", "unlink", [termed], `q=${encodeURIComponent(termed.name)}`);
  await expect(page.locator("#samples").getByText(errors.account.termLicence)).toBeVisible();
  await expect(page.locator("#refusals").getByText(errors.account.termLicence)).toBeVisible();
  await expect(page.getByText(bulk.nothing)).toBeVisible();

  const monthly = await rowsOf(await as("super"), { licenceKind: "monthly", relationship: "managed" });
  await page.goto(`/en/bulk/${await holdOne(await as("super"), "unlink", monthly)}`);
  await expect(page.locator("#refusals")).toHaveCount(0);
  await page.getByLabel(fill(bulk.confirm.label, { word: bulk.confirm.word })).fill("maybe");
  await page.getByRole("button", { name: fill(bulk.start_one, { formatted: "1" }) }).click();
  await expect(page.getByText(errors.account.wordMissing)).toBeVisible();
  await page.getByRole("button", { name: bulk.discard }).click();
  await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
});

test("a tag is taken off whatever its capitals, and comes back as it was", async ({ as, page, enter }) => {
  const caller = await as("lagune");
  const row = (await rowsOf(caller, { sort: "-name" })).find(
    ({ relationship }) => relationship !== "order_only",
  );
  if (!row) throw new Error("the partner has no customer of its own");
  const { bulk } = resources.fr;
  const tags = async () =>
    (await caller.query<CustomerRecord>("records.byCustomer", { customerId: row.id })).internal?.tags ?? [];
  await whole(caller, "tag", [row], { tag: "E2E Or" });
  await enter("lagune");
  await choose(page, "fr", "untag", [row]);
  await page.getByLabel(bulk.option.tag, { exact: true }).fill("e2e OR");
  await start(page, "fr", "1");
  expect(await outcomes(page)).toEqual(["changed"]);
  expect(await tags()).not.toContain("E2E Or");
  await takeBack(page, "fr");
  expect(await tags()).toContain("E2E Or");
  await whole(caller, "untag", [row], { tag: "E2E Or" });
});

test("pins are taken away together, and customers out of a group", async ({ as, page, enter }) => {
  const caller = await as("super");
  const { bulk } = resources.en;
  const rows = (await rowsOf(caller, { status: "synced" })).slice(0, 2);
  const both = "view=all&status=synced&pageSize=100";
  const person = await as("business");
  await whole(person, "pin", rows);
  await enter("business");
  await choose(page, "en", "unpin", rows, both);
  await start(page, "en", "2");
  expect(await outcomes(page)).toEqual(["changed", "changed"]);
  const pinned = (await rowsOf(person, { pinned: "1" })).map(({ id }) => id);
  for (const { id } of rows) expect(pinned).not.toContain(id);

  await enter("super");
  const name = `Bulk ${Date.now()}`;
  const made = await caller.post("/api/groups", { name });
  const { id: group } = JSON.parse(made.text) as { id: string };
  await whole(caller, "groupAdd", rows, { groupId: group });
  expect(await rowsOf(caller, { group })).toHaveLength(2);
  await choose(page, "en", "groupRemove", rows, both);
  await page.getByLabel(bulk.option.group).selectOption({ label: name });
  await start(page, "en", "2");
  expect(await outcomes(page)).toEqual(["changed", "changed"]);
  expect(await rowsOf(caller, { group })).toHaveLength(0);
  await caller.post(`/api/groups/${group}`, { action: "delete", word: "yes" });
});

test("trials are converted where there are some, and who has none is told apart", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  const { bulk, errors } = resources.en;
  const isOwn = ({ relationship }: Row) => relationship !== "order_only";
  let trial: Row | undefined;
  // The first by name; other tests take the last.
  for (const row of (await rowsOf(caller, { licenceKind: "trial", sort: "name" })).filter(isOwn)) {
    const { accounts } = await caller.query<TrialDetails>("trials.byCustomer", { customerId: row.id });
    if (!accounts.some(({ refused, trials }) => !refused && trials.length > 0)) continue;
    trial = row;
    break;
  }
  const none = (await rowsOf(caller, { licenceKind: "term" })).find(
    (row) => isOwn(row) && !row.licenceKinds.includes("trial"),
  );
  if (!trial || !none) throw new Error("the demo has no trial, or no customer without one");
  const drafted = await hold(caller, "convertTrial", { id: [trial.id, none.id] });
  await enter("super");
  await page.goto(`/en/bulk/${drafted}`);
  await expect(page.locator("#refusals").getByText(errors.trial.none)).toBeVisible();
  await start(page, "en", "1");
  expect(await outcomes(page)).toEqual(["changed", "refused"]);
  await expect(reason(page, none)).toContainText(errors.trial.none);
  await expect(reason(page, trial)).toHaveAttribute("data-outcome", "changed");
  await expect(page.getByRole("button", { name: bulk.result.undo, exact: true })).toHaveCount(0);
});

test("access is asked for, once", async ({ as, page, enter }) => {
  const caller = await as("super");
  const { bulk } = resources.it;
  const closed = await rowsOf(caller, {
    status: "access_disabled",
    relationship: "delegated",
    sort: "-name",
  });
  const bulkId = await holdOne(caller, "requestAccess", closed);
  await enter("super");
  await page.goto(`/it/bulk/${bulkId}`);
  await page.getByLabel(bulk.option.why).fill("Reperibilità");
  await start(page, "it", "1");
  expect(await outcomes(page)).toEqual(["changed"]);
  const { rows } = await caller.query<BulkRows>("bulk.rows", { bulkId });
  const id = rows.map(({ customerId }) => customerId);
  await page.goto(`/it/bulk/${await hold(caller, "requestAccess", { id })}`);
  await expect(page.getByText(bulk.nothing)).toBeVisible();
});

test("an order takes no action and says why; who was refused is tried again as a draft", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  const { bulk, errors } = resources.en;
  const [order] = await rowsOf(caller, { relationship: "order_only" });
  const [managed] = await rowsOf(caller, { relationship: "managed" });
  if (!order || !managed) throw new Error("the partner lacks a customer");
  await enter("super");
  await page.goto(`/en/bulk/${await hold(caller, "tag", { id: [order.id, managed.id] })}`);
  await expect(page.locator("#refusals")).toContainText(errors.bulk.orderOnly);
  await page.getByLabel(bulk.option.tag, { exact: true }).fill("e2e order");
  await start(page, "en", "1");
  expect(await outcomes(page)).toEqual(["changed", "refused"]);
  await expect(reason(page, order)).toContainText(errors.bulk.orderOnly);
  const result = page.url();
  await page.getByRole("button", { name: bulk.result.retry }).click();
  await expect(page.getByText(bulk.selection.source)).toBeVisible();
  await expect(page.locator("#refusals")).toContainText(errors.bulk.orderOnly);
  await expect(page.getByText(bulk.nothing)).toBeVisible();
  await page.goto(result);
  await takeBack(page, "en");
});

test("a job that runs is cancelled: what is left is left alone", async ({ as, page, enter }) => {
  const caller = await as("super");
  const { bulk } = resources.en;
  // Each by itself, and each refused: a term licence runs.
  const filter = JSON.stringify({ licenceKind: "term", licenceState: "active" });
  const bulkId = await hold(caller, "unlink", { all: "1", filter });
  await enter("super");
  await page.goto(`/en/bulk/${bulkId}`);
  await expect(page.getByText(bulk.nothing)).toBeVisible();
  expect((await caller.post(`/api/bulk/${bulkId}/start`, { word: "yes" })).status).toBe(200);
  await page.reload();
  const cancel = page.getByRole("button", { name: bulk.progress.cancel, exact: true });
  await expect(cancel).toBeVisible();
  await expect
    .poll(async () => (await jobOf(caller, bulkId)).done, { intervals: [50], timeout: 30_000 })
    .toBeGreaterThan(0);
  await cancel.click();
  await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
  const job = await jobOf(caller, bulkId);
  await expect(page.getByText(fill(bulk.result.cancelled, { name: job.by }))).toBeVisible();
  await expect(page.getByText(bulk.count.left).first()).toBeVisible();
  expect([job.state, job.changed, job.done < (job.total ?? 0)]).toEqual(["cancelled", 0, true]);
});

test("a selection is exported, and only that", async ({ as, page, enter }) => {
  const caller = await as("lagune");
  const some = (await rowsOf(caller)).slice(0, 3);
  await enter("lagune");
  await choose(page, "en", "export", some);
  const form = page.locator('form[action="/api/export/customers.csv"]').last();
  const bulkId = await form.locator('input[name="bulk"]').getAttribute("value");
  const file = await caller.get(`/api/export/customers.csv?bulk=${bulkId}&format=machine&columns=all`);
  expect([file.status, file.text.trim().split("\r\n").length]).toEqual([200, 4]);
  for (const { id } of some) expect(file.text).toContain(id);
});

test("nobody is offered what they may not do, and customers' users nothing", async ({ as, page, enter }) => {
  await enter("readonly");
  await page.goto("/en/customers?view=all");
  const options = page.locator('#selection select[name="action"] option');
  expect(await options.evaluateAll((all) => all.map((one) => one.getAttribute("value")))).toEqual([
    "",
    "pin",
    "unpin",
    "export",
  ]);
  await enter("admin");
  await page.goto("/en/customers?view=all");
  const offered = await options.evaluateAll((all) => all.map((one) => one.getAttribute("value")));
  expect(offered).toEqual(expect.arrayContaining(["tag", "requestAccess", "unlink"]));
  expect(offered.filter((action) => action?.startsWith("group"))).toEqual([]);
  const refused = await (await as("admin")).post("/api/bulk", { action: "groupAdd", key: "k", id: [] });
  expect(refused.status).toBe(403);
  await enter("rossiAdmin");
  await page.goto("/en/bulk");
  await expect(page).toHaveURL(/\/en\/customers\/[0-9a-f-]{36}$/);
});

for (const language of languages)
  test(`its pages are accessible in ${language}, and fit a phone`, async ({ as, page, enter }) => {
    const { bulk } = resources[language];
    const [first] = await rowsOf(await as("lagune"));
    await enter("lagune");
    await page.goto(`/${language}/bulk`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(bulk.title);
    await expectAccessible(page);
    await page.locator("main li a").last().click();
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText(bulk.title);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 780 });
    await expectNoSidewaysScroll(page);
    await choose(page, language, "requestAccess", first ? [first] : []);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
