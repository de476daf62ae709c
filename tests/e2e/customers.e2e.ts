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

const statuses = ["synced", "warning", "sync_pending", "access_disabled", "not_applicable"] as const;
const offered = [
  "name",
  "status",
  "devicesTotal",
  "devicesSilent",
  "devicesUnprotected",
  "licenceState",
  "used",
  "licenceEndsOn",
  "alerts",
  "lastSync",
] as const;
const rowIds = (html: string) => [...html.matchAll(/<tr data-row-id="([^"]+)"/g)].map(([, id = ""]) => id);
const list = (caller: Caller, input: object) => caller.query<CustomerList>("customers.list", input);
const rows = (page: Page) => page.locator("tr[data-row-id]");
const search = (page: Page) => page.locator("input[type=search]");

/** All ids of a list by its next links, as someone who pages through it. */
async function walk(caller: Caller, path: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { status, text } = await caller.get(next);
    expect(status).toBe(200);
    found.push(...rowIds(text));
    next = /<a[^>]* rel="next"[^>]*>/
      .exec(text)?.[0]
      .match(/href="([^"]*)"/)?.[1]
      ?.replaceAll("&amp;", "&");
    expect(found.length, "the list does not end").toBeLessThan(5_000);
  }
  return found;
}

test.describe("whose customers", () => {
  test("the Super Admin sees all 2,000, in every status, and each counter is what its filter shows", async ({
    as,
    page,
    enter,
  }) => {
    const caller = await as("super");
    const { counts } = await list(caller, { pageSize: 25 });
    expect(counts.total).toBe(2_000);
    expect(Object.values(counts.byStatus).reduce((sum, count) => sum + count, 0)).toBe(2_000);
    await enter("super");
    for (const status of statuses) {
      const { total } = await list(caller, { pageSize: 25, status });
      expect(total, status).toBe(counts.byStatus[status]);
      expect(total, status).toBeGreaterThan(0);
      await page.goto(`/en/customers?status=${status}&pageSize=25`);
      await expect(page.locator(`td[data-status="${status}"]`)).toHaveCount(await rows(page).count());
      await expect(page.locator(".list-found output")).toHaveText(
        fill(resources.en.customers.found_other, {
          formatted: String(total).replace(/(?=\d{3}$)/, total > 999 ? "," : ""),
        }),
      );
    }
  });

  test("limited roles see the groups Nord and Retail without the denied customer", async ({ as }) => {
    const supers = await as("super");
    const { groups } = await list(supers, { pageSize: 25 });
    expect(groups.map(({ name }) => name)).toEqual(["Nord", "Retail"]);
    const inGroups = new Set<string>();
    for (const { id } of groups)
      for (const customer of await walk(supers, `/en/customers?group=${id}&pageSize=200`))
        inGroups.add(customer);
    for (const person of ["admin", "helpdesk", "readonly"] as const) {
      const caller = await as(person);
      const seen = await walk(caller, "/en/customers?pageSize=200");
      expect(seen.length).toBe(inGroups.size - 1);
      const denied = [...inGroups].filter((id) => !seen.includes(id));
      expect(denied).toHaveLength(1);
      expect(seen.filter((id) => !inGroups.has(id))).toEqual([]);
      expect((await caller.get(`/en/customers/${denied[0]}`)).status).toBe(404);
      const refused = await caller.get(
        `/api/trpc/customers.byId?input=${encodeURIComponent(JSON.stringify({ customerId: denied[0] }))}`,
      );
      expect(refused.status).toBe(404);
      const { name } = (await list(supers, { pageSize: 200, group: groups[0]?.id })).rows.find(
        ({ id }) => id === denied[0],
      ) ?? { name: "" };
      expect(name).not.toBe("");
      expect((await list(caller, { q: name, pageSize: 200 })).rows.map(({ id }) => id)).not.toContain(
        denied[0],
      );
      const { counts } = await list(caller, { pageSize: 25 });
      expect(counts.total).toBe(seen.length);
    }
  });

  test("the other partner sees its 40 and nothing of the first's", async ({ as }) => {
    const [lagune, supers] = [await as("lagune"), await as("super")];
    const own = await walk(lagune, "/fr/customers?pageSize=25");
    expect(own).toHaveLength(40);
    const { rows: first } = await list(supers, { q: "Bottega Rossi", pageSize: 25 });
    const rossi = first.find(({ name }) => name === "Bottega Rossi");
    expect(rossi).toBeDefined();
    const { text } = await lagune.get("/fr/customers?q=Bottega%20Rossi");
    expect(text).not.toContain(rossi?.id);
    expect(rowIds(text).filter((id) => !own.includes(id))).toEqual([]);
    expect((await lagune.get(`/fr/customers/${rossi?.id}`)).status).toBe(404);
    for (const procedure of ["customers.byId"]) {
      const { status } = await lagune.get(
        `/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify({ customerId: rossi?.id }))}`,
      );
      expect(status).toBe(404);
    }
    expect((await lagune.post("/api/trpc/sync.start", { customerId: rossi?.id })).status).toBe(404);
    expect(
      (await list(lagune, { group: (await list(supers, { pageSize: 25 })).groups[0]?.id, pageSize: 25 }))
        .total,
    ).toBe(0);
    // The three organisations that both look after are two customers each.
    const shared = (await list(lagune, { q: "Atelier Marchand", pageSize: 25 })).rows.find(
      ({ name }) => name === "Atelier Marchand",
    );
    const other = (await list(supers, { q: "Atelier Marchand", pageSize: 25 })).rows.find(
      ({ name }) => name === "Atelier Marchand",
    );
    expect(shared?.id).not.toBe(other?.id);
  });

  test("a customer's users are led to their own page and see nothing else", async ({ as, page, enter }) => {
    const { rows: all } = await list(await as("super"), { pageSize: 25 });
    for (const person of ["rossiAdmin", "rossiViewer"] as const) {
      const caller = await as(person);
      const { status, headers } = await caller.get("/it/customers");
      expect(status).toBe(307);
      expect(headers.get("location")).toMatch(/\/it\/customers\/[0-9a-f-]{36}$/);
      const own = headers.get("location")?.split("/").at(-1) ?? "";
      expect(all.map(({ id }) => id)).not.toContain(own);
      for (const { id } of all.slice(0, 3)) {
        expect((await caller.get(`/it/customers/${id}`)).status).toBe(404);
        expect((await caller.post("/api/trpc/sync.start", { customerId: id })).status).toBeGreaterThanOrEqual(
          403,
        );
        expect(
          (
            await caller.get(
              `/api/trpc/customers.byId?input=${encodeURIComponent(JSON.stringify({ customerId: id }))}`,
            )
          ).status,
        ).toBe(404);
      }
      expect((await caller.get("/it/customers/import")).status).toBe(404);
      for (const procedure of ["customers.list", "imports.list", "sync.live"])
        expect((await caller.get(`/api/trpc/${procedure}?input=%7B%7D`)).status, procedure).toBe(403);
      expect((await caller.post("/api/trpc/sync.startAll", {})).status).toBe(403);
    }
    await enter("rossiAdmin");
    await page.goto("/it/customers");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bottega Rossi");
    await expect(page.locator("#navigation")).toContainText("Alpina Digital");
    await expect(
      page.getByRole("navigation", { name: resources.it.common.nav.label }).getByRole("link"),
    ).toHaveText([
      resources.it.common.nav.home,
      resources.it.common.nav.ownCustomer,
      resources.it.common.nav.connections,
      resources.it.common.nav.signInProviders,
    ]);
    await expect(page.locator('[data-section="computers"]')).toHaveAttribute("data-state", "full");
  });

  test("Business sees licences and no technical figure, not even by their order", async ({
    as,
    page,
    enter,
  }) => {
    const business = await as("business");
    const { rows: shown, counts } = await list(business, { pageSize: 200, status: "warning" });
    expect(counts.total).toBe(2_000);
    for (const row of shown)
      expect([row.devicesTotal, row.devicesSilent, row.devicesUnprotected, row.alertsHigh]).toEqual([
        null,
        null,
        null,
        null,
      ]);
    expect(shown.some(({ licensed }) => licensed !== null)).toBe(true);
    const byName = await list(business, { pageSize: 25 });
    for (const sort of ["-devicesTotal", "devicesSilent", "-devicesUnprotected", "-alerts"]) {
      expect(
        (await list(business, { pageSize: 25, sort })).rows.map(({ id }) => id),
        sort,
      ).toEqual(byName.rows.map(({ id }) => id));
    }
    await enter("business");
    await page.goto("/en/customers?status=synced&pageSize=25");
    for (const column of ["devicesTotal", "devicesSilent", "alerts"]) {
      await expect(page.locator(`td[data-column="${column}"][data-blank="role"]`)).toHaveCount(25);
    }
    await expect(page.locator(`td[data-column="used"]:not([data-blank])`)).not.toHaveCount(0);
    await page.goto((await rows(page).locator("a.name").first().getAttribute("href")) ?? "");
    await expect(page.locator('[data-section="computers"]')).toHaveAttribute("data-state", "refused");
    await expect(page.locator('[data-section="alerts"]')).toHaveAttribute("data-state", "refused");
    await expect(page.getByRole("button", { name: resources.en.customer.syncNow })).toHaveCount(0);
    await expect(page.locator('[data-section="products"] tr[data-row-id]')).not.toHaveCount(0);
  });
});

