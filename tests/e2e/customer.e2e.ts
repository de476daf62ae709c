import type { CustomerDetails } from "#server/customer/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import {
  type Caller,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  languages,
  type Page,
  resources,
  test,
} from "./portal.ts";

const section = (page: Page, name: string) => page.locator(`[data-section="${name}"]`);
const list = async (caller: Caller, input: object) =>
  (await caller.query<CustomerList>("customers.list", { pageSize: 200, ...input })).rows;
const details = (caller: Caller, customerId: string) =>
  caller.query<CustomerDetails>("customers.byId", { customerId });

/** One customer of each kind of page. */
async function examples(caller: Caller) {
  const find = (rows: CustomerList["rows"], fits: (row: CustomerList["rows"][number]) => boolean) => {
    const row = rows.find(fits);
    if (!row) throw new Error("the demo has no such customer");
    return row;
  };
  return {
    synced: find(
      await list(caller, { status: "synced", sort: "-devicesTotal" }),
      (row) => (row.devicesTotal ?? 0) > 100 && (row.devicesTotal ?? 0) < 1_000,
    ),
    warning: find(
      await list(caller, { status: "warning", sort: "-devicesSilent" }),
      (row) => (row.devicesSilent ?? 0) > 0,
    ),
    sync_pending: find(await list(caller, { status: "sync_pending" }), (row) =>
      row.reasons.some(({ code }) => code === "stuck"),
    ),
    access_disabled: find(await list(caller, { status: "access_disabled" }), (row) =>
      row.reasons.some(({ code }) => code === "no_grant"),
    ),
    not_applicable: find(
      await list(caller, { status: "not_applicable" }),
      (row) => row.licenceState !== "none",
    ),
  };
}

