import type { CustomerList } from "#server/customers/schema.ts";
import type { MonthlyAccount } from "#server/monthly-accounts/schema.ts";
import type { TrialDetails } from "#server/trials/schema.ts";
import type { UnlinkDetails } from "#server/unlinks/schema.ts";
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

const text = resources.en.accounts;
const errors = resources.en.errors;

/** A name that no other run used. */
const newName = () => `Zeta Prova ${Date.now().toString(36)}`;
const list = (caller: Caller, input: object) => caller.query<CustomerList>("customers.list", input);

async function fillDetails(page: Page, name: string, email: string, region = "eu01"): Promise<void> {
  const { field } = text.new;
  await page.getByLabel(field.name).fill(name);
  await page.getByLabel(field.firstName).fill("Ada");
  await page.getByLabel(field.lastName).fill("Neri");
  await page.getByLabel(field.email).fill(email);
  await page.getByLabel(field.street).fill("Via Roma 1");
  await page.getByLabel(field.city).fill("Trento");
  await page.getByLabel(field.country).selectOption("IT");
  await page.getByLabel(field.region).selectOption(region);
  await page.getByRole("button", { name: text.new.next.details }).click();
}
async function finish(page: Page): Promise<void> {
  await page.getByRole("textbox").first().fill("12");
  await page.getByRole("button", { name: text.new.next.licences }).click();
  await page.getByLabel(text.new.accept).check();
  await page.getByRole("button", { name: text.new.next.terms }).click();
  await page.getByRole("button", { name: text.new.create, exact: true }).click();
}
async function disconnect(page: Page, customerId: string, name: string): Promise<void> {
  await page.goto(`/en/customers/${customerId}/disconnect`);
  await page.getByLabel(text.disconnect.word).fill("yes");
  await page.getByRole("button", { name: fill(text.disconnect.submit, { name }) }).click();
  await expect(page.getByText(text.disconnect.done)).toBeVisible();
}

test("without scripts: a monthly account is created, opened, scheduled for its end and disconnected", async ({
  browser,
  as,
  baseURL,
}) => {
  const caller = await as("super");
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL && { baseURL }) });
  const [cookie = "", value = ""] = caller.cookie.split("=");
  await context.addCookies([{ name: cookie, value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  const name = newName();
  await page.goto("/en/customers");
  await page.getByRole("link", { name: text.new.title }).click();
  await fillDetails(page, name, "nobody@nowhere");
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.monthly.incomplete);
  await expect(page.getByText(text.new.fault.email)).toBeVisible();
  await expect(page.getByLabel(text.new.field.name)).toHaveValue(name);
  await fillDetails(page, name, `ada@zeta-${Date.now().toString(36)}.example`);
  await page.getByRole("textbox").first().fill("none");
  await page.getByRole("button", { name: text.new.next.licences }).click();
  await expect(page.getByText(text.new.quantityFault)).toBeVisible();
  await page.getByRole("textbox").first().fill("12");
  await page.getByRole("button", { name: text.new.next.licences }).click();
  await page.getByRole("button", { name: text.new.next.terms }).click();
  await expect(page.getByText(text.new.acceptFault)).toBeVisible();
  await page.getByLabel(text.new.accept).check();
  await page.getByRole("button", { name: text.new.next.terms }).click();
  await page.getByRole("button", { name: text.new.create, exact: true }).click();
  await expect(page.getByText(fill(text.new.created, { name }))).toBeVisible();

  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const opening = async () => {
    const { created } = await caller.query<MonthlyAccount>("monthlyAccounts.byId", { id });
    return created?.opening;
  };
  await expect.poll(opening, { timeout: 15_000 }).toBe("opened");
  await page.reload();
  await expect(page.getByText(text.new.state.opened)).toBeVisible();
  const { created } = await caller.query<MonthlyAccount>("monthlyAccounts.byId", { id });
  const customerId = created?.customerId ?? "";
  expect((await list(caller, { q: name })).rows.map((row) => row.id)).toEqual([customerId]);

  await page.goto(`/en/customers/${customerId}/unlink`);
  await page.getByRole("button", { name: fill(text.unlink.oneScheduleNamed, { account: name }) }).click();
  await expect(page.getByText(text.unlink.done.scheduled)).toBeVisible();
  await page.getByRole("button", { name: fill(text.unlink.cancelNamed, { account: name }) }).click();
  await expect(page.getByText(text.unlink.done.cancelled)).toBeVisible();

  await page.goto(`/en/customers/${customerId}/disconnect`);
  await expect(page.getByText(text.disconnect.billed)).toBeVisible();
  await page.getByLabel(text.disconnect.word).fill("maybe");
  await page.getByRole("button", { name: fill(text.disconnect.submit, { name }) }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.account.wordMissing);
  await disconnect(page, customerId, name);
  expect((await caller.get(`/en/customers/${customerId}`)).status).toBe(404);
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.locator(`[data-row-id="${customerId}"]`).getAttribute("data-state");
      },
      { timeout: 15_000 },
    )
    .toBe("done");
  await context.close();
});

