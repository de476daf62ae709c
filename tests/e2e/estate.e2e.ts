import type { CustomerDetails } from "#server/customer/schema.ts";
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
  test,
} from "./portal.ts";

const text = resources.en.customer;
const section = (page: Page, name: string) => page.locator(`[data-section="${name}"]`);

/** The customers that an inventory tells of, found by their names and figures. */
async function find(caller: Caller, q: string): Promise<CustomerList["rows"][number]> {
  const { rows } = await caller.query<CustomerList>("customers.list", { q, pageSize: 25 });
  const [row] = rows;
  if (!row) throw new Error(`the demo has no ${q}`);
  return row;
}

test("a customer with everything shows applications and SaaS beside its computers", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const rossi = await find(caller, "Bottega Rossi");
  const details = await caller.query<CustomerDetails>("customers.byId", { customerId: rossi.id });
  await enter("super");
  await page.goto(`/en/customers/${rossi.id}`);
  await expect(section(page, "computers")).toContainText(fill(text.source, { vendor: "Snow Atlas" }));
  await expect(section(page, "applications")).toHaveAttribute("data-state", "full");
  await expect(section(page, "applications").locator("tbody tr")).toHaveCount(
    details.applications?.length ?? -1,
  );
  await expect(section(page, "saas")).toHaveAttribute("data-state", "full");
  const spend = section(page, "saas").locator('[data-column="saasMonthlySpend"]');
  await expect(spend).toHaveText(/\d/);
});

test("one without SaaS management sees what it would give, and its list says why the cells are empty", async ({
  as,
  enter,
  page,
}) => {
  const marchand = await find(await as("super"), "Atelier Marchand");
  await enter("super");
  await page.goto(`/en/customers/${marchand.id}`);
  await expect(section(page, "saas")).toContainText(text.saas.preview);
  await expect(section(page, "saas")).toContainText(text.saas.answers.unassigned);
  await expect(section(page, "applications")).toHaveAttribute("data-state", "full");
  await page.goto("/en/customers?q=Atelier+Marchand&columns=name,applicationsInstalled,saasApplications");
  const row = page.locator(`[data-row-id="${marchand.id}"]`);
  await expect(row.locator('[data-column="saasApplications"]')).toHaveAttribute("data-blank", "not_entitled");
  await expect(row.locator('[data-column="applicationsInstalled"]')).not.toHaveAttribute("data-blank", /./);
});

test("a denied application is a warning that names it, and is marked in the list of what is installed", async ({
  as,
  enter,
  page,
}) => {
  const caller = await as("super");
  const { rows } = await caller.query<CustomerList>("customers.list", { status: "warning", pageSize: 200 });
  const row = rows.find(({ reasons }) => reasons.some(({ code }) => code === "denied_application"));
  if (!row) throw new Error("the demo has no customer with a denied application");
  await enter("super");
  await page.goto(`/en/customers/${row.id}`);
  const marked = section(page, "applications").locator("tbody tr", { hasText: text.applications.isDenied });
  await expect(marked).toHaveCount(row.applicationsDenied ?? -1);
  const name = (await marked.first().locator("bdi").first().textContent()) ?? "";
  await expect(page.locator("main")).toContainText(name);
});

for (const language of languages)
  test(`is accessible and fits a phone (${language})`, async ({ as, enter, page }) => {
    const marchand = await find(await as("super"), "Atelier Marchand");
    await enter("super");
    await page.goto(`/${language}/customers/${marchand.id}`);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 780 });
    await expectNoSidewaysScroll(page);
  });
