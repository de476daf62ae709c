// What a row of the customers list says of its customer and offers for it.
import { formatNumber } from "#locales/format.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import { type Caller, expect, fill, languages, type Page, resources, test } from "./portal.ts";

const list = (caller: Caller, input: object) => caller.query<CustomerList>("customers.list", input);
const rowOf = (page: Page, id: string | undefined) => page.locator(`tr[data-row-id="${id}"]`);
const cell = (page: Page, id: string | undefined, column: string) =>
  rowOf(page, id).locator(`[data-column="${column}"]`);

for (const language of languages) {
  const { customers, common, status } = resources[language];
  test.describe(`in ${language}`, () => {
    test("what is beside the name: unprotected computers and the way to them, orders, kinds", async ({
      page,
      enter,
      as,
    }) => {
      const caller = await as("super");
      await enter("super");
      const unprotected = (await list(caller, { reason: "devices_unprotected", pageSize: 25 })).rows.find(
        ({ devicesUnprotected }) => (devicesUnprotected ?? 0) > 1,
      );
      const count = unprotected?.devicesUnprotected ?? 0;
      await page.goto(`/${language}/customers?view=all&reason=devices_unprotected&pageSize=25`);
      const warning = rowOf(page, unprotected?.id).locator("a.unprotected");
      await expect(warning).toHaveText(formatNumber(language, count));
      await expect(warning).toHaveAccessibleName(
        fill(customers.unprotected_other, { count: String(count), formatted: formatNumber(language, count) }),
      );
      await warning.click();
      await expect(page).toHaveURL(new RegExp(`${unprotected?.id}\\?devices=unprotected#computers$`));
      await expect(page.locator('[data-section="computers"] tr[data-row-id]')).toHaveCount(
        Math.min(count, 50),
      );

      for (const [filter, label] of [
        ["licenceKind=trial", customers.kind.trial],
        ["licenceKind=monthly", customers.kind.monthly],
        ["relationship=delegated", customers.relationship.delegated],
        ["relationship=managed", customers.relationship.managed],
      ] as const) {
        await page.goto(`/${language}/customers?view=all&${filter}&pageSize=25`);
        await expect(page.locator("tr[data-row-id] .details").first(), filter).toContainText(label);
      }
      await page.goto(`/${language}/customers?view=all&relationship=order_only&pageSize=25`);
      await expect(page.locator("tr[data-row-id] .coin").first()).toHaveText(customers.order);
      await expect(page.locator("tr[data-row-id] button.sync")).toHaveCount(0);
    });

    test("figures: alerts by severity, each source", async ({ page, enter, as }) => {
      const caller = await as("super");
      await enter("super");
      const [first] = (await list(caller, { sort: "-alerts", pageSize: 25 })).rows;
      await page.goto(`/${language}/customers?view=all&sort=-alerts&pageSize=25&columns=name,alerts,sources`);
      await expect(cell(page, first?.id, "alerts").locator(".alert.high")).toHaveText(
        new RegExp(`^${formatNumber(language, first?.alertsHigh ?? 0)}`),
      );
      await expect(cell(page, first?.id, "alerts").locator(".alert.high")).toContainText(
        customers.severity.high,
      );
      await expect(cell(page, first?.id, "sources")).toContainText("Sophos Central");
    });

    test("a blank says why, of licences too", async ({ page, enter, as }) => {
      await enter("super");
      const { rows } = await list(await as("super"), { status: "access_disabled", pageSize: 200 });
      const known = rows.find(
        ({ licenceState, licenceEndsOn }) => licenceState !== null && licenceEndsOn === null,
      );
      await page.goto(`/${language}/customers?view=all&status=access_disabled&pageSize=200`);
      await expect(cell(page, known?.id, "devicesTotal")).toHaveText(common.blank.no_access);
      await expect(cell(page, known?.id, "licenceEndsOn")).toHaveText(
        new RegExp(`^(${common.blank.no_licence}|${common.blank.no_end})$`),
      );
    });

    test("a status tells on hover and focus which rule holds, its evidence, since when and what to do", async ({
      page,
      enter,
      as,
    }) => {
      const { rows } = await list(await as("super"), { reason: "devices_silent", pageSize: 25 });
      const row = rows.find(({ reasons }) => reasons.length === 1);
      const count = row?.devicesSilent ?? 0;
      await enter("super");
      await page.goto(`/${language}/customers?view=all&reason=devices_silent&pageSize=25`);
      const about = page.locator("ul[popover]:visible");
      const said = async () => {
        await expect(about).toHaveCount(1);
        await expect(about).toContainText(formatNumber(language, count));
        await expect(about).toContainText(status.since.replace("{{at}}", "").trim());
        await expect(about).toContainText(status.reason.devices_silent.advice);
      };
      const button = cell(page, row?.id, "status").getByRole("button");
      await button.hover();
      await said();
      await page.mouse.move(0, 0);
      await expect(about).toHaveCount(0);
      await button.focus();
      await said();
    });

    test("Synchronise and Customer details in the row", async ({ page, enter, as }) => {
      const caller = await as("super");
      const row = (await list(caller, { status: "synced", vendor: "sophos", pageSize: 25 })).rows.at(-1);
      await enter("super");
      await page.goto(`/${language}/customers?view=all&status=synced&vendor=sophos&pageSize=25`);
      await page.getByRole("link", { name: `${customers.table.details} ${row?.name}`, exact: true }).click();
      await expect(page).toHaveURL(`/${language}/customers/${row?.id}`);
      await page.goBack();
      await page
        .getByRole("button", { name: `${customers.table.syncNow} ${row?.name}`, exact: true })
        .click();
      await expect(page).toHaveURL(/notice=sync\.(started|joined|waiting)/);
      await expect(page.locator("main").getByRole("status").first()).toBeVisible();
    });
  });
}

test("who may not synchronise is offered the details alone", async ({ page, enter }) => {
  await enter("readonly");
  await page.goto("/en/customers?view=all&pageSize=25");
  await expect(page.locator("tr[data-row-id] a.open")).toHaveCount(25);
  await expect(page.locator("tr[data-row-id] button.sync")).toHaveCount(0);
});

test("a customer is found by what the vendor calls it and by who is asked for there", async ({
  page,
  enter,
  as,
}) => {
  const caller = await as("super");
  const [row] = (
    await list(caller, { status: "synced", vendor: "sophos", sort: "-devicesTotal", pageSize: 25 })
  ).rows;
  const details = await caller.query<{
    accounts: { externalId: string }[];
    contacts: { name: string; email: string }[];
  }>("customers.byId", { customerId: row?.id });
  await enter("super");
  const contact = details.contacts[0];
  for (const q of [details.accounts[0]?.externalId, contact?.email, contact?.name]) {
    expect(q).toBeTruthy();
    await page.goto(`/en/customers?view=all&q=${encodeURIComponent(q ?? "")}`);
    await expect(rowOf(page, row?.id), q).toBeVisible();
  }
});
