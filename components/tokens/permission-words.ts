import type { TokenPermission } from "#server/tokens/schema.ts";

/** The texts' keys: a permission's own id has a colon, which means another file to the translator. */
export const permissionKeys = {
  "snapshot:push": "permission.push",
  "customer:list": "permission.customers",
  "sync:read": "permission.watch",
  "sync:startAll": "permission.sync",
} as const satisfies Record<TokenPermission, string>;
