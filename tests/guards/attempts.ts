import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Customer } from "#tests/factories.ts";
import { repository } from "#tests/guards/tree.ts";

/** Per procedure: an input with A's identifiers, the same with ones that nobody has, and what both must answer to B. */
export type Attempts = Record<string, { own: unknown; unknown: unknown; answer: string }>;
/** What each file in `attempts/` exports; it makes what of A its inputs name. */
export type MakeAttempts = (a: Customer) => Promise<Attempts>;

export async function readAttempts(a: Customer): Promise<Attempts> {
  const folder = join(repository, "tests/guards/attempts");
  const all: Attempts = {};
  for (const file of readdirSync(folder)) {
    const { attempts } = (await import(join(folder, file))) as { attempts: MakeAttempts };
    Object.assign(all, await attempts(a));
  }
  return all;
}
