import { type SnowEmulator, startSnowEmulator } from "#emulators/snow/server.ts";
import { testRegistrations } from "#emulators/snow/systems.ts";
import type { ConnectionDetails, ConnectionList } from "#server/connections/schema.ts";
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
  send,
  test,
} from "./portal.ts";

// A vendor of its own, so that the faults that other tests give theirs are not met here.
let emulator: SnowEmulator;
test.beforeAll(async () => {
  emulator = await startSnowEmulator({ port: 0 });
});
test.afterAll(() => emulator.close());

const { clientId, clientSecret } = testRegistrations().small;
const { connections: list, connection: text, errors } = resources.en;
const canary = "canary-4d1e";
const details = (caller: Caller, connectionId: string) =>
  caller.query<ConnectionDetails>("connections.byId", { connectionId });
const idIn = (page: Page) => /\/connections\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
const outcome = (page: Page, title: string) =>
  expect(page.getByText(title, { exact: true })).toBeVisible({ timeout: 40_000 });

/** Chooses vendor and customer, and fills the form in; the secret is the caller's. */
async function connect(page: Page, customer: string, name: string, secret: string): Promise<void> {
  await page.goto("/en/connections");
  await page.getByRole("link", { name: list.new }).click();
  await expect(page.getByRole("heading", { name: list.create.vendorTitle })).toBeVisible();
  await page.getByRole("link", { name: list.create.snow }).click();
  await page.getByLabel(list.create.search).fill(customer);
  await page.getByRole("button", { name: list.create.searchSubmit }).click();
  await page.getByRole("link", { name: fill(list.create.choose, { name: customer }), exact: true }).click();
  await page.getByLabel(list.field.name, { exact: true }).fill(name);
  await page.getByLabel(list.field.clientId).fill(clientId);
  await page.getByLabel(list.field.clientSecret).fill(secret);
  await page.getByLabel(list.setting.apiUrl).fill(emulator.url);
  await page.getByRole("button", { name: list.create.submit }).click();
}

async function rotate(page: Page, secret: string): Promise<void> {
  await page.getByLabel(list.field.clientId).fill(clientId);
  await page.getByLabel(list.field.clientSecret).fill(secret);
  await page.getByRole("button", { name: text.secret.submit }).click();
}

for (const [javaScriptEnabled, place] of [
  [true, 3],
  [false, 4],
] as const) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });
    test("a connection is made, tested, read, given new credentials and removed", async ({
      page,
      enter,
      as,
    }) => {
      test.setTimeout(180_000);
      await enter("super");
      const caller = await as("super");
      const { rows } = await caller.query<CustomerList>("customers.list", { status: "synced", pageSize: 25 });
      const customer = rows[place];
      if (!customer) throw new Error("the demo has customers");
      const name = `Snow ${crypto.randomUUID().slice(0, 8)}`;

      // Wrong credentials: stored, tested at once, refused with advice, and nothing is read.
      await connect(page, customer.name, name, canary);
      await expect(page).toHaveURL(/\/en\/connections\/[0-9a-f-]{36}/);
      const id = idIn(page);
      await outcome(page, text.result.failed);
      await expect(page.locator("[data-health=credentialsRefused]")).toBeVisible();
      await expect(page.locator("[data-test=failed]")).toContainText(errors.vendor.credentials.advice);
      expect(await details(caller, id)).toMatchObject({ runs: [], lastSuccessAt: null });

      // The right ones: taken, and the first synchronisation follows by itself.
      await rotate(page, clientSecret);
      await outcome(page, text.result.rotated);
      await expect
        .poll(async () => (await details(caller, id)).lastSuccessAt, { timeout: 60_000 })
        .not.toBeNull();
      await page.goto(`/en/connections/${id}`);
      await expect(page.locator("[data-health=healthy]")).toBeVisible();
      const account = page.locator("#accounts tr[data-row-id]");
      await expect(account).toHaveCount(1);
      await expect(account).toContainText(customer.name);
      await expect(page.locator("#runs tr[data-row-id]").first()).toContainText(text.outcome.succeeded);

      // Other wrong ones are not taken: the ones before stay in use.
      await rotate(page, `${canary}-2`);
      await outcome(page, text.result.rotationFailed);
      await expect(page.locator("[data-health=healthy]")).toBeVisible();
      const { lastSuccessAt: before } = await details(caller, id);
      await page.getByRole("button", { name: text.sync }).click();
      await expect(page).toHaveURL(/notice=sync\.(started|joined)/);
      await expect
        .poll(async () => (await details(caller, id)).lastSuccessAt, { timeout: 60_000 })
        .not.toBe(before);
      expect(await page.content()).not.toContain(canary);

      // Limits that make no sense are refused at their field; sensible ones are kept.
      await page.goto(`/en/connections/${id}`);
      await page.getByLabel(list.field.perPeriod["60"]).fill("none");
      await page.getByRole("button", { name: text.edit.submit }).click();
      await expect(page.locator("#edit-limit-60-error")).toHaveText(list.wrong.number);
      await page.getByLabel(list.field.perPeriod["60"]).fill("600");
      await page.getByRole("button", { name: text.edit.submit }).click();
      await expect(page.getByText(text.notice.edit, { exact: true })).toBeVisible();
      expect((await details(caller, id)).limits).toContainEqual({ calls: 600, seconds: 60 });

      // Removing needs the word; then the customer is without it.
      await page.getByLabel(fill(text.remove.label, { word: text.remove.word })).fill("No");
      await page.getByRole("button", { name: text.remove.submit }).click();
      await expect(page.locator("#remove-word-error")).toHaveText(list.wrong.word);
      await page.getByLabel(fill(text.remove.label, { word: text.remove.word })).fill("yes");
      await page.getByRole("button", { name: text.remove.submit }).click();
      await expect(page.getByText(list.notice.removed)).toBeVisible();
      await expect(page.getByRole("link", { name })).toHaveCount(0);
      expect((await caller.get(`/en/connections/${id}`)).status).toBe(404);
    });
  });
}

