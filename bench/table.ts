// What was measured, as groups of rows in docs/benchmarks.md.
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";

export type Result = {
  row: string;
  what: string;
  floor: string;
  ours: string;
  ratio: string;
  goal: string;
  /** null: for orientation, without a goal. */
  isMet: boolean | null;
};

export type Section = { title: string; lines: string[] };

const cells = (values: readonly string[]) => `| ${values.join(" | ")} |`;
const verdict = (isMet: boolean | null) => (isMet === null ? "–" : isMet ? "yes" : "**no**");

export function resultTable(results: readonly Result[]): string[] {
  return [
    cells(["row", "what", "floor", "ours", "ratio", "goal", "met"]),
    "|---|---|---|---|---|---|---|",
    ...results.map((one) =>
      cells([one.row, one.what, one.floor, one.ours, one.ratio, one.goal, verdict(one.isMet)]),
    ),
  ];
}

export const plainTable = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  cells(head),
  `|${head.map(() => "---").join("|")}|`,
  ...rows.map(cells),
];

/** One group of rows with the command that measured it. */
export type Part = {
  name: string;
  command: string;
  machine: string;
  results: readonly Result[];
  sections: readonly Section[];
};

const intro = [
  "# Benchmarks",
  "",
  "Written by `npm run bench` and `npm run test:faults`, each group of rows by the command named with it; nothing in it is edited by hand, and no test waits for a clock. A goal is a ratio to a floor measured in the same run. Absolute figures vary by a quarter from run to run.",
  "",
].join("\n");

const partText = ({ name, command, machine, results, sections }: Part): string =>
  [
    `## ${name}`,
    "",
    `Command: \`${command}\`. Machine: ${machine}.`,
    "",
    ...resultTable(results),
    ...sections.flatMap(({ title, lines }) => ["", `### ${title}`, "", ...lines]),
    "",
  ].join("\n");

/** The document with these parts anew; parts that were not measured this time stay as they were. */
function withParts(document: string, parts: readonly Part[]): string {
  const known = new Map(
    document
      .split(/^(?=## )/m)
      .filter((text) => text.startsWith("## "))
      .map((text) => [text.slice(3, text.indexOf("\n")), text.trimEnd() + "\n"]),
  );
  for (const part of parts) known.set(part.name, partText(part));
  return [intro, [...known.values()].join("\n")].join("\n");
}

/** Writes parts into docs/benchmarks.md, or another document. */
export async function writeParts(file: string, parts: readonly Part[]): Promise<void> {
  const existing = await readFile(file, "utf8").catch(() => "");
  await writeFile(file, withParts(existing, parts));
}

export const machineText = (): string =>
  `${availableParallelism()} shared cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory, ${process.platform}, Node.js ${process.versions.node}; load generator, database and portal on the same machine`;
