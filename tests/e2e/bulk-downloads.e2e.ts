import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { parse } from "csv-parse/sync";
import { formatNumber } from "#locales/format.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import { choose, ended, hold, jobOf, rowsOf } from "./bulk-jobs.ts";
import {
  type APIRequestContext,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  type Page,
  type Person,
  resources,
  signIn,
  test,
} from "./portal.ts";

/**
 * Downloads of a session of its own that nobody takes: on one line they wait behind a stream of events, which ends with
 * its session. `signOut` ends it, `hangUp` the line.
 */
async function heldDownloads(request: APIRequestContext, person: Person, paths: readonly string[]) {
  const origin = test.info().project.use.baseURL ?? "";
  const { host, hostname, port } = new URL(origin);
  const cookie = `belvedere-session=${await signIn(request, person)}`;
  const line = connect(Number(port), hostname);
  line.on("error", () => undefined).resume();
  const ask = (path: string, accept: string) =>
    `GET ${path} HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\naccept: ${accept}\r\n\r\n`;
  line.write(ask("/api/sync/stream", "text/event-stream") + paths.map((path) => ask(path, "*/*")).join(""));
  return {
    signOut: () => fetch(`${origin}/api/logout`, { method: "POST", headers: { cookie, origin } }),
    hangUp: () => line.destroy(),
  };
}

const idsIn = (content: string) =>
  (parse(content, { bom: true, columns: true }) as Record<string, string>[]).map((row) => row["id"] ?? "");
/** The identifiers in the file that the page's form gives to programs, all columns of it. */
async function saved(page: Page, language: "en" | "it" | "fr"): Promise<string[]> {
  const { menu } = resources[language].exports;
  await page.getByLabel(menu.columns, { exact: true }).selectOption({ label: menu.all });
  await page.getByLabel(menu.format, { exact: true }).selectOption({ label: menu.machine });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: menu.csv }).click(),
  ]);
  return idsIn(await readFile(await download.path(), "utf8"));
}

for (const [language, scripts] of [
  ["it", true],
  ["fr", false],
] as const)
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts });
    test("the form of a selection gives exactly its customers, its page the result, and the file again", async ({
      as,
      page,
      enter,
    }) => {
      const { bulk } = resources[language];
      const some = (await rowsOf(await as("lagune"))).slice(2, 5);
      const ids = some.map(({ id }) => id).sort();
      await enter("lagune");
      await choose(page, language, "export", some);
      expect((await saved(page, language)).sort()).toEqual(ids);
      // With scripts the page finds out by itself.
      if (!scripts) await page.reload();
      await ended(page, language);
      await expect(page.locator('tr[data-outcome="changed"]')).toHaveCount(3);
      await expect(page.getByRole("heading", { name: bulk.result.again })).toBeVisible();
      expect((await saved(page, language)).sort()).toEqual(ids);
    });
  });

test("all that match is written as it is downloaded, and counted", async ({ as, page, enter }) => {
  const { bulk } = resources.en;
  const caller = await as("admin");
  const { total } = await caller.query<CustomerList>("customers.list", { status: "access_disabled" });
  const rows = await rowsOf(caller, { status: "access_disabled" });
  await enter("admin");
  await choose(page, "en", "export", "all", "status=access_disabled");
  await expect(page.getByText(bulk.selection.matching)).toBeVisible();
  expect((await saved(page, "en")).slice(0, rows.length)).toEqual(rows.map(({ id }) => id));
  await ended(page, "en");
  await expect(page.locator("main li").filter({ hasText: bulk.count.changed })).toContainText(
    formatNumber("en", total),
  );
});

