import { expect, expectAccessible, expectNoSidewaysScroll, languages, resources, test } from "./portal.ts";

const { "api-docs": text } = resources.en;

test("the document is there for anybody, the page for who is signed in", async ({ request, as }) => {
  const response = await request.get("/api/v1/openapi.json", { headers: { cookie: "" } });
  expect(response.status()).toBe(200);
  expect(await response.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  expect((await (await as("readonly")).get("/en/api-docs")).status).toBe(200);
});

test("Try it calls with the token that was typed, without the session, and forgets it", async ({
  page,
  enter,
  as,
}) => {
  const made = await (
    await as("super")
  ).post("/api/tokens", {
    name: `Prova ${Date.now()}`,
    permissions: ["customer:list"],
  });
  expect(made.status, made.text).toBe(201);
  const { token } = JSON.parse(made.text) as { token: string };
  await enter("super");
  await page.goto("/en/api-docs");
  const operation = page.locator('[data-try="listCustomers"]');
  await expect(operation.getByRole("button", { name: text.try.send })).toBeDisabled();
  await page.getByLabel(text.try.token).fill(token);
  const [sent] = await Promise.all([
    page.waitForRequest((one) => one.url().includes("/api/v1/customers")),
    operation.getByRole("button", { name: text.try.send }).click(),
  ]);
  expect((await sent.allHeaders())["cookie"]).toBeUndefined();
  await expect(operation.locator("output")).toContainText("200");
  await expect(operation.locator("output pre")).toContainText('"rows"');
  await page.reload();
  await expect(page.getByLabel(text.try.token)).toHaveValue("");
});

test("reads without scripts: every operation with its curl, and no control that would not work", async ({
  browser,
  as,
  baseURL,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, ...(baseURL && { baseURL }) });
  const [name = "", value = ""] = (await as("super")).cookie.split("=");
  await context.addCookies([{ name, value, url: baseURL ?? "" }]);
  const page = await context.newPage();
  await page.goto("/en/api-docs");
  for (const { title } of Object.values(text.operation))
    await expect(page.getByRole("heading", { name: title, exact: true })).toBeVisible();
  await expect(page.getByText("curl -X POST").first()).toBeVisible();
  await expect(page.getByRole("button", { name: text.try.send })).toHaveCount(0);
  await context.close();
});

for (const language of languages) {
  test(`is accessible and fits a phone (${language})`, async ({ page, enter }) => {
    await enter("super");
    await page.goto(`/${language}/api-docs`);
    await expect(page.getByLabel(resources[language]["api-docs"].try.token)).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
  });
}