test.describe("why a status holds", () => {
  const { title, advice, rule } = resources.en.status.reason.no_grant;
  const said = (page: Page) => page.locator("ul[popover]:visible").filter({ hasText: title });
  const address = "/en/customers?status=access_disabled&sort=status&pageSize=100";
  const button = (page: Page) =>
    page
      .locator("tr[data-row-id]")
      .filter({ has: page.locator("li b", { hasText: title }) })
      .first()
      .locator("td[data-column=status] button");

  test("is read by hover and by focus", async ({ page, enter }) => {
    await enter("super");
    await page.goto(address);
    await expect(said(page)).toHaveCount(0);
    await button(page).hover();
    await expect(said(page)).toContainText(advice);
    await expect(said(page)).toContainText(rule);
    await page.mouse.move(0, 0);
    await expect(said(page)).toHaveCount(0);
    await page.locator("#content").focus();
    await button(page).focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    await expect(said(page)).toContainText(advice);
    await page.keyboard.press("Escape");
  });

  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? "by tap, with scripts" : "by tap, without scripts", () => {
      test.use({ javaScriptEnabled, hasTouch: true, viewport: { width: 390, height: 800 } });
      test("opens and closes", async ({ page, enter }) => {
        await enter("super");
        await page.goto(address);
        await button(page).tap();
        await expect(said(page)).toContainText(advice);
        await page.locator("h1").tap();
        await expect(said(page)).toHaveCount(0);
      });
    });
  }

  test("is said in each language", async ({ as }) => {
    const caller = await as("super");
    for (const language of languages) {
      const { text } = await caller.get(`/${language}/customers?status=access_disabled&pageSize=100`);
      expect(text).toContain(resources[language].status.reason.no_grant.title.replaceAll("'", "&#x27;"));
      expect(text).toContain(resources[language].status.word.access_disabled);
      expect(text).not.toMatch(/\{\{\w+\}\}/);
    }
  });
});

