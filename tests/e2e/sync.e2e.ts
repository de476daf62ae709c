import type { CustomerDetails } from "#server/customer/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
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

// One emulator and one partner: each test leaves both as it found them.
test.describe.configure({ mode: "serial" });

type Row = CustomerList["rows"][number];
const emulator = process.env["EMULATOR_URL"];
/** By id: others pin customers of this partner meanwhile, and these come first in a list. */
const all = async (caller: Caller) =>
  (await caller.query<CustomerList>("customers.list", { pageSize: 100 })).rows.toSorted((a, b) =>
    a.id.localeCompare(b.id),
  );
/** Those that the emulated vendor tells about: other tests push customers to this partner meanwhile. */
const told = (rows: Row[]) => rows.filter(({ vendors }) => vendors.includes("sophos"));
const details = (caller: Caller, customerId: string) =>
  caller.query<CustomerDetails>("customers.byId", { customerId });
const lastSync = (row: Row | undefined) => Date.parse(row?.lastSync ?? "");

async function order(fault: object): Promise<void> {
  if (!emulator) throw new Error("EMULATOR_URL is missing: these tests break the emulated vendor.");
  const response = await fetch(`${emulator}/__control`, { method: "POST", body: JSON.stringify(fault) });
  expect(response.status).toBe(200);
}

async function syncAll(caller: Caller): Promise<void> {
  expect((await caller.post("/api/trpc/sync.startAll", {})).status).toBe(200);
}
const isQuiet = async (caller: Caller) => (await caller.query<unknown[]>("sync.live", {})).length === 0;
/** Waits until nothing of the partner is being read. */
const settled = (caller: Caller) =>
  expect.poll(() => isQuiet(caller), { timeout: 60_000, intervals: [500] }).toBe(true);

/** Waits until the vendor is read again after a failure; it is asked again by itself after a while. */
const healed = (caller: Caller) =>
  expect
    .poll(
      async () =>
        told(await all(caller)).filter(({ reasons }) => reasons.some(({ code }) => code === "run_failed"))
          .length,
      { timeout: 150_000, intervals: [2_000] },
    )
    .toBe(0);

test.beforeAll(async ({ as }) => {
  test.setTimeout(180_000);
  await order({ mode: "ok" });
  await healed(await as("lagune"));
});
test.afterAll(() => order({ mode: "ok" }));

