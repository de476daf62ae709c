// A page that fails while it is opened: what is said, and trying again.
import { expect, expectAccessible, expectNoSidewaysScroll, languages, resources, test } from "./portal.ts";

for (const language of languages)
  test(`a page whose scripts do not come says so in its place, and is tried again (${language})`, async ({
    page,
    enter,
    complaints,
  }) => {
    const { failure, common } = resources[language];
    await enter("super");
    await page.goto(`/${language}/connections`);
    const navigation = page.getByRole("navigation", { name: common.nav.label });
    await expect(navigation).toBeVisible();
    await page.route("**/_next/static/chunks/**", (route) => route.abort());
    await navigation.getByRole("link", { name: common.nav.customers, exact: true }).click();
    const said = page.locator("main").getByRole("alert");
    await expect(said.getByRole("heading", { level: 1 })).toHaveText(failure.title);
    await expect(said).toContainText(failure.here);
    // Nothing of it is known to the server, so there is no id to give to anybody.
    await expect(said).not.toContainText(failure.supportId);
    // The rest of the portal stays in reach.
    await expect(navigation).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
    await page.unroute("**/_next/static/chunks/**");
    await said.getByRole("button", { name: failure.retry }).click();
    await expect(page.locator("tr[data-row-id]").first()).toBeVisible();
    await expect(said).toHaveCount(0);
    // What the browser says of a script that does not come; nothing else went wrong.
    const others = complaints.filter((one) => !/^ChunkLoadError|^Event$/.test(one));
    complaints.length = 0;
    expect(others).toEqual([]);
  });
