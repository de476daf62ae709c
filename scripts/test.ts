// `npm test`: checks, rule, router and guard tests, then browser tests on the production build; one line sums them up.
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { findBrowser } from "./browser.ts";
import { buildIfChanged, projectRoot } from "./build.ts";
import { freePort } from "./ports.ts";
import { describeFailure } from "./refusal.ts";
import { startPortal } from "./portal-under-test.ts";
import { temporaryFolder } from "./throw-away.ts";

/** What one stage came to; `names` are the failed tests, each with why, told once more at the very end. */
type Count = { passed: number; failed: number; names: string[] };

type VitestReport = {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
};
type PlaywrightSuite = {
  specs: {
    title: string;
    ok: boolean;
    file: string;
    line: number;
    tests: { results: { error?: { message?: string; location?: { file: string; line: number } } }[] }[];
  }[];
  suites?: PlaywrightSuite[];
};
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number };
  suites: PlaywrightSuite[];
};

const nodeModules = join(projectRoot, "node_modules");

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

async function runNode(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: "inherit", env });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
}

function asOne(name: string, isPassed: boolean): Count {
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, names: isPassed ? [] : [name] };
}

async function readReport<T>(path: string): Promise<T | undefined> {
  return readFile(path, "utf8").then(
    (text) => JSON.parse(text) as T,
    () => undefined,
  );
}

/** A run that fails without a failed test (a crash, a file that does not load) counts as one failure. */
function counted(passed: number, names: string[], failed: number, isSuccess: boolean): Count {
  return { passed, names, failed: isSuccess ? failed : Math.max(failed, 1) };
}

/** The start of an error's message, without colours. */
function inShort(message = ""): string {
  return stripVTControlCharacters(message).trim().slice(0, 500).replaceAll("\n", "\n    ");
}

/** Why a browser test failed at each try, and where. */
function whys({ tests }: PlaywrightSuite["specs"][number]): string {
  return tests
    .flatMap(({ results }) => results)
    .flatMap(({ error }) => (error ? [error] : []))
    .map(
      ({ message, location }) =>
        `\n    ${location ? `${relative(projectRoot, location.file)}:${location.line} ` : ""}${inShort(message)}`,
    )
    .join("");
}

function failedSpecs(suites: PlaywrightSuite[]): string[] {
  return suites.flatMap((suite) => [
    ...suite.specs
      .filter((spec) => !spec.ok)
      .map((spec) => `tests/e2e/${spec.file}:${spec.line} ${spec.title}${whys(spec)}`),
    ...failedSpecs(suite.suites ?? []),
  ]);
}

async function vitest(reports: string, filters: string[]): Promise<Count> {
  const report = join(reports, "vitest.json");
  const isSuccess = await runNode([
    join(nodeModules, "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...(filters.length > 0 ? ["--passWithNoTests", ...filters] : []),
  ]);
  const result = await readReport<VitestReport>(report);
  const names = (result?.testResults ?? []).flatMap((file) => {
    const path = relative(projectRoot, file.name);
    if (file.assertionResults.length === 0) return file.status === "failed" ? [path] : [];
    return file.assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => `${path} ${fullName}\n    ${inShort(failureMessages[0])}`);
  });
  return counted(result?.numPassedTests ?? 0, names, names.length, isSuccess);
}

async function browserTests(reports: string, filters: string[]): Promise<Count> {
  const browser = findBrowser();
  await buildIfChanged(projectRoot, console.log);
  const portal = await startPortal({ dataFolder: join(reports, "data"), port: await freePort() });
  try {
    const report = join(reports, "playwright.json");
    const isSuccess = await runNode(
      [
        join(nodeModules, "@playwright", "test", "cli.js"),
        "test",
        "--reporter=list,json",
        ...(filters.length > 0 ? ["--pass-with-no-tests", ...filters] : []),
      ],
      {
        ...process.env,
        BASE_URL: portal.url,
        EMULATOR_URL: portal.emulatorUrl,
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        ...(browser ? { CHROMIUM_PATH: browser } : {}),
      },
    );
    const result = await readReport<PlaywrightReport>(report);
    if (!isSuccess) console.error(portal.log());
    const { expected = 0, flaky = 0, unexpected = 0 } = result?.stats ?? {};
    return counted(expected + flaky, failedSpecs(result?.suites ?? []), unexpected, isSuccess);
  } finally {
    await portal.stop();
  }
}

/** One stage; a defect in it is one failure and does not keep the next stages from running. */
async function stage(name: string, work: () => Promise<Count>): Promise<Count> {
  heading(name);
  try {
    return await work();
  } catch (error) {
    console.error(describeFailure(error));
    return asOne(name, false);
  }
}

async function test(): Promise<Count> {
  const { values, positionals: filters } = parseArgs({
    allowPositionals: true,
    options: {
      "no-e2e": { type: "boolean", default: false },
      "only-e2e": { type: "boolean", default: false },
    },
  });
  const reports = await temporaryFolder("tests");
  const counts: Count[] = [];
  const checks = filters.length === 0 && !values["only-e2e"];
  const script = (name: string, ...args: string[]) =>
    runNode(["-C", "react-server", join("scripts", name), ...args]).then((isPassed) =>
      asOne(["scripts/" + name, ...args].join(" "), isPassed),
    );
  try {
    if (checks) {
      counts.push(await stage("Checks", () => script("check.ts")));
      counts.push(await stage("Generated types", () => script("db-types.ts", "--verify")));
    }
    if (!values["only-e2e"]) {
      counts.push(await stage("Rule, router and guard tests", () => vitest(reports, filters)));
    }
    const isBrowserWanted = filters.length === 0 || filters.some((name) => name.includes("e2e"));
    if (values["only-e2e"] || (isBrowserWanted && !values["no-e2e"])) {
      counts.push(await stage("Browser tests", () => browserTests(reports, filters)));
    }
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    names: counts.flatMap((count) => count.names),
  };
}

// Ending through `exit` lets what this run started end with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

try {
  const { passed, failed, names } = await test();
  if (names.length > 0) console.log(`\nFailed:\n${names.map((name) => `  ${name}`).join("\n")}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