test.describe("finding", () => {
  test("search forgives typing errors, accents and case; clearing it shows all again", async ({
    page,
    enter,
    as,
  }) => {
    await enter("super");
    await page.goto("/en/customers");
    const names = rows(page).locator("a.name");
    for (const [typed, found] of [
      ["botega rosi", "Bottega Rossi"],
      ["ATELIER MARCHAND", "Atelier Marchand"],
      ["architektur zurcher geneve", "Architektur Zürcher Genève AG"],
    ] as const) {
      await search(page).fill(typed);
      await expect(page).toHaveURL(/\?q=/);
      await expect(names.first()).toHaveText(found);
    }
    await search(page).fill("zzzqqqxxxwww");
    await expect(page.getByRole("heading", { name: resources.en.customers.empty.noMatch })).toBeVisible();
    await search(page).fill("");
    await expect(page).toHaveURL("/en/customers?view=all");
    await expect(rows(page)).toHaveCount(50);
    const {
      rows: [some],
    } = await list(await as("super"), { pageSize: 25, status: "synced" });
    expect((await list(await as("super"), { pageSize: 25, q: some?.domain ?? "" })).rows[0]?.id).toBe(
      some?.id,
    );
  });

  test("names are text, whatever they contain", async ({ page, enter }) => {
    await enter("super");
    await page.goto(`/en/customers?q=${encodeURIComponent("<script>alert(1)</script>")}`);
    await expect(rows(page).locator("a.name").first()).toHaveText(
      "<script>alert(1)</script> Sicurezza S.r.l.",
    );
    await expect(search(page)).toHaveValue("<script>alert(1)</script>");
  });

  test("filters stand in the address, can be shared and taken away", async ({ page, enter, as }) => {
    const caller = await as("super");
    await enter("super");
    await page.goto("/en/customers");
    const { customers } = resources.en;
    await page.getByRole("combobox", { name: customers.filter.licenceKind }).selectOption("trial");
    await expect(page).toHaveURL(/licenceKind=trial/);
    await page.getByRole("combobox", { name: customers.filter.category }).selectOption("firewall");
    await expect(page).toHaveURL(/category=firewall/);
    await page.getByRole("combobox", { name: customers.filter.group }).selectOption({ label: "Nord" });
    await expect(page).toHaveURL(/group=/);
    await page
      .getByRole("list", { name: customers.strip.label })
      .getByRole("link", { name: new RegExp(`^${resources.en.status.word.synced}`) })
      .click();
    await expect(page).toHaveURL(/status=synced/);
    const query = Object.fromEntries(new URL(page.url()).searchParams);
    const { total } = await list(caller, { ...query, pageSize: 25 });
    await expect(page.locator(".list-found output")).toContainText(String(total));
    const chips = page.getByRole("list", { name: customers.filter.active });
    await expect(chips.getByRole("link")).toHaveCount(5);
    await page.reload();
    await expect(chips.getByRole("link")).toHaveCount(5);
    await chips.getByRole("link", { name: customers.filter.clear }).click();
    await expect(page).toHaveURL("/en/customers?view=all");
    await expect(rows(page)).toHaveCount(50);
  });

  test("a wrong address shows what is right in it, never an error", async ({ as }) => {
    const caller = await as("super");
    const plain = rowIds((await caller.get("/en/customers")).text);
    const wrong = [
      "status=nope",
      "sort=nope",
      "pageSize=7",
      "pageSize=1e9",
      "group=x",
      "licenceKind=%00",
      "category=%3Cb%3E",
      "after=garbage",
      "after=WzFd",
      "q=%00",
      "unknown=1",
      "status=&sort=&q=",
    ];
    for (const query of wrong) {
      const { status, text } = await caller.get(`/en/customers?${query}`);
      expect(status, query).toBe(200);
      expect(rowIds(text), query).toEqual(plain);
    }
    // A cursor of another order.
    const { next } = await list(caller, { pageSize: 25 });
    const { status, text } = await caller.get(`/en/customers?sort=-devicesTotal&after=${next}`);
    expect(status).toBe(200);
    expect(rowIds(text)).toEqual(rowIds((await caller.get("/en/customers?sort=-devicesTotal")).text));
    expect((await caller.get(`/en/customers?q=${"x".repeat(500)}`)).status).toBe(200);
  });
});

