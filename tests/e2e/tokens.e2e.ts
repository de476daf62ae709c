import { setTimeout as sleep } from "node:timers/promises";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  languages,
  type Page,
  resources,
  send,
  signIn,
  test,
} from "./portal.ts";

const { tokens: text } = resources.en;

/** Fills the form and sends it; returns the token that the next page shows. */
async function makeToken(page: Page, name: string, language: "en" | "it" | "fr" = "en"): Promise<string> {
  const { make, made, permission } = resources[language].tokens;
  await page.goto(`/${language}/tokens`);
  await page.getByLabel(make.name, { exact: true }).fill(name);
  await page.getByLabel(permission.push).check();
  await page.getByLabel(permission.customers).check();
  await page.getByLabel(make.source, { exact: true }).selectOption({ label: make.sourceNew });
  await page.getByLabel(make.newSource).fill(`RMM ${name}`);
  await page.getByRole("button", { name: make.submit }).click();
  await expect(page.getByText(made.title)).toBeVisible();
  const token = await page.getByLabel(made.label, { exact: true }).inputValue();
  expect(token).toMatch(/^bvd_[\w-]{43}$/);
  expect(page.url()).not.toContain(token);
  return token;
}
const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name }).first();

async function push(origin: string, token: string, account: string, name: string) {
  const snapshot = {
    version: 1,
    takenAt: new Date().toISOString(),
    account: { externalId: account, name, billing: "usage" },
    devices: [
      {
        externalId: "d-1",
        hostname: "CASSA-01",
        type: "computer",
        state: "active",
        health: "good",
        isProtected: true,
        lastSeenAt: new Date().toISOString(),
      },
    ],
    licences: null,
    alerts: [],
    unprotectedCount: 0,
  };
  const response = await send(`${origin}/api/v1/snapshots`, {
    method: "POST",
    body: JSON.stringify(snapshot),
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
      "accept-language": "fr",
    },
  });
  return {
    status: response.status,
    body: (await response.json()) as { statusUrl?: string; error?: { code: string; message: string } },
  };
}
async function untilApplied(origin: string, token: string, statusUrl = ""): Promise<void> {
  for (let n = 0; n < 80; n += 1) {
    const response = await send(origin + statusUrl, { headers: { authorization: `Bearer ${token}` } });
    const { state } = (await response.json()) as { state: string };
    if (state === "applied") return;
    expect(state).toBe("waiting");
    await sleep(250);
  }
  throw new Error("the snapshot was not taken in");
}

test("a token is made, shown once, pushes a customer into sight, and is refused once it is revoked", async ({
  page,
  enter,
  baseURL,
}) => {
  test.setTimeout(60_000);
  const origin = baseURL ?? "";
  await enter("lagune", "anew");
  const stamp = Date.now().toString(36);
  const token = await makeToken(page, `Officina ${stamp}`);
  await page.reload();
  await expect(page.getByText(text.made.gone)).toBeVisible();
  expect(await page.content()).not.toContain(token);

  const pushed = await push(origin, token, `ACC-${stamp}`, `Panificio Spinto ${stamp}`);
  expect(pushed.status, JSON.stringify(pushed.body)).toBe(202);
  await untilApplied(origin, token, pushed.body.statusUrl);
  await page.goto(`/en/customers?q=${encodeURIComponent(`Panificio Spinto ${stamp}`)}`);
  await expect(page.locator("[data-row-id]")).toHaveCount(1);
  await expect(page.locator("[data-row-id] [data-status]").first()).toHaveAttribute("data-status", "synced");

  await page.goto("/en/tokens");
  const mine = row(page, `Officina ${stamp}`);
  await expect(mine).toContainText(text.state.active);
  await expect(mine).not.toContainText(text.list.never);
  await mine.getByRole("button").click();
  await expect(page.getByText(text.revoked)).toBeVisible();
  await expect(row(page, `Officina ${stamp}`)).toContainText(text.state.revoked);
  const refused = await push(origin, token, `ACC-${stamp}`, "Again");
  expect([refused.status, refused.body.error]).toMatchObject([
    401,
    { code: "token.revoked", message: resources.fr.errors.token.revoked },
  ]);
});

test("works without scripts, and keeps what was typed when something is missing", async ({
  browser,
  request,
  baseURL,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL && { baseURL }) });
  const value = await signIn(request, "super");
  await context.addCookies([{ name: "belvedere-session", value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  await page.goto("/it/tokens");
  const { make, permission } = resources.it.tokens;
  await page.getByLabel(make.name, { exact: true }).fill("Senza origine");
  await page.getByLabel(permission.push).check();
  await page.getByLabel(make.source, { exact: true }).selectOption({ index: 0 });
  await page.getByRole("button", { name: make.submit }).click();
  await expect(page.getByText(resources.it.errors.token.noSource)).toBeVisible();
  await expect(page.getByLabel(make.name, { exact: true })).toHaveValue("Senza origine");
  await expect(page.getByLabel(permission.push)).toBeChecked();
  await makeToken(page, `Senza script ${Date.now()}`, "it");
  await context.close();
});

test("who may make no tokens finds no way to the page, and an admin with some customers no source of all", async ({
  as,
  page,
  enter,
}) => {
  for (const person of ["helpdesk", "business", "readonly", "rossiAdmin", "rossiViewer"] as const) {
    const caller = await as(person);
    expect((await caller.get("/en/tokens")).status, person).toBe(404);
    const refused = await caller.post("/api/tokens", { name: "x", permissions: ["customer:list"] });
    expect([refused.status, refused.text], person).toEqual([
      403,
      expect.stringContaining("permission.denied"),
    ]);
  }
  await enter("admin");
  await page.goto("/en/tokens");
  await expect(page.getByText(text.make.noSource)).toBeVisible();
  await enter("readonly");
  await page.goto("/en/customers");
  await expect(page.locator('a[href$="/tokens"]')).toHaveCount(0);
});

for (const language of languages) {
  test(`is accessible, also with a new token, and fits a phone (${language})`, async ({ page, enter }) => {
    await enter("super", "anew");
    await makeToken(page, `Accessibile ${language} ${Date.now()}`, language);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
  });
}
