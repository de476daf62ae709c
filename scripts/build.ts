import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { spawn } from "node:child_process";
import { buildProblems } from "./check-build.ts";
import { describeFailure, refusal } from "./refusal.ts";

export const projectRoot = resolve(import.meta.dirname, "..");

const sources = [
  "app",
  "components",
  "db",
  "locales",
  "public",
  "server",
  "next.config.js",
  "package-lock.json",
  "package.json",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
];

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A digest of everything the build reads; tests are left out, so that writing one costs no build. */
export async function sourceHash(root: string): Promise<string> {
  const present = sources.map((name) => join(root, name)).filter((path) => existsSync(path));
  const found = await Promise.all(present.map((path) => filesBelow(path).catch(() => [path])));
  const files = found.flat().filter((path) => !path.endsWith(".test.ts"));
  files.sort();
  const digests = await Promise.all(
    files.map(async (path) =>
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    ),
  );
  const total = createHash("sha256");
  files.forEach((path, index) => total.update(`${relative(root, path)} ${digests[index]}\n`));
  return total.digest("hex");
}

function stampPath(root: string): string {
  return join(root, ".next", "belvedere-sources");
}

export async function isBuilt(root: string): Promise<boolean> {
  const stamp = await readFile(stampPath(root), "utf8").catch(() => "");
  return stamp === (await sourceHash(root));
}

function runNextBuild(root: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(root, "node_modules", "next", "dist", "bin", "next"), "build"],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    },
  );
  process.once("exit", () => child.kill());
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((done, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return done();
      process.stderr.write(Buffer.concat(output));
      reject(refusal("The build failed, see above."));
    });
  });
}

/** Builds the web part unless that has been done for exactly these sources. */
export async function buildIfChanged(root: string, say: (line: string) => void): Promise<void> {
  if (await isBuilt(root)) return;
  const hash = await sourceHash(root);
  say("Building, because the sources changed; this takes about a minute …");
  await rm(stampPath(root), { force: true });
  await runNextBuild(root);
  const problems = buildProblems(join(root, ".next"));
  if (problems.length > 0) throw refusal(`The build holds what it must not: ${problems.join("; ")}.`);
  await writeFile(stampPath(root), hash);
}

if (import.meta.main) {
  try {
    await buildIfChanged(projectRoot, console.log);
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}
