import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Customer, Member } from "#tests/factories.ts";
import { repository } from "#tests/guards/tree.ts";

/** What there is to ask for: one full customer in a group, someone who sees all and someone who sees the group. */
type Given = {
  customer: Customer & { connectionId: string };
  member: Member;
  limited: Member;
  groupId: string;
};
/** What each query (`noun.name`) is called with, after `db`; "web" where the worker has no right to what it reads. */
export type QueryCalls = (given: Given) => Record<string, { role?: "web"; given: unknown[][] }>;

/** The calls of every file in `calls/`. */
export async function readCalls(given: Given): Promise<ReturnType<QueryCalls>> {
  const folder = join(repository, "tests/guards/calls");
  const all: ReturnType<QueryCalls> = {};
  for (const file of readdirSync(folder)) {
    const { calls } = (await import(join(folder, file))) as { calls: QueryCalls };
    Object.assign(all, calls(given));
  }
  return all;
}
