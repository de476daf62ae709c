import type { CustomerRecord } from "#server/records/schema.ts";
import { type MonthlyAccount, TERMS_VERSION, type Wizard } from "#server/monthly-accounts/schema.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import type { UnlinkDetails } from "#server/unlinks/schema.ts";
import { formatDay } from "#locales/format.ts";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  resources,
  signIn,
  test,
} from "./portal.ts";
import { dayFromNow, makeSource } from "./pushed.ts";

const stamp = () => crypto.randomUUID().slice(0, 8);
const trial = { kind: "trial", endsOn: dayFromNow(20) } as const;

test("unlinked at once, one account and all together: the page says so, the history keeps it, linking undoes it", async ({
  as,
  enter,
  page,
  request,
  baseURL,
}) => {
  const { accounts: text, account: vendorAccount } = resources.it;
  const caller = await as("super");
  const source = await makeSource(request, caller, { person: "super", origin: baseURL ?? "" });
  const name = `Scollegata ${stamp()}`;
  const first = await source.push(name, [trial]);
  const second = await source.push(`${name} due`, []);
  const link = async (accountId: string) => {
    const body = { accountId, toCustomerId: first.customerId };
    expect((await caller.post("/api/trpc/vendorAccounts.link", body)).status).toBe(200);
  };
  const unlinks = () => caller.query<UnlinkDetails>("unlinks.byCustomer", { customerId: first.customerId });
  await enter("super");
  const address = `/it/customers/${first.customerId}/unlink`;
  await page.goto(address);
  const section = page.locator(`#account-${first.id}`);
  await expect(section).toContainText(text.unlink.outcome.now);
  await expect(section).toContainText(text.unlink.sentence.now);
  await expect(section.locator('[data-row="free"]')).toContainText(text.unlink.row.free);
  await section.getByRole("button", { name: fill(text.unlink.oneNamed, { account: name }) }).click();
  await expect(page.getByText(text.unlink.done.unlinked)).toBeVisible();
  await expect(page.getByText(text.unlink.none, { exact: true })).toBeVisible();
  await page.goto(`/it/vendor-accounts/${first.id}`);
  await expect(page.getByText(fill(vendorAccount.kind.unlinked, { from: name }))).toBeVisible();

  await link(first.id);
  await link(second.id);
  await page.goto(address);
  const all = page.locator("#all");
  await expect(all).toContainText(fill(text.unlink.allNow_other, { formatted: "2" }));
  await expect(all).toContainText(text.unlink.allUndo);
  await expectAccessible(page);
  await all.getByRole("button", { name: text.unlink.allSubmit, exact: true }).click();
  await expect(page.getByText(text.unlink.done.unlinked)).toBeVisible();
  expect((await unlinks()).accounts).toEqual([]);

  // One that is refused refuses all, and says so instead of the button.
  const owed = await source.push(`${name} tre`, [{ endsOn: dayFromNow(50) }]);
  for (const { id } of [first, owed]) await link(id);
  await page.goto(address);
  await expect(all).toContainText(text.unlink.allRefused);
  await expect(all.getByRole("button")).toHaveCount(0);
  expect((await caller.post(`/api/unlinks/${first.customerId}`, { action: "unlink" })).status).toBe(409);
  expect((await unlinks()).accounts).toHaveLength(2);
  await source.remove();
});

test("a term licence that ended a month ago, and one that begins next month, refuse with the day", async ({
  as,
  enter,
  page,
  request,
  baseURL,
}) => {
  const { accounts: text, customer: words, errors } = resources.fr;
  const caller = await as("super");
  const source = await makeSource(request, caller, { person: "super", origin: baseURL ?? "" });
  const ended = await source.push(`Échue ${stamp()}`, [{ endsOn: dayFromNow(-30) }]);
  const ordered = await source.push(`Commandée ${stamp()}`, [
    { startsOn: dayFromNow(30), endsOn: dayFromNow(395) },
  ]);
  await enter("super");
  await page.goto(`/fr/customers/${ended.customerId}/unlink`);
  const day = formatDay("fr", dayFromNow(30));
  const section = page.locator(`#account-${ended.id}`);
  await expect(section).toContainText(text.unlink.outcome.refused);
  await expect(section).toContainText(fill(text.unlink.sentence.recent, { product: "Product 0", day }));
  await expect(section.locator('[data-row="recent"]')).toContainText(fill(text.unlink.row.recent, { day }));
  await expect(section.getByRole("button")).toHaveCount(0);
  const answer = await caller.post(`/api/unlinks/${ended.customerId}`, { action: "unlink" });
  expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("account.recentLicence")]);
  await page.goto(`/fr/customers/${ended.customerId}/unlink?error=account.recentLicence`);
  await expect(page.locator("main").getByRole("alert")).toContainText(errors.account.recentLicence);

  await page.goto(`/fr/customers/${ordered.customerId}/unlink`);
  const row = page.locator('[data-row="term"]');
  await expect(row).toContainText(words.products.state.not_started);
  await expect(row).toContainText(fill(text.unlink.row.termUntil, { day: formatDay("fr", dayFromNow(455)) }));
  await expect(page.locator(`#account-${ordered.id}`).getByRole("button")).toHaveCount(0);
  await source.remove();
});