test("Sync now reads one customer and says so", async ({ as, page, enter }) => {
  const caller = await as("lagune");
  await settled(caller);
  const before = told(await all(caller)).find(
    ({ status, devicesTotal }) => status === "synced" && (devicesTotal ?? 0) > 0,
  );
  if (!before) throw new Error("no customer is synchronised");
  await enter("lagune");
  await page.goto(`/fr/customers/${before.id}`);
  await page.getByRole("button", { name: resources.fr.customer.syncNow }).click();
  await expect(page.getByText(resources.fr.customers.notice.started.title)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/fr/customers/${before.id}\\?notice=sync\\.started`));
  await expect
    .poll(async () => lastSync((await details(caller, before.id)).row), { timeout: 30_000 })
    .toBeGreaterThan(lastSync(before));
  expect((await details(caller, before.id)).row.devicesTotal).toBe(before.devicesTotal);
});

test("a group is read by itself: the list filtered by it offers so, and tells how many are read and left out", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  await settled(caller);
  const { groups } = await caller.query<CustomerList>("customers.list", {});
  const [group] = groups;
  if (!group) throw new Error("the partner has no group");
  const { rows, total } = await caller.query<CustomerList>("customers.list", {
    group: group.id,
    pageSize: 200,
  });
  const { it } = resources;
  await enter("super");
  await page.goto("/it/customers");
  await expect(page.getByRole("button", { name: it.sync.group.start })).toHaveCount(0);
  await page.goto(`/it/customers?group=${group.id}`);
  await page.getByRole("button", { name: it.sync.group.start }).click();
  await expect(page).toHaveURL(/notice=sync\.(started|joined)/);
  const { searchParams } = new URL(page.url());
  const [read, left] = [Number(searchParams.get("customers")), Number(searchParams.get("left") ?? 0)];
  expect([searchParams.get("group"), read + left]).toEqual([group.id, total]);
  await expect(page.getByText(fill(it.sync.group.read_other, { formatted: String(read) }))).toBeVisible();
  await settled(caller);
  const after = new Map((await all(caller)).map((row) => [row.id, row]));
  const renewed = rows.filter((row) => lastSync(after.get(row.id)) > lastSync(row));
  expect(renewed.length).toBeGreaterThan(0);
  await enter("lagune");
});

const faults = [
  { fault: { mode: "status", status: 503 }, code: "failed" },
  { fault: { mode: "status", status: 500 }, code: "failed" },
  { fault: { mode: "status", status: 429 }, code: "throttled" },
  { fault: { mode: "status", status: 403 }, code: "forbidden" },
  { fault: { mode: "status", status: 404 }, code: "notFound" },
  { fault: { mode: "html" }, code: "malformed" },
  { fault: { mode: "half" }, code: "malformed" },
  { fault: { mode: "down" }, code: "unreachable" },
  { fault: { mode: "hang" }, code: "unreachable" },
  { fault: { mode: "wrongTenant" }, code: "wrongAccount" },
  { fault: { mode: "slow", delayMs: 1_000 }, code: null },
] as const;

test("a fault of one account costs that customer its freshness, shows why and what to do, and nobody else anything", async ({
  as,
  page,
  enter,
}) => {
  test.setTimeout(150_000);
  const caller = await as("lagune");
  await settled(caller);
  const before = told(await all(caller));
  // Customers that no other vendor tells about too.
  const healthy = before.filter(
    ({ status, devicesTotal, devicesSource }) =>
      status === "synced" && (devicesTotal ?? 0) > 0 && devicesSource === "sophos",
  );
  expect(healthy.length).toBeGreaterThan(faults.length + 5);
  const struck = new Map<string, (typeof faults)[number]>();
  for (const [index, one] of faults.entries()) {
    const { id } = healthy[index] as Row;
    struck.set(id, one);
    const [account] = (await details(caller, id)).accounts;
    await order({ ...one.fault, tenant: account?.externalId });
  }
  await syncAll(caller);
  await settled(caller);
  const after = new Map((await all(caller)).map((row) => [row.id, row]));
  for (const row of before) {
    const now = after.get(row.id);
    const code = struck.get(row.id)?.code ?? null;
    const name = `${row.name}: ${JSON.stringify(struck.get(row.id)?.fault ?? "no fault")}`;
    // Whatever happened, the figures of the last good reading stay.
    expect
      .soft([now?.devicesTotal, now?.devicesUnprotected, now?.licensed, now?.used], name)
      .toEqual([row.devicesTotal, row.devicesUnprotected, row.licensed, row.used]);
    if (code === null) {
      expect.soft(now?.status, name).toBe(row.status);
      // What a source of its own pushes is not read.
      if (row.lastSync !== null && row.status === "synced" && row.devicesSource === "sophos")
        expect.soft(lastSync(now), name).toBeGreaterThan(lastSync(row));
    } else {
      expect.soft(now?.status, name).toBe("warning");
      expect
        .soft(
          now?.reasons.map((reason) => [reason.code, reason.evidence["errorCode"]]),
          name,
        )
        .toContainEqual(["run_failed", `vendor.${code}`]);
      expect.soft(lastSync(now), name).toBe(lastSync(row));
    }
  }
  await enter("lagune");
  for (const [index, [id, { code }]] of [...struck]
    .filter(([, { code: found }]) => found !== null)
    .entries()) {
    if (code === null) continue;
    const language = languages[index % languages.length] ?? "en";
    const { vendor } = resources[language].errors;
    await page.goto(`/${language}/customers/${id}`);
    const why = page.getByRole("region", { name: resources[language].customer.why });
    await expect(why).toContainText(
      resources[language].status.reason.run_failed.title.replace("{{vendor}}", "Sophos Central"),
    );
    await expect(why).toContainText(vendor[code].message);
    await expect(why).toContainText(vendor[code].advice);
    await expect(
      page.locator('[data-section="computers"] dd[data-column="devicesTotal"]'),
    ).not.toHaveAttribute("data-blank");
  }
  await order({ mode: "ok" });
  await syncAll(caller);
  await settled(caller);
  for (const { id, name, status } of before)
    expect.soft((await details(caller, id)).row.status, name).toBe(status);
});

test("a vendor that is gone shows as such with every customer, keeps all data, and heals without a hand", async ({
  as,
  page,
  enter,
}) => {
  test.setTimeout(240_000);
  const caller = await as("lagune");
  await settled(caller);
  const before = told(await all(caller));
  const those = async () => told(await all(caller));
  const withData = before.filter(({ lastSync: at }) => at !== null);
  await order({ mode: "down" });
  await syncAll(caller);
  await settled(caller);
  const during = await those();
  expect(during.map(({ devicesTotal, used }) => [devicesTotal, used])).toEqual(
    before.map(({ devicesTotal, used }) => [devicesTotal, used]),
  );
  const failed = during.filter(({ reasons }) =>
    reasons.some(
      ({ code, evidence }) => code === "run_failed" && evidence["errorCode"] === "vendor.unreachable",
    ),
  );
  expect(failed.map(({ id }) => id).sort()).toEqual(withData.map(({ id }) => id).sort());
  await enter("lagune");
  await page.goto("/it/customers?status=warning&vendor=sophos");
  await expect(page.locator('td[data-status="warning"]')).toHaveCount(failed.length);
  await page.locator("tr[data-row-id] td[data-column=status] button").first().hover();
  await expect(page.locator("ul[popover]:visible").first()).toContainText(
    resources.it.errors.vendor.unreachable.advice,
  );
  await order({ mode: "ok" });
  await healed(caller);
  await settled(caller);
  expect((await those()).map(({ id, status }) => [id, status])).toEqual(
    before.map(({ id, status }) => [id, status]),
  );
});

test("the page of synchronisations moves by itself, and Cancel leaves what was read", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("lagune");
  await settled(caller);
  await order({ mode: "slow", delayMs: 1_500, path: "/endpoint" });
  const { it } = resources;
  await enter("lagune");
  await page.goto("/it/sync");
  await page.getByRole("button", { name: it.sync.syncAll }).click();
  await expect(page.getByText(it.sync.notice.started.title)).toBeVisible();
  const bar = page.locator('[data-run="running"] progress').first();
  await expect(bar).toHaveAttribute("aria-valuetext", /40/, { timeout: 30_000 });
  const before = await bar.getAttribute("aria-valuetext");
  await expect(bar).not.toHaveAttribute("aria-valuetext", before ?? "", { timeout: 30_000 });
  await page
    .getByRole("button", { name: fill(it.sync.run.cancelNamed, { connection: "" }).trim() })
    .first()
    .click();
  await expect(page.getByText(it.sync.notice.cancelled.title, { exact: true }).first()).toBeVisible();
  await expect(page.locator("[data-run]").first()).toHaveAttribute("data-run", "cancelled");
  await order({ mode: "ok" });
  await syncAll(caller);
  await settled(caller);
});

test("the page of synchronisations works without scripts", async ({ browser, as, baseURL }) => {
  const [name = "", value = ""] = (await as("lagune")).cookie.split("=");
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? "" });
  await context.addCookies([{ name, value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  await page.goto("/fr/sync");
  await page.getByRole("button", { name: resources.fr.sync.syncAll }).click();
  await expect(page.getByText(resources.fr.sync.notice.started.title)).toBeVisible();
  await settled(await as("lagune"));
  await page.goto("/fr/sync");
  await expect(page.locator("[data-run]").first()).toHaveAttribute("data-run", "succeeded");
  await context.close();
});

test("the page of synchronisations is nobody's who may not read it", async ({ page, enter }) => {
  await enter("rossiAdmin");
  expect((await page.goto("/en/sync"))?.status()).toBe(404);
});

for (const language of languages)
  test(`the page of synchronisations is accessible in ${language}, and fits a phone`, async ({
    page,
    enter,
  }) => {
    await enter("lagune");
    await page.goto(`/${language}/sync`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(resources[language].sync.title);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 780 });
    await expectNoSidewaysScroll(page);
  });
