// `npm run web` and `npm run worker`: one process by itself, on a database of one's own, as in a container.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Env, parseEnv } from "#server/env.ts";
import { projectRoot } from "./build.ts";
import { webMemory, workerMemory } from "./memory.ts";
import { describeFailure, refusal } from "./refusal.ts";

/** What each cannot work without; every one of them gets no other key or database role (decisions 5 and 32). */
const needed = {
  web: ["WEB_DATABASE_URL", "SIGNIN_DATABASE_URL", "AUTH_SECRET", "AUDIT_KEY", "KEY_PUBLIC"],
  worker: ["WORKER_DATABASE_URL", "AUDIT_KEY", "KEY_PUBLIC", "KEY_PRIVATE"],
} as const satisfies Record<string, (keyof Env)[]>;

function readEnv(kind: keyof typeof needed): Env {
  const dotenv = join(projectRoot, ".env");
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  const env = parseEnv({ ...process.env, NODE_ENV: process.env["NODE_ENV"] ?? "production" });
  const missing = needed[kind].filter((name) => env[name] === undefined);
  if (missing.length > 0)
    throw refusal(`${missing.join(", ")}: set these for the ${kind} process (docs/operate.md).`);
  return env;
}

function argumentsOf(kind: keyof typeof needed, env: Env): string[] {
  if (kind === "worker") return [...workerMemory, "-C", "react-server", join("server", "jobs", "worker.ts")];
  if (!existsSync(join(projectRoot, ".next", "BUILD_ID")))
    throw refusal("The web part is not built: npm run build.");
  const next = join("node_modules", "next", "dist", "bin", "next");
  return [...webMemory, next, "start", "-H", env.HOST, "-p", String(env.PORT)];
}

function run(kind: string | undefined): void {
  if (kind !== "web" && kind !== "worker") throw refusal("Which process? npm run web, or npm run worker");
  const env = readEnv(kind);
  const more: NodeJS.ProcessEnv = {
    NODE_ENV: env.NODE_ENV ?? "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // next-auth reads its own names.
    ...(kind === "web" && { NEXTAUTH_SECRET: env.AUTH_SECRET ?? "", NEXTAUTH_URL: env.origin }),
  };
  const child = spawn(process.execPath, argumentsOf(kind, env), {
    cwd: projectRoot,
    stdio: "inherit",
    env: { ...process.env, ...more },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => {
    throw error;
  });
  child.once("close", (code, signal) => process.exit(code ?? (signal === "SIGTERM" ? 0 : 1)));
}

try {
  run(process.argv[2]);
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
