import { formatDateTime } from "#locales/format.ts";
import type { CustomerList } from "#server/customers/schema.ts";
import type { Warnings } from "#server/warnings/schema.ts";
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

test.describe.configure({ mode: "serial" });

type Row = CustomerList["rows"][number];
const DAY_MS = 86_400_000;
/** Customers whose only reason is silent computers, the last by name: other tests take the first. */
async function silentCustomers(caller: Caller): Promise<Row[]> {
  const input = { status: "warning", sort: "-name", pageSize: 200 };
  const { rows } = await caller.query<CustomerList>("customers.list", input);
  const only = rows.filter(({ reasons }) => reasons.length === 1 && reasons[0]?.code === "devices_silent");
  expect(only.length).toBeGreaterThan(3);
  return only;
}
const reasonOn = (page: Page) => page.locator("li[data-reason=devices_silent]");
const warnings = (caller: Caller, customerId: string) =>
  caller.query<Warnings>("warnings.byCustomer", { customerId });
const statusOf = async (caller: Caller, { id, name }: Row) =>
  (await caller.query<CustomerList>("customers.list", { q: name, pageSize: 100 })).rows.find(
    (row) => row.id === id,
  )?.status;

for (const [place, javaScriptEnabled] of [true, false].entries()) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a warning is assigned, commented, snoozed and reopened, and all of it told", async ({
      as,
      page,
      enter,
    }) => {
      test.setTimeout(180_000);
      const caller = await as("super");
      const customer = (await silentCustomers(caller))[place];
      if (!customer) throw new Error("no customer has silent computers");
      const language = javaScriptEnabled ? "en" : "it";
      const { warnings: text, customer: page_, status, errors } = resources[language];
      await enter("super");
      await page.goto(`/${language}/customers/${customer.id}`);
      const open = () => reasonOn(page).getByText(text.handle, { exact: true }).click();
      const form = (title: string) => reasonOn(page).getByRole("form", { name: title, exact: true });

      await open();
      const [colleague] = (await warnings(caller, customer.id)).team;
      if (!colleague) throw new Error("nobody is in the team");
      await form(text.assign.title).getByLabel(text.assign.to).selectOption(colleague.id);
      await form(text.assign.title).getByRole("button").click();
      await expect(page.getByText(text.notice.assign)).toBeVisible();
      await expect(reasonOn(page)).toContainText(fill(text.assigned, { name: colleague.name }));
      await open();
      await form(text.assign.title).getByLabel(text.assign.to).selectOption("");
      await form(text.assign.title).getByRole("button").click();
      await expect(page.getByText(text.notice.assign)).toBeVisible();
      await expect(reasonOn(page)).not.toContainText(fill(text.assigned, { name: colleague.name }));

      // Blanks alone are no comment.
      await open();
      await form(text.comment.title).getByLabel(text.comment.text).fill("  ");
      await form(text.comment.title).getByRole("button").click();
      await expect(page.locator("main").getByRole("alert").first()).toContainText(errors.warning.comment);
      const comment = `Called <b>Ms Rossi</b> ${Date.now()}`;
      await form(text.comment.title).getByLabel(text.comment.text).fill(comment);
      await form(text.comment.title).getByRole("button").click();
      await expect(page.getByText(text.notice.comment)).toBeVisible();
      await expect(reasonOn(page)).toContainText(fill(text.comment.count_one, { formatted: "1" }));

      // Without a reason: refused.
      await open();
      const snooze = form(text.snooze.title);
      await snooze.getByLabel(text.why).fill(" ");
      await snooze.getByRole("button").click();
      await expect(page.locator("main").getByRole("alert").first()).toContainText(errors.warning.why);
      // In the past: refused, and what was typed is still there.
      await snooze.getByLabel(text.why).fill("Summer break");
      await snooze.getByLabel(text.snooze.for, { exact: true }).selectOption("until");
      await snooze.getByLabel(text.snooze.until).fill("2020-01-01T10:00");
      await snooze.getByRole("button").click();
      await expect(page.locator("main").getByRole("alert").first()).toContainText(errors.warning.until);
      await expect(snooze.getByLabel(text.why)).toHaveValue("Summer break");
      await snooze.getByLabel(text.snooze.for, { exact: true }).selectOption("month");
      await snooze.getByRole("button").click();
      await expect(page.getByText(text.notice.snooze)).toBeVisible();
      const muted = reasonOn(page).locator("[data-muted=snoozed]");
      await expect(muted).toContainText(fill(status.muted.snoozed, { until: "" }));
      await expect(muted).toContainText("Summer break");

      const history = page.locator("[data-section=history]");
      await expect(history).toContainText(comment);
      await expect(history).toContainText("Summer break");
      await expect(history).toContainText(
        fill(text.event.assigned, { reason: status.short.devices_silent, text: colleague.name }),
      );
      // The minute job takes it into the status.
      await expect
        .poll(() => statusOf(caller, customer), { timeout: 75_000, intervals: [2_000] })
        .toBe("synced");
      await page.reload();
      await expect(page.locator("main [data-status]").first()).toHaveAttribute("data-status", "synced");
      await expect(page.getByRole("region", { name: page_.why })).toContainText(text.aside);

      await reasonOn(page).getByText(text.handleMuted, { exact: true }).click();
      await form(text.reopen.title).getByRole("button").click();
      await expect(page.getByText(text.notice.reopen)).toBeVisible();
      await expect(muted).toHaveCount(0);
      await expect
        .poll(() => statusOf(caller, customer), { timeout: 75_000, intervals: [2_000] })
        .toBe("warning");
    });
  });
}

