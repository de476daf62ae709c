import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runTool, tools } from "#scripts/check.ts";
import { repository, withTree } from "#tests/guards/tree.ts";

const Report = z.object({
  diagnostics: z.array(z.object({ code: z.string(), help: z.string().optional(), filename: z.string() })),
  number_of_files: z.number(),
});

const lintAsJson = { ...tools.lint, command: [...tools.lint.command, "-f", "json"] as const };

async function lint(files: Readonly<Record<string, string>>) {
  const outcome = await withTree(files, [".oxlintrc.json", "package.json", "tsconfig.json"], (root) =>
    runTool(lintAsJson, root),
  );
  return Report.parse(JSON.parse(outcome.output));
}

const value = (path: string) => `import { value } from "${path}";\nexport const used = value;\n`;
const type = (path: string) => `import type { Value } from "${path}";\nexport type Used = Value;\n`;
const RESTRICTED = "eslint(no-restricted-imports)";

/** File, its text, the rule that must speak, and what the message must begin with. */
const violations: [path: string, text: string, code: string, says: string][] = [
  ["server/alpha/rules.ts", value("#server/alpha/service.ts"), "import(no-cycle)", ""],
  ["server/alpha/service.ts", value("./rules.ts"), "import(no-cycle)", ""],

  ["server/customers/service.ts", value("kysely"), RESTRICTED, "Rule 2"],
  ["server/customers/rules.ts", value("pg"), RESTRICTED, "Rule 2"],
  ["server/customers/router.ts", value("#db/client.ts"), RESTRICTED, "Rule 2"],
  ["server/usage/router.ts", 'export { value } from "#db/client.ts";\n', RESTRICTED, "Rule 2"],
  ["server/usage/service.ts", 'export const load = () => import("kysely");\n', RESTRICTED, "Rule 2"],
  ["server/context.ts", value("../db/client.ts"), RESTRICTED, "No ../.."],
  ["proxy.ts", value("#db/client.ts"), RESTRICTED, "Rule 2"],

  ["components/customers/a.tsx", value("#server/customers/rules.ts"), RESTRICTED, "Rule 3"],
  ["components/customers/b.tsx", value("#server/customers/queries.ts"), RESTRICTED, "Rule 3"],
  ["components/layout/a.tsx", value("#server/caller.ts"), RESTRICTED, "Rule 3"],
  ["components/layout/c.tsx", value("zod"), RESTRICTED, "The browser loads neither"],
  ["components/ui/e.tsx", value("zod"), RESTRICTED, "Rule 5"],
  ["components/layout/b.tsx", value("#db/client.ts"), RESTRICTED, "Rule 3"],

  ["app/[lang]/customers/page.tsx", value("#server/customers/queries.ts"), RESTRICTED, "Rule 4"],
  ["app/[lang]/customers/layout.tsx", value("#server/router.ts"), RESTRICTED, "Rule 4"],
  ["app/api/export/route.ts", value("#db/client.ts"), RESTRICTED, "Rule 4"],
  ["app/api/import/route.ts", value("#server/customers/service.ts"), RESTRICTED, "Rule 4"],

  ["components/ui/a.tsx", value("#components/customers/table.tsx"), RESTRICTED, "Rule 5"],
  ["components/ui/b.tsx", value("../customers/table.tsx"), RESTRICTED, "Rule 5"],
  ["components/ui/c.tsx", type("#server/customers/schema.ts"), RESTRICTED, "Rule 5"],
  ["components/ui/d.tsx", value("#locales/format.ts"), RESTRICTED, "Rule 5"],

  ["server/customers/schema.ts", value("../../locales/format.ts"), RESTRICTED, "No ../.."],
  ["server/customers/queries.ts", value("../../locales/format.ts"), RESTRICTED, "No ../.."],
  ["tests/e2e/customers.e2e.ts", value("../../server/router.ts"), RESTRICTED, "No ../.."],
  [
    "server/sync/service.ts",
    value("#emulators/sophos/server.ts"),
    RESTRICTED,
    "server/ and db/ stand on their own",
  ],
  [
    "server/jobs/daily.ts",
    value("#components/ui/button.tsx"),
    RESTRICTED,
    "server/ and db/ stand on their own",
  ],

  ["server/usage/rules.ts", "export const anything: any = 1;\n", "typescript(no-explicit-any)", ""],
  ["server/usage/schema.ts", "export default 1;\n", "import(no-default-export)", ""],
  [
    "server/usage/queries.ts",
    "export const first = (all: string[]) => all[0]!;\n",
    "typescript(no-non-null-assertion)",
    "",
  ],
  ["server/http/quiet.ts", 'console.log("x");\nexport const quiet = 1;\n', "eslint(no-console)", ""],
  [
    "components/usage/a.tsx",
    'export const euros = (n: number) => n.toLocaleString("it");\n',
    "eslint(no-restricted-properties)",
    "Numbers and dates",
  ],
  [
    "components/usage/b.tsx",
    'export const Red = () => <p style={{ color: "red" }}>!</p>;\n',
    "react(forbid-dom-props)",
    "",
  ],
  ["components/usage/index.ts", 'export * from "./a.tsx";\n', "oxc(no-barrel-file)", ""],
  [
    "server/usage/rules.test.ts",
    'import { vi } from "vitest";\nvi.mock("./rules.ts");\n',
    "vitest(no-restricted-vi-methods)",
    "",
  ],
];

