// /metrics asks for the operator's token; /readyz says why not, in words that name nothing of the inside.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { readyHandler } from "#server/health/handler.ts";
import { nobody, upsertBeat } from "#server/health/queries.ts";
import { complaints } from "#server/health/rules.ts";
import { adminQuery } from "#tests/database.ts";
import { metricsHandler } from "./handler.ts";

afterAll(closeDatabase);
const id = "0f0e9d8c-7b6a-4958-8776-655443322110";
const portal = {
  runs: { running: 2 },
  connections: 3,
  connectionsFailing: 1,
  oldestDataAt: new Date(Date.now() - 60_000).toISOString(),
};
const figures = { residentBytes: 123_456, heapBytes: 1, cpuSeconds: 1, lagSeconds: 0.02, portal };
const beat = (at: Date) => withScope(nobody, "read write", (db) => upsertBeat(db, id, figures, at), "worker");
const ask = (authorization?: string) =>
  metricsHandler(
    new Request("http://127.0.0.1/metrics", authorization ? { headers: { authorization } } : {}),
  );

beforeEach(async () => {
  await adminQuery("delete from worker_beat");
});

describe("/metrics", () => {
  test.each([
    undefined,
    "Bearer",
    "Bearer wrong",
    "Basic eDp5",
    `Bearer ${process.env["METRICS_TOKEN"] ?? ""}x`,
  ])("%s is not the token", async (authorization) => {
    const answer = await ask(authorization);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe("unauthorised\n");
  });

  test("tells of the worker, the queues, the database and the audit", async () => {
    await beat(new Date());
    await adminQuery("analyze audit_entry");
    const answer = await ask(`Bearer ${process.env["METRICS_TOKEN"] ?? ""}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await answer.text();
    for (const line of [
      "belvedere_database_up 1",
      `belvedere_worker_resident_bytes{worker="${id}"} 123456`,
      'belvedere_queue_jobs{queue="sync",state="waiting"} 0',
      'belvedere_sync_runs{state="running"} 2',
      "belvedere_connections_failing 1",
      "belvedere_audit_entries 0",
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toMatch(/belvedere_oldest_data_seconds 6\d/);
    expect(text).toMatch(/belvedere_database_connections\{application="belvedere-web"\} [1-9]/);
  });
});

describe("/readyz", () => {
  test("needs a worker of the last minute", async () => {
    const without = await readyHandler();
    expect([without.status, await without.text()]).toEqual([
      503,
      "not ready: no worker was seen in the last minute\n",
    ]);
    await beat(new Date(Date.now() - 70_000));
    expect((await readyHandler()).status).toBe(503);
    await beat(new Date());
    const withOne = await readyHandler();
    expect([withOne.status, await withOne.text()]).toEqual([200, "ready\n"]);
  });

  test("needs every migration of this code", async () => {
    await beat(new Date());
    await adminQuery("delete from kysely_migration where name = '0001-parties'");
    const answer = await readyHandler();
    expect([answer.status, await answer.text()]).toEqual([
      503,
      "not ready: the database is not migrated to this version\n",
    ]);
    await adminQuery("insert into kysely_migration select '0001-parties', now()::text");
    expect((await readyHandler()).status).toBe(200);
  });

  test("says each reason once; a newer database is ready", () => {
    const now = new Date();
    const wanted = { migrations: ["0001"], queueVersion: 2, now };
    expect(complaints(null, wanted)).toEqual(["the database does not answer"]);
    expect(complaints({ migrations: [], queueVersion: 1, workerSeenAt: null }, wanted)).toHaveLength(3);
    expect(complaints({ migrations: ["0001", "0002"], queueVersion: 3, workerSeenAt: now }, wanted)).toEqual(
      [],
    );
  });
});