test("with scripts: what the vendor refuses says why, and a draft can be discarded", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  await enter("super");
  const name = newName();
  await page.goto("/en/customers/new");
  await fillDetails(page, name, "ada@refused.example", "jp01");
  await page.goto("/en/customers/new");
  await page.getByRole("link", { name }).click();
  await finish(page);
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const account = () => caller.query<MonthlyAccount>("monthlyAccounts.byId", { id });
  await expect.poll(async () => (await account()).created?.opening, { timeout: 15_000 }).toBe("refused");
  await page.reload();
  await expect(page.getByText(text.new.state.refused)).toBeVisible();
  await expect(page.getByText(text.new.why)).toBeVisible();
  await disconnect(page, (await account()).created?.customerId ?? "", name);

  const other = newName();
  await page.goto("/en/customers/new");
  await fillDetails(page, other, "ada@discarded.example");
  await page.goto("/en/customers/new");
  await page.getByRole("button", { name: fill(text.new.discardNamed, { name: other }) }).click();
  await expect(page.getByText(text.new.discarded)).toBeVisible();
  await expect(page.getByRole("link", { name: other })).toHaveCount(0);
});

/** A customer on trial that nobody else's test reads: the last by name. */
async function findTrial(caller: Caller): Promise<string> {
  const { rows } = await list(caller, { licenceKind: "trial", sort: "-name" });
  for (const { id, relationship } of rows) {
    if (relationship === "order_only") continue;
    const { accounts } = await caller.query<TrialDetails>("trials.byCustomer", { customerId: id });
    if (accounts.some(({ refused, trials }) => !refused && trials.length > 0)) return id;
  }
  throw new Error("the demo has no customer on trial");
}

test("trials are named, converted after a quantity was put right, and stay converted", async ({
  as,
  enter,
  page,
}) => {
  const customerId = await findTrial(await as("business"));
  await enter("business");
  await page.goto(`/en/customers/${customerId}/convert`);
  await expect(page.getByText(text.convert.eap)).toBeVisible();
  const quantity = page.locator('input[name="quantity-0"]');
  await quantity.fill("0");
  await page.getByRole("button", { name: /bill monthly/ }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.trial.quantity);
  await expect(quantity).toHaveValue("0");
  await quantity.fill("5");
  await page.getByRole("button", { name: /bill monthly/ }).click();
  await expect(page.getByText(text.convert.none)).toBeVisible();
  await expect(page.locator("#converted")).toContainText(text.convert.unknown);
});

