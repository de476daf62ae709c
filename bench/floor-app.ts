// The leanest Next.js page with the same table: one client component with the texts of our page's cells as compact tuples,
// from memory, without session, database, layout, language or anything in a cell but its text; beside it a JSON route with
// one query.
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "#scripts/build.ts";

const files = (table: TableTexts): Record<string, string> => ({
  "next.config.mjs": `export default {
  turbopack: { root: ${JSON.stringify(projectRoot)} },
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["pg"],
};\n`,
  "app/layout.jsx": `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}\n`,
  "app/bare/page.jsx": `export const dynamic = "force-dynamic";
export default function Page() { return <p>bare</p>; }\n`,
  "app/table/props.json": JSON.stringify(table),
  "app/table/table.jsx": `"use client";
export function PlainTable({ head, rows }) {
  return <table>
    <thead><tr>{head.map((text, index) => <th key={index} scope="col">{text}</th>)}</tr></thead>
    <tbody>{rows.map(([id, ...cells]) => <tr key={id}>{cells.map((text, index) => <td key={index}>{text}</td>)}</tr>)}</tbody>
  </table>;
}\n`,
  "app/table/page.jsx": `import { PlainTable } from "./table.jsx";
import props from "./props.json";
export const dynamic = "force-dynamic";
export default function Page() { return <PlainTable {...props} />; }\n`,
  "app/json/route.js": `import pg from "pg";
const pool = new pg.Pool({ connectionString: process.env.FLOOR_DATABASE_URL, max: 12 });
export const dynamic = "force-dynamic";
export async function GET() {
  const { rows } = await pool.query({
    name: "page",
    text: "select * from customer_overview where partner_id = $1 order by name_sort, customer_id limit 51",
    values: [process.env.FLOOR_PARTNER],
  });
  return Response.json(rows);
}\n`,
});

export type FloorApp = { folder: string; remove: () => Promise<void> };

/** Builds it inside the repository, where its imports and node_modules are found, in a folder that git ignores. */
export async function buildFloorApp(table: TableTexts): Promise<FloorApp> {
  const folder = join(projectRoot, ".tmp", `bench-floor-${process.pid}`);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const [name, text] of Object.entries(files(table))) {
      const path = join(folder, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, text);
    }
    const next = join(projectRoot, "node_modules", "next", "dist", "bin", "next");
    await promisify(execFile)(process.execPath, [next, "build"], {
      cwd: folder,
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      maxBuffer: 16 * 1024 * 1024,
    });
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

export type TableTexts = { head: string[]; rows: string[][] };

const textIn = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
const cellsIn = (row: string) =>
  [...row.matchAll(/<(t[hd])\b[^>]*>(.*?)<\/\1>/gs)].map(([, , content = ""]) => textIn(content));

/** The texts of the table in our page's HTML; each row begins with its id. */
export function tableTextsOf(html: string): TableTexts {
  const [table = ""] = /<table\b.*?<\/table>/s.exec(html) ?? [];
  const [head = ""] = [...table.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) => row);
  const rows = [...table.matchAll(/<tr data-row-id="([^"]*)".*?<\/tr>/gs)];
  return { head: cellsIn(head), rows: rows.map(([row, id = ""]) => [id, ...cellsIn(row)]) };
}
