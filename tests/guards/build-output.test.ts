import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildProblems } from "#scripts/check-build.ts";
import { repository, withTree } from "#tests/guards/tree.ts";

const clean = {
  "server/server-reference-manifest.json": { node: {}, edge: {}, encryptionKey: "x" },
  "images-manifest.json": { images: { unoptimized: true } },
  "prerender-manifest.json": { routes: { "/_not-found": {}, "/_global-error": {} }, dynamicRoutes: {} },
  "server/app-paths-manifest.json": {
    "/[lang]/page": "app/[lang]/page.js",
    "/_not-found/page": "app/_not-found/page.js",
  },
};

const problemsOf = (manifests: Record<string, unknown>) =>
  withTree(
    Object.fromEntries(Object.entries(manifests).map(([file, content]) => [file, JSON.stringify(content)])),
    [],
    (root) => buildProblems(root),
  );

describe("the check of the build", () => {
  it("accepts a build without the forbidden features", async () => {
    expect(await problemsOf(clean)).toEqual([]);
  });

  it.each<[what: string, file: keyof typeof clean, content: unknown, problem: string]>([
    [
      "a Server Action",
      "server/server-reference-manifest.json",
      { node: { "40ab": {} }, edge: {} },
      "Server Action 40ab",
    ],
    [
      "the image optimizer",
      "images-manifest.json",
      { images: { unoptimized: false } },
      "the image optimizer is on",
    ],
    [
      "a static page",
      "prerender-manifest.json",
      { routes: { "/en": {} }, dynamicRoutes: {} },
      "/en is prerendered",
    ],
    [
      "a page built ahead",
      "prerender-manifest.json",
      { routes: {}, dynamicRoutes: { "/[lang]": {} } },
      "/[lang] is prerendered",
    ],
    [
      "an empty build",
      "server/app-paths-manifest.json",
      { "/_not-found/page": "x" },
      "the build has no page",
    ],
  ])("finds %s", async (_what, file, content, problem) => {
    expect(await problemsOf({ ...clean, [file]: content })).toEqual([expect.stringContaining(problem)]);
  });

  it("throws where there is nothing to read, or something else than expected", async () => {
    await expect(problemsOf({})).rejects.toThrow(/ENOENT/);
    await expect(problemsOf({ ...clean, "images-manifest.json": {} })).rejects.toThrow(/unoptimized|images/);
  });

  it("is part of every build", () => {
    expect(readFileSync(join(repository, "scripts/build.ts"), "utf8")).toMatch(/\bbuildProblems\(/);
  });
});
