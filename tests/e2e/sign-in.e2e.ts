import {
  expect,
  languages,
  password,
  people,
  resources,
  signIn,
  test,
  expectAccessible,
  expectNoSidewaysScroll,
} from "./portal.ts";

const wrong = (language: "en" | "it" | "fr") => resources[language].errors.auth.invalid;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    for (const language of languages) {
      test(`signs in and out by forms (${language})`, async ({ page }) => {
        const auth = resources[language].auth;
        await page.goto(`/${language}`);
        await expect(page).toHaveURL(new RegExp(`/${language}/sign-in`));
        await expect(page).toHaveTitle(`${auth.title} · Belvedere`);
        await page.getByLabel(auth.email).fill(people.lagune);
        await page.getByLabel(auth.password).fill(password);
        await page.getByRole("button", { name: auth.submit, exact: true }).click();
        await expect(page).toHaveURL(`/${language}`);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(resources[language].home.title);
        await page.getByRole("button", { name: resources[language].common.account.signOut }).click();
        await expect(page).toHaveURL(`/${language}/sign-in`);
        await page.goto(`/${language}/customers`);
        await expect(page).toHaveURL(new RegExp(`/${language}/sign-in\\?return=`));
      });
    }

    test("keeps the e-mail after a wrong password and says so in the page's language", async ({ page }) => {
      for (const language of languages) {
        const email = `nobody-${language}-${Date.now()}@alpina.example`;
        const { auth } = resources[language];
        await page.goto(`/${language}/sign-in?return=/${language}/customers?status=synced`);
        await page.getByLabel(auth.email).fill(email);
        await page.getByLabel(auth.password).fill("not-the-password");
        await page.getByRole("button", { name: auth.submit, exact: true }).click();
        await expect(page.locator("#password-error")).toContainText(wrong(language));
        await expect(page.getByLabel(auth.email)).toHaveValue(email);
        await expect(page.getByLabel(auth.password)).toHaveValue("");
        await expect(page.getByLabel(auth.password)).toHaveAttribute("aria-invalid", "true");
        expect(page.url()).not.toContain("not-the-password");
        await expect(page.locator("form input[name=return]").first()).toHaveValue(
          `/${language}/customers?status=synced`,
        );
      }
    });

    test("switches language on the same page", async ({ page, enter }) => {
      await enter("lagune");
      await page.goto("/en/customers?status=warning&sort=-used");
      for (const language of ["it", "fr"] as const) {
        const { common } = resources[language === "it" ? "en" : "it"];
        await page
          .getByRole("navigation", { name: common.language.label })
          .getByRole("link", { name: common.language[language] })
          .click();
        await expect(page).toHaveURL(`/${language}/customers?status=warning&sort=-used`);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(resources[language].customers.title);
      }
      // The choice is remembered for addresses that name no language.
      await page.goto("/customers");
      await expect(page).toHaveURL("/fr/customers");
    });

    test("switches between two memberships of one person", async ({ page, context, request, baseURL }) => {
      await context.addCookies([
        { name: "belvedere-session", value: await signIn(request, "marchand"), url: baseURL ?? "" },
      ]);
      await page.goto("/fr/customers");
      const shell = page.locator("#navigation");
      await expect(page).toHaveURL(/\/fr\/customers\/[0-9a-f-]{36}$/);
      const first = page.url();
      const choice = shell.locator("details");
      await expect(choice.locator("summary")).toContainText("Alpina Digital");
      await choice.locator("summary").click();
      await expect(choice.getByRole("button")).toHaveCount(2);
      await choice.getByRole("button", { name: "Lagune Services" }).click();
      await expect(choice.locator("summary")).toContainText("Lagune Services");
      await expect(page).toHaveURL("/fr");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Atelier Marchand");
      const before = await page.goto(first);
      expect(before?.status()).toBe(404);
    });
  });
}

test("leads back to the page that was asked for, and never to another site", async ({ page }) => {
  await page.goto("/it/customers?status=synced&pageSize=25");
  await expect(page).toHaveURL(/\/it\/sign-in\?return=/);
  await page.getByRole("button", { name: people.lagune }).click();
  await expect(page).toHaveURL("/it/customers?status=synced&pageSize=25");
  await page.context().clearCookies();
  for (const elsewhere of ["//evil.example", "/\\evil.example", "https://evil.example/"]) {
    await page.goto(`/en/sign-in?return=${encodeURIComponent(elsewhere)}`);
    await expect(page.locator("form input[name=return]").first()).toHaveValue("/en");
  }
});