test("a term licence refuses the unlinking: the page names it and offers no form", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { rows } = await list(caller, { licenceKind: "term", relationship: "managed" });
  const unlinks = (customerId: string) => caller.query<UnlinkDetails>("unlinks.byCustomer", { customerId });
  for (const { id } of rows) {
    const account = (await unlinks(id)).accounts.find(
      ({ plan }) => plan.kind === "refused" && plan.why === "termLicence" && plan.product !== null,
    );
    if (account?.plan.kind !== "refused") continue;
    await enter("super");
    await page.goto(`/en/customers/${id}/unlink`);
    const section = page.locator(`#account-${account.id}`);
    await expect(section).toContainText(text.unlink.outcome.refused);
    await expect(section).toContainText(`${account.plan.product} is a term licence`);
    await expect(section.getByRole("button")).toHaveCount(0);
    const answer = await caller.post(`/api/unlinks/${id}`, { action: "unlink", accountId: account.id });
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("account.termLicence")]);
    await page.goto(`/en/customers/${id}/unlink?error=account.termLicence`);
    await expect(page.locator("main").getByRole("alert")).toContainText(errors.account.termLicence);
    expect((await unlinks(id)).accounts.map((one) => one.id)).toContain(account.id);
    return;
  }
  throw new Error("the demo has no customer with a term licence");
});

test("who clicks twice ends a link once", async ({ as, enter, page }) => {
  const caller = await as("super");
  const { rows } = await caller.query<AccountList>("vendorAccounts.list", { view: "linked", q: "ottica" });
  const details = (accountId: string) => caller.query<AccountDetails>("vendorAccounts.byId", { accountId });
  for (const { id, name, customer } of rows) {
    if (customer === null || (await details(id)).plan?.kind !== "now") continue;
    const before = (await details(id)).history.length;
    await enter("super");
    await page.goto(`/en/customers/${customer.id}/unlink`);
    await page
      .locator(`#account-${id}`)
      .getByRole("button", { name: fill(text.unlink.oneNamed, { account: name }) })
      .dblclick();
    await expect.poll(async () => (await details(id)).linkState).toBe("not_linked");
    await page.waitForLoadState();
    const { history } = await details(id);
    expect(history.slice(0, history.length - before).map(({ kind }) => kind)).toEqual(["unlinked"]);
    const body = { accountId: id, toCustomerId: customer.id };
    expect((await caller.post("/api/trpc/vendorAccounts.link", body)).status).toBe(200);
    return;
  }
  throw new Error("the demo has no account that may be unlinked at once");
});

test("who may not does not find the pages; an order and a partner without MSP Flex are told why", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { rows } = await list(caller, { relationship: "order_only" });
  const order = rows.find(({ relationship }) => relationship === "order_only")?.id ?? "";
  const { rows: all } = await list(caller, { sort: "name" });
  const plain = all.find(({ relationship }) => relationship !== "order_only")?.id ?? "";
  for (const [person, pages] of [
    ["helpdesk", ["convert", "unlink", "disconnect"]],
    ["business", ["unlink", "disconnect"]],
    ["lagune", ["convert", "unlink", "disconnect"]],
  ] as const)
    for (const each of pages)
      expect(
        (await (await as(person)).get(`/en/customers/${plain}/${each}`)).status,
        `${person} ${each}`,
      ).toBe(404);
  await enter("super");
  for (const each of ["convert", "unlink", "disconnect"]) {
    await page.goto(`/en/customers/${order}/${each}`);
    await expect(page.getByRole("heading", { name: text.orderOnly })).toBeVisible();
  }
  expect((await (await as("lagune")).get("/en/customers/new")).text).toContain(text.new.notFlex);
});

for (const language of languages)
  test(`are accessible and fit a phone (${language})`, async ({ as, enter, page }) => {
    const caller = await as("super");
    const customerId = await findTrial(caller);
    await enter("super");
    for (const path of [
      `/${language}/customers/new`,
      `/${language}/customers/disconnected`,
      ...["convert", "unlink", "disconnect"].map((each) => `/${language}/customers/${customerId}/${each}`),
    ]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(path);
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 780 });
      await expectNoSidewaysScroll(page);
    }
  });
