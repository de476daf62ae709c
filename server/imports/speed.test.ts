import { expect, test } from "vitest";
import { randomUUID } from "node:crypto";
import { withScope, onStatement } from "#db/client.ts";
import { runImport } from "#server/jobs/import.ts";
import { adminQuery } from "#tests/database.ts";
import { insertImport, updateState } from "./queries.ts";
import { readFile } from "./service.ts";
test("speed", async () => {
  for (const n of [10_000, 50_000]) {
  const [partner] = await adminQuery<{ id: string }>("insert into partner (slug, name, language, time_zone) values ($1, 'Alpina', 'it', 'Europe/Rome') returning id", [randomUUID()]);
  const [user] = await adminQuery<{ id: string }>(`insert into "user" (email, name) values ($1, 'Mara Conti') returning id`, [`${randomUUID()}@example.it`]);
  const [m] = await adminQuery<{ id: string }>("insert into membership (partner_id, user_id, role, scope_all) values ($1, $2, 'superAdmin', true) returning id", [partner!.id, user!.id]);
  const rows = Array.from({ length: n }, (_, index) => (index % 20 === 7 ? `,,X${index},not a domain,,,` : `"Company ${index}, Inc",C${index},Milano,c${index}.example.com,IT,a${index}@example.com,a;b`));
  const content = Buffer.from(["Name,ID,City,Domain,Country,E-mail,Tags", ...rows].join("\n"));
  for (const round of [1, 2]) {
  const id = await withScope({ partnerId: partner!.id }, "read write", async (db) => { const id = await insertImport(db, partner!.id, { ...(await readFile(content)), createdBy: m!.id, fileName: "", content }); await updateState(db, partner!.id, id, "queued"); return id; });
  const times = new Map<string, number>();
  onStatement((e) => { const k = e.query.sql.trim().slice(0, 60).replace(/\s+/g, " "); times.set(k, (times.get(k) ?? 0) + e.queryDurationMillis); });
  const t = performance.now();
  await runImport({ partnerId: partner!.id, importId: id }, new AbortController().signal);
  console.log(n, round, (performance.now() - t) / 1000, "s", process.memoryUsage().rss / 1e6);
  console.log([...times].sort((a, b) => b[1] - a[1]).slice(0, 9).map(([k, v]) => `${v.toFixed(0)} ${k}`).join("\n"));
  }
  }
  expect(1).toBe(1);
}, 300_000);