test("lists the demo accounts; each signs in with one click", async ({ page }) => {
  await page.goto("/en/sign-in");
  const section = page.getByRole("region", { name: resources.en.auth.demo.title });
  await expect(section).toContainText(password);
  for (const email of Object.values(people))
    await expect(section.getByRole("button", { name: email })).toBeVisible();
  await section.getByRole("button", { name: people.rossiViewer }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bottega Rossi");
});

test("a session that is ended elsewhere leads to sign-in at the next request", async ({
  page,
  context,
  request,
  baseURL,
}) => {
  const token = await signIn(request, "lagune");
  await context.addCookies([{ name: "belvedere-session", value: token, url: baseURL ?? "" }]);
  // A page whose scripts ask for the stream only after the end leads to sign-in by itself, before anybody clicks.
  const stream = page.waitForResponse((answer) => answer.url().includes("/api/sync/stream"));
  await page.goto("/fr/customers");
  await expect(page.locator("tr[data-row-id]").first()).toBeVisible();
  expect((await stream).status()).toBe(200);
  const ended = await request.post("/api/logout", { headers: { cookie: `belvedere-session=${token}` } });
  expect(ended.status()).toBe(204);
  await page.locator("tr[data-row-id] a.name").first().click();
  await expect(page).toHaveURL(/\/fr\/sign-in/);
  const api = await request.get("/api/trpc/customers.list?input=%7B%7D", {
    headers: { cookie: `belvedere-session=${token}` },
  });
  expect(api.status()).toBe(401);
});

test("an unknown page is a 404 in the language of its address", async ({ page, enter }) => {
  await enter("lagune");
  for (const language of languages) {
    for (const path of [
      "nothing",
      "customers/nothing",
      "customers/00000000-0000-4000-8000-000000000000",
      "customers/import/nothing",
    ]) {
      const response = await page.goto(`/${language}/${path}`);
      expect(response?.status(), path).toBe(404);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(
        resources[language].failure.notFound.title,
      );
      await expect(page.locator("html")).toHaveAttribute("lang", language);
    }
  }
});

test("chooses the language of the browser where the address names none", async ({ playwright, baseURL }) => {
  for (const [accepted, language] of [
    ["it-CH,fr;q=0.8", "it"],
    ["de, fr;q=0.5, it;q=0.4", "fr"],
    ["de", "en"],
  ] as const) {
    const request = await playwright.request.newContext({
      baseURL: baseURL ?? "",
      extraHTTPHeaders: { "accept-language": accepted },
    });
    const response = await request.get("/customers?status=warning", { maxRedirects: 0 });
    expect(response.headers()["location"]).toContain(`/${language}/customers?status=warning`);
    await request.dispose();
  }
});

test("every page and every answer carries the security headers", async ({ as }) => {
  const { get } = await as("lagune");
  const nonces = new Set<string>();
  for (const path of ["/en/sign-in", "/it/customers", "/fr/nothing"]) {
    for (let request = 0; request < 2; request += 1) {
      const { headers, text } = await get(path);
      const policy = headers.get("content-security-policy") ?? "";
      const [, nonce = ""] = /'nonce-([^']{20,})'/.exec(policy) ?? [];
      nonces.add(nonce);
      expect(policy).not.toMatch(/unsafe-(inline|eval)/);
      for (const directive of [
        "default-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
      ])
        expect(policy).toContain(directive);
      for (const script of text.match(/<script[^>]*>/g) ?? []) expect(script).toContain(`nonce="${nonce}"`);
      expect(text).not.toMatch(/<[^>]+ style=/);
      expect(headers.get("cache-control")).toContain("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("x-powered-by")).toBeNull();
    }
  }
  expect(nonces.size).toBe(6);
  for (const path of ["/api/trpc/customers.list?input=%7B%7D", "/api/trpc/nothing"]) {
    const { headers } = await get(path);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toContain("no-store");
  }
});

test("the session's cookie cannot be read by scripts nor sent by other sites", async ({ request }) => {
  const response = await request.post("/api/login", { data: { email: people.lagune, password } });
  const cookie = response.headers()["set-cookie"] ?? "";
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
});

for (const language of languages) {
  test(`is accessible and fits a phone (${language})`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/${language}/sign-in?error=auth.invalid&email=nobody@alpina.example`);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expectAccessible(page);
  });
}
