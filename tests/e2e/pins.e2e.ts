import type { CustomerList } from "#server/customers/schema.ts";
import { type Caller, expect, languages, resources, test } from "./portal.ts";

const list = (caller: Caller, input: object) => caller.query<CustomerList>("customers.list", input);

test("the fifty-first pin is refused, said once, and what is pinned stays", async ({ page, enter, as }) => {
  const caller = await as("readonly");
  const rows = (await list(caller, { pageSize: 100 })).rows;
  const already = rows.filter(({ isPinned }) => isPinned).map(({ id }) => id);
  const others = rows.filter(({ isPinned }) => !isPinned).map(({ id }) => id);
  const added = others.slice(0, 50 - already.length);
  const pin = (id: string, act: "pin" | "unpin") => caller.post(`/api/pins/${id}`, { act });
  try {
    for (const id of added) expect((await pin(id, "pin")).status).toBeLessThan(400);
    await enter("readonly");
    for (const language of languages) {
      const { pin: errors } = resources[language].errors;
      await page.goto(`/${language}/customers?view=all&sort=-name`);
      await page.locator('button.pin[aria-pressed="false"]').first().click();
      await expect(page).toHaveURL(/error=pin\.tooMany/);
      const alerts = page.locator("main").getByRole("alert");
      await expect(alerts).toHaveCount(1);
      await expect(alerts).toContainText(errors.tooMany);
    }
    expect((await list(caller, { pinned: "1", pageSize: 100 })).total).toBe(50);
  } finally {
    for (const id of added) await pin(id, "unpin");
  }
});
