import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { repository } from "#tests/guards/tree.ts";
// The lowest versions that carry the security fixes known so far; raise one when an advisory appears.
import floors from "./floors.json" with { type: "json" };

const Package = z.object({ version: z.string().optional(), hasInstallScript: z.boolean().optional() });
const Lock = z.object({ packages: z.record(z.string(), Package) });
const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});
type Packages = z.infer<typeof Lock>["packages"];

const read = <T>(schema: z.ZodType<T>, file: string): T =>
  schema.parse(JSON.parse(readFileSync(join(repository, file), "utf8")));
const { packages } = read(Lock, "package-lock.json");
const manifest = read(Manifest, "package.json");

const nameOf = (path: string) => path.replace(/^.*node_modules\//, "");

/** A prerelease counts as older than its release, so "16.4.5-canary.1" does not reach "16.4.5". */
function isBelow(version: string, floor: string): boolean {
  const parts = (text: string) => text.split(/[.-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : -1));
  const [have, want] = [parts(version), parts(floor)];
  for (let at = 0; at < Math.max(have.length, want.length); at++) {
    const difference = (have[at] ?? 0) - (want[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Every installed copy counts, also one nested inside another package. */
function belowFloor(installed: Packages): string[] {
  return Object.entries(floors).flatMap(([name, floor]) => {
    const copies = Object.entries(installed).filter(([path]) => path !== "" && nameOf(path) === name);
    if (copies.length === 0) return [`${name} is not installed`];
    return copies
      .filter(([, { version = "0" }]) => isBelow(version, floor))
      .map(([path, { version }]) => `${path} ${version} is below ${floor}`);
  });
}

const withInstallScript = (installed: Packages) =>
  [
    ...new Set(
      Object.entries(installed)
        .filter(([, entry]) => entry.hasInstallScript)
        .map(([path]) => nameOf(path)),
    ),
  ].toSorted();

describe("the lock file", () => {
  it("holds no version below the floors", () => {
    expect(belowFloor(packages)).toEqual([]);
  });

  it("has install scripts only where package.json allows them, and nothing is allowed in vain", () => {
    const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
    expect(withInstallScript(packages)).toContain("node");
    expect(allowed.toSorted()).toEqual(withInstallScript(packages));
  });

  it("pins each dependency to one exact version", () => {
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
      expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });
});

describe("the check of the floors", () => {
  it.each([
    ["node_modules/next", "16.4.4"],
    ["node_modules/next", "16.4.5-canary.3"],
    ["node_modules/some/node_modules/next", "15.9.9"],
    ["node_modules/pg", "8.9.9"],
  ])("finds %s %s", (path, version) => {
    expect(belowFloor({ ...packages, [path]: { version } })).toEqual([
      expect.stringContaining(`${path} ${version} is below`),
    ]);
  });

  it("finds one that is gone", () => {
    const { "node_modules/zod": _gone, ...rest } = packages;
    expect(belowFloor(rest)).toContain("zod is not installed");
  });

  it("finds a new install script", () => {
    expect(withInstallScript({ ...packages, "node_modules/surprise": { hasInstallScript: true } })).toContain(
      "surprise",
    );
  });
});
