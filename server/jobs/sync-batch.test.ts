// When a batch is full: by accounts, or by the rows of all parts of its snapshots.
import { describe, expect, test } from "vitest";
import type { SnapshotInput } from "#server/sync/snapshot.ts";
import { BATCH_ACCOUNTS, emptyBatch, isFull, take } from "./sync-batch.ts";

const account = (externalId: string): SnapshotInput["account"] => ({
  externalId,
  name: "Rossi",
  billing: "usage",
});
const snapshot = (given: Partial<SnapshotInput>): SnapshotInput => ({
  version: 1,
  takenAt: "2026-01-05T06:00:00Z",
  account: account("a"),
  devices: null,
  licences: null,
  alerts: null,
  unprotectedCount: null,
  ...given,
});
function batchOf(given: Partial<SnapshotInput>) {
  const batch = emptyBatch();
  take({ kind: "snapshot", snapshot: snapshot(given) }, batch, new Set());
  return batch;
}
const many = <Item>(make: (externalId: string) => Item): Item[] =>
  Array.from({ length: 4_000 }, (_, index) => make(String(index)));

const device = (externalId: string) =>
  ({
    externalId,
    hostname: "PC",
    type: "computer",
    state: "active",
    health: "good",
    isProtected: true,
    lastSeenAt: null,
  }) as const;
const licence = (key: string) =>
  ({
    key,
    productCode: "p",
    productName: "P",
    category: "endpoint",
    kind: "term",
    owner: "partner",
    quantity: "1",
    used: null,
    startsOn: null,
    endsOn: null,
  }) as const;
const alert = (externalId: string) =>
  ({
    externalId,
    severity: "low",
    product: "p",
    category: "c",
    description: "d",
    raisedAt: "2026-01-05T06:00:00Z",
  }) as const;
const named = (externalId: string) => ({ externalId, name: "Trello" });

describe("a batch is full", () => {
  test.each<[string, Partial<SnapshotInput>]>([
    ["devices", { devices: many(device) }],
    ["licences", { licences: many(licence) }],
    ["alerts", { alerts: many(alert) }],
    ["applications", { applications: many((id) => ({ ...named(id), installs: 1 })) }],
    ["SaaS", { saas: { applications: many(named), users: null, activeUsers: null } }],
  ])("with 4,000 rows of %s", (_, given) => {
    const batch = batchOf(given);
    expect(batch.rows).toBe(4_000);
    expect(isFull(batch)).toBe(true);
  });

  test("by all parts together, and not before", () => {
    const applications = many(named).map((one) => ({ ...one, installs: 1 }));
    const saas = { applications: many(named).slice(1), users: 1, activeUsers: 1 };
    expect(isFull(batchOf({ saas }))).toBe(false);
    expect(isFull(batchOf({ saas, devices: [device("d")] }))).toBe(true);
    expect(batchOf({ saas, applications }).rows).toBe(7_999);
  });

  test("with as many accounts, read or refused", () => {
    const [batch, seen] = [emptyBatch(), new Set<string>()];
    for (let number = 1; number < BATCH_ACCOUNTS; number += 1)
      take(
        number % 2
          ? { kind: "snapshot", snapshot: snapshot({ account: account(String(number)) }) }
          : { kind: "refused", account: account(String(number)), code: "vendor.forbidden", detail: "" },
        batch,
        seen,
      );
    expect(isFull(batch)).toBe(false);
    take({ kind: "snapshot", snapshot: snapshot({}) }, batch, seen);
    expect(isFull(batch)).toBe(true);
  });
});
