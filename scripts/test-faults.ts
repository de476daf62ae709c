// `npm run test:faults [-- --kills N --seed S --seconds T --only kills,database,vendors --out FILE]`: a real portal under faults.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { spoilDatabaseLine } from "#tests/faults/database-faults.ts";
import { machineText, writeParts } from "#bench/table.ts";
import { killThings } from "#tests/faults/kills.ts";
import { createModel } from "#tests/faults/model.ts";
import { type Portal, startPortal, withoutRequests } from "#tests/faults/portal.ts";
import { seeded } from "#tests/faults/random.ts";
import { check, type Row, table } from "#tests/faults/report.ts";
import { spoilVendors } from "#tests/faults/vendor-faults.ts";
import { buildIfChanged, projectRoot } from "./build.ts";
import { describeFailure, refusal } from "./refusal.ts";
import { temporaryFolder } from "./throw-away.ts";

const parts = ["kills", "database", "vendors"] as const;
const writers = 3;

function readOptions() {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "300" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      seconds: { type: "string", default: "120" },
      only: { type: "string", default: parts.join(",") },
      /** Where the table goes beside the screen, as `docs/benchmarks.md`. */
      out: { type: "string" },
    },
  });
  const [kills, seed, seconds] = [values.kills, values.seed, values.seconds].map(Number);
  if (![kills, seed, seconds].every((value) => Number.isInteger(value) && Number(value) >= 0))
    throw refusal("--kills, --seed and --seconds are whole numbers.");
  const only = new Set(values.only.split(","));
  return { kills: kills ?? 0, seed: seed ?? 0, seconds: seconds ?? 0, only, out: values.out };
}

/** No secret that was given out, typed or generated stands in what web and worker logged. */
async function secretsRow(portal: Portal, given: readonly string[]): Promise<Row> {
  const secrets = [...new Set([...given, ...(await portal.secrets())])];
  // Our own log lines are JSON; the demo's greeting names its password on purpose.
  const log = portal
    .log()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .join("\n");
  const leaked = secrets.filter((secret) => log.includes(secret));
  const size = `${secrets.length} secrets looked for in ${Math.round(log.length / 1024)} KB of logs`;
  return check(
    "secrets in the logs",
    `${size}: ${leaked.length} found`,
    "0",
    leaked.length === 0 && log.length > 10_000,
  );
}

async function run(): Promise<Row[]> {
  const { kills, seed, seconds, only } = readOptions();
  const say = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
  say(`seed ${seed}: repeat with --seed ${seed} --kills ${kills} --seconds ${seconds}`);
  await buildIfChanged(projectRoot, say);
  const folder = await temporaryFolder("faults");
  const random = seeded(seed);
  let portal: Portal | undefined;
  try {
    portal = await startPortal(join(folder, "data"));
    say("the portal runs");
    const model = await createModel(portal, random, seed);
    model.start(writers);
    const rows: Row[] = [];
    if (only.has("kills")) rows.push(...(await killThings(portal, model, random, kills, say)).rows);
    if (only.has("database")) rows.push(...(await spoilDatabaseLine(portal, model, say)));
    if (only.has("vendors")) rows.push(...(await spoilVendors(portal, model, random, seconds * 1000, say)));
    say("comparing");
    rows.push(...(await model.verify()), await secretsRow(portal, model.secrets()));
    return rows;
  } catch (error) {
    if (portal) console.error(withoutRequests(portal.log()).slice(-4000));
    throw error;
  } finally {
    await portal?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

// Ending through `exit` lets what this run started end with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

try {
  const rows = await run();
  console.log(`\n${table(rows)}`);
  const { out, only } = readOptions();
  // A run of some parts has a table of its own, so that it does not stand for the whole.
  const name = parts.every((part) => only.has(part)) ? "faults" : `faults: ${[...only].join(", ")}`;
  if (out !== undefined) {
    const given = process.argv
      .slice(2)
      .filter((part, index, all) => part !== "--out" && all[index - 1] !== "--out");
    const results = rows.map(({ work: what, result: ours, goal, isMet }) => ({
      row: "faults",
      what,
      floor: "–",
      ours,
      ratio: "–",
      goal,
      isMet,
    }));
    const command = ["npm run test:faults", ...(given.length > 0 ? ["--", ...given] : [])].join(" ");
    await writeParts(join(projectRoot, out), [
      { name, command, machine: machineText(), results, sections: [] },
    ]);
  }
  const missed = rows.filter((row) => !row.isMet).length;
  console.log(`\n${rows.length - missed} met, ${missed} not`);
  process.exit(missed > 0 ? 1 : 0);
} catch (error) {
  console.error(describeFailure(error));
  process.exit(1);
}