test("by keyboard alone a warning is accepted as an exception and reopened", async ({ as, page, enter }) => {
  const caller = await as("super");
  const customer = (await silentCustomers(caller))[2];
  if (!customer) throw new Error("no customer has silent computers");
  const { warnings: text } = resources.fr;
  await enter("super");
  await page.goto(`/fr/customers/${customer.id}`);
  const summary = reasonOn(page).locator("summary").last();
  await summary.focus();
  await page.keyboard.press("Enter");
  const accept = reasonOn(page).getByRole("form", { name: text.accept.title });
  await accept.getByLabel(text.why).focus();
  await page.keyboard.type("Borne sans utilisateur");
  await page.keyboard.press("Enter");
  await expect(reasonOn(page).locator("[data-muted=accepted]")).toContainText("Borne sans utilisateur");
  await reasonOn(page).locator("summary").last().focus();
  await page.keyboard.press("Enter");
  const reopen = reasonOn(page).getByRole("form", { name: text.reopen.title }).getByRole("button");
  await reopen.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(text.notice.reopen)).toBeVisible();
  await expect(reasonOn(page).locator("[data-muted]")).toHaveCount(0);
});

test("a warning is put aside for a day, a week and until a date, woken, accepted, and all of it told", async ({
  as,
  page,
  enter,
}) => {
  test.setTimeout(120_000);
  const caller = await as("super");
  const customer = (await silentCustomers(caller)).at(-1);
  if (!customer) throw new Error("no customer has silent computers");
  await enter("super");
  const muting = async () =>
    (await warnings(caller, customer.id)).reasons.find(({ reason }) => reason.code === "devices_silent")
      ?.muted ?? null;
  const history = page.locator("[data-section=history]");
  const clock = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 16);
  for (const [language, term, days] of [
    ["fr", "day", 1],
    ["it", "week", 7],
    ["en", "until", 40],
  ] as const) {
    const { warnings: text, status, errors } = resources[language];
    const reason = status.short.devices_silent;
    const why = `${term} ${Date.now()}`;
    await page.goto(`/${language}/customers/${customer.id}`);
    await reasonOn(page).getByText(text.handle, { exact: true }).click();
    const snooze = reasonOn(page).getByRole("form", { name: text.snooze.title, exact: true });
    if (term === "until") {
      // More than a year ahead: refused, and nothing that was typed is lost.
      await snooze.getByLabel(text.why).fill(why);
      await snooze.getByLabel(text.snooze.for, { exact: true }).selectOption("until");
      const late = clock(400);
      await snooze.getByLabel(text.snooze.until).fill(late);
      await snooze.getByRole("button").click();
      await expect(page.locator("main").getByRole("alert").first()).toContainText(errors.warning.until);
      await expect(snooze.getByLabel(text.why)).toHaveValue(why);
      await expect(snooze.getByLabel(text.snooze.for, { exact: true })).toHaveValue("until");
      await expect(snooze.getByLabel(text.snooze.until)).toHaveValue(late);
      expect(await muting()).toBeNull();
      await snooze.getByLabel(text.snooze.until).fill(clock(days));
    } else {
      await snooze.getByLabel(text.why).fill(why);
      await snooze.getByLabel(text.snooze.for, { exact: true }).selectOption(term);
    }
    await snooze.getByRole("button").click();
    await expect(page.getByText(text.notice.snooze)).toBeVisible();
    const ends = (await muting())?.until ?? "";
    // The clock goes forward or back within the time, and a date is typed in the reader's own zone.
    expect(Math.abs(Date.parse(ends) - Date.now() - days * DAY_MS)).toBeLessThan(4 * 3_600_000);
    const until = formatDateTime(language, "Europe/Rome", new Date(ends));
    await expect(reasonOn(page).locator("[data-muted=snoozed]")).toContainText(
      fill(status.muted.snoozed, { until }),
    );
    await expect(history).toContainText(fill(text.event.snoozed, { reason, until }));
    await expect(history).toContainText(why);
    const woken = fill(text.event.reopened, { reason });
    const times = await history.getByText(woken).count();
    await reasonOn(page).getByText(text.handleMuted, { exact: true }).click();
    await reasonOn(page)
      .getByRole("form", { name: text.reopen.title, exact: true })
      .getByRole("button")
      .click();
    await expect(page.getByText(text.notice.reopen)).toBeVisible();
    await expect(reasonOn(page).locator("[data-muted]")).toHaveCount(0);
    await expect(history.getByText(woken)).toHaveCount(times + 1);
    expect(await muting()).toBeNull();
  }

  const { warnings: text, status } = resources.it;
  const why = `Vetrina ${Date.now()}`;
  await page.goto(`/it/customers/${customer.id}`);
  await reasonOn(page).getByText(text.handle, { exact: true }).click();
  const accept = reasonOn(page).getByRole("form", { name: text.accept.title, exact: true });
  await accept.getByLabel(text.why).fill(why);
  await accept.getByRole("button").click();
  await expect(page.getByText(text.notice.accept)).toBeVisible();
  await expect(reasonOn(page).locator("[data-muted=accepted]")).toContainText(why);
  await expect(history).toContainText(fill(text.event.accepted, { reason: status.short.devices_silent }));
  await expect(history).toContainText(why);
  await reasonOn(page).getByText(text.handleMuted, { exact: true }).click();
  await reasonOn(page)
    .getByRole("form", { name: text.reopen.title, exact: true })
    .getByRole("button")
    .click();
  await expect(reasonOn(page).locator("[data-muted]")).toHaveCount(0);
  expect(await muting()).toBeNull();
});

