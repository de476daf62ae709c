import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isRoot } from "./data-folder.ts";
import { projectRoot } from "./build.ts";
import { refusal } from "./refusal.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

function installedBrowser(): string | undefined {
  const given = process.env["CHROMIUM_PATH"];
  if (given) {
    if (existsSync(given)) return given;
    throw refusal(`CHROMIUM_PATH: there is no file ${given}.`);
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

function succeeds(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): boolean {
  return spawnSync(command, args, { cwd: projectRoot, stdio: "inherit", env }).status === 0;
}

function installFromDebian(): string | undefined {
  if (!isRoot || !existsSync("/usr/bin/apt-get")) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // An index that cannot be refreshed may still be good enough.
  succeeds("apt-get", ["update", "-qq"], env);
  succeeds("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
  return installedBrowser();
}

/** The path of a Chromium for the browser tests; undefined stands for Playwright's own. */
export function findBrowser(): string | undefined {
  const found = installedBrowser();
  if (found) return found;
  console.log("Installing a browser for the tests …");
  const installed = installFromDebian();
  if (installed) return installed;
  const cli = join(projectRoot, "node_modules", "@playwright", "test", "cli.js");
  if (succeeds(process.execPath, [cli, "install", "chromium-headless-shell"])) return undefined;
  throw refusal("No browser could be installed: install Chromium or set CHROMIUM_PATH to one.");
}
