// The list's search while its best matches are on their way, and where they do not come.
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  languages,
  type Page,
  resources,
  test,
} from "./portal.ts";

const field = (page: Page) => page.locator("input[type=search]");
/** Types until it is heard: the page's scripts may still be on their way. */
const typeUntil = (page: Page, heard: () => Promise<void>) =>
  expect(async () => {
    await field(page).fill("");
    await field(page).pressSequentially("bottega");
    await heard();
  }).toPass();
/** The line below the field that says that it asks; it stands in for nothing while an answer is quick. */
const asking = (page: Page) =>
  page
    .locator(".search")
    .first()
    .evaluate((search) => {
      const { content, opacity } = getComputedStyle(search, "::after");
      return content !== "none" && opacity === "1";
    });

test("that it asks is shown while the answer takes its time, and no longer", async ({ page, enter }) => {
  await enter("super");
  await page.goto("/it/customers?view=all");
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // The list that is renewed while one types is held as well: it has a sign of its own.
  await page.route("**/api/search?*", async (route) => {
    await held;
    await route.continue();
  });
  const matches = page.getByRole("listbox", { name: resources.it.customers.search.matches });
  await typeUntil(page, () => expect(field(page)).toHaveAttribute("aria-busy", "true", { timeout: 2_000 }));
  await expect(page.getByRole("search").locator("form")).toHaveAttribute("aria-busy", "false");
  await expect.poll(() => asking(page)).toBe(true);
  await expect(matches).toBeHidden();
  release();
  await expect(matches.getByRole("option").first()).toContainText("Bottega");
  await expect(field(page)).toHaveAttribute("aria-busy", "false");
  await expect.poll(() => asking(page)).toBe(false);
});

for (const [place, language] of languages.entries())
  test(`matches that do not come are said, and the list is searched all the same (${language})`, async ({
    page,
    enter,
    complaints,
  }) => {
    const { search } = resources[language].customers;
    await enter("super");
    await page.goto(`/${language}/customers?view=all`);
    await page.route("**/api/search?*", (route) =>
      place === 0 ? route.abort() : route.fulfill({ status: 503, body: "{}" }),
    );
    const said = page.locator(".search output");
    await typeUntil(page, () => expect(said).toHaveText(search.failed, { timeout: 2_000 }));
    await page.setViewportSize({ width: 360, height: 740 });
    await expect(said).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await field(page).press("Enter");
    await expect(said).toBeEmpty();
    await expect(page).toHaveURL(/q=bottega/);
    await expect(page.locator("tr[data-row-id] a.name").first()).toContainText(/bottega/i);
    // It is asked again with the next letter.
    await page.unroute("**/api/search?*");
    await field(page).press("End");
    await field(page).press("Space");
    await field(page).press("r");
    await expect(page.getByRole("listbox", { name: search.matches })).toBeVisible();
    complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes("/api/search?")));
  });