const allowed: Readonly<Record<string, string>> = {
  "server/beta/queries.ts": value("#db/client.ts"),
  "server/beta/queries-history.ts": value("kysely"),
  "server/beta/router.ts": type("#db/client.ts"),
  "server/beta/schema.ts": type("#server/beta/rules.ts"),
  "server/beta/rules.ts": type("#server/beta/schema.ts"),
  "server/trpc.ts": value("#db/client.ts"),
  "server/route.ts": value("#db/client.ts"),
  "server/auth/adapter.ts": value("#db/client.ts"),
  "server/jobs/worker.ts": value("pg"),
  "server/audit/append.ts": value("kysely"),
  "server/beta/router.test.ts": value("#db/client.ts"),
  "db/client.ts": value("pg"),
  "bench/list.ts": value("pg") + 'console.log("1 ms");\n',
  "components/beta/table.tsx": value("#server/permissions.ts"),
  "components/beta/filter.tsx": value("#server/beta/schema.ts"),
  "components/beta/row.tsx": type("#server/router.ts"),
  "components/beta/badge.tsx": value("#components/ui/badge.tsx"),
  "components/ui/table.tsx": value("#components/ui/badge.tsx"),
  "components/ui/badge.tsx": value("./icon.tsx"),
  "app/[lang]/beta/page.tsx": `${value("#server/caller.ts")}export default function Page() {\n  return <p>{used}</p>;\n}\n`,
  "app/api/beta/route.ts": 'export { GET } from "#server/beta/handler.ts";\n',
  "app/[lang]/beta/card.tsx": value("#components/beta/table.tsx"),
};

describe("the dependency rules", () => {
  it("speak for every planted violation and name the rule", async () => {
    const { diagnostics, number_of_files } = await lint(Object.fromEntries(violations));
    expect(number_of_files).toBe(violations.length);
    for (const [path, , code, says] of violations) {
      const spoken = diagnostics.filter((found) => found.filename === path);
      expect(
        spoken.map((found) => found.code),
        path,
      ).toContain(code);
      expect(spoken.find((found) => found.code === code)?.help ?? "", path).toContain(says);
    }
  });

  it("stay silent on what is allowed", async () => {
    const { diagnostics, number_of_files } = await lint(allowed);
    expect(diagnostics).toEqual([]);
    expect(number_of_files).toBe(Object.keys(allowed).length);
  });

  it("are five blocks of overrides at most, because a block replaces what it names", async () => {
    const config = await readFile(`${repository}/.oxlintrc.json`, "utf8");
    expect(config.match(/"files": \[/g)?.length).toBeLessThanOrEqual(5);
    expect(config.match(/"files": \[/g)?.length).toBeGreaterThan(0);
  });
});

it("fails a linter that sees no file", async () => {
  const outcome = await withTree({ "README.md": "# x" }, [".oxlintrc.json"], (root) =>
    runTool(tools.lint, root),
  );
  expect(outcome).toMatchObject({ files: 0, failed: true });
});
