// Every figure explains itself: a mark beside it that leads to its entry, on every page, in each language, with and without scripts.
import type { FigureId } from "#components/figures/registry.ts";
import type { ConnectionList } from "#server/connections/schema.ts";
import type { CustomerDetails } from "#server/customer/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import type { GroupList } from "#server/groups/schema.ts";
import type { AccountList } from "#server/vendor-accounts/schema.ts";
import {
  type Caller,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  type Language,
  languages,
  type Page,
  type Person,
  resources,
  test,
} from "./portal.ts";

type Place = { path: string; person?: Person; figures: FigureId[] };
type Ids = Record<"customer" | "connection" | "account" | "group", string>;

/** The ids of the customer that an inventory tells everything of, a connection that was read, a linked account, a group. */
async function findPlaces(caller: Caller): Promise<Ids> {
  const { rows } = await caller.query<CustomerList>("customers.list", { q: "Bottega Rossi", pageSize: 25 });
  const list = await caller.query<ConnectionList>("connections.list", {});
  const customer = rows[0]?.id;
  const connection = list.rows.find(({ lastSuccessAt }) => lastSuccessAt !== null)?.id;
  const accounts = await caller.query<AccountList>("vendorAccounts.list", { view: "linked" });
  const account = accounts.rows[0]?.id;
  const group = (await caller.query<GroupList>("groups.list", {})).rows[0]?.id;
  if (!customer || !connection || !account || !group) throw new Error("the demo has no such place");
  return { customer, connection, account, group };
}

const pages = ({ customer, connection, account, group }: Ids): Place[] => [
  {
    path: "/customers?pageSize=25",
    figures: [
      ...(["stripAll", "stripWarning", "stripPending", "stripDisabled", "stripSynced"] as const),
      ...(["stripStale", "stripExpiring", "stripOverUsed"] as const),
      ...(["name", "status", "devicesTotal", "used", "licenceEndsOn", "alerts", "lastSync"] as const),
    ],
  },
  { path: "", figures: ["workWarning", "workStuck", "workLicenceEnd", "workOverUse", "pinnedCustomers"] },
  {
    path: "",
    person: "rossiAdmin",
    figures: ["devicesTotal", "severeAlerts", "whoHasAccess", "sourceRead", "accessUntil", "productUsed"],
  },
  {
    path: `/customers/${customer}`,
    figures: [
      ...(["lastSync", "devicesRecent", "devicesSilent", "devicesQuarantined", "devicesInactive"] as const),
      ...(["devicesTotal", "devicesUnprotected", "deviceState", "deviceProtection", "deviceSeen"] as const),
      ...(["applicationsInstalled", "applicationsDenied", "applicationInstalls"] as const),
      ...(["applicationUnused", "applicationShortfall", "saasApplications", "saasAppUsers"] as const),
      ...(["saasAppActive", "saasAppSubscriptions", "saasAppAssigned", "saasAppCost"] as const),
      ...(["productStatus", "productUsage", "productUsed", "productLicensed", "productEnds"] as const),
      ...(["openAlerts", "accessUntil", "accountRead"] as const),
    ],
  },
  { path: `/groups/${group}`, figures: ["groupCustomers"] },
  { path: `/vendor-accounts/${account}`, figures: ["proposalScore", "linkState", "linkedRead"] },
  { path: "/groups", figures: ["groupCustomers", "groupAdministrators"] },
  {
    path: "/connections",
    figures: [
      ...(["connectionsAll", "connectionsTrouble", "connectionState", "connectionRead"] as const),
      ...(["connectionNext", "connectionAccounts", "connectionFailing", "connectionUnmatched"] as const),
      "connectionLimits",
    ],
  },
  {
    path: `/connections/${connection}`,
    figures: [
      ...(["connectionState", "connectionRead", "connectionNext", "connectionAccounts"] as const),
      ...(["accountAge", "accountAttempt", "runStarted", "runOutcome", "runAccounts"] as const),
      ...(["runRefused", "runDuration"] as const),
    ],
  },
  { path: "/sync", figures: ["syncRuns", "syncProgress", "syncRefused", "syncDuration"] },
  {
    path: "/vendor-accounts?view=linked",
    figures: ["accountsUnmatched", "accountsDuplicates", "accountsLinked", "accountsSetAside", "linkState"],
  },
  { path: "/settings/applications", figures: ["deniedCustomers", "deniedExceptions"] },
];

const marks = (page: Page) => page.locator("main a.about");
const note = (page: Page) => page.locator("#figure-note");
const entry = (page: Page, id: string) => page.locator(`[id="${id}"]`);
const meaning = (language: Language, id: FigureId) => resources[language].help.figure[id].meaning;

