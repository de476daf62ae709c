import { randomUUID } from "node:crypto";
import { type PartnerKey, sophosPartners } from "#emulators/sophos/partners.ts";
import { seal } from "#server/secrets/seal.ts";
import { adminQuery } from "./database.ts";
import { makeConnection, makePartner } from "./factories.ts";

type Run = { state?: string; onlyAccounts?: string[]; errorCode?: string; createdAt?: Date };

/** A run of a connection in a batch of its own; what nobody says is queued. */
export async function makeRun(
  { partnerId, connectionId }: { partnerId: string; connectionId: string },
  given: Run = {},
): Promise<{ batchId: string; runId: string }> {
  const { state = "queued", onlyAccounts = null, errorCode = null, createdAt = new Date() } = given;
  const [row] = await adminQuery<{ batchId: string; runId: string }>(
    `with b as (insert into sync_batch (partner_id, cause, requested_name, created_at) values ($1, 'person', 'Ada', $6) returning id)
     insert into sync_run (partner_id, batch_id, connection_id, state, only_accounts, error_code, created_at)
     select $1, b.id, $2, $3, $4, $5, $6 from b returning batch_id as "batchId", id as "runId"`,
    [partnerId, connectionId, state, onlyAccounts, errorCode, createdAt],
  );
  if (!row) throw new Error("no run was made");
  return row;
}

/** A job that failed for good. */
export async function makeDeadJob(partnerId: string, queue = "syncRequest"): Promise<string> {
  const id = randomUUID();
  const payload = { partnerId, customerId: randomUUID(), userId: randomUUID() };
  await adminQuery(
    "insert into dead_job (partner_id, id, queue, payload, error) values ($1, $2, $3, $4, 'Error')",
    [partnerId, id, queue, payload],
  );
  return id;
}

/** A connection to a Sophos emulator, without a pace of its own; `settings` and `limits` change what is said here. */
export async function connectSophos(
  url: string,
  key: PartnerKey,
  given: {
    partnerId?: string;
    settings?: Record<string, string>;
    limits?: { calls: number; seconds: number }[];
  } = {},
): Promise<{ partnerId: string; connectionId: string }> {
  const id = randomUUID();
  const { clientId, clientSecret } = sophosPartners[key];
  const secret = seal(JSON.stringify({ clientId, clientSecret }), process.env["KEY_PUBLIC"] ?? "", {
    table: "connection",
    column: "secret",
    row: id,
  });
  const settings = {
    idUrl: url,
    apiUrl: url,
    maxPerSecond: "0",
    headersTimeoutSeconds: "20",
    maxRetries: "1",
    backoffMs: "5",
    ...given.settings,
  };
  const partnerId = given.partnerId ?? (await makePartner());
  await makeConnection({ partnerId, id, settings, secret, limits: JSON.stringify(given.limits ?? []) });
  return { partnerId, connectionId: id };
}

type StoredRun = {
  id: string;
  state: string;
  attempt: number;
  error_code: string | null;
  cancelled_by: string | null;
  accounts_total: number | null;
  accounts_done: number;
};
/** The newest run of a connection. */
export async function newestRun(connectionId: string): Promise<StoredRun> {
  const [run] = await adminQuery<StoredRun>(
    "select * from sync_run where connection_id = $1 order by created_at desc, id limit 1",
    [connectionId],
  );
  if (!run) throw new Error("no run");
  return run;
}
