import { setTimeout as sleep } from "node:timers/promises";
import type { Portal } from "./portal.ts";
import { check, type Row } from "./report.ts";

/** Something that was asked for; `key` is what its row is found by. */
export type Write = { kind: string; key: string; isAcknowledged: boolean };

/** The keys of all rows of a kind. */
const found = {
  push: "select idempotency_key as key from pushed_snapshot",
  import: "select external_id as key from customer where external_id like 'import-%'",
  token: "select name as key from api_token",
  session: "select encode(token_hash, 'hex') as key from session",
} as const;

/** Waits until the worker has done what was accepted; false after three minutes. */
export async function untilQuiet(portal: Portal): Promise<boolean> {
  for (let tries = 0; tries < 360; tries += 1) {
    const [busy] = await portal.ask<{
      n: number;
    }>(`select (select count(*) from pushed_snapshot where state = 'waiting')::int
      + (select count(*) from customer_import where state in ('queued', 'running'))::int as n`);
    if (busy?.n === 0) return true;
    await sleep(500);
  }
  return false;
}

/** What was acknowledged is there, and nothing that was asked for is there twice. */
export async function compareWrites(
  portal: Portal,
  writes: readonly Write[],
  kind: keyof typeof found,
): Promise<Row> {
  const counts = new Map<string, number>();
  for (const { key } of await portal.ask<{ key: string }>(found[kind]))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  const own = writes.filter((write) => write.kind === kind);
  const acknowledged = own.filter((write) => write.isAcknowledged);
  const lost = acknowledged.filter((write) => !counts.has(write.key));
  const doubled = own.filter((write) => (counts.get(write.key) ?? 0) > 1);
  const result = `${acknowledged.length} of ${own.length} acknowledged: ${lost.length} lost, ${doubled.length} doubled`;
  return check(
    `writes: ${kind}`,
    result,
    "0 lost, 0 doubled",
    acknowledged.length > 0 && lost.length + doubled.length === 0,
  );
}

/** What must hold whatever happened. */
export async function checkInvariants(portal: Portal): Promise<Row[]> {
  const broken = await portal.ask("select * from audit.verify()");
  const [audit] = await portal.ask<{ n: number }>("select count(*)::int as n from audit_entry");
  const wrong = await portal.ask(`select 1 from customer_count c where c.total <>
    (select count(*) from customer_overview o where o.partner_id = c.partner_id) or c.total <> (select count(*) from customer u where u.partner_id = c.partner_id)`);
  const accounts = await portal.ask(`select 1 from pushed_snapshot p where state = 'applied' and not exists
    (select from vendor_account a join device d on d.partner_id = a.partner_id and d.vendor_account_id = a.id
     where a.partner_id = p.partner_id and a.connection_id = p.connection_id and a.external_id = p.account_external_id)`);
  const failed = await portal.ask("select 1 from pushed_snapshot where state = 'failed'");
  return [
    check(
      "audit chains",
      `${audit?.n} entries, ${broken.length} problems`,
      "0 problems",
      broken.length === 0,
    ),
    check("kept counts, overview and customers", `${wrong.length} partners differ`, "0", wrong.length === 0),
    check(
      "pushed snapshots",
      `${failed.length} failed, ${accounts.length} applied without their rows`,
      "0, 0",
      failed.length + accounts.length === 0,
    ),
  ];
}
