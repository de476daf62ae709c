// Inputs and outputs of API tokens; what a token may be allowed to do.
import { z } from "zod";

/** What programs do here: each is called by an operation of the public API. */
export const tokenPermissions = ["snapshot:push", "customer:list", "sync:read", "sync:startAll"] as const;
export type TokenPermission = (typeof tokenPermissions)[number];

/** Days that a token may live, the first as it is offered. */
export const lifetimes = [90, 7, 30, 180, 365] as const;

export const TokenRow = z.object({
  id: z.uuid(),
  name: z.string(),
  permissions: z.array(z.string()),
  /** The source it pushes into. */
  source: z.string().nullable(),
  maker: z.string(),
  /** `dormant`: its maker may no longer sign in, or may no longer do any of it. */
  state: z.enum(["active", "expired", "revoked", "dormant"]),
  createdAt: z.string(),
  expiresAt: z.string(),
  revokedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  lastUsedFrom: z.string(),
});
export type TokenRow = z.infer<typeof TokenRow>;

/** What the form offers this person. */
export const TokenOptions = z.object({
  permissions: z.array(z.enum(tokenPermissions)),
  sources: z.array(z.object({ id: z.uuid(), name: z.string(), customerName: z.string().nullable() })),
  /** May name a new source. */
  makesSources: z.boolean(),
  /** Sees the tokens of everybody at the partner. */
  seesAll: z.boolean(),
});
export type TokenOptions = z.infer<typeof TokenOptions>;

const name = z.string().trim().min(1).max(100);
const listed = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z.array(z.enum(tokenPermissions)).max(20),
);
/** Forms send "" for a field left alone. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
export const MakeToken = z.strictObject({
  name,
  permissions: listed.default([]),
  /** A connection to push into; or `newSource`, the name of one that is made. */
  connectionId: optional(z.uuid()),
  newSource: optional(name),
  days: z.coerce.number().int().min(1).max(365).default(lifetimes[0]),
});
export type MakeToken = z.infer<typeof MakeToken>;
