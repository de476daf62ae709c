import type { CustomerList } from "#server/customers/schema.ts";
import type { WorkItem, WorkKind, WorkQueue } from "#server/home/schema.ts";
import type { AccountDetails, AccountList } from "#server/vendor-accounts/schema.ts";
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

test.describe.configure({ timeout: 90_000 });

const queue = (caller: Caller, input: object = {}) => caller.query<WorkQueue>("home.queue", input);
const itemsOf = async (caller: Caller, kind: WorkKind, input: object = {}): Promise<WorkItem[]> =>
  (await queue(caller, input)).sections.find((one) => one.kind === kind)?.items ?? [];
/** One piece of work on the page. */
const rowOf = (page: Page, { kind, subjectId }: WorkItem) =>
  rows(page, kind)
    .and(page.locator(`[data-row-id="${subjectId}"]`))
    .first();
const pins = (caller: Caller) => caller.query<string[]>("pins.list", {});
/** Work of one kind as the page shows it. */
const rows = (page: Page, kind: WorkKind) => page.locator(`li[data-work=${kind}]`);

/** Work of this kind that nobody has and the caller may take. */
const freeItem = async (caller: Caller, kind: WorkKind): Promise<WorkItem | undefined> =>
  (await itemsOf(caller, kind, { kind })).find(({ assignedTo, mayTake }) => assignedTo === null && mayTake);

/** An account that waits for a customer: the demo has none until somebody unlinks one. Returns what links it again. */
async function unlinkOne(caller: Caller): Promise<() => Promise<void>> {
  const accounts = await caller.query<AccountList>("vendorAccounts.list", {
    view: "linked",
    q: "tipografia",
  });
  for (const { id, customer } of accounts.rows) {
    const { plan } = await caller.query<AccountDetails>("vendorAccounts.byId", { accountId: id });
    if (plan?.kind !== "now" || customer === null) continue;
    expect((await caller.post("/api/trpc/vendorAccounts.unlink", { accountId: id })).status).toBe(200);
    return async () => {
      const body = { accountId: id, toCustomerId: customer.id };
      expect((await caller.post("/api/trpc/vendorAccounts.link", body)).status).toBe(200);
    };
  }
  throw new Error("the demo has no account that may be unlinked at once");
}

/** Asks a customer that is closed for access; the minute job makes work of it. */
async function requestAccess(caller: Caller): Promise<void> {
  const closed = { status: "access_disabled", relationship: "delegated", sort: "-name", pageSize: 200 };
  const { rows: found } = await caller.query<CustomerList>("customers.list", closed);
  const customer = found.find(({ reasons }) => reasons[0]?.code === "no_grant");
  if (!customer) throw new Error("every customer has granted something");
  const draft = await caller.post("/api/bulk", { action: "requestAccess", id: [customer.id] });
  const { bulkId } = JSON.parse(draft.text) as { bulkId: string };
  const started = await caller.post(`/api/bulk/${bulkId}/start`, { capability: ["metrics"] });
  expect(started.status, started.text).toBe(200);
  await expect.poll(() => freeItem(caller, "request"), { timeout: 90_000, intervals: [2_000] }).toBeDefined();
}

