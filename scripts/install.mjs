// Brings node_modules up to the lock file and finds the pinned runtime in it.
// Plain JavaScript without dependencies: it runs on the oldest Node.js we accept, before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const oldestNode = [20, 19];

/** Settings of the caller's npm run that would turn `npm ci` into something else. */
const foreignSettings =
  /^npm_config_(dry_run|global|location|prefix|local_prefix|omit|only|production|include|workspaces?|package_lock_only)$/i;

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  refuse(`Node.js ${oldestNode.join(".")} or newer is needed; this is ${process.versions.node}.`);
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}

/** npm writes its own record of what it put into node_modules last, when it has finished. */
function isInstalled() {
  const wanted = Object.entries(readPackages(join(root, "package-lock.json")));
  const present = readPackages(join(root, "node_modules", ".package-lock.json"));
  return wanted.every(([path, entry]) => {
    if (path === "") return true;
    const found = present[path];
    // A binary for another platform is optional and stays away.
    if (!found) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function installEnvironment() {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !foreignSettings.test(name)),
  );
  // `npm ci` deletes node_modules: the npm that does it must not come from there.
  const ours = join(root, "node_modules");
  const pathName = Object.keys(environment).find((name) => /^path$/i.test(name)) ?? "PATH";
  environment[pathName] = (environment[pathName] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(ours))
    .join(delimiter);
  return environment;
}

function install() {
  process.stdout.write("Installing what is missing …\n");
  const { status, error } = spawnSync(
    "npm",
    ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      env: installEnvironment(),
      stdio: "inherit",
      shell: process.platform === "win32",
    },
  );
  if (error) refuse(`npm could not be started (${error.message}); it comes with Node.js.`);
  if (status !== 0) refuse("npm ci failed, see above; correct that and start again.");
}

/** Installs what is missing and returns the path of the pinned Node.js. */
export function prepare() {
  checkNode();
  if (!isInstalled()) install();
  const binary = process.platform === "win32" ? "node.exe" : "node";
  const runtime = join(root, "node_modules", "node", "bin", binary);
  if (!existsSync(runtime)) {
    refuse(
      "The pinned Node.js is missing because npm did not run the install scripts: allow them (npm config set ignore-scripts false) and run npm ci.",
    );
  }
  return runtime;
}
