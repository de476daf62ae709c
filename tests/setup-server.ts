import type { TestProject } from "vitest/node";
import { throwAwayDatabase, type ThrowAwayDatabase } from "#scripts/throw-away.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What a test file needs to make a database of its own. */
    template: Omit<ThrowAwayDatabase, "remove">;
  }
}

/** One throw-away server per run, with one migrated database that every test file copies. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { remove, ...template } = await throwAwayDatabase();
  project.provide("template", template);
  return remove;
}
