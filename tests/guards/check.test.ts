import { describe, expect, it } from "vitest";
import { runTool, tools } from "#scripts/check.ts";
import { withTree } from "#tests/guards/tree.ts";

const entry = { "scripts/run.ts": 'import { used } from "#server/usage/rules.ts";\nconsole.log(used);\n' };
const used = "export const used = 1;\n";
const config = ["package.json", "tsconfig.json", "knip.json", ".oxfmtrc.json"];
const unused = {
  ...tools.unused,
  command: [
    "knip/bin/knip.js",
    "--no-progress",
    "--performance",
    "--include",
    "files,exports,types",
  ] as const,
};

describe("the check of unused code", () => {
  const run = (files: Record<string, string>) =>
    withTree({ ...entry, ...files }, config, (root) => runTool(unused, root));

  it("accepts what is used", async () => {
    expect(await run({ "server/usage/rules.ts": used })).toMatchObject({ files: 2, failed: false });
  });

  it("finds an unused export", async () => {
    const outcome = await run({ "server/usage/rules.ts": `${used}export const forgotten = 2;\n` });
    expect(outcome.failed).toBe(true);
    expect(outcome.output).toMatch(/Unused exports[\s\S]*forgotten/);
  });

  it("finds an unused file", async () => {
    const outcome = await run({
      "server/usage/rules.ts": used,
      "server/usage/service.ts": "console.log(1);\n",
    });
    expect(outcome.failed).toBe(true);
    expect(outcome.output).toMatch(/Unused files[\s\S]*server\/usage\/service\.ts/);
  });
});

describe("the check of the format", () => {
  const run = (text: string) =>
    withTree({ "server/x.ts": text }, [".oxfmtrc.json"], (root) => runTool(tools.format, root));

  it("accepts what is formatted", async () => {
    expect(await run(used)).toMatchObject({ failed: false });
  });

  it("names the file that is not", async () => {
    const outcome = await run("export const used  = 'one'\n");
    expect(outcome.failed).toBe(true);
    expect(outcome.output).toContain("server/x.ts");
  });
});

describe("the check of the types", () => {
  it("counts the files and names the error", async () => {
    const wrong = { "server/x.ts": "export const x: string = 1;\n", "server/y.ts": used };
    const outcome = await withTree(wrong, ["package.json", "tsconfig.json"], (root) =>
      runTool(tools.types, root),
    );
    expect(outcome).toMatchObject({ files: 2, failed: true });
    expect(outcome.output).toMatch(/^server\/x\.ts\(1,14\): error TS2322/);
  });
});

it.each([tools.types, tools.lint, tools.unused])("a check that sees no file fails: $name", async (tool) => {
  const configuration = [".oxlintrc.json", "package.json", "tsconfig.json"];
  const outcome = await withTree({ "README.md": "" }, configuration, (root) => runTool(tool, root));
  expect(outcome).toMatchObject({ files: 0, failed: true });
});

it("a format check that sees no file fails", async () => {
  const outcome = await withTree({ LICENSE: "" }, [], (root) => runTool(tools.format, root));
  expect(outcome).toMatchObject({ files: 0, failed: true });
});
