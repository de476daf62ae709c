// The pure rule behind every permission: role, relationship and capability together.
import { describe, expect, test } from "vitest";
import {
  can,
  capabilities,
  type CustomerAccess,
  type CustomerPermission,
  permissions,
  type Permission,
  type RoleName,
} from "./permissions.ts";

const at = (
  relationship: CustomerAccess["relationship"],
  ...open: CustomerAccess["capabilities"]
): CustomerAccess => ({ id: "c", relationship, capabilities: open });
const actor = (role: RoleName, customerId: string | null = null) => ({ role, customerId });
const ofCapability = (wanted: string) =>
  (Object.entries(permissions) as [Permission, { capability?: string }][])
    .filter(([, rule]) => rule.capability === wanted)
    .map(([id]) => id);

describe("what a capability opens at a delegated customer", () => {
  test("is what the roles page names", () => {
    expect(capabilities.map((capability) => [capability, ofCapability(capability).sort()])).toEqual([
      ["metrics", ["alert:act", "metrics:read", "sync:start"]],
      ["licences", ["licence:editOwned"]],
      ["console", ["customer:launch", "service:start"]],
      ["reports", ["report:send", "risk:serviceAccount"]],
    ]);
  });

  test.each(capabilities)("%s: with it yes, without it no, whatever else is open", (capability) => {
    const others = capabilities.filter((one) => one !== capability);
    for (const permission of ofCapability(capability)) {
      expect(can(actor("superAdmin"), permission, at("delegated", capability)), permission).toBe(true);
      expect(can(actor("superAdmin"), permission, at("delegated", ...others)), permission).toBe(false);
      expect(can(actor("superAdmin"), permission, at("managed")), permission).toBe(true);
    }
  });

  test("never widens a role", () => {
    expect(can(actor("business"), "metrics:read", at("delegated", ...capabilities))).toBe(false);
    expect(can(actor("readOnly"), "sync:start", at("managed", ...capabilities))).toBe(false);
    expect(can(actor("superAdmin"), "access:revoke", at("delegated", ...capabilities))).toBe(false);
  });

  test("the baseline needs no grant", () => {
    for (const permission of [
      "customer:open",
      "licence:read",
      "contact:edit",
      "customer:edit",
      "access:request",
    ] as const)
      expect(can(actor("admin"), permission, at("delegated")), permission).toBe(true);
  });
});

test("orders of managed customers open licences and the account, nothing else", () => {
  const open = (Object.keys(permissions) as Permission[]).filter(
    (id) => "on" in permissions[id] && can(actor("superAdmin"), id, at("order_only", ...capabilities)),
  );
  expect(open.sort()).toEqual([
    "customer:exportOwn",
    "customer:launch",
    "customer:open",
    "customer:pin",
    "licence:read",
  ]);
});

describe("a customer's user", () => {
  const own = (
    Object.entries(permissions) as [Permission, { roles: readonly RoleName[]; on?: string }][]
  ).filter(([, rule]) => rule.roles.includes("customerAdmin"));
  test("acts at their own customer, in no need of a grant", () => {
    for (const [permission] of own)
      expect(can(actor("customerAdmin", "c"), permission, at("delegated")), permission).toBe(true);
  });
  test("never at another one", () => {
    for (const [permission] of own)
      expect(
        can(actor("customerAdmin", "other"), permission, at("managed", ...capabilities)),
        permission,
      ).toBe(false);
  });
  test("has no right over all customers, except to their own account", () => {
    expect(own.filter(([, rule]) => rule.on !== "customer").map(([id]) => id)).toEqual(["account:self"]);
    expect(can(actor("customerViewer", "c"), "access:revoke", at("delegated"))).toBe(false);
  });
});

test("partner-wide and per-customer permissions cannot be mixed up at compile time", () => {
  const onCustomer: CustomerPermission = "customer:open";
  // @ts-expect-error a permission over all customers is none about one
  const wide: CustomerPermission = "customer:list";
  expect([onCustomer in permissions, wide in permissions]).toEqual([true, true]);
});
