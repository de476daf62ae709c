import { startIdentityProvider } from "#tests/identity-provider.ts";
import { expect, fill, password, resources, signIn, test } from "./portal.ts";
import { makeSource } from "./pushed.ts";

test("who signed in long ago proves it before a disconnect, comes back to it, and a wrong word is refused", async ({
  as,
  browser,
  baseURL,
  page,
  request,
}) => {
  test.slow();
  const origin = baseURL ?? "";
  const { accounts: text, auth, errors, profile, signInProviders } = resources.it;
  const caller = await as("super");
  const source = await makeSource(request, caller, { person: "super", origin });
  const name = `Da disconnettere ${crypto.randomUUID().slice(0, 8)}`;
  const { customerId } = await source.push(name, []);

  // A provider that does not say when the person signed in there: nobody can tell how long ago that was.
  const admin = await browser.newContext({ baseURL: origin });
  await admin.addCookies([{ name: "belvedere-session", value: await signIn(request, "super"), url: origin }]);
  const settings = await admin.newPage();
  await settings.goto("/it/sign-in-providers/new");
  const redirectUri = ((await settings.locator("[data-redirect-uri]").textContent()) ?? "").trim();
  const provider = await startIdentityProvider([redirectUri]);
  const known = `Alpina Login ${crypto.randomUUID().slice(0, 8)}`;
  try {
    await settings.getByLabel(signInProviders.field.name).fill(known);
    await settings.getByLabel(signInProviders.field.issuer).fill(provider.issuer);
    await settings.getByLabel(signInProviders.field.clientId).fill(provider.clientId);
    await settings.getByLabel(signInProviders.field.clientSecret).fill(provider.clientSecret ?? "");
    await settings.getByRole("button", { name: signInProviders.action.create }).click();
    await expect(settings.getByText(signInProviders.notice.created)).toBeVisible();
    await settings.goto("/it/profile");
    await settings.getByRole("button", { name: fill(profile.ways.addWith, { name: known }) }).click();
    await settings.getByRole("link", { name: fill(profile.link.go, { name: known }) }).click();
    await expect(settings.getByText(profile.notice.linked)).toBeVisible();

    await page.goto("/it/sign-in?partner=alpina&return=/it/customers");
    await page.getByRole("link", { name: fill(auth.other.continueWith, { name: known }) }).click();
    await expect(page).toHaveURL("/it/customers");
    const address = `/it/customers/${customerId}/disconnect`;
    await page.goto(address);
    await expect(page.getByText(text.disconnect.fresh)).toBeVisible();
    const word = page.getByLabel(text.disconnect.word);
    const submit = page.getByRole("button", { name: fill(text.disconnect.submit, { name }) });
    await word.fill("sì");
    await submit.click();
    await expect(page).toHaveURL(`/it/profile/prove?return=${encodeURIComponent(address)}`);
    expect((await caller.get(`/it/customers/${customerId}`)).status).toBe(200);
    await page.getByLabel(profile.prove.password).fill("sbagliata");
    await page.getByRole("button", { name: profile.prove.submit, exact: true }).click();
    await expect(page.locator("#password-error")).toContainText(errors.auth.invalid);
    await page.getByLabel(profile.prove.password).fill(password);
    await page.getByRole("button", { name: profile.prove.submit, exact: true }).click();
    await expect(page).toHaveURL(address);
    await word.fill("forse");
    await submit.click();
    await expect(page.locator("main").getByRole("alert")).toContainText(errors.account.wordMissing);
    expect((await caller.get(`/it/customers/${customerId}`)).status).toBe(200);
    await word.fill("sì");
    await submit.click();
    await expect(page.getByText(text.disconnect.done)).toBeVisible();
    expect((await caller.get(`/it/customers/${customerId}`)).status).toBe(404);
  } finally {
    await settings.goto("/it/sign-in-providers");
    const card = settings.getByRole("region", { name: known });
    await card.getByText(signInProviders.manage).click();
    await card.getByRole("button", { name: signInProviders.action.remove }).click();
    await expect(settings.getByText(signInProviders.notice.remove)).toBeVisible();
    await provider.close();
    await admin.close();
  }
  await source.remove();
});
