// What can be said of the image and its composition without Docker: paths exist, commands are ours, keys stay apart.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "#scripts/build.ts";
import { variableNames } from "#server/env.ts";

const read = (name: string) => readFileSync(join(projectRoot, name), "utf8");
const compose = read("compose.yaml");
const docker = read("Dockerfile");
const packages = JSON.parse(read("package.json")) as {
  engines: { node: string };
  dependencies: Record<string, string>;
};

/** The lines of one service of compose.yaml, whose services are indented by two. */
function serviceOf(name: string): string {
  const start = compose.search(new RegExp(`^ {2}${name}:`, "m"));
  expect(start, name).toBeGreaterThan(0);
  return compose.slice(start).split(/\n(?= {0,2}[a-z])/)[0] ?? "";
}
const variablesOf = (service: string) =>
  [...service.matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name]) => name ?? "").sort();

test("commands start files of ours", () => {
  const commands = [...`${docker}\n${compose}`.matchAll(/(?:command:|CMD) (\[.*\])/g)].map(
    ([, list]) => JSON.parse(list ?? "[]") as string[],
  );
  const started = commands
    .map((command) => command.find((word) => word.startsWith("scripts/")))
    .filter((path) => path);
  expect(started).toHaveLength(4);
  for (const path of started) expect(existsSync(join(projectRoot, path ?? "")), path).toBe(true);
});

test("the image brings the Node.js that package.json pins, and runs as nobody in particular", () => {
  const major = packages.dependencies["node"]?.split(".")[0];
  expect([...docker.matchAll(/^FROM node:(\d+)-/gm)].map(([, version]) => version)).toEqual([major, major]);
  expect(docker).toMatch(/^USER node$/m);
  expect(docker).not.toMatch(/\b(ARG|ENV)\b.*(SECRET|KEY|PASSWORD|TOKEN)/);
});

test("nothing secret or built reaches the image", () => {
  const ignored = read(".dockerignore").split("\n");
  expect(ignored).toEqual(
    expect.arrayContaining([".env", ".env.*", ".data", ".git", "node_modules", ".next"]),
  );
});

test("each process is given its own keys and roles alone", () => {
  const web = variablesOf(serviceOf("web"));
  const worker = variablesOf(serviceOf("worker"));
  expect(web).toEqual(
    expect.arrayContaining(["WEB_DATABASE_URL", "SIGNIN_DATABASE_URL", "AUTH_SECRET", "KEY_PUBLIC"]),
  );
  expect(worker).toEqual(expect.arrayContaining(["WORKER_DATABASE_URL", "KEY_PRIVATE"]));
  const others = {
    web: ["DATABASE_URL", "WORKER_DATABASE_URL", "KEY_PRIVATE"],
    worker: ["DATABASE_URL", "WEB_DATABASE_URL", "AUTH_SECRET"],
  };
  expect(web.filter((name) => others.web.includes(name))).toEqual([]);
  expect(worker.filter((name) => others.worker.includes(name))).toEqual([]);
  for (const name of [...web, ...worker]) expect(variableNames).toContain(name);
});
