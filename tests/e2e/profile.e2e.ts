import { Secret, TOTP } from "otpauth";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  languages,
  type Page,
  password,
  people,
  resources,
  signIn,
  test,
} from "./portal.ts";

/** A session of this test's own, just opened, so that it is fresh. */
async function enterFresh(page: Page, person: Parameters<typeof signIn>[1], baseURL: string): Promise<void> {
  const value = await signIn(page.request, person);
  await page.context().addCookies([{ name: "belvedere-session", value, url: baseURL }]);
}
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

for (const language of languages) {
  test(`the profile is accessible and fits a phone (${language})`, async ({ page, baseURL }) => {
    await enterFresh(page, "marchand", baseURL ?? "");
    const { profile } = resources[language];
    // A secret that waits for its first code is shown, and changes nothing of how its person signs in.
    const begun = await page.request.post("/api/profile/begin-second-factor", { data: {} });
    expect(begun.status()).toBe(204);
    for (const path of ["profile", "profile/second-factor", "profile/recovery-codes", "profile/prove"]) {
      await page.setViewportSize({ width: 360, height: 740 });
      const response = await page.goto(`/${language}/${path}`);
      expect(response?.status()).toBe(200);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
    }
    // The person's name in the shell leads here.
    await page.goto(`/${language}/customers`);
    await page.locator("#navigation").getByRole("link", { name: people.marchand }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(profile.title);
  });
}

for (const path of ["sign-in/code", "invitation", "sign-in?partner=nobody"]) {
  test(`${path} is accessible and fits a phone in each language`, async ({ page }) => {
    for (const language of languages) {
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(`/${language}/${path}`);
      await expectNoSidewaysScroll(page);
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectAccessible(page);
    }
  });
}

// One after the other: they are all about the same person, whom no other test signs in as.
test.describe.serial("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("name and time zone are changed, a bad password is told at its field, a session is ended", async ({
    page,
    baseURL,
  }) => {
    await enterFresh(page, "helpdesk", baseURL ?? "");
    const { profile, errors } = resources.it;
    await page.goto("/it/profile");
    const about = page.getByRole("region", { name: profile.about.title });
    const before = await about.getByLabel(profile.about.name, { exact: true }).inputValue();
    await about.getByLabel(profile.about.name, { exact: true }).fill("Élodie d’Ormesson");
    await about.getByLabel(profile.about.language).selectOption("it");
    await about.getByRole("button", { name: profile.about.submit }).click();
    await expect(page.getByText(profile.notice.saved)).toBeVisible();
    await expect(page.locator("#navigation")).toContainText("Élodie d’Ormesson");
    await about.getByLabel(profile.about.name, { exact: true }).fill(before);
    await about.getByRole("button", { name: profile.about.submit }).click();

    await page.getByLabel(profile.password.new).fill("Password12345");
    await page.getByRole("button", { name: profile.password.submit }).click();
    await expect(page.locator("#password-error")).toContainText(errors.password.common);

    await signIn(page.request, "helpdesk");
    await page.goto("/it/profile");
    const sessions = page.getByRole("region", { name: profile.sessions.title }).locator("li");
    const count = await sessions.count();
    await sessions.filter({ hasNotText: profile.sessions.this }).first().getByRole("button").click();
    await expect(page.getByText(profile.notice.sessionEnded)).toBeVisible();
    expect(await sessions.count()).toBeLessThan(count);
  });

  test("a second factor is set up, asked for at sign-in, and switched off", async ({ page, baseURL }) => {
    await enterFresh(page, "helpdesk", baseURL ?? "");
    const { profile, auth, errors } = resources.fr;
    await page.goto("/fr/profile");
    await page
      .getByRole("region", { name: profile.secondFactor.title })
      .getByRole("button", { name: profile.secondFactor.begin })
      .click();
    await expect(page).toHaveURL("/fr/profile/second-factor");
    await expect(page.getByRole("img", { name: profile.enrol.qr })).toBeVisible();
    const secret = (await page.locator("[data-secret]").getAttribute("data-secret")) ?? "";
    await page.getByLabel(profile.enrol.code, { exact: true }).fill("000000");
    await page.getByRole("button", { name: profile.enrol.submit }).click();
    await expect(page.locator("#code-error")).toContainText(errors.auth.codeInvalid);
    await page.getByLabel(profile.enrol.code, { exact: true }).fill(codeOf(secret, -1));
    await page.getByRole("button", { name: profile.enrol.submit }).click();
    await expect(page).toHaveURL("/fr/profile/recovery-codes");
    const codes = await page.locator("[data-code]").allTextContents();
    expect(new Set(codes).size).toBe(10);
    await page.getByRole("button", { name: profile.codes.kept }).click();
    await expect(page.getByText(profile.notice.secondFactorOn)).toBeVisible();
    await page.goto("/fr/profile/recovery-codes");
    await expect(page.getByText(profile.codes.gone)).toBeVisible();

    const begin = async () => {
      await page.context().clearCookies();
      await page.goto("/fr/sign-in?return=/fr/profile");
      await page.getByLabel(auth.email).fill(people.helpdesk);
      await page.getByLabel(auth.password).fill(password);
      await page.getByRole("button", { name: auth.submit, exact: true }).click();
      await expect(page).toHaveURL(/\/fr\/sign-in\/code/);
    };
    const answer = async (code: string) => {
      await page.getByLabel(auth.code.label).fill(code);
      await page.getByRole("button", { name: auth.code.submit }).click();
    };
    await begin();
    await answer("000000");
    await expect(page.locator("#code-error")).toContainText(errors.auth.codeInvalid);
    await answer(codeOf(secret));
    await expect(page).toHaveURL("/fr/profile");
    // A recovery code does as well, once.
    await begin();
    await answer(codes[0] ?? "");
    await expect(page).toHaveURL("/fr/profile");
    await page
      .getByRole("region", { name: profile.secondFactor.title })
      .getByRole("button", { name: profile.secondFactor.remove })
      .click();
    await expect(page.getByText(profile.notice.secondFactorOff)).toBeVisible();
  });

  test("a proof is asked for by password and leads back; signing out everywhere ends it all", async ({
    page,
    baseURL,
  }) => {
    await enterFresh(page, "helpdesk", baseURL ?? "");
    const { profile, errors } = resources.en;
    await page.goto("/en/profile/prove?return=/en/customers%3Fstatus%3Dwarning");
    await page.getByLabel(profile.prove.password).fill("wrong");
    await page.getByRole("button", { name: profile.prove.submit, exact: true }).click();
    await expect(page.locator("#password-error")).toContainText(errors.auth.invalid);
    await page.getByLabel(profile.prove.password).fill(password);
    await page.getByRole("button", { name: profile.prove.submit, exact: true }).click();
    await expect(page).toHaveURL("/en/customers?status=warning");
    await page.goto("/en/profile");
    await page.getByRole("button", { name: profile.sessions.endAll }).click();
    await expect(page).toHaveURL("/en/sign-in");
    await page.goto("/en/profile");
    await expect(page).toHaveURL(/\/en\/sign-in\?return=/);
  });
});
