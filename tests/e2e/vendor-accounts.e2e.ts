import type { AccountDetails, AccountList } from "#server/vendor-accounts/schema.ts";
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

const text = {
  ...resources.en["vendor-accounts"],
  detail: resources.en.account,
  kind: resources.en.account.kind,
};
const list = (caller: Caller, input: object) => caller.query<AccountList>("vendorAccounts.list", input);

/** An account whose link may end at once, of a customer that nobody else's test reads. */
async function findFree(caller: Caller): Promise<AccountDetails> {
  const { rows } = await list(caller, { view: "linked", q: "hôtel" });
  for (const { id } of rows) {
    const account = await caller.query<AccountDetails>("vendorAccounts.byId", { accountId: id });
    if (account.plan?.kind === "now" && !account.isNameTwice) return account;
  }
  throw new Error("the demo has no account that may be unlinked at once");
}

test("without scripts: an account is unlinked, proposed to its customer and linked again", async ({
  browser,
  as,
  baseURL,
}) => {
  const caller = await as("super");
  const account = await findFree(caller);
  const customer = account.customer ?? { id: "", name: "" };
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL && { baseURL }) });
  const [name = "", value = ""] = caller.cookie.split("=");
  await context.addCookies([{ name, value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  await page.goto(`/en/vendor-accounts/${account.id}`);
  await page.getByRole("button", { name: text.detail.unlinkSubmit }).click();
  await expect(page.getByText(text.notice.unlinked)).toBeVisible();
  await expect(page.getByText(text.linkState.not_linked)).toBeVisible();

  await page.goto(`/en/vendor-accounts?q=${encodeURIComponent(account.name)}`);
  const row = page.locator(`[data-row-id="${account.id}"]`);
  await row
    .getByRole("button", { name: fill(text.confirmFor, { account: account.name, customer: customer.name }) })
    .click();
  await expect(page.getByText(text.notice.linked)).toBeVisible();
  await expect(row).toHaveCount(0);

  await page.goto(`/en/vendor-accounts/${account.id}`);
  const history = page.locator("#history li");
  await expect(history.nth(0)).toContainText(fill(text.kind.linked, { to: customer.name }));
  await expect(history.nth(1)).toContainText(fill(text.kind.unlinked, { from: customer.name }));
  await context.close();
});

test("merging asks for the word, and says what is wrong", async ({ as, enter, page }) => {
  const caller = await as("super");
  const account = await findFree(caller);
  await enter("super");
  await page.goto(`/en/vendor-accounts/${account.id}?q=hôtel`);
  await page.locator("#merge").getByLabel(text.detail.mergeWord).fill("maybe");
  await page.getByRole("button", { name: text.detail.mergeSubmit }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText(
    resources.en.errors.account.wordMissing,
  );
});

test("help desk and business do not find the page", async ({ as }) => {
  for (const person of ["helpdesk", "business", "rossiAdmin"] as const)
    expect((await (await as(person)).get("/en/vendor-accounts")).status).toBe(404);
});

test("the other partner's accounts are not found", async ({ as }) => {
  const account = await findFree(await as("super"));
  expect((await (await as("lagune")).get(`/en/vendor-accounts/${account.id}`)).status).toBe(404);
});

for (const language of languages)
  test(`is accessible and fits a phone (${language})`, async ({ as, enter, page }) => {
    const account = await findFree(await as("super"));
    await enter("super");
    for (const path of [
      `/${language}/vendor-accounts`,
      `/${language}/vendor-accounts?view=linked`,
      `/${language}/vendor-accounts/${account.id}?q=srl`,
    ]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(path);
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 780 });
      await expectNoSidewaysScroll(page);
    }
  });
