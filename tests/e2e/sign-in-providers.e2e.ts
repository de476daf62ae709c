import { startIdentityProvider } from "#tests/identity-provider.ts";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  fill,
  languages,
  resources,
  signIn,
  test,
} from "./portal.ts";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a provider is added, linked, signs in and is removed", async ({ page, request, baseURL }) => {
      test.slow();
      const { signInProviders: texts, profile, auth, errors } = resources.en;
      const name = `Lagune Login ${crypto.randomUUID().slice(0, 8)}`;
      const enter = async () => {
        const value = await signIn(request, "lagune");
        await page.context().addCookies([{ name: "belvedere-session", value, url: baseURL ?? "" }]);
      };
      await enter();
      await page.goto("/en/sign-in-providers");
      await page.getByRole("link", { name: texts.add }).click();
      const redirectUri = ((await page.locator("[data-redirect-uri]").textContent()) ?? "").trim();
      const provider = await startIdentityProvider([redirectUri]);
      try {
        await page.getByLabel(texts.field.name).fill(name);
        await page.getByLabel(texts.field.issuer).fill("https://10.0.0.1/");
        await page.getByLabel(texts.field.clientId).fill(provider.clientId);
        await page.getByRole("button", { name: texts.action.create }).click();
        await expect(page.getByText(errors.issuer.blocked)).toBeVisible();
        await expect(page.getByLabel(texts.field.name)).toHaveValue(name);
        await page.getByLabel(texts.field.issuer).fill(provider.issuer);
        await page.getByLabel(texts.field.clientSecret).fill(provider.clientSecret ?? "");
        await page.getByRole("button", { name: texts.action.create }).click();
        await expect(page.getByText(texts.notice.created)).toBeVisible();

        // Nobody is linked yet: the same address or a known one makes no difference.
        await page.context().clearCookies();
        await page.goto("/en/sign-in?partner=lagune&return=/en/profile");
        await page.getByRole("link", { name: fill(auth.other.continueWith, { name }) }).click();
        await expect(page.getByText(errors.auth.unknownIdentity)).toBeVisible();

        await enter();
        await page.goto("/en/profile");
        await page.getByRole("button", { name: fill(profile.ways.addWith, { name }) }).click();
        await expect(page.getByText(new URL(provider.issuer).host)).toBeVisible();
        await page.getByRole("link", { name: fill(profile.link.go, { name }) }).click();
        await expect(page.getByText(profile.notice.linked)).toBeVisible();

        await page.context().clearCookies();
        await page.goto("/en/sign-in?partner=lagune&return=/en/profile");
        await page.getByRole("link", { name: fill(auth.other.continueWith, { name }) }).click();
        await expect(page).toHaveURL("/en/profile");
        await expect(page.getByText(profile.vouched)).toBeVisible();
        await expect(page.getByLabel(profile.password.new)).toHaveCount(0);

        await enter();
        await page.goto("/en/sign-in-providers");
        const card = page.getByRole("region", { name });
        await card.getByRole("button", { name: texts.action.test }).click();
        await expect(page.getByText(texts.notice.test)).toBeVisible();
        await card.getByText(texts.manage).click();
        await card.getByRole("button", { name: texts.action.remove }).click();
        await expect(page.getByText(texts.notice.remove)).toBeVisible();
        await expect(page.getByRole("region", { name })).toHaveCount(0);
      } finally {
        await provider.close();
      }
    });
  });
}

test("is not for who may not: not found", async ({ page, enter }) => {
  await enter("business");
  const response = await page.goto("/en/sign-in-providers");
  expect(response?.status()).toBe(404);
});

for (const language of languages) {
  test(`is accessible and fits a phone (${language})`, async ({ page, enter }) => {
    for (const person of ["lagune", "rossiAdmin"] as const) {
      await enter(person);
      for (const path of ["sign-in-providers", "sign-in-providers/new"]) {
        await page.setViewportSize({ width: 360, height: 740 });
        const response = await page.goto(`/${language}/${path}`);
        expect(response?.status()).toBe(200);
        await expectNoSidewaysScroll(page);
        await page.setViewportSize({ width: 1280, height: 800 });
        await expectAccessible(page);
      }
    }
  });
}
