// `npm run db:types`: writes db/types.ts from a throw-away database with all migrations; `--verify` only compares.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "./build.ts";
import { throwAwayDatabase } from "./throw-away.ts";

const database = await throwAwayDatabase();
try {
  const generator = spawn(
    process.execPath,
    [
      join(projectRoot, "node_modules", "kysely-codegen", "dist", "cli", "bin.js"),
      "--dialect=postgres",
      "--camel-case",
      "--date-parser=string",
      "--exclude-pattern=(pgboss.*|*kysely_migration*)",
      "--out-file=db/types.ts",
      ...process.argv.slice(2),
    ],
    {
      cwd: projectRoot,
      stdio: "inherit",
      env: { ...process.env, DATABASE_URL: database.adminUrl },
    },
  );
  process.exitCode = await new Promise<number>((resolve) =>
    generator.once("close", (code) => resolve(code ?? 1)),
  );
} finally {
  await database.remove();
}