test.describe("order and pages", () => {
  test("every offered header sorts both ways", async ({ page, enter, as }) => {
    const caller = await as("super");
    await enter("super");
    await page.goto("/en/customers?pageSize=25");
    await expect(page.locator("th a.sort")).toHaveCount(offered.length);
    for (const column of offered) {
      const header = page
        .locator("th", { has: page.locator("a.sort", { hasText: resources.en.customers.column[column] }) })
        .filter({ hasText: resources.en.customers.column[column] })
        .first();
      const seen = new Set<string>();
      for (let click = 0; click < 2; click += 1) {
        await header.locator("a.sort").click();
        await expect(header).toHaveAttribute(
          "aria-sort",
          click === 0 ? /ascending|descending/ : seen.has("ascending") ? "descending" : "ascending",
        );
        await expect(page).toHaveURL(new RegExp(`sort=-?${column}(&|$)`));
        const sort = new URL(page.url()).searchParams.get("sort") ?? "";
        seen.add(sort.startsWith("-") ? "descending" : "ascending");
        const expected = await list(caller, { pageSize: 25, sort });
        await expect(rows(page).first()).toHaveAttribute("data-row-id", expected.rows[0]?.id ?? "");
      }
      expect([...seen].sort(), column).toEqual(["ascending", "descending"]);
    }
  });

  test("figures rise or fall, blanks come last", async ({ as }) => {
    const caller = await as("super");
    const value = (row: CustomerList["rows"][number], column: string): number | null => {
      if (column === "alerts") return row.alertsHigh;
      if (column === "lastSync" || column === "licenceEndsOn")
        return row[column] === null ? null : -Date.parse(row[column]) * (column === "lastSync" ? 1 : -1);
      if (column === "used") return row.used === null ? null : Number(row.used);
      return row[column as "devicesTotal"];
    };
    for (const column of [
      "devicesTotal",
      "devicesSilent",
      "devicesUnprotected",
      "used",
      "licenceEndsOn",
      "alerts",
    ]) {
      for (const sign of [1, -1]) {
        const found = await list(caller, { pageSize: 200, sort: `${sign < 0 ? "-" : ""}${column}` });
        const values = found.rows.map((row) => value(row, column));
        const known = values.filter((one) => one !== null);
        expect(values.slice(0, known.length), column).toEqual(known);
        expect(known, column).toEqual([...known].sort((a, b) => sign * (a - b)));
      }
    }
    const names = (await list(caller, { pageSize: 200, q: "a", sort: "-name" })).rows.map(({ name }) => name);
    expect(names).not.toEqual([...names].sort());
  });

  test("paging reaches every customer once", async ({ as }) => {
    const caller = await as("super");
    for (const sort of ["name", "-devicesTotal", "-lastSync"]) {
      const found = await walk(caller, `/en/customers?sort=${sort}&pageSize=200`);
      expect(found.length, sort).toBe(2_000);
      expect(new Set(found).size, sort).toBe(2_000);
    }
  });

  test("pages and their size by links", async ({ page, enter }) => {
    await enter("lagune");
    await page.goto("/fr/customers");
    await expect(rows(page)).toHaveCount(40);
    await page
      .getByRole("navigation", { name: resources.fr.customers.pageSize })
      .getByRole("link", { name: "25" })
      .click();
    await expect(page).toHaveURL("/fr/customers?pageSize=25");
    await expect(rows(page)).toHaveCount(25);
    await page.getByRole("link", { name: resources.fr.common.paging.next }).click();
    await expect(page).toHaveURL(/pageSize=25&after=|after=.*pageSize=25/);
    await expect(rows(page)).toHaveCount(15);
    await expect(page.getByRole("link", { name: resources.fr.common.paging.next })).toHaveCount(0);
    await page.getByRole("link", { name: resources.fr.common.paging.first }).click();
    await expect(rows(page)).toHaveCount(25);
    await page.goBack();
    await expect(rows(page)).toHaveCount(15);
  });
});

