// `npm run check`: types, lint, format, dead code and structure. Each tool says how many files it saw; one that saw none fails.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readTree, structureProblems } from "./check-structure.ts";

export type Outcome = { name: string; files: number; failed: boolean; output: string; seconds: number };
type Tool = {
  name: string;
  /** A script inside node_modules and its arguments; run with this Node, so no shell and no PATH is involved. */
  command: readonly [string, ...string[]];
  countFiles: (output: string) => number;
  /** Drops from the output what was printed only to be counted. */
  tidy?: (output: string) => string;
};

const firstNumber = (pattern: RegExp) => (output: string) => Number(pattern.exec(output)?.[1] ?? 0);
/** `tsc --listFiles` names each file on a line of its own; errors carry a position, so they never match. */
const isListed = (line: string) => /^(\/|[A-Z]:).*\.[cm]?(ts|tsx|json)$/.test(line);
const isOwnSource = (line: string) => isListed(line) && !/node_modules|[\\/]\.next[\\/]/.test(line);

export const tools = {
  types: {
    name: "types",
    command: ["typescript/bin/tsc", "--noEmit", "--listFiles"],
    countFiles: (output) => output.split("\n").filter(isOwnSource).length,
    tidy: (output) =>
      output
        .split("\n")
        .filter((line) => !isListed(line))
        .join("\n"),
  },
  lint: { name: "lint", command: ["oxlint/bin/oxlint"], countFiles: firstNumber(/ on (\d+) files? /) },
  format: {
    name: "format",
    command: ["oxfmt/bin/oxfmt", "--check"],
    countFiles: firstNumber(/ on (\d+) files? /),
  },
  unused: {
    name: "unused",
    command: ["knip/bin/knip.js", "--no-progress", "--treat-config-hints-as-errors", "--performance"],
    countFiles: firstNumber(/getImportsAndExports\s+(\d+)/),
    tidy: (output) => output.replace(/^Name +size[\s\S]*$/m, ""),
  },
} as const satisfies Record<string, Tool>;

const modules = new URL("../node_modules/", import.meta.url);

async function runScript(
  root: string,
  [script, ...args]: Tool["command"],
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, modules)), ...args], { cwd: root });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  const code = await new Promise<number>((resolve, reject) =>
    child.once("error", reject).once("close", (exit) => resolve(exit ?? 1)),
  );
  return { code, output: chunks.join("") };
}

export async function runTool(tool: Tool, root: string): Promise<Outcome> {
  const startedAt = performance.now();
  const { code, output } = await runScript(root, tool.command);
  const files = tool.countFiles(output);
  return {
    name: tool.name,
    files,
    failed: code !== 0 || files === 0,
    output: (tool.tidy?.(output) ?? output).trim(),
    seconds: (performance.now() - startedAt) / 1000,
  };
}

function runStructure(root: string): Outcome {
  const startedAt = performance.now();
  const files = readTree(root);
  const problems = structureProblems(files);
  const failed = problems.length > 0 || files.length === 0;
  return {
    name: "structure",
    files: files.length,
    failed,
    output: problems.join("\n"),
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** Route types come first: pages that were moved since the last build would otherwise fail in stale generated files. */
async function checkTypes(root: string): Promise<Outcome> {
  const { code, output } = await runScript(root, ["next/dist/bin/next", "typegen"]);
  if (code !== 0) return { name: "route types", files: 0, failed: true, output, seconds: 0 };
  return runTool(tools.types, root);
}

async function check(root: string): Promise<Outcome[]> {
  const [types, others] = await Promise.all([
    checkTypes(root),
    (async () => [
      await runTool(tools.lint, root),
      await runTool(tools.format, root),
      await runTool(tools.unused, root),
    ])(),
  ]);
  return [types, ...others, runStructure(root)];
}

if (import.meta.main) {
  const outcomes = await check(process.cwd());
  for (const { failed, output } of outcomes) if (failed) console.error(`${output}\n`);
  for (const { name, files, failed, seconds } of outcomes) {
    const reason = files === 0 ? "FAILED: saw no file" : failed ? "FAILED" : "ok";
    console.log(
      `${name.padEnd(11)} ${String(files).padStart(5)} files ${seconds.toFixed(1).padStart(5)} s  ${reason}`,
    );
  }
  process.exitCode = outcomes.some((outcome) => outcome.failed) ? 1 : 0;
}