for (const [place, javaScriptEnabled] of [true, false].entries()) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("work is taken on from Home, is mine, leads to where it is settled, and is given back", async ({
      as,
      enter,
      page,
    }) => {
      const language = javaScriptEnabled ? "it" : "fr";
      const { home } = resources[language];
      const caller = await as("helpdesk");
      await enter("helpdesk");
      for (const kind of ["warning", "stuck"] as const) {
        await page.goto(`/${language}?kind=${kind}`);
        const [item] = (await itemsOf(caller, kind, { kind })).filter(({ assignee }) => assignee === null);
        if (!item) throw new Error(`no ${kind} waits`);
        const row = rows(page, kind)
          .and(page.locator(`[data-row-id="${item.subjectId}"]`))
          .first();
        await row.getByRole("button").click();
        await expect(page.getByRole("note").getByText(home.notice.taken)).toBeVisible();
        await expect(page).toHaveURL(new RegExp(`/${language}\\?kind=${kind}&notice=work\\.taken`));
        await page.getByRole("link", { name: home.of.mine, exact: true }).click();
        await expect(page).toHaveURL(`/${language}?of=mine&kind=${kind}`);
        const mine = rows(page, kind)
          .and(page.locator(`[data-row-id="${item.subjectId}"]`))
          .first();
        await expect(mine).toContainText(home.item.mine);
        await expect(mine.getByRole("link")).toHaveAttribute(
          "href",
          `/${language}/customers/${item.subjectId}#why`,
        );
        await mine.getByRole("button").click();
        await expect(page.getByText(home.notice.given)).toBeVisible();
        expect((await itemsOf(caller, kind, { of: "mine" })).map(({ subjectId }) => subjectId)).not.toContain(
          item.subjectId,
        );
      }
      await page.goto(`/${language}?of=mine`);
      await expect(page.getByRole("heading", { name: home.empty.mine.title })).toBeVisible();
    });

    test("what is no reason of a status is taken on by who may settle it", async ({ as, enter, page }) => {
      const { home } = resources.en;
      const business = await as("business");
      await enter("business");
      const [item] = (await itemsOf(business, "licence_end")).slice(place);
      if (!item) throw new Error("no licence ends");
      await page.goto("/en");
      await expect(rows(page, "warning")).toHaveCount(0);
      const row = rows(page, "licence_end").and(page.locator(`[data-row-id="${item.subjectId}"]`));
      await expect(row.getByRole("link")).toHaveAttribute("href", `/en/customers/${item.subjectId}#products`);
      await row.getByRole("button", { name: new RegExp(`^${home.item.take}`) }).click();
      await expect(page.getByRole("note").getByText(home.notice.taken)).toBeVisible();
      await expect(row).toContainText(home.item.mine);
      await row.getByRole("button", { name: new RegExp(`^${home.item.give}`) }).click();
      await expect(row).not.toContainText(home.item.mine);
      // Whose work it is not sees it, and is offered nothing.
      const helpDesk = await as("helpdesk");
      expect((await itemsOf(helpDesk, "licence_end")).some(({ mayTake }) => mayTake)).toBe(false);
      const refused = await helpDesk.post("/api/home/licences", {
        kind: "licence_end",
        subjectId: item.subjectId,
        due: item.due,
        to: "me",
      });
      expect(refused.status).toBe(403);
    });

    test("every kind of work is taken on and given back where it stands", async ({ as, enter, page }) => {
      test.setTimeout(240_000);
      const language = javaScriptEnabled ? "fr" : "it";
      const { home } = resources[language];
      const caller = await as("super");
      const takeAndGive = async (kind: WorkKind) => {
        const item = await freeItem(caller, kind);
        if (!item) throw new Error(`no ${kind} waits`);
        await page.goto(`/${language}?kind=${kind}`);
        await rowOf(page, item).getByRole("button").click();
        await expect(page.getByRole("note").getByText(home.notice.taken)).toBeVisible();
        await expect(rowOf(page, item)).toContainText(home.item.mine);
        const mine = await itemsOf(caller, kind, { of: "mine", kind });
        expect(mine.map(({ subjectId }) => subjectId)).toContain(item.subjectId);
        await rowOf(page, item).getByRole("button").click();
        await expect(page.getByText(home.notice.given)).toBeVisible();
        await expect(rowOf(page, item)).not.toContainText(home.item.mine);
      };
      await enter("super");
      for (const kind of ["over_use", "access_end", "connection"] as const) await takeAndGive(kind);
      const linkAgain = (await freeItem(caller, "account")) ? undefined : await unlinkOne(caller);
      await takeAndGive("account");
      await linkAgain?.();
      if (!(await freeItem(caller, "request"))) await requestAccess(caller);
      await takeAndGive("request");
    });

    test("what a colleague took meanwhile is not taken from them unseen: it says who has it", async ({
      as,
      enter,
      page,
    }) => {
      const { home } = resources.it;
      const colleague = await as("super");
      const business = await as("business");
      await enter("business");
      const item = await freeItem(business, "licence_end");
      if (!item) throw new Error("no licence ends");
      await page.goto("/it?kind=licence_end");
      const body = { kind: item.kind, subjectId: item.subjectId, due: item.due };
      const take = () => colleague.post("/api/home/licences", { ...body, to: "me" });
      expect((await take()).status).toBe(200);
      const name =
        (await itemsOf(business, "licence_end", { kind: "licence_end" })).find(
          ({ subjectId }) => subjectId === item.subjectId,
        )?.assignee?.name ?? "";
      await rowOf(page, item).getByRole("button").click();
      await expect(page.locator("main").getByRole("alert").first()).toContainText(
        fill(home.notice.takenBy, { name }),
      );
      await expect(rowOf(page, item)).toContainText(fill(home.item.assigned, { name }));
      // Now the page shows it: to take it over is meant.
      await rowOf(page, item).getByRole("button").click();
      await expect(page.getByRole("note").getByText(home.notice.taken)).toBeVisible();
      await expect(rowOf(page, item)).toContainText(home.item.mine);
      expect((await take()).status).toBe(409);
      expect((await colleague.post("/api/home/licences", { ...body, to: "nobody" })).status).toBe(409);
      await rowOf(page, item).getByRole("button").click();
      await expect(rowOf(page, item)).not.toContainText(home.item.mine);
    });

    test("a pinned customer stands on Home; unpinning it can be undone", async ({ as, enter, page }) => {
      const language = javaScriptEnabled ? "en" : "it";
      const { home } = resources[language];
      const caller = await as("readonly");
      await enter("readonly");
      for (const id of await pins(caller)) await caller.post(`/api/pins/${id}`, { act: "unpin" });
      await page.goto(`/${language}`);
      const section = page.getByRole("region", { name: home.pins.title });
      await expect(section).toContainText(home.pins.empty);
      const [item] = await itemsOf(caller, "warning");
      if (!item?.customer) throw new Error("no warning waits");
      expect((await caller.post(`/api/pins/${item.customer.id}`, { act: "pin" })).status).toBe(200);
      await page.goto(`/${language}`);
      const pinned = section.locator(`li[data-row-id="${item.customer.id}"]`);
      await expect(pinned.locator("[data-status=warning]")).toBeVisible();
      await expect(pinned.locator("[data-column=devicesTotal]")).toBeVisible();
      const { name } = item.customer;
      await pinned.getByRole("button", { name: fill(home.pins.unpinOf, { name }) }).click();
      const told = page.getByRole("note").filter({ hasText: fill(home.pins.unpinned, { name }) });
      await expect(told).toBeVisible();
      await expect(section.locator("li")).toHaveCount(0);
      await told.getByRole("button").click();
      await expect(pinned).toBeVisible();
      await page
        .getByRole("note")
        .filter({ hasText: fill(home.pins.pinned, { name }) })
        .getByRole("button")
        .click();
      await expect(section).toContainText(home.pins.empty);
      expect(await pins(caller)).toEqual([]);
    });

    test("a customer's user sees how it stands and who sees it", async ({ as, enter, page }) => {
      const { home, common } = resources.en;
      await enter("rossiViewer");
      await page.goto("/en");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bottega Rossi");
      await expect(page.locator("main [data-status]").first()).toBeVisible();
      const people = page.getByRole("region", { name: home.own.people });
      await expect(people.getByText("super@alpina.example")).toBeVisible();
      await expect(people).toContainText(common.role.superAdmin);
      await expect(page.getByRole("region", { name: home.own.sources })).toContainText("Sophos Central");
      await expect(page.locator("[data-column=devicesTotal]")).toBeVisible();
      await expect(page.locator("[data-section=access]")).toBeVisible();
      await expect(page.locator("[data-section=products]")).toBeVisible();
      await expect(page.getByRole("link", { name: home.own.manage })).toHaveCount(0);
      await page.getByRole("link", { name: home.own.details }).click();
      await expect(page).toHaveURL(/\/en\/customers\/[0-9a-f-]{36}$/);
      const caller = await as("rossiViewer");
      expect((await caller.get("/api/trpc/home.queue?input=%7B%7D")).status).toBe(403);
      expect((await caller.get("/api/trpc/pins.list?input=%7B%7D")).status).toBe(403);
    });
  });
}

