// What was measured, as rows of docs/benchmarks.md.
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

export function document(
  command: string,
  machine: string,
  results: readonly Result[],
  sections: readonly Section[],
): string {
  return [
    "# Benchmarks",
    "",
    "Written by `npm run bench`; nothing in it is edited by hand, and no test waits for a clock. A goal is a ratio to a floor measured in the same run. Absolute figures vary by a quarter from run to run.",
    "",
    `Command: \`${command}\`. Machine: ${machine}.`,
    "",
    ...resultTable(results),
    ...sections.flatMap(({ title, lines }) => ["", `## ${title}`, "", ...lines]),
    "",
  ].join("\n");
}
