import { webMemory, workerMemory } from "./memory.ts";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { migrateDatabase } from "#db/migrate.ts";
import { type Env, parseEnv } from "#server/env.ts";
import { buildIfChanged, projectRoot } from "./build.ts";
import { emulatorPort, openDataFolder, readSecrets } from "./data-folder.ts";
import { type EmulatorUrls, type Environments, environments, rolePasswords } from "./environments.ts";
import { endLeftovers } from "./leftovers.ts";
import { requireUsableDatabase } from "./own-database.ts";
import { requireFreePort } from "./ports.ts";
import { describeFailure, refusal } from "./refusal.ts";
import { untilAnswers } from "./services.ts";
import { type Supervisor, supervise } from "./supervisor.ts";

const readyTimeoutMs = 120_000;

function say(line: string): void {
  console.log(line);
}

function readSettings(): { env: Env; isDevelopment: boolean; onlyMigrate: boolean } {
  const { values } = parseArgs({
    options: {
      dev: { type: "boolean", default: false },
      demo: { type: "boolean", default: false },
      migrate: { type: "boolean", default: false },
    },
  });
  const dotenv = join(projectRoot, ".env");
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  if (values.demo) process.env["DEMO"] = "1";
  return {
    env: parseEnv(process.env),
    isDevelopment: values.dev,
    onlyMigrate: values.migrate,
  };
}

/** Ctrl-C and SIGTERM end everything in order; a second one does not wait. */
function stopOnSignals(supervisor: Supervisor): void {
  let firstAt: number | undefined;
  const stop = async () => {
    // npm and the terminal both pass on one Ctrl-C: what follows at once is the same one.
    if (firstAt !== undefined && performance.now() - firstAt < 1000) return;
    const isFirst = firstAt === undefined;
    firstAt ??= performance.now();
    if (isFirst) say("Stopping …");
    await supervisor.stop(isFirst ? "patient" : "at once");
    process.exit(isFirst ? 0 : 130);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void stop());
  }
}

async function openDatabase(env: Env, supervisor: Supervisor, dataFolder: string) {
  const secrets = await readSecrets(dataFolder);
  const passwords = rolePasswords(env, secrets);
  if (env.DATABASE_URL) await requireUsableDatabase(env.DATABASE_URL);
  const adminUrl =
    env.DATABASE_URL ??
    (
      await supervisor.postgres({
        folder: join(dataFolder, "postgres"),
        adminPassword: secrets.adminPassword,
      })
    ).adminUrl;
  const { applied } = await migrateDatabase(adminUrl, passwords);
  if (applied.length > 0) say(`Migrated the database: ${applied.join(", ")}.`);
  return { adminUrl, secrets, passwords };
}

function startEmulators(supervisor: Supervisor, env: NodeJS.ProcessEnv, port: number): void {
  const args = [join("emulators", "start.ts"), "--port", String(port)];
  supervisor.service({ name: "emulators", args, env });
}

/** Creates the demo unless it exists; its connections need the emulators. */
async function fillDemo(env: NodeJS.ProcessEnv, emulatorUrls: EmulatorUrls): Promise<void> {
  await Promise.all(
    Object.values(emulatorUrls).map((url) => untilAnswers(`${url}/__control`, readyTimeoutMs)),
  );
  const running = promisify(execFile)(process.execPath, ["-C", "react-server", join("scripts", "demo.ts")], {
    cwd: projectRoot,
    env,
  });
  process.once("exit", () => running.child.kill());
  await running.catch((error: { stderr?: string; message: string }) => {
    throw refusal(`The demo could not be created: ${error.stderr?.trim() || error.message}`);
  });
}

async function startWebAndWorker(
  supervisor: Supervisor,
  env: Env,
  environment: Environments,
  isDevelopment: boolean,
): Promise<void> {
  const next = join("node_modules", "next", "dist", "bin", "next");
  supervisor.service({
    name: "web",
    args: [...webMemory, next, isDevelopment ? "dev" : "start", "-H", env.HOST, "-p", String(env.PORT)],
    env: environment.web,
  });
  const worker = supervisor.service({
    name: "worker",
    args: [...workerMemory, "-C", "react-server", join("server", "jobs", "worker.ts")],
    env: environment.worker,
    readyLine: "worker ready",
  });
  const host = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[env.HOST] ?? env.HOST;
  const address = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  await Promise.all([untilAnswers(`http://${address}:${env.PORT}/readyz`, readyTimeoutMs), worker.ready]);
}

function greet(env: Env, emulatorUrls: EmulatorUrls | undefined): void {
  say(`Belvedere is at ${env.origin}`);
  if (!env.demo) return;
  say("Sign in as super@alpina.example with the password belvedere-demo.");
  say("The sign-in page lists the other accounts of the demo.");
  say(`The vendors' emulators listen at ${Object.values(emulatorUrls ?? {}).join(" and ")}.`);
}

async function run(): Promise<void> {
  const { env, isDevelopment, onlyMigrate } = readSettings();
  const dataFolder = await openDataFolder(resolve(projectRoot, env.DATA_DIR));
  await endLeftovers(dataFolder);
  if (!onlyMigrate) await requireFreePort(env.HOST, env.PORT, "PORT");
  const supervisor = supervise(dataFolder, {
    say,
    print: say,
    isTalkative: isDevelopment,
    onGiveUp: (error) => void fail(error),
  });
  const fail = async (error: unknown) => {
    console.error(describeFailure(error));
    await supervisor.stop("patient");
    process.exit(1);
  };
  stopOnSignals(supervisor);
  try {
    await start(supervisor, env, dataFolder, isDevelopment, onlyMigrate);
  } catch (error) {
    await fail(error);
  }
}

async function start(
  supervisor: Supervisor,
  env: Env,
  dataFolder: string,
  isDevelopment: boolean,
  onlyMigrate: boolean,
): Promise<void> {
  const isBuildNeeded = !isDevelopment && !onlyMigrate;
  const emulatorsAt =
    env.demo && !onlyMigrate ? await emulatorPort(dataFolder, env.EMULATOR_PORT) : undefined;
  const emulatorUrls = emulatorsAt
    ? { sophos: `http://127.0.0.1:${emulatorsAt}`, snow: `http://127.0.0.1:${emulatorsAt + 1}` }
    : undefined;
  const [database] = await Promise.all([
    openDatabase(env, supervisor, dataFolder),
    isBuildNeeded && buildIfChanged(projectRoot, say),
  ]);
  if (onlyMigrate) {
    say("The database is up to date.");
    await supervisor.stop("patient");
    return;
  }
  const environment = environments({ env, dataFolder, emulatorUrls, isDevelopment, ...database });
  if (emulatorsAt) startEmulators(supervisor, environment.emulators, emulatorsAt);
  await Promise.all([
    startWebAndWorker(supervisor, env, environment, isDevelopment),
    emulatorUrls && fillDemo(environment.demo, emulatorUrls),
  ]);
  greet(env, emulatorUrls);
  say(`ready in ${(performance.now() / 1000).toFixed(1)} s`);
}

try {
  await run();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