test("the contact panel leads to converting and unlinking as far as the role may, and the page names every trial and programme", async ({
  as,
  enter,
  page,
  request,
  baseURL,
}) => {
  const { accounts: text, customer: words } = resources.it;
  const caller = await as("super");
  const source = await makeSource(request, caller, { person: "super", origin: baseURL ?? "" });
  const name = `In prova ${stamp()}`;
  const { customerId } = await source.push(name, [
    { ...trial, productName: "Prova Uno" },
    { ...trial, productName: "Prova Due", startsOn: dayFromNow(5) },
    { ...trial, productName: "Prova Finita", endsOn: dayFromNow(-3) },
  ]);
  const panel = page.getByRole("dialog", { name });
  const ways = async () => {
    await page.goto(`/it/customers?q=${encodeURIComponent(name)}&panel=${customerId}`);
    await expect(panel.getByRole("link", { name: words.panel.details })).toBeVisible();
    const hrefs = await panel
      .getByRole("link")
      .evaluateAll((links) => links.map((one) => one.getAttribute("href")));
    return ["convert", "unlink"].map((end) => hrefs.includes(`/it/customers/${customerId}/${end}`));
  };
  await enter("business");
  expect(await ways()).toEqual([true, false]);
  await enter("super");
  expect(await ways()).toEqual([true, true]);
  await expectAccessible(page);
  await panel.getByRole("link", { name: text.actions.convert, exact: true }).click();
  await expect(page.getByRole("heading", { name: fill(text.convert.of, { name }) })).toBeVisible();
  const main = page.locator("main");
  await expect(main).toContainText(
    fill(text.convert.ends_other, { formatted: "2", day: formatDay("it", dayFromNow(-1)) }),
  );
  for (const product of ["Prova Uno", "Prova Due"])
    await expect(main.locator("b", { hasText: product })).toBeVisible();
  await expect(main).not.toContainText("Prova Finita");
  await expect(main.getByText(fill(text.convert.eapUnknown, { name }))).toBeVisible();

  await page.getByLabel(text.convert.programme, { exact: true }).fill("<b>ZTNA</b> EAP");
  await page.getByRole("button", { name: text.convert.add, exact: true }).click();
  await expect(main.getByText(text.convert.programmeAdded)).toBeVisible();
  const noted = fill(text.convert.eapNamed, { name, programmes: "<b>ZTNA</b> EAP" });
  await expect(main.getByText(noted)).toBeVisible();
  await page.getByLabel(text.convert.programme, { exact: true }).fill("EAP Flex");
  await page.getByLabel(text.convert.takesMonthly, { exact: true }).check();
  await page.getByRole("button", { name: text.convert.add, exact: true }).click();
  const programmes = page.locator("#programmes");
  await expect(programmes.getByRole("listitem").filter({ hasText: "EAP Flex" })).toContainText(
    text.convert.takes,
  );
  await expect(main.getByText(noted)).toBeVisible();
  const remove = page.getByRole("button", {
    name: fill(text.convert.removeNamed, { programme: "EAP Flex" }),
  });
  await remove.click();
  await expect(main.getByText(fill(text.convert.programmeRemoved, { programme: "EAP Flex" }))).toBeVisible();
  await expect(remove).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole("button", { name: text.convert.undo, exact: true }).click();
  await expect(programmes.getByRole("listitem").filter({ hasText: "EAP Flex" })).toContainText(
    text.convert.takes,
  );
  expect((await caller.query<CustomerRecord>("records.byCustomer", { customerId })).may).toMatchObject({
    convert: true,
    unlink: true,
  });
  await source.remove();
});