for (const language of languages)
  test(`every head of numbers and every figure is marked, and each mark has its entry (${language})`, async ({
    as,
    enter,
    page,
  }) => {
    test.setTimeout(120_000);
    const places = pages(await findPlaces(await as("super")));
    const known = new Set<string>();
    await enter("super");
    await page.goto(`/${language}/help/figures`);
    for (const id of await page.locator(".figure-list > div").evaluateAll((all) => all.map((one) => one.id)))
      known.add(id);
    expect(known.size).toBeGreaterThan(100);
    for (const { path, person = "super", figures } of places) {
      await enter(person);
      await page.goto(`/${language}${path}`);
      const found = await marks(page).evaluateAll((links) =>
        links.map((link) => {
          const { pathname, hash } = new URL((link as HTMLAnchorElement).href);
          return { pathname, id: hash.slice(1), name: link.getAttribute("aria-label") ?? "" };
        }),
      );
      for (const { pathname, id, name } of found) {
        expect(pathname, path).toBe(`/${language}/help/figures`);
        expect(known, `${path} ${id}`).toContain(id);
        expect(name, `${path} ${id}`).not.toBe("");
      }
      expect(
        found.map(({ id }) => id),
        path,
      ).toEqual(expect.arrayContaining(figures));
      // No column of numbers, no tile and no figure of a strip goes without.
      for (const shown of ["thead th.number", "main dl[aria-label] > div > dt", ".status-strip > li"])
        for (const one of await page.locator(shown).all())
          await expect(one.locator("a.about"), `${path} ${shown}`).toHaveCount(1);
    }
  });

test("what a list has in its rows is explained once: a mark weighs on no row", async ({ enter, page }) => {
  await enter("super");
  for (const path of ["/en", "/en/customers?pageSize=25", "/en/connections", "/en/sync"]) {
    await page.goto(path);
    await expect(page.locator("tbody a.about, [data-row-id] a.about, [data-run] a.about")).toHaveCount(0);
  }
});

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    for (const language of languages)
      test(`a mark leads to its entry by keyboard (${language})`, async ({ enter, page }) => {
        await enter("super");
        await page.goto(`/${language}/connections`);
        const about = fill(resources[language].help.about, {
          figure: resources[language].connections.column.failing,
        });
        const mark = page.getByRole("link", { name: about, exact: true });
        await mark.focus();
        await page.keyboard.press("Enter");
        await expect(page).toHaveURL(`/${language}/help/figures#connectionFailing`);
        await expect(entry(page, "connectionFailing")).toBeInViewport();
        await expect(entry(page, "connectionFailing")).toContainText(meaning(language, "connectionFailing"));
      });

    test("the page of figures is searched, and says when nothing matches", async ({ enter, page }) => {
      const { help, connections } = resources.it;
      await enter("super");
      await page.goto("/it/help/figures");
      const all = await page.locator(".figure-list > div").count();
      const field = page.getByRole("searchbox", { name: help.search.label });
      // Capitals and accents make no difference.
      await field.fill("PROPOSTÒ");
      await page.getByRole("button", { name: help.search.submit }).click();
      await expect(entry(page, "proposalScore")).toBeVisible();
      expect(await page.locator(".figure-list > div").count()).toBeLessThan(all);
      await field.fill("zzzqqq");
      await page.getByRole("button", { name: help.search.submit }).click();
      await expect(page.getByText(help.search.none)).toBeVisible();
      await page.getByRole("link", { name: help.search.clear }).click();
      await expect(page.locator(".figure-list > div")).toHaveCount(all);
      await page
        .getByRole("navigation", { name: help.contents })
        .getByRole("link", { name: connections.title, exact: true })
        .click();
      await expect(page.getByRole("heading", { name: connections.title, exact: true })).toBeInViewport();
      await page.getByRole("link", { name: resources.it.common.backToTop }).click();
      await expect(page.getByRole("heading", { level: 1 })).toBeInViewport();
    });

    test("licences that end within any number of days are found, what is no such number is left out", async ({
      as,
      enter,
      page,
    }) => {
      const { customers } = resources.en;
      const caller = await as("super");
      const total = async (expiring: string) =>
        (await caller.query<CustomerList>("customers.list", { expiring, pageSize: 25 })).total;
      await enter("super");
      await page.goto("/en/customers?view=all");
      await page.locator("summary", { hasText: customers.filter.more }).click();
      const field = page.getByRole("spinbutton", { name: customers.filter.expiring });
      await expect(page.locator(`datalist#${await field.getAttribute("list")} option`)).toHaveCount(3);
      await field.fill("45");
      if (!javaScriptEnabled)
        await page.getByRole("button", { name: customers.search.submit, exact: true }).click();
      await expect(page).toHaveURL(/expiring=45(&|$)/);
      const within = fill(customers.filter.within_other, { count: "45" });
      await expect(page.getByRole("list", { name: customers.filter.active })).toContainText(within);
      await expect(page.locator(".list-found output")).toContainText(String(await total("45")));
      expect(await total("1")).toBeLessThanOrEqual(await total("366"));
      for (const wrong of ["0", "367", "1.5", "-3", "soon", "030"]) {
        await page.goto(`/en/customers?expiring=${wrong}&pageSize=25`);
        await expect(page.getByRole("list", { name: customers.filter.active })).toHaveCount(0);
      }
    });
  });

