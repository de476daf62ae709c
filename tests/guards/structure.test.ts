import { describe, expect, it } from "vitest";
import { readTree, structureProblems } from "#scripts/check-structure.ts";
import { repository, withTree } from "#tests/guards/tree.ts";

const opening = "// What this file is for, in one sentence.\n";
const lines = (count: number) => opening + "export {};\n".repeat(count - 1);
const languages = (namespace: string) =>
  ["en", "it", "fr"].map((language) => ({ path: `locales/${language}/${namespace}.json`, text: "{}" }));

const sound = [
  { path: "README.md", text: "" },
  { path: "app/[lang]/(portal)/customers/page.tsx", text: "export default function Page() {}\n" },
  { path: "app/[lang]/(portal)/customers/[customerId]/page.tsx", text: "" },
  { path: "app/api/auth/[...nextauth]/route.ts", text: 'export { GET } from "#server/auth/handler.ts";\n' },
  { path: "components/ui/chart/bars.tsx", text: "" },
  { path: "db/client.ts", text: `${opening}sql${".raw"}("");\n` },
  { path: "db/types.ts", text: "export {};\n".repeat(2000) },
  {
    path: "db/migrations/0001-first.sql",
    text: `-- Creates the first tables.\n${"select 1;\n".repeat(700)}`,
  },
  { path: "docs/decisions/0001-a-title.md", text: "" },
  { path: "emulators/sophos/server.ts", text: "" },
  ...["router", "schema", "handler", "queries", "queries-history", "rules", "service"].flatMap((kind) => [
    { path: `server/customers/${kind}.ts`, text: opening },
    { path: `server/customers/${kind}.test.ts`, text: lines(600) },
  ]),
  { path: "server/sync/snapshot.ts", text: opening },
  { path: "server/sync/conformance.test.ts", text: opening },
  { path: "server/sync/connectors/sophos/endpoints.ts", text: opening },
  { path: "server/jobs/worker.ts", text: lines(300) },
  { path: "server/trpc.ts", text: opening },
  ...languages("customers"),
  ...languages("customer"),
  ...languages("common"),
];

/** A file the rules must refuse, and what they must say about it. */
const violations: [path: string, text: string, says: string][] = [
  ["lib/x.ts", "", "unknown at the top level"],
  ["jest.config.js", "", "unknown at the top level"],
  ["server/customers/repository.ts", opening, "not in the closed list"],
  ["server/customers/connectors.ts", opening, "not in the closed list"],
  ["server/customers/deep/queries.ts", opening, "not in the closed list"],
  ["server/thing.ts", opening, "not in the closed list"],
  ["server/usage/snapshot.ts", opening, "not in the closed list"],
  ["server/utils/rules.ts", opening, "a drawer"],
  ["components/shared/box.tsx", "", "a drawer"],
  ["components/helpers.ts", "", "a drawer"],
  ["emulators/sophos/common.ts", "", "a drawer"],
  ["components/customers/index.ts", "", "a drawer"],
  ["components/CustomerTable.tsx", "", "not kebab-case"],
  ["components/customer_table/row.tsx", "", "not kebab-case"],
  ["app/[lang]/a/b/c/d/page.tsx", "", "deeper than four folders"],
  ["server/usage/rules.ts", lines(301), "301 lines, at most 300"],
  ["server/usage/rules.test.ts", lines(601), "601 lines, at most 600"],
  ["server/access/rules.ts", "export const a = 1;\n", "does not open with a sentence"],
  ["db/queues.ts", "// Queues\nexport {};\n", "does not open with a sentence"],
  ["app/[lang]/act.ts", `"use ${"server"}";\n`, "no Server Actions"],
  ["app/[lang]/save.tsx", `async function save() {\n  "use ${"server"}";\n}\n`, "no Server Actions"],
  [
    "server/access/service.ts",
    `${opening}async function f() {\n  "use ${"cache"}: private";\n}\n`,
    "no cached data",
  ],
  [
    "server/access/router.ts",
    `${opening}import { unstable_${"cache"} } from "next/cache";\n`,
    "no cached data",
  ],
  ["app/[lang]/old.tsx", `export const reval${"idate"} = 60;\n`, "no cached data"],
  ["components/customers/logo.tsx", `import Image from "next/${"image"}";\n`, "no image optimizer"],
  ["components/customers/red.tsx", "export const Red = () => <p style={red} />;\n", "no inline style"],
  ["server/access/queries.ts", `${opening}sql${".raw"}(text);\n`, "raw SQL text only in db/client.ts"],
  ["db/queues.ts", `${opening}CompiledQuery${".raw"}(text);\n`, "raw SQL text only in db/client.ts"],
  [
    "app/[lang]/card.tsx",
    "export default function Card() {}\n",
    "a default export only where Next demands it",
  ],
  ["scripts/x.ts", `// TO${"DO"}: later\n`, "an open end names its issue"],
  ["scripts/y.ts", `// oxlint-${"disable"}-next-line no-console\n`, "a suppression gives its reason"],
  ["app/[lang]/(portal)/usage/page.tsx", "", "needs locales/fr/usage.json"],
  ["app/[lang]/access/[requestId]/page.tsx", "", "needs locales/it/request.json"],
];

describe("the structure check", () => {
  it("accepts the layout", () => {
    expect(structureProblems(sound)).toEqual([]);
  });

  it.each(violations)("refuses %s", (path, text, says) => {
    const problems = structureProblems([
      ...sound,
      { path: "server/usage/schema.ts", text: opening },
      { path: "server/access/schema.ts", text: opening },
      { path, text },
    ]);
    expect(problems).toContainEqual(expect.stringContaining(`${path}: ${says}`));
  });

  it("misses one language at a time", () => {
    const without = sound.filter((file) => file.path !== "locales/fr/customer.json");
    expect(structureProblems(without)).toEqual([
      "app/[lang]/(portal)/customers/[customerId]/page.tsx: needs locales/fr/customer.json",
    ]);
  });

  it("reads a real tree and leaves out what is installed or generated", async () => {
    const files = {
      "server/customers/router.ts": opening,
      "a.ts": "",
      ".next/x.ts": "",
      ".data/y.ts": "",
      "next-env.d.ts": "",
    };
    const paths = await withTree(files, [], (root) => readTree(root).map((file) => file.path));
    expect(paths.toSorted()).toEqual(["a.ts", "server/customers/router.ts"]);
  });

  it("sees this repository", () => {
    const paths = readTree(repository).map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining(["package.json", "server/sync/snapshot.ts", "locales/fr/common.json"]),
    );
    expect(paths.length).toBeGreaterThan(50);
  });
});