test("a denied application is allowed at a customer, and no longer", async ({ as, page, enter }) => {
  const caller = await as("super");
  const { rows } = await caller.query<CustomerList>("customers.list", {
    reason: "denied_application",
    sort: "-name",
  });
  const [customer] = rows;
  if (!customer) throw new Error("no customer has a denied application");
  const { warnings: text } = resources.en;
  const [denied] = (await warnings(caller, customer.id)).denied;
  if (!denied) throw new Error("no denied application is installed");
  await enter("super");
  await page.goto(`/en/customers/${customer.id}`);
  const reason = page.locator("li[data-reason=denied_application]");
  await reason.getByText(text.handle, { exact: true }).click();
  const accept = reason.getByRole("form", { name: text.accept.title, exact: true });
  await accept.locator(`input[name="denied-${denied.id}"]`).check();
  const why = `Video studio ${Date.now()}`;
  await accept.getByLabel(text.why).fill(why);
  await accept.getByRole("button").click();
  await expect(page.getByRole("note").getByText(text.notice.accept)).toBeVisible();
  const allowed = page.locator("#allowed");
  await expect(allowed).toContainText(denied.pattern);
  await expect(allowed).toContainText(why);
  await allowed
    .getByRole("button", { name: fill(text.allowed.removeOf, { pattern: denied.pattern }) })
    .click();
  await expect(page.getByRole("note").getByText(text.notice.disallow)).toBeVisible();
  await expect(allowed).toHaveCount(0);
  expect((await warnings(caller, customer.id)).denied.map(({ id }) => id)).toContain(denied.id);
});

