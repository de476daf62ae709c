// The row "import": lists of customers through upload, mapping and the job, 5 % of their rows bad.
import { sessionCookieName, startSession } from "#server/auth/sessions.ts";
import { saveMapping, start, upload } from "#server/imports/handler.ts";
import { runImport } from "#server/jobs/import.ts";
import type { Client } from "pg";
import { oneRow } from "./database.ts";
import { whole } from "./statistics.ts";
import type { Result } from "./table.ts";

const origin = "http://127.0.0.1:3000";
const sizes = [
  { rows: 10_000, most: 5 },
  { rows: 100_000, most: 30 },
];

const list = (rows: number) =>
  [
    "Name,ID,City,Domain,Country,E-mail,Tags",
    ...Array.from({ length: rows }, (_, index) =>
      index % 20 === 7
        ? `,,X${index},not a domain,,,`
        : `"Company ${index}, Inc",C${index},Milano,c${index}.example.com,IT,a${index}@example.com,a;b`,
    ),
  ].join("\n");

/** Seconds from the upload to the last row, with the worker's part in this process. */
async function importSeconds(admin: Client, rows: number): Promise<number> {
  const slug = `bench-import-${rows}`;
  const partner = await oneRow<{ id: string; userId: string; membershipId: string }>(
    admin,
    `with p as (insert into partner (slug, name, language, time_zone) values ($1, $1, 'en', 'Europe/Rome') returning id),
       u as (insert into "user" (email, name) values ($1 || '@bench.example', 'Bench') returning id)
     insert into membership (partner_id, user_id, role, scope_all) select p.id, u.id, 'superAdmin', true from p, u
     returning partner_id as id, user_id as "userId", id as "membershipId"`,
    [slug],
  );
  const token = await startSession({ ...partner, userAgent: "bench", address: "127.0.0.1" });
  const headers = { cookie: `${sessionCookieName()}=${token}`, origin, host: "127.0.0.1:3000" };
  const post = (path: string, body: BodyInit) =>
    new Request(origin + path, { method: "POST", body, headers });
  const form = new FormData();
  form.append("file", new File([list(rows)], "list.csv"));
  const before = performance.now();
  const uploaded = await upload(post("/api/import", form), { params: Promise.resolve({}) });
  const id = uploaded.headers.get("location")?.split("/").at(-1) ?? "";
  const params = Promise.resolve({ id });
  const fields = ["name", "externalId", "city", "domain", "country", "contactEmail", "tags"];
  const mapping = new URLSearchParams({ encoding: "utf-8", delimiter: "," });
  for (const [index, field] of fields.entries()) mapping.set(`column-${index}`, field);
  await saveMapping(post(`/api/import/${id}/mapping`, mapping), { params });
  await start(post(`/api/import/${id}/start`, new URLSearchParams()), { params });
  await runImport({ partnerId: partner.id, importId: id }, new AbortController().signal);
  const seconds = (performance.now() - before) / 1000;
  const { created, refused } = await oneRow<{ created: number; refused: number }>(
    admin,
    "select rows_created as created, jsonb_array_length(rejected) as refused from customer_import where id = $1",
    [id],
  );
  if (created !== rows * 0.95 || refused !== rows * 0.05)
    throw new Error(`${created} rows went in and ${refused} did not`);
  return seconds;
}

export async function measureImport(admin: Client, say: (line: string) => void): Promise<Result[]> {
  const results: Result[] = [];
  for (const { rows, most } of sizes) {
    say(`import of ${whole(rows)} rows …`);
    const seconds = await importSeconds(admin, rows);
    results.push({
      row: "import",
      what: `${whole(rows)} rows, 5 % bad, from the upload to the report`,
      floor: "–",
      ours: `${seconds.toFixed(1)} s`,
      ratio: "–",
      goal: `≤ ${most} s`,
      isMet: seconds <= most,
    });
  }
  return results;
}
