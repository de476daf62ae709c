// What is reached by no link: addresses edited by hand, and lists in which there is nothing.
import { readFile } from "node:fs/promises";
import type { CustomerList } from "#server/customers/schema.ts";
import { expect, languages, resources, test } from "./portal.ts";

test("a cursor edited by hand begins the list anew, on every page that has one", async ({ as }) => {
  const caller = await as("super");
  const { rows } = await caller.query<CustomerList>("customers.list", { pageSize: 25 });
  const drafted = await caller.post("/api/bulk", {
    action: "pin",
    key: crypto.randomUUID(),
    id: [rows[0]?.id],
  });
  const { bulkId } = JSON.parse(drafted.text) as { bulkId: string };
  const paths = [
    "/customers?view=all",
    "/groups",
    "/connections",
    "/vendor-accounts",
    `/bulk/${bulkId}`,
    "?kind=licence_end",
  ];
  for (const path of paths)
    for (const cursor of ["x", "%00", "e30=", encodeURIComponent('["a","b"]'), "9".repeat(700)]) {
      const { status } = await caller.get(`/en${path}${path.includes("?") ? "&" : "?"}after=${cursor}`);
      expect(status, `${path} ${cursor}`).toBe(200);
    }
});

for (const language of languages) {
  const { customers, common, exports } = resources[language];
  test.describe(`in ${language}`, () => {
    test("an empty list says what it is and how to go on", async ({ page, enter, as }) => {
      const caller = await as("business");
      expect((await caller.query<CustomerList>("customers.list", { pinned: "1" })).total).toBe(0);
      await enter("business");
      await page.goto(`/${language}/customers?pinned=1`);
      await expect(page.getByText(customers.empty.noPins, { exact: true })).toBeVisible();
      await expect(page.getByText(customers.empty.noPinsBody)).toBeVisible();
      await page.goto(`/${language}/customers?q=xqzxqzxqz`);
      await expect(page.getByText(customers.empty.noMatch, { exact: true })).toBeVisible();
      await expect(page.getByText(customers.empty.widen)).toBeVisible();
      await page.locator("main").getByRole("link", { name: customers.filter.clear }).last().click();
      await expect(page.locator("tr[data-row-id]").first()).toBeVisible();
    });

    test("the columns that are shown are those of the file", async ({ page, enter }) => {
      await enter("super");
      await page.goto(`/${language}/customers?status=access_disabled&columns=name,used&pageSize=25`);
      await page.locator("summary", { hasText: exports.menu.open }).click();
      await page
        .getByRole("form", { name: exports.menu.title })
        .getByLabel(exports.menu.columns)
        .selectOption({ label: exports.menu.visible });
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: exports.menu.csv }).click(),
      ]);
      const [head = ""] = (await readFile(await download.path(), "utf8")).split("\r\n");
      expect(head).toContain(exports.column.used);
      expect(head).not.toContain(exports.column.devicesTotal);
    });

    test("a long page ends with the way back to its top", async ({ page, enter }) => {
      await enter("super");
      await page.goto(`/${language}/customers?view=all&pageSize=100`);
      await page.getByRole("link", { name: common.backToTop }).click();
      await expect.poll(() => page.evaluate(() => window.scrollY)).toBeLessThan(200);
    });
  });
}