test("a partner without MSP Flex is told why it converts nothing, on the page and by the form", async ({
  as,
  enter,
  page,
}) => {
  const { accounts: text } = resources.fr;
  const caller = await as("lagune");
  const { rows } = await caller.query<CustomerList>("customers.list", { licenceKind: "trial", sort: "name" });
  const { rows: any } = await caller.query<CustomerList>("customers.list", { sort: "name" });
  const id = [...rows, ...any].find(({ relationship }) => relationship !== "order_only")?.id ?? "";
  await enter("lagune");
  await page.goto(`/fr/customers/${id}/convert`);
  await expect(page.getByRole("heading", { name: text.new.notFlex })).toBeVisible();
  await expect(page.getByText(text.convert.notFlexWhy)).toBeVisible();
  await expect(page.locator("main").getByRole("button")).toHaveCount(0);
  const conversion = { conversionId: crypto.randomUUID(), accountId: crypto.randomUUID() };
  const answer = await caller.post(`/api/trials/${id}`, { action: "convert", ...conversion, "trial-0": "x" });
  expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("monthly.notFlex")]);
  await page.goto(`/fr/customers?panel=${id}`);
  await expect(page.getByRole("dialog").locator(`a[href$="/${id}/convert"]`)).toHaveCount(0);
});

test("what the vendor refused is asked for again by Try again", async ({ as, enter, page, request }) => {
  const { accounts: text } = resources.it;
  const caller = await as("super");
  const { newId: id, products } = await caller.query<Wizard>("monthlyAccounts.wizard", {});
  const name = `Rifiutata ${stamp()}`;
  const steps: Record<string, string>[] = [
    {
      step: "details",
      name,
      firstName: "Ada",
      lastName: "Neri",
      email: "ada@refused.example",
      street: "Via 1",
    },
    { step: "licences", [`quantity:${products[0]?.code}`]: "2" },
    { step: "terms", accepted: TERMS_VERSION },
    { step: "create" },
  ];
  Object.assign(steps[0] ?? {}, { city: "Trento", country: "IT", region: "jp01" });
  await enter("super");
  for (const fields of steps)
    expect((await caller.post(`/api/monthly-accounts/${id}`, fields)).status, fields["step"]).toBe(200);
  const created = async () =>
    (await caller.query<MonthlyAccount>("monthlyAccounts.byId", { id })).created ?? undefined;
  const opening = async () => (await created())?.opening;
  await expect.poll(opening, { timeout: 15_000 }).toBe("refused");
  const before = Date.parse((await created())?.at ?? "");
  await page.goto(`/it/customers/new/${id}`);
  await expect(page.getByText(text.new.state.refused)).toBeVisible();
  await page.getByRole("button", { name: text.new.tryAgain, exact: true }).click();
  await expect(page).toHaveURL(`/it/customers/new/${id}`);
  // It was asked again, and says the same again.
  await expect
    .poll(async () => [await opening(), Date.parse((await created())?.at ?? "") > before], {
      timeout: 15_000,
    })
    .toEqual(["refused", true]);
  await page.reload();
  await expect(page.getByText(text.new.state.refused)).toBeVisible();
  const again = await caller.post(`/api/monthly-accounts/${crypto.randomUUID()}`, { step: "again" });
  expect(again.status).toBe(404);
  const cookie = `belvedere-session=${await signIn(request, "super")}`;
  const gone = await caller.post(
    `/api/disconnects/${(await created())?.customerId}`,
    { word: "yes" },
    { cookie },
  );
  expect(gone.status).toBe(200);
});

test("nothing disconnected yet: the list says what it is for and how one gets into it; who sees some customers is told why it is empty", async ({
  enter,
  page,
}) => {
  const { accounts: text } = resources.fr;
  await enter("lagune");
  await page.goto("/fr/customers/disconnected");
  await expect(page.getByRole("heading", { name: text.disconnect.listNone })).toBeVisible();
  await expect(page.getByText(text.disconnect.listNoneWhy)).toBeVisible();
  await expect(page.locator("main").getByRole("link", { name: text.customers }).last()).toHaveAttribute(
    "href",
    "/fr/customers",
  );
  await enter("admin");
  await page.goto("/it/customers/disconnected");
  await expect(page.getByText(resources.it.accounts.disconnect.listLimitedWhy)).toBeVisible();
});

for (const language of languages)
  test(`the empty list is accessible and fits a phone (${language})`, async ({ enter, page }) => {
    await enter("lagune");
    await page.setViewportSize({ width: 360, height: 780 });
    await page.goto(`/${language}/customers/disconnected`);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
