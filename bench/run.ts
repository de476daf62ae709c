// `npm run bench`: measures against floors of the same run on a database of its own and writes docs/benchmarks.md.
import { writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfChanged, projectRoot } from "#scripts/build.ts";
import { startBenchDatabase } from "./database.ts";
import { fill } from "./fill.ts";
import { document, plainTable, type Result, resultTable, type Section } from "./table.ts";

const known = ["list", "ingest"] as const;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: known.join(",") },
    customers: { type: "string", default: "1000,1000000" },
    /** Customers of other partners in the same database. */
    others: { type: "string", default: "3999000" },
    seconds: { type: "string", default: "10" },
    /** Calls of each combination of sort, filter and page. */
    calls: { type: "string", default: "15" },
    accounts: { type: "string", default: "2000" },
    out: { type: "string", default: join("docs", "benchmarks.md") },
  },
});

function wholeNumber(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < low || value > high)
    throw new Error(`--${name} must be a whole number from ${low} to ${high}.`);
  return value;
}

const wanted = values.rows.split(",");
const unknown = wanted.filter((row) => !known.some((one) => one === row));
if (unknown.length > 0) throw new Error(`--rows knows ${known.join(" and ")}, not ${unknown.join(", ")}.`);
const sizes = values.customers.split(",").map((size) => wholeNumber("customers", size, 100, 2_000_000));
const others = wholeNumber("others", values.others, 0, 10_000_000);
const seconds = wholeNumber("seconds", values.seconds, 1, 60);
const calls = wholeNumber("calls", values.calls, 5, 1000);
const accounts = wholeNumber("accounts", values.accounts, 50, 20_000);

const say = (line: string) => console.log(`${Math.round(performance.now() / 1000)} s  ${line}`);
const machine = () =>
  `${availableParallelism()} shared cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory, ${process.platform}, Node.js ${process.versions.node}; load generator, database and portal on the same machine`;

const database = await startBenchDatabase();
// What the functions under test read from the environment is there only now.
const { closeDatabase } = await import("#db/client.ts");
const end = async () => {
  await closeDatabase();
  await database.remove();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void end().finally(() => process.exit(130)));

try {
  const results: Result[] = [];
  const sections: Section[] = [];
  if (wanted.includes("list")) {
    const { measureList } = await import("./latency.ts");
    const { listResults, listSections } = await import("./list-report.ts");
    const { measureCounts, measureLimited, measureSearch } = await import("./search.ts");
    const { measurePages } = await import("./pages.ts");
    say(`filling ${values.customers} customers and ${others} of other partners …`);
    const partners = await fill(database.admin, sizes, others, say);
    const [small, large] = [partners[0], partners.at(-1)];
    if (!small || !large) throw new Error("--customers names no size");
    say("measuring pages under load …");
    await buildIfChanged(projectRoot, say);
    results.push(...(await measurePages(database, large, seconds)));
    say("measuring search, counts and a limited member …");
    results.push(
      ...(await measureSearch(database.admin, large)),
      ...(await measureCounts(large)),
      ...(await measureLimited(large)),
    );
    say("measuring every sort, filter and page …");
    const latency = await measureList(database.admin, [small, large], calls);
    results.unshift(...listResults(latency, [small, large]));
    sections.push(...listSections(latency));
  }
  if (wanted.includes("ingest")) {
    const { measureIngest } = await import("./ingest.ts");
    say("measuring ingest …");
    const { results: ingested, section } = await measureIngest(database.admin, accounts);
    results.push(...ingested);
    sections.push(section);
  }
  sections.push({
    title: "Settings",
    lines: plainTable(
      [
        "rows",
        "customers",
        "of other partners",
        "seconds of load",
        "calls of each combination",
        "accounts ingested",
      ],
      [[values.rows, values.customers, String(others), String(seconds), String(calls), String(accounts)]],
    ),
  });
  const command = [
    "npm run bench",
    ...(process.argv.length > 2
      ? ["--", ...process.argv.slice(2).filter((part) => !part.startsWith("--out"))]
      : []),
  ].join(" ");
  await writeFile(join(projectRoot, values.out), document(command, machine(), results, sections));
  console.log(resultTable(results).join("\n"));
  say(`written to ${values.out}`);
} finally {
  await end();
}
