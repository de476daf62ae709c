// Home of one kind of work: page after page by links, and what an address edited by hand leads to.
import type { WorkQueue } from "#server/home/schema.ts";
import { expect, languages, type Page, resources, test } from "./portal.ts";

const rows = (page: Page) => page.locator("li[data-work=licence_end]");
const shown = (page: Page) =>
  rows(page).evaluateAll((all) => all.map((row) => row.getAttribute("data-row-id") ?? ""));

for (const javaScriptEnabled of [true, false]) {
  const language = javaScriptEnabled ? "it" : "fr";
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("all work of one kind is reached page by page, and the first page again", async ({
      as,
      enter,
      page,
    }) => {
      const { home } = resources[language];
      const { sections } = await (await as("super")).query<WorkQueue>("home.queue", { kind: "licence_end" });
      const total = sections[0]?.total ?? 0;
      const perPage = sections[0]?.items.length ?? 0;
      expect(total).toBeGreaterThan(perPage);
      await enter("super");
      await page.goto(`/${language}`);
      await page
        .getByRole("link", { name: home.allOf.replace("{{kind}}", home.kind.licence_end), exact: true })
        .click();
      await expect(page).toHaveURL(`/${language}?kind=licence_end`);
      await expect(rows(page)).toHaveCount(perPage);
      const first = await shown(page);
      const pages = page.getByRole("navigation", { name: home.pages, exact: true });
      await expect(pages.getByRole("link", { name: home.first })).toHaveCount(0);
      const seen = new Set(first);
      for (let before = first[0]; seen.size < total; before = (await shown(page))[0]) {
        const known = seen.size;
        await pages.getByRole("link", { name: home.next }).click();
        await expect(page).toHaveURL(new RegExp(`/${language}\\?kind=licence_end&after=`));
        await expect(rows(page).first()).not.toHaveAttribute("data-row-id", before ?? "");
        for (const id of await shown(page)) seen.add(id);
        expect(seen.size).toBe(Math.min(known + perPage, total));
      }
      await expect(pages.getByRole("link", { name: home.next })).toHaveCount(0);
      await pages.getByRole("link", { name: home.first }).click();
      await expect(page).toHaveURL(`/${language}?kind=licence_end`);
      expect(await shown(page)).toEqual(first);
    });
  });
}

for (const language of languages)
  test(`an address edited by hand opens Home as far as it can be read (${language})`, async ({
    enter,
    page,
  }) => {
    const { home } = resources[language];
    await enter("super");
    for (const [query, title, of] of [
      ["kind=everything&of=everyone", home.title, home.of.team],
      ["kind=%3Cscript%3E&of=%00&group='", home.title, home.of.team],
      [`of=mine&kind=${"x".repeat(3_000)}`, home.title, home.of.mine],
      ["kind=licence_end&kind=stuck&of=TEAM", home.kind.licence_end, home.of.team],
      ["about=nobody&notice=nothing&refused=no.such&error=constructor", home.title, home.of.team],
    ] as const) {
      const response = await page.goto(`/${language}?${query}`);
      expect(response?.status(), query).toBe(200);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
      await expect(page.getByRole("link", { name: of, exact: true })).toHaveAttribute("aria-current", "page");
      await expect(page.locator("main").getByRole("alert")).toHaveCount(0);
      expect(await page.locator("main").innerText()).not.toMatch(/\{\{\w+\}\}|undefined|NaN/);
    }
  });
