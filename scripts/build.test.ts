import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceHash } from "./build.ts";
import { temporaryFolder } from "./throw-away.ts";

let root = "";
beforeAll(async () => {
  root = await temporaryFolder("sources");
  await mkdir(join(root, "app", "deep"), { recursive: true });
  await writeFile(join(root, "app", "deep", "page.tsx"), "one");
  await writeFile(join(root, "tsconfig.json"), "{}");
});
afterAll(() => rm(root, { recursive: true }));

test("the digest follows what the build reads: content, names, configuration", async () => {
  const first = await sourceHash(root);
  expect(await sourceHash(root)).toBe(first);

  await writeFile(join(root, "app", "deep", "page.tsx"), "two");
  const changed = await sourceHash(root);
  expect(changed).not.toBe(first);

  await rename(join(root, "app", "deep", "page.tsx"), join(root, "app", "page.tsx"));
  const moved = await sourceHash(root);
  expect(moved).not.toBe(changed);

  await writeFile(join(root, "tsconfig.json"), '{"include":[]}');
  expect(await sourceHash(root)).not.toBe(moved);
});

test("a test file and what lies outside the sources cost no build", async () => {
  const before = await sourceHash(root);
  await writeFile(join(root, "app", "page.test.ts"), "x");
  await writeFile(join(root, "README.md"), "x");
  expect(await sourceHash(root)).toBe(before);
});