test("who may not connect vendors finds no way to it and is refused", async ({ as, baseURL }) => {
  const { rows } = await (await as("super")).query<ConnectionList>("connections.list", {});
  const own = rows.find((row) => row.customer === null);
  if (!own) throw new Error("the demo has a connection");
  const post = async (path: string, person: "admin" | "readonly" | "lagune" | "rossiAdmin", fields: object) =>
    (
      await send(`${baseURL}${path}`, {
        method: "POST",
        headers: { cookie: (await as(person)).cookie, "content-type": "application/json" },
        body: JSON.stringify(fields),
      })
    ).status;
  for (const person of ["admin", "readonly"] as const) {
    const caller = await as(person);
    const page = await caller.get(`/en/connections/${own.id}`);
    expect([page.status, page.text.includes('name="clientSecret"')]).toEqual([200, false]);
    expect((await caller.get("/en/connections/new")).status).toBe(404);
    expect(await post(`/api/connections/${own.id}`, person, { action: "test" })).toBe(403);
  }
  const lagune = await as("lagune");
  expect((await lagune.get(`/fr/connections/${own.id}`)).status).toBe(404);
  expect(await post(`/api/connections/${own.id}`, "lagune", { action: "test" })).toBe(404);
  // A customer's admin sees the customer's own alone; its viewer none.
  expect((await (await as("rossiAdmin")).get(`/it/connections/${own.id}`)).status).toBe(404);
  expect(await post(`/api/connections/own/${own.id}`, "rossiAdmin", { action: "test" })).toBe(404);
  expect((await (await as("rossiAdmin")).get("/it/connections/new")).status).toBe(200);
  expect((await (await as("rossiViewer")).get("/it/connections")).status).toBe(404);
});

test("is operated by keyboard", async ({ page, enter }) => {
  await enter("super");
  await page.goto("/en/connections");
  await page.getByRole("link", { name: new RegExp(`^${list.show.trouble}`) }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/show=trouble/);
  await page.getByRole("link", { name: list.new }).press("Enter");
  await page.getByRole("link", { name: list.create.sophos }).press("Enter");
  await page.getByLabel(list.field.name, { exact: true }).focus();
  await page.keyboard.press("Tab");
  await expect(page.getByLabel(list.field.clientId)).toBeFocused();
});

for (const language of languages) {
  test(`is accessible and fits a phone (${language})`, async ({ page, enter, as }) => {
    test.setTimeout(90_000);
    await enter("super");
    const { rows } = await (await as("super")).query<ConnectionList>("connections.list", {});
    const refused = "error=request.invalid&wrong=name:required,limit-60:number,clientSecret:required";
    for (const path of [
      "",
      "/new",
      "/new?vendor=snow&q=bottega",
      `/new?vendor=sophos&${refused}`,
      `/${rows.find((row) => row.customer === null)?.id}?accounts=failing&${refused}`,
    ]) {
      await page.goto(`/${language}/connections${path}`);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
    }
  });
}