test("a synchronised customer shows every section with its data", async ({ as, page, enter }) => {
  const caller = await as("super");
  const { synced } = await examples(caller);
  await enter("super");
  await page.goto(`/en/customers/${synced.id}`);
  await expect(page).toHaveTitle(new RegExp(`· Belvedere$`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(synced.name);
  await expect(page.locator("[data-status=synced]").first()).toBeVisible();
  await expect(section(page, "computers")).toHaveAttribute("data-state", "full");
  await expect(section(page, "products")).toHaveAttribute("data-state", "full");
  await expect(section(page, "access")).toBeVisible();
  await expect(section(page, "groups")).toBeVisible();
  await expect(section(page, "history")).toBeVisible();
  await expect(section(page, "alerts")).toBeVisible();
  await expect(page.getByRole("button", { name: resources.en.customer.syncNow })).toBeVisible();
  // The four figures are a sum of all.
  const { row } = await details(caller, synced.id);
  expect(
    (row.devicesRecent ?? 0) +
      (row.devicesSilent ?? 0) +
      (row.devicesQuarantined ?? 0) +
      (row.devicesInactive ?? 0),
  ).toBe(row.devicesTotal);
  for (const column of [
    "devicesRecent",
    "devicesSilent",
    "devicesQuarantined",
    "devicesInactive",
    "devicesTotal",
  ] as const) {
    await expect(section(page, "computers").locator(`dd[data-column="${column}"]`)).toContainText(
      String(row[column]),
    );
  }
});

test("a warning says what, since when and what to do, and leads to the devices", async ({
  as,
  page,
  enter,
}) => {
  const { warning } = await examples(await as("super"));
  await enter("super");
  await page.goto(`/fr/customers/${warning.id}`);
  const { reason } = resources.fr.status;
  const why = page.getByRole("region", { name: resources.fr.customer.why });
  await expect(why).toContainText(reason.devices_silent.rule);
  await expect(why).toContainText(reason.devices_silent.advice);
  await section(page, "computers")
    .getByRole("link", { name: new RegExp(`^${resources.fr.customer.computers.silent}`) })
    .click();
  await expect(page).toHaveURL(/devices=silent/);
  await expect(section(page, "computers").locator("tr[data-row-id]")).toHaveCount(
    Math.min(warning.devicesSilent ?? 0, 100),
  );
});

test("a stuck customer shows no figures, whom to ask, and a text to send", async ({ as, page, enter }) => {
  const { sync_pending: pending } = await examples(await as("super"));
  await enter("super");
  await page.goto(`/it/customers/${pending.id}`);
  await expect(page.locator("[data-status=sync_pending]").first()).toBeVisible();
  await expect(section(page, "computers")).toHaveAttribute("data-state", "empty");
  await expect(section(page, "computers")).toContainText(resources.it.common.blank.pending);
  await expect(section(page, "computers").locator("tr[data-row-id]")).toHaveCount(0);
  const why = page.getByRole("region", { name: resources.it.customer.why });
  await expect(why).toContainText(resources.it.status.support.text);
  await expect(why.locator("pre")).toContainText("Sophos");
  await expect(why.getByRole("link")).toHaveAttribute("href", /^https:\/\//);
});

test("without access only licences, contacts and groups are shown", async ({ as, page, enter }) => {
  const { access_disabled: disabled } = await examples(await as("super"));
  await enter("super");
  await page.goto(`/en/customers/${disabled.id}`);
  await expect(page.getByRole("heading", { name: resources.en.customer.held.title })).toBeVisible();
  for (const name of ["computers", "alerts", "history"]) await expect(section(page, name)).toHaveCount(0);
  for (const name of ["products", "groups", "access"]) await expect(section(page, name)).toBeVisible();
  await expect(page.getByRole("button", { name: resources.en.customer.syncNow })).toHaveCount(0);
  const answer = await details(await as("super"), disabled.id);
  expect([answer.devices, answer.alerts, answer.row.devicesTotal]).toEqual([null, null, null]);
});

test("an order shows licences and contacts and nothing else", async ({ as, page, enter }) => {
  const { not_applicable: order } = await examples(await as("super"));
  await enter("super");
  await page.goto(`/fr/customers/${order.id}`);
  await expect(page.getByRole("heading", { name: resources.fr.customer.held.order })).toBeVisible();
  await expect(section(page, "products").locator("tr[data-row-id]")).not.toHaveCount(0);
  for (const name of ["computers", "alerts", "history", "access", "groups"])
    await expect(section(page, name)).toHaveCount(0);
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "devices, with scripts" : "devices, without scripts", () => {
    test.use({ javaScriptEnabled });
    test("are filtered and paged by links, none twice", async ({ as, page, enter }) => {
      const { synced } = await examples(await as("super"));
      await enter("super");
      await page.goto(`/it/customers/${synced.id}`);
      const rows = section(page, "computers").locator("tr[data-row-id]");
      const ids = () => rows.evaluateAll((found) => found.map((row) => row.getAttribute("data-row-id")));
      const next = section(page, "computers").getByRole("link", { name: resources.it.common.paging.next });
      await expect(rows).toHaveCount(100);
      const seen = await ids();
      const pages = Math.ceil((synced.devicesTotal ?? 0) / 100);
      for (let number = 2; number <= pages; number += 1) {
        const last = seen.at(-1);
        await next.click();
        await expect(section(page, "computers").locator(`tr[data-row-id="${last}"]`)).toHaveCount(0);
        // Between two documents there are no rows at all.
        await page.waitForLoadState();
        await expect(rows).toHaveCount(number < pages ? 100 : (synced.devicesTotal ?? 0) - 100 * (pages - 1));
        seen.push(...(await ids()));
      }
      await expect(next).toHaveCount(0);
      expect(seen.length).toBeGreaterThanOrEqual(synced.devicesTotal ?? 0);
      expect(new Set(seen).size).toBe(seen.length);
      await section(page, "computers")
        .getByRole("link", { name: new RegExp(`^${resources.it.customer.computers.unprotected}`) })
        .click();
      await expect(page).toHaveURL(/devices=unprotected/);
      await expect(rows).toHaveCount(Math.min(synced.devicesUnprotected ?? 0, 100));
    });
  });
}

test("a wrong address shows the first page of all devices", async ({ as }) => {
  const caller = await as("super");
  const { synced } = await examples(caller);
  for (const query of [
    "devices=nope",
    "devicesAfter=garbage",
    "devicesAfter=WzFd",
    "devices=&devicesAfter=",
  ]) {
    const { status, text } = await caller.get(`/en/customers/${synced.id}?${query}`);
    expect(status, query).toBe(200);
    expect(text.match(/<tr data-row-id="/g)?.length ?? 0, query).toBeGreaterThanOrEqual(100);
  }
});

for (const language of languages) {
  test(`is accessible in every status, and on a phone nothing scrolls sideways (${language})`, async ({
    as,
    page,
    enter,
  }) => {
    test.setTimeout(90_000);
    await enter("super");
    const kinds = await examples(await as("super"));
    // A page of a hundred devices says nothing to axe that one of a few does not.
    const small = (await list(await as("super"), { status: "synced", sort: "devicesTotal" })).find(
      (row) => (row.devicesTotal ?? 0) > 2,
    );
    for (const row of [
      small ?? kinds.synced,
      kinds.warning,
      kinds.sync_pending,
      kinds.access_disabled,
      kinds.not_applicable,
    ]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`/${language}/customers/${row.id}`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
      expect(await page.locator("main").innerText()).not.toMatch(/\{\{\w+\}\}|undefined|NaN/);
    }
  });
}
