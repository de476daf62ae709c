// The two addresses that tell an operator whether the portal is well.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import boss from "pg-boss/package.json" with { type: "json" };
import { log } from "#server/log.ts";
import { readReadiness } from "./queries.ts";
import { complaints } from "./rules.ts";

const plain = (text: string, status: number): Response =>
  new Response(`${text}\n`, { status, headers: { "cache-control": "no-store" } });

let known: Promise<string[]> | undefined;
/** The migrations that come with this code; they do not change while it runs. */
function knownMigrations(): Promise<string[]> {
  known ??= readdir(join(process.cwd(), "db", "migrations")).then((files) =>
    files.filter((file) => file.endsWith(".sql")).map((file) => file.replace(/\.sql$/, "")),
  );
  return known;
}

/** The process answers. */
export const healthHandler = (): Response => plain("ok", 200);

/** 200 when work is done here; else 503 with a line per reason, which names nothing of the inside. */
export async function readyHandler(): Promise<Response> {
  const [state, migrations] = await Promise.all([
    readReadiness().catch((error: unknown) => {
      log.warn({ err: error }, "readiness could not be asked for");
      return null;
    }),
    knownMigrations(),
  ]);
  const found = complaints(state, { migrations, queueVersion: boss.pgboss.schema, now: new Date() });
  return found.length === 0 ? plain("ready", 200) : plain(`not ready: ${found.join("; ")}`, 503);
}
