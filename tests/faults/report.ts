/** One line of the table: what was done, what came of it, what is asked for. */
export type Row = { work: string; result: string; goal: string; isMet: boolean };

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Times until something worked again, against the longest allowed; nothing measured is nothing met. */
export function timesRow(work: string, values: readonly number[], mostMs: number): Row {
  const figures = [0.5, 0.95, 1].map((share) => seconds(percentile(values, share)));
  return {
    work: `${work} (${values.length} times)`,
    result: `p50 ${figures[0]}, p95 ${figures[1]}, longest ${figures[2]}`,
    goal: `≤ ${seconds(mostMs)}`,
    isMet: values.length > 0 && percentile(values, 1) <= mostMs,
  };
}

export const check = (work: string, result: string, goal: string, isMet: boolean): Row => ({
  work,
  result,
  goal,
  isMet,
});

/** The table as it goes into docs/benchmarks.md. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(
    ({ work, result, goal, isMet }) => `| ${work} | ${result} | ${goal} | ${isMet ? "yes" : "**no**"} |`,
  );
  return ["| fault | result | goal | met |", "|---|---|---|---|", ...cells].join("\n");
}
