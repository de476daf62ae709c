import { expect, test } from "vitest";
import { adminQuery, newDatabase } from "./database.ts";

test("a test file has a migrated database of its own, apart from the next one", async () => {
  const [first] = await adminQuery<{ name: string; rows: string }>(
    "select current_database() as name, (select count(*) from kysely_migration) as rows",
  );
  expect(Number(first?.rows)).toBeGreaterThan(0);
  expect((await newDatabase()).adminUrl).not.toContain(first?.name);
});

test("a copy lets the same roles in as its original", async () => {
  const [row] = await adminQuery<{ same: boolean }>(
    `select bool_and(datacl::text = (select datacl::text from pg_database where datname = 'belvedere')) as same
     from pg_database where datname = current_database()`,
  );
  expect(row?.same).toBe(true);
});

test("the clock's zone has an offset that is no whole hour", () => {
  expect(new Date("2026-01-01T00:00:00Z").getTimezoneOffset()).toBe(-345);
});