for (const language of languages)
  test(`a download that runs shows so, and is cancelled on its page (${language})`, async ({
    as,
    page,
    enter,
    request,
  }) => {
    const { bulk } = resources[language];
    const caller = await as("admin");
    const bulkId = await hold(caller, "export", { all: "1", filter: "{}" });
    const held = await heldDownloads(request, "admin", [
      `/api/export/customers.csv?bulk=${bulkId}&columns=all&lang=${language}`,
    ]);
    try {
      await expect.poll(async () => (await jobOf(caller, bulkId)).state).toBe("running");
      await enter("admin");
      await page.goto(`/${language}/bulk/${bulkId}`);
      await expect(page.getByText(bulk.progress.download)).toBeVisible();
      await expect(page.getByText(fill(bulk.progress.written, { done: "0" }))).toBeVisible();
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 780 });
      await expectNoSidewaysScroll(page);
      await page.getByRole("button", { name: bulk.progress.cancel, exact: true }).click();
      await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
      const { by } = await jobOf(caller, bulkId);
      await expect(page.getByText(fill(bulk.result.exportCancelled, { name: by }))).toBeVisible();
      await expectNoSidewaysScroll(page);
    } finally {
      held.hangUp();
    }
    // The line that is gone gives its place back, and the job stays cancelled until it is downloaded again.
    expect((await jobOf(caller, bulkId)).state).toBe("cancelled");
    const { total } = await caller.query<CustomerList>("customers.list", {});
    expect(await saved(page, language)).toHaveLength(total);
    await ended(page, language);
  });

test("two that run are enough: the next is told so on its page and on the list, and goes when one has ended", async ({
  as,
  page,
  enter,
  request,
}) => {
  const { bulk, errors, exports: text } = resources.fr;
  const caller = await as("admin");
  const [first] = await rowsOf(caller);
  const bulkId = await hold(caller, "export", { id: [first?.id] });
  const jobs = [
    await hold(caller, "export", { all: "1", filter: "{}" }),
    await hold(caller, "export", { all: "1", filter: "{}" }),
  ];
  const held = await heldDownloads(
    request,
    "admin",
    jobs.map((id) => `/api/export/customers.csv?bulk=${id}&columns=all`),
  );
  try {
    // Asked of the jobs: a download in between would take the place of one of the two.
    const states = () => Promise.all(jobs.map(async (id) => (await jobOf(caller, id)).state));
    await expect.poll(states, { timeout: 20_000 }).toEqual(["running", "running"]);
    expect((await caller.get("/api/export/customers.csv?q=nobody-is-called-so")).status).toBe(429);
    await enter("admin");
    await page.goto(`/fr/bulk/${bulkId}`);
    await page.getByRole("button", { name: text.menu.csv }).click();
    await expect(page.getByText(errors.export.busy)).toBeVisible();
    await expect(page.getByText(bulk.what.export)).toBeVisible();
    await page.goto("/fr/customers?view=all");
    await page.locator("summary", { hasText: text.menu.open }).click();
    await page
      .getByRole("form", { name: text.menu.title })
      .getByRole("button", { name: text.menu.csv })
      .click();
    await expect(page.getByText(errors.export.busy)).toBeVisible();
  } finally {
    held.hangUp();
  }
  await page.goto(`/fr/bulk/${bulkId}`);
  await expect(async () => expect(await saved(page, "fr")).toEqual([first?.id])).toPass();
});

test("a download whose person was signed out ends, and its page says why", async ({
  as,
  page,
  enter,
  request,
}) => {
  const { bulk, errors } = resources.it;
  const caller = await as("admin");
  const bulkId = await hold(caller, "export", { all: "1", filter: "{}" });
  const held = await heldDownloads(request, "admin", [
    `/api/export/customers.csv?bulk=${bulkId}&columns=all`,
  ]);
  try {
    await expect.poll(async () => (await jobOf(caller, bulkId)).state).toBe("running");
    await enter("admin");
    await page.goto(`/it/bulk/${bulkId}`);
    await expect(page.getByText(bulk.progress.download)).toBeVisible();
    await held.signOut();
    // The page finds out by itself.
    await expect(page.getByText(errors.export.ended)).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole("heading", { name: bulk.result.again })).toBeVisible();
    await expect(page.getByText(bulk.state.cancelled, { exact: true })).toBeVisible();
  } finally {
    held.hangUp();
  }
});
