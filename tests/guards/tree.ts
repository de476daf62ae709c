import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../..");

/**
 * A throw-away folder laid out like the repository, so that a check can be shown a violation without planting one here.
 * `copied` names files of the repository that come along unchanged, such as the configuration under test.
 */
export async function withTree<T>(
  files: Readonly<Record<string, string>>,
  copied: readonly string[],
  work: (root: string) => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "belvedere-guard-"));
  const place = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  try {
    for (const path of copied) copyFileSync(join(repository, path), place(path));
    for (const [path, text] of Object.entries(files)) writeFileSync(place(path), text);
    symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "dir");
    return await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