test("a blank says why it is blank and shows no figure", async ({ page, enter }) => {
  await enter("super");
  for (const [status, blank] of [
    ["access_disabled", "no_access"],
    ["sync_pending", "pending"],
    ["not_applicable", /no_access|not_entitled/],
  ] as const) {
    await page.goto(`/it/customers?status=${status}&pageSize=25`);
    const cell = rows(page).first().locator('td[data-column="devicesTotal"]');
    await expect(cell).toHaveAttribute("data-blank", blank);
    const why = (await cell.getAttribute("data-blank")) as keyof typeof resources.it.common.blank;
    await expect(cell).toHaveText(resources.it.common.blank[why]);
    await expect(page.locator('td[data-column="devicesTotal"]:not([data-blank])')).toHaveCount(0);
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("searching, filtering, sorting, paging and reading work", async ({ page, enter }) => {
    await enter("super");
    await page.goto("/it/customers");
    const { customers, common, status } = resources.it;
    await search(page).fill("botega rosi");
    await page.getByRole("button", { name: customers.search.submit, exact: true }).click();
    await expect(rows(page).first().locator("a.name")).toHaveText("Bottega Rossi");
    await page.goto("/it/customers?pageSize=25");
    await page
      .getByRole("combobox", { name: customers.filter.status })
      .selectOption({ label: status.word.warning });
    await page.getByRole("button", { name: customers.search.submit, exact: true }).click();
    await expect(page).toHaveURL(/status=warning/);
    await expect(page.locator('td[data-status="warning"]')).toHaveCount(25);
    await page.locator("th a.sort", { hasText: customers.column.used }).click();
    await expect(page).toHaveURL(/sort=-used/);
    const first = await rows(page).first().getAttribute("data-row-id");
    await page.getByRole("link", { name: common.paging.next }).click();
    await expect(page).toHaveURL(/after=/);
    await expect(page.locator('td[data-status="warning"]')).toHaveCount(25);
    await expect(page.locator(`tr[data-row-id="${first}"]`)).toHaveCount(0);
    const name = rows(page).first().locator("a.name");
    const text = await name.innerText();
    await name.click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(text);
  });
});

test("works by keyboard: skip link first, / for the search, rows in reach", async ({ page, enter }) => {
  await enter("lagune");
  await page.goto("/en/customers");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: resources.en.common.skipToContent })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  await page.keyboard.press("/");
  await expect(search(page)).toBeFocused();
  await page.keyboard.type("rüegg/");
  await expect(search(page)).toHaveValue("rüegg/");
  await expect(rows(page).first()).toContainText("Rüegg");
  const name = rows(page).locator("a.name").first();
  for (
    let presses = 0;
    presses < 60 && !(await name.evaluate((element) => element === document.activeElement));
    presses += 1
  )
    await page.keyboard.press("Tab");
  await expect(name).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("Rüegg");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(name).toBeFocused();
});

test("controls appear only for those who may use them", async ({ page, enter }) => {
  const { customers } = resources.en;
  for (const [person, mayImport, maySync] of [
    ["super", 1, 1],
    ["admin", 1, 1],
    ["helpdesk", 0, 1],
    ["business", 0, 0],
    ["readonly", 0, 0],
  ] as const) {
    await enter(person);
    await page.goto("/en/customers?pageSize=25");
    await expect(page.getByRole("link", { name: customers.import })).toHaveCount(mayImport);
    await expect(page.getByRole("button", { name: customers.syncAll })).toHaveCount(maySync);
  }
});

for (const language of languages) {
  test(`is accessible, and on a phone nothing scrolls sideways (${language})`, async ({ page, enter }) => {
    test.setTimeout(60_000);
    await enter("super");
    for (const query of ["pageSize=25", "status=access_disabled&pageSize=25", "q=zzzqqqxxxwww"]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`/${language}/customers?${query}`);
      await expectNoSidewaysScroll(page);
      if (query === "pageSize=25" && language === "it") await expectAccessible(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      if (query !== "q=zzzqqqxxxwww" || language === "it") await expectAccessible(page);
    }
    await page.goto(`/${language}/help/figures`);
    await expectAccessible(page);
  });
}
