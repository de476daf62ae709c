// Groups of requests stay few, whatever is asked for.
import { expect, test } from "vitest";
import { addFigures, groupOf } from "./rules.ts";

test.each([
  ["/en/customers", 200, "customers"],
  ["/it/customers/0b5e/devices?page=2", 200, "customers"],
  ["/fr", 200, "home"],
  ["/api/trpc/customers.list?input=x", 200, "api/trpc"],
  ["/api/v1/snapshots", 202, "api/v1"],
  ["/_next/static/a.js", 200, "static"],
  ["/en/nothing-here", 404, "not found"],
  ["/healthz", 200, "healthz"],
  ["/anything/else", 307, "other"],
  ["/en/%C3%A9", 200, "other"],
  ["", 400, "other"],
])("%s answered with %d", (url, status, group) => {
  expect(groupOf(url, status)).toBe(group);
});

test("sums over partners", () => {
  const one = {
    runs: { running: 1, failed: 2 },
    connections: 3,
    connectionsFailing: 1,
    oldestDataAt: "2026-02-01T00:00:00Z",
  };
  const two = {
    runs: { failed: 1 },
    connections: 1,
    connectionsFailing: 0,
    oldestDataAt: "2026-01-01T00:00:00Z",
  };
  const none = { runs: {}, connections: 0, connectionsFailing: 0, oldestDataAt: null };
  expect(addFigures([none, one, two])).toEqual({
    runs: { running: 1, failed: 3 },
    connections: 4,
    connectionsFailing: 1,
    oldestDataAt: "2026-01-01T00:00:00Z",
  });
});
