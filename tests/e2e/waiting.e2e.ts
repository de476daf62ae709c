// What is on its way says so: other rows of a list, another page. Loading a document is the browser's own to show.
import { expect, languages, resources, test } from "./portal.ts";

for (const lang of languages)
  test(`links to other rows and pages say that they are loading, in ${lang}`, async ({ enter, page }) => {
    await enter("admin");
    await page.goto(`/${lang}/customers?view=all`);
    const waiting = page.getByRole("status").filter({ hasText: resources[lang].common.waiting });
    // Fetched by the script, and slow.
    await page.route(/\/customers\?.*sort=|\/sync\?/, async (route) => {
      await new Promise((done) => setTimeout(done, 1_500));
      await route.continue();
    });
    await page.locator("table.customers a.sort").nth(1).click();
    await expect(waiting).toBeAttached();
    await expect(page).toHaveURL(/sort=/, { timeout: 20_000 });
    await expect(waiting).not.toBeAttached();
    // A link to a place in the page brings nothing, so nothing is waited for.
    await page.getByRole("link", { name: resources[lang].common.backToTop }).click();
    await page.waitForTimeout(400);
    await expect(waiting).not.toBeAttached();
    await page.getByRole("navigation").getByRole("link", { name: resources[lang].common.nav.sync }).click();
    await expect(waiting).toBeAttached();
    await expect(page.getByRole("heading", { level: 1, name: resources[lang].sync.title })).toBeVisible();
    await expect(waiting).not.toBeAttached();
  });