test("a group narrows work and pins; what is wrong in the address falls back", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  const all = await queue(caller);
  const [group] = all.groups;
  if (!group) throw new Error("there is no group");
  const narrowed = await queue(caller, { group: group.id });
  const total = ({ sections }: WorkQueue, kind: WorkKind) =>
    sections.find((one) => one.kind === kind)?.total ?? 0;
  expect(total(narrowed, "warning")).toBeGreaterThan(0);
  expect(total(narrowed, "warning")).toBeLessThan(total(all, "warning"));
  const { home, groups: words } = resources.en;
  await enter("super");
  await page.goto("/en");
  await page.getByLabel(words.filter.label, { exact: true }).selectOption(group.id);
  await page.getByRole("button", { name: words.filter.show, exact: true }).click();
  await expect(page).toHaveURL(`/en?group=${group.id}`);
  await page.getByRole("link", { name: fill(home.allOf, { kind: home.kind.warning }) }).click();
  await expect(page).toHaveURL(`/en?group=${group.id}&kind=warning`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(home.kind.warning);
  for (const query of ["kind=nothing&group=x&of=theirs&after=%00", "kind=warning&after=x&about=x"]) {
    await page.goto(`/en?${query}`);
    await expect(rows(page, "warning").first()).toBeVisible();
  }
  expect((await caller.get("/api/trpc/home.queue?input=%7B%22kind%22%3A%22x%22%7D")).status).toBe(400);
});

test("the brand and the navigation lead home", async ({ page, enter }) => {
  const { common, home } = resources.en;
  await enter("lagune");
  await page.goto("/en/customers");
  await page.locator("#navigation").getByRole("link", { name: common.product, exact: true }).click();
  await expect(page).toHaveURL("/en");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(home.title);
  await expect(
    page.getByRole("navigation", { name: common.nav.label }).getByRole("link", { name: common.nav.home }),
  ).toHaveAttribute("aria-current", "page");
});

for (const language of languages)
  test(`is accessible and does not scroll sideways (${language})`, async ({ page, enter }) => {
    for (const person of ["super", "rossiAdmin"] as const) {
      await enter(person);
      await page.goto(`/${language}`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  });
