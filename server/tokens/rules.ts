// Decisions on API tokens: which state one is in, and what a person may let a program do.
import { type Actor, can, type Permission, type RoleName } from "#server/permissions.ts";
import { type TokenPermission, tokenPermissions, type TokenRow } from "./schema.ts";

export type TokenFacts = { permissions: readonly string[]; expiresAt: Date; revokedAt: Date | null };
/** The maker as they are now; undefined once the membership is gone. */
export type MakerFacts = { role: RoleName; isDisabled: boolean } | undefined;

export function stateOf(token: TokenFacts, maker: MakerFacts, now: Date): TokenRow["state"] {
  if (token.revokedAt !== null) return "revoked";
  if (token.expiresAt <= now) return "expired";
  const able =
    maker !== undefined &&
    !maker.isDisabled &&
    token.permissions.some((permission) =>
      can({ role: maker.role, customerId: null }, permission as Permission),
    );
  return able ? "active" : "dormant";
}

/** What this person may let a token do: never more than they may themselves. */
export const offeredTo = (actor: Actor): TokenPermission[] =>
  tokenPermissions.filter((permission) => can(actor, permission));
