// What may be entered for a connection, how healthy one is called, and what counts as stuck.
import { describe, expect, test } from "vitest";
import {
  type HealthFacts,
  healthOf,
  orderLimits,
  ownerFault,
  readSettings,
  stuckOf,
  testState,
} from "./rules.ts";

const now = new Date("2026-11-21T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

describe("settings", () => {
  test.each([
    "https://id.sophos.com.evil.example",
    "https://sophos.com@10.0.0.1",
    "http://api.central.sophos.com",
    "https://10.0.0.5",
    "https://192.168.1.1",
    "https://[::1]",
    "http://127.0.0.1:4100",
    "https://169.254.169.254",
    "https://api.sophos.com/path",
    "https://api.sophos.com/?x=1",
    "ftp://api.sophos.com",
    "javascript:alert(1)",
    "not an address",
  ])("refuses %s as an address of Sophos", (apiUrl) => {
    expect(readSettings("sophos", { apiUrl }, false)).toEqual({
      ok: false,
      faults: { "setting-apiUrl": "address" },
    });
  });
  test("takes the vendor's hosts, and loopback for emulators only", () => {
    expect(
      readSettings("sophos", { apiUrl: "https://api-eu01.central.sophos.com/", idUrl: "" }, false),
    ).toEqual({
      ok: true,
      settings: { apiUrl: "https://api-eu01.central.sophos.com" },
    });
    expect(readSettings("sophos", { apiUrl: "http://127.0.0.1:4100" }, true)).toMatchObject({ ok: true });
    expect(readSettings("sophos", { apiUrl: "http://10.0.0.1:4100" }, true)).toMatchObject({ ok: false });
  });
  test("Snow needs a region or an address of its own", () => {
    expect(readSettings("snow", {}, false)).toEqual({ ok: false, faults: { "setting-region": "required" } });
    expect(readSettings("snow", { region: "westeurope", currency: "eur" }, false)).toEqual({
      ok: true,
      settings: { region: "westeurope", currency: "EUR" },
    });
    expect(readSettings("snow", { region: "evil.example/x", currency: "€" }, false)).toEqual({
      ok: false,
      faults: { "setting-region": "region", "setting-currency": "currency" },
    });
    expect(readSettings("snow", { apiUrl: "https://westeurope.snowsoftware.io" }, false)).toMatchObject({
      ok: true,
    });
  });
  test("refuses what the vendor does not know", () => {
    expect(readSettings("push", { maxRetries: "99" }, false)).toEqual({
      ok: false,
      faults: { "setting-maxRetries": "invalid" },
    });
  });
});

test("whose a connection may be", () => {
  const customer = crypto.randomUUID();
  expect([ownerFault("sophos", null), ownerFault("sophos", customer)]).toEqual([undefined, "partnerOnly"]);
  expect([ownerFault("snow", null), ownerFault("snow", customer)]).toEqual(["customerNeeded", undefined]);
  expect([ownerFault("push", null), ownerFault("push", customer)]).toEqual([undefined, undefined]);
});

test("limits are one per period, the shortest first", () => {
  const limits = [
    { calls: 100, seconds: 60 },
    { calls: 9, seconds: 1 },
    { calls: 10, seconds: 1 },
  ];
  expect(orderLimits(limits)).toEqual([
    { calls: 10, seconds: 1 },
    { calls: 100, seconds: 60 },
  ]);
});

const healthy: HealthFacts = {
  isEnabled: true,
  circuitOpenUntil: null,
  errorCode: null,
  errorDetail: null,
  errorSince: null,
  lastSuccessAt: ago(60),
  testAskedAt: ago(100),
  testedAt: ago(99),
  testCode: null,
  testDetail: null,
  testIsRotation: false,
  nextRunAt: new Date(now.getTime() + 3_600_000),
  isRunning: false,
};
const unread = { ...healthy, lastSuccessAt: null };
const failing = { errorCode: "vendor.failed", errorDetail: "GET x: 500", errorSince: ago(30) };

test.each<[string, HealthFacts, string, Date | null, string | null]>([
  ["all is well", healthy, "healthy", null, null],
  ["a test goes on", { ...healthy, testAskedAt: ago(1) }, "testing", null, null],
  ["a test that nobody answers is no state", { ...healthy, testAskedAt: ago(5) }, "healthy", null, null],
  ["switched off, whatever else", { ...healthy, ...failing, isEnabled: false }, "disabled", null, null],
  [
    "the circuit is open",
    { ...healthy, ...failing, circuitOpenUntil: ago(-5) },
    "circuitOpen",
    ago(-5),
    "vendor.failed",
  ],
  [
    "the circuit was open",
    { ...healthy, ...failing, circuitOpenUntil: ago(5) },
    "failing",
    ago(30),
    "vendor.failed",
  ],
  [
    "refused",
    { ...healthy, ...failing, errorCode: "vendor.credentials" },
    "credentialsRefused",
    ago(30),
    "vendor.credentials",
  ],
  ["never read", unread, "neverRead", null, null],
  [
    "the first test was refused",
    { ...unread, testCode: "vendor.credentials" },
    "credentialsRefused",
    ago(99),
    "vendor.credentials",
  ],
  [
    "the first test found nobody",
    { ...unread, testCode: "vendor.unreachable" },
    "failing",
    ago(99),
    "vendor.unreachable",
  ],
  [
    "a rotation was refused",
    { ...unread, testCode: "vendor.credentials", testIsRotation: true },
    "neverRead",
    null,
    null,
  ],
  ["a refused test of what works", { ...healthy, testCode: "vendor.credentials" }, "healthy", null, null],
  ["nobody reads it", { ...healthy, nextRunAt: ago(90) }, "overdue", ago(90), null],
  ["it sends by itself", { ...healthy, nextRunAt: null }, "healthy", null, null],
  ["it is being read late", { ...healthy, nextRunAt: ago(90), isRunning: true }, "healthy", null, null],
])("%s", (_, facts, state, at, errorCode) => {
  expect(healthOf(facts, now)).toMatchObject({ state, at, errorCode });
});

test("a test waits for two minutes, then is silent", () => {
  const asked = (minutes: number) => ({ testAskedAt: ago(minutes), testedAt: null, testCode: null });
  expect([testState(asked(1), now), testState(asked(3), now)]).toEqual(["waiting", "silent"]);
  expect(testState({ testAskedAt: null, testedAt: null, testCode: null }, now)).toBe("never");
});

test("stuck is what waits or is silent for longer than five minutes", () => {
  const run = { id: crypto.randomUUID(), createdAt: ago(60), heartbeatAt: null };
  expect(stuckOf({ ...run, state: "queued" }, now)).toMatchObject({ kind: "queuedLong" });
  expect(stuckOf({ ...run, state: "queued", createdAt: ago(4) }, now)).toBeUndefined();
  expect(stuckOf({ ...run, state: "running", heartbeatAt: ago(6) }, now)).toMatchObject({ kind: "silent" });
  expect(stuckOf({ ...run, state: "running", heartbeatAt: ago(1) }, now)).toBeUndefined();
  for (const state of ["succeeded", "failed", "cancelled"] as const)
    expect(stuckOf({ ...run, state }, now)).toBeUndefined();
});
