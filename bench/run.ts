// `npm run bench`: measures against floors of the same run on a database of its own and writes docs/benchmarks.md.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildIfChanged, projectRoot } from "#scripts/build.ts";
import { startBenchDatabase } from "./database.ts";
import { fill, type FilledPartner } from "./fill.ts";
import { machineText, plainTable, type Result, resultTable, type Section, writeParts } from "./table.ts";

const known = ["list", "export", "bulk", "import", "ingest", "start", "sync", "audits"] as const;

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
    /** Also `npm start` of a clone in which nothing is installed. */
    "from-nothing": { type: "boolean", default: false },
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
if (unknown.length > 0) throw new Error(`--rows knows ${known.join(", ")}, not ${unknown.join(", ")}.`);
const sizes = values.customers.split(",").map((size) => wholeNumber("customers", size, 100, 2_000_000));
const others = wholeNumber("others", values.others, 0, 10_000_000);
const seconds = wholeNumber("seconds", values.seconds, 1, 60);
const calls = wholeNumber("calls", values.calls, 5, 1000);
const accounts = wholeNumber("accounts", values.accounts, 50, 20_000);

const say = (line: string) => console.log(`${Math.round(performance.now() / 1000)} s  ${line}`);
const command = [
  "npm run bench",
  ...(process.argv.length > 2
    ? ["--", ...process.argv.slice(2).filter((part) => !part.startsWith("--out"))]
    : []),
].join(" ");
/** Written at once: what was measured stays when a later row fails. */
async function add(
  name: (typeof known)[number],
  results: readonly Result[],
  sections: readonly Section[],
): Promise<void> {
  console.log(resultTable(results).join("\n"));
  await writeParts(join(projectRoot, values.out), [
    { name, command, machine: machineText(), results, sections },
  ]);
}

async function measureInDatabase(): Promise<void> {
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
    if (["list", "export", "bulk"].some((row) => wanted.includes(row))) await measureFilled(database);
    if (wanted.includes("import")) {
      const { measureImport } = await import("./import.ts");
      await add("import", await measureImport(database.admin, say), []);
    }
    if (wanted.includes("ingest")) {
      const { measureIngest } = await import("./ingest.ts");
      say("measuring ingest …");
      const { results, section } = await measureIngest(database.admin, accounts);
      await add("ingest", results, [section, { title: "Settings", lines: [`${accounts} accounts.`] }]);
    }
  } finally {
    await end();
  }
}

type Database = Awaited<ReturnType<typeof startBenchDatabase>>;

async function measureFilled(database: Database): Promise<void> {
  say(`filling ${values.customers} customers and ${others} of other partners …`);
  const partners = await fill(database.admin, sizes, others, say);
  const [small, large] = [partners[0], partners.at(-1)];
  if (!small || !large) throw new Error("--customers names no size");
  if (wanted.includes("list") || wanted.includes("export")) await buildIfChanged(projectRoot, say);
  if (wanted.includes("list")) await measureLists(database, small, large);
  if (wanted.includes("export")) {
    const { measureExport } = await import("./export.ts");
    const { results, section } = await measureExport(database, large, say);
    await add("export", results, [section]);
  }
  // Last, because it changes what the others measure.
  if (!wanted.includes("bulk")) return;
  const { measureBulk } = await import("./bulk.ts");
  const { results, section } = await measureBulk(database.admin, large, say);
  await add("bulk", results, [section]);
}

async function measureLists(database: Database, small: FilledPartner, large: FilledPartner): Promise<void> {
  const { measureList } = await import("./latency.ts");
  const { listResults, listSections } = await import("./list-report.ts");
  const { measureCounts, measureLimited, measureSearch } = await import("./search.ts");
  const { measurePages } = await import("./pages.ts");
  say("measuring pages under load …");
  const { results: pages, section: shares } = await measurePages(database, large, seconds);
  say("measuring search, counts and a limited member …");
  const found = [
    ...(await measureSearch(database.admin, large)),
    ...(await measureCounts(large)),
    ...(await measureLimited(large)),
  ];
  say("measuring every sort, filter and page …");
  const latency = await measureList(database.admin, [small, large], calls);
  const settings = plainTable(
    ["customers", "of other partners", "seconds of load", "calls of each combination"],
    [[values.customers, String(others), String(seconds), String(calls)]],
  );
  await add(
    "list",
    [...listResults(latency, [small, large]), ...pages, ...found],
    [shares, ...listSections(latency), { title: "Settings", lines: settings }],
  );
}

if (["list", "export", "bulk", "import", "ingest"].some((row) => wanted.includes(row)))
  await measureInDatabase();
if (wanted.includes("start") || wanted.includes("sync")) {
  const { measureOperation } = await import("./operation.ts");
  const measured = await measureOperation({ isFromNothing: values["from-nothing"], seconds, say });
  if (wanted.includes("start")) await add("start", measured.start, []);
  if (wanted.includes("sync")) await add("sync", measured.sync, []);
}
if (wanted.includes("audits")) {
  const { measureAudits } = await import("./audits.ts");
  const { results, section } = await measureAudits(say);
  await add("audits", results, [section]);
}
say(`written to ${values.out}`);