test("what a colleague took on meanwhile is not assigned away: the page says who has it", async ({
  as,
  page,
  enter,
}) => {
  const caller = await as("super");
  const customer = (await silentCustomers(caller))[2];
  if (!customer) throw new Error("no customer has silent computers");
  const { warnings: text } = resources.it;
  await enter("super");
  await page.goto(`/it/customers/${customer.id}`);
  const { team } = await warnings(caller, customer.id);
  const [colleague] = team;
  if (!colleague) throw new Error("nobody is in the team");
  const assign = (to: string, from: string) =>
    caller.post(`/api/warnings/${customer.id}`, { act: "assign", to, from, code: "devices_silent" });
  expect((await assign(colleague.id, "")).status).toBe(200);
  await reasonOn(page).getByText(text.handle, { exact: true }).click();
  const form = reasonOn(page).getByRole("form", { name: text.assign.title, exact: true });
  await form.getByLabel(text.assign.to).selectOption(team.at(-1)?.id ?? "");
  await form.getByRole("button").click();
  await expect(page.locator("main").getByRole("alert").first()).toContainText(
    fill(text.notice.takenBy, { name: colleague.name }),
  );
  await expect(reasonOn(page)).toContainText(fill(text.assigned, { name: colleague.name }));
  expect((await assign("", colleague.id)).status).toBe(200);
});

test("who may not handle it is offered no form and refused; the customer's users see none of it", async ({
  as,
  page,
  enter,
}) => {
  const limited = await as("readonly");
  const [customer] = (await limited.query<CustomerList>("customers.list", { status: "warning" })).rows;
  if (!customer) throw new Error("no warning in the scope of the demo's Read-only");
  const [reason] = customer.reasons;
  const body = { act: "comment", code: reason?.code, subject: reason?.evidence["vendor"] ?? "", text: "x" };
  await enter("readonly");
  await page.goto(`/en/customers/${customer.id}`);
  await expect(page.getByRole("region", { name: resources.en.customer.why })).toBeVisible();
  await expect(page.locator("form[action*='/api/warnings/']")).toHaveCount(0);
  for (const person of ["readonly", "business", "rossiAdmin"] as const)
    expect((await (await as(person)).post(`/api/warnings/${customer.id}`, body)).status, person).toBe(403);
  expect((await (await as("lagune")).post(`/api/warnings/${customer.id}`, body)).status).toBe(404);

  const own = await as("rossiAdmin");
  const address = (await own.get("/en/customers")).headers.get("location") ?? "";
  await enter("rossiAdmin");
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("form[action*='/api/warnings/']")).toHaveCount(0);
});

for (const language of languages) {
  test(`forms are accessible, and on a phone nothing scrolls sideways (${language})`, async ({
    as,
    page,
    enter,
  }) => {
    test.setTimeout(60_000);
    const customer = (await silentCustomers(await as("super")))[3];
    if (!customer) throw new Error("no customer has silent computers");
    await enter("super");
    const refused = "refused=warning.until&act=snooze&code=devices_silent&subject=&why=x&for=until";
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/${language}/customers/${customer.id}?${refused}`);
    await expect(
      reasonOn(page).getByRole("form", { name: resources[language].warnings.snooze.title }),
    ).toBeVisible();
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expectAccessible(page);
    expect(await page.locator("main").innerText()).not.toMatch(/\{\{\w+\}\}|undefined|NaN/);
  });
}
