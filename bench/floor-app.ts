// The leanest Next.js page with the same table: our table component and the rows our page sends, from memory, without
// session, database, layout or language; beside it a JSON route with one query.
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "#scripts/build.ts";

const table = "#components/customers/customers-table.tsx";

const files = (props: object): Record<string, string> => ({
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
  "app/table/props.json": JSON.stringify(props),
  "app/table/page.jsx": `import { CustomersTable } from "${table}";
import props from "./props.json";
export const dynamic = "force-dynamic";
export default function Page() { return <CustomersTable {...props} />; }\n`,
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
export async function buildFloorApp(props: object): Promise<FloorApp> {
  const folder = join(projectRoot, ".tmp", `bench-floor-${process.pid}`);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const [name, text] of Object.entries(files(props))) {
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

/** The table's properties as our page sends them to the browser, read from the payload in its HTML. */
export function tablePropsOf(html: string): { rows: unknown[] } & Record<string, unknown> {
  const parts = [...html.matchAll(/self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)/g)];
  const payload = parts.map((part) => JSON.parse(part[1] ?? '""') as string).join("");
  for (const line of payload.split("\n")) {
    const start = line.indexOf('{"head":[');
    if (start < 0) continue;
    for (let end = line.indexOf("}", start); end >= 0; end = line.indexOf("}", end + 1)) {
      try {
        return JSON.parse(line.slice(start, end + 1)) as { rows: unknown[] };
      } catch {
        // Not yet the brace that ends the object.
      }
    }
  }
  throw new Error("the customers page sends no table");
}