test("a mark says what its figure means on hover and on focus, until Escape", async ({ enter, page }) => {
  await enter("super");
  await page.goto("/en/connections");
  const mark = page.locator('a.about[href$="#connectionRead"]').first();
  await mark.hover();
  await expect(note(page)).toBeVisible();
  const { meaning: means, counted } = resources.en.help.figure.connectionRead;
  for (const text of [means, counted, resources.en.help.unit.age, resources.en.help.source.portal])
    await expect(note(page)).toContainText(text);
  // The pointer may go to the note, and the note stays.
  await note(page).hover();
  await expect(note(page)).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(note(page)).toBeHidden();
  await mark.focus();
  await expect(note(page)).toBeVisible();
  await expect(mark).toHaveAttribute("aria-describedby", "figure-note");
  await page.keyboard.press("Escape");
  await expect(note(page)).toBeHidden();
  await expect(mark).toBeFocused();
});

test.describe("by touch", () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 740 } });

  test("a tap says what the figure means, the next one leads to its entry", async ({ enter, page }) => {
    await enter("super");
    await page.goto("/fr/customers?pageSize=25");
    const mark = page.locator('.status-strip a.about[href$="#stripStale"]');
    await mark.tap();
    await expect(note(page)).toContainText(meaning("fr", "stripStale"));
    await expect(page).toHaveURL(/\/fr\/customers/);
    await mark.tap();
    await expect(page).toHaveURL("/fr/help/figures#stripStale");
    await expect(entry(page, "stripStale")).toBeInViewport();
  });
});

for (const language of languages)
  test(`the page of figures is accessible and fits a phone (${language})`, async ({ enter, page }) => {
    await enter("super");
    await page.goto(`/${language}/help/figures`);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
    await page.goto(`/${language}/customers?pageSize=25`);
    await expectNoSidewaysScroll(page);
  });

test("blank cells of a customer's page say why", async ({ as, enter, page }) => {
  const { customer } = await findPlaces(await as("super"));
  const details = await (
    await as("super")
  ).query<CustomerDetails>("customers.byId", { customerId: customer });
  await enter("super");
  await page.goto(`/it/customers/${customer}`);
  const { blank } = resources.it.common;
  const cells = page.locator('[data-section="applications"] tbody td.number[data-blank="not_reported"]');
  const missing = (details.applications ?? []).flatMap(({ unused, shortfall }) =>
    [unused, shortfall].filter((value) => value === null),
  );
  expect(missing.length).toBeGreaterThan(0);
  await expect(cells).toHaveCount(missing.length);
  await expect(cells.first()).toHaveText(blank.not_reported);
  const why = cells.first().locator(".why");
  expect((await why.boundingBox())?.width).toBeLessThan(2);
  await cells.first().hover();
  await expect.poll(async () => (await why.boundingBox())?.width).toBeGreaterThan(40);
  // Nothing in a table of figures is empty without a word.
  for (const cell of await page.locator("main tbody td.number").all())
    expect((await cell.textContent())?.trim()).not.toBe("");
});

test("the ages of sources fold once they are more than one column", async ({ enter, page }) => {
  const { table, group, layout } = resources.fr.customers;
  await enter("super");
  const fold = page.getByRole("button", { name: `${table.fold} ${group.sync}` });
  await page.goto("/fr/customers?pageSize=25&columns=name,status,lastSync,sources");
  await expect(fold).toHaveCount(1);
  await page.goto("/fr/customers?pageSize=25&columns=name,status,lastSync");
  await expect(fold).toHaveCount(0);
  await page.goto("/fr/customers/columns");
  await expect(page.getByText(layout.lead)).toBeVisible();
});

test("the history has pages, and an address that is none begins at the first", async ({
  as,
  enter,
  page,
}) => {
  const { customer } = await findPlaces(await as("super"));
  const { common } = resources.en;
  const history = page.locator('[data-section="history"]');
  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  await enter("super");
  await page.goto(`/en/customers/${customer}`);
  const newest = (await history.locator("li").first().textContent()) ?? "";
  await expect(history.getByRole("link", { name: common.paging.first })).toHaveCount(0);
  // Before the first instant there is nothing, and the way back.
  await page.goto(
    `/en/customers/${customer}?historyAfter=${cursor(["2020-01-01T00:00:00.000000Z", customer])}`,
  );
  await expect(history.locator("ol li")).toHaveCount(0);
  await history.getByRole("link", { name: common.paging.first }).click();
  await expect(history.locator("li").first()).toHaveText(newest);
  await page.goto(`/en/customers/${customer}?historyAfter=nonsense`);
  await expect(history.locator("li").first()).toHaveText(newest);
});
