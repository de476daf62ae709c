// API tokens: who sees which, making one with its source, ending one.
import type { ScopedDb } from "#db/client.ts";
import { findMakers, hashToken, newToken } from "#server/auth/tokens.ts";
import { AppError } from "#server/errors.ts";
import { type Actor, can } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  insertPushSource,
  insertToken,
  listPushSources,
  listTokens,
  type Owner,
  revokeToken,
} from "./queries.ts";
import { offeredTo, stateOf } from "./rules.ts";
import type { MakeToken, TokenOptions, TokenRow } from "./schema.ts";

const MOST_SHOWN = 500;
const DAY_MS = 86_400_000;

const ownerOf = (actor: Actor): Owner => (can(actor, "token:manage") ? null : actor.membershipId);

/** A partner's own source reaches every customer, so only who sees all of them may push into it. */
const reachable = async (db: ScopedDb, actor: Actor) =>
  (await listPushSources(db, actor.partnerId)).filter(
    ({ customerId }) => customerId !== null || actor.memberAll,
  );

export async function getTokens(db: ScopedDb, actor: Actor, now: Date): Promise<TokenRow[]> {
  const tokens = await listTokens(db, actor.partnerId, ownerOf(actor), now, MOST_SHOWN);
  const makers = await findMakers(actor.partnerId, [
    ...new Set(tokens.map(({ membershipId }) => membershipId)),
  ]);
  return tokens.map(({ membershipId, ...token }) => {
    const maker = makers.get(membershipId);
    return {
      ...token,
      maker: maker?.name ?? "",
      state: stateOf(token, maker, now),
      createdAt: token.createdAt.toISOString(),
      expiresAt: token.expiresAt.toISOString(),
      revokedAt: token.revokedAt?.toISOString() ?? null,
      lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    };
  });
}

export async function getOptions(db: ScopedDb, actor: Actor): Promise<TokenOptions> {
  const sources = await reachable(db, actor);
  return {
    permissions: offeredTo(actor),
    sources: sources.map(({ id, name, customerName }) => ({ id, name, customerName })),
    makesSources: actor.memberAll && can(actor, "connection:manage"),
    seesAll: can(actor, "token:manage"),
  };
}

/**
 * Makes a token and, where one is named, its source. Returns the token itself, which is stored nowhere. Throws
 * permission.denied for what the maker may not do, token.noPermission, token.noSource, token.scope, connection.notFound.
 */
export async function makeToken(
  { db, actor, audit }: Guarded,
  wish: MakeToken,
  now: Date,
): Promise<{ id: string; token: string; connectionId: string | null; expiresAt: Date }> {
  const { partnerId, membershipId } = actor;
  const permissions = [...new Set(wish.permissions)];
  if (permissions.length === 0) throw new AppError("token.noPermission");
  if (!permissions.every((permission) => can(actor, permission))) throw new AppError("permission.denied");
  const connectionId = permissions.includes("snapshot:push") ? await sourceFor(db, actor, wish) : null;
  const token = newToken();
  const expiresAt = new Date(now.getTime() + wish.days * DAY_MS);
  const id = await insertToken(db, partnerId, {
    membershipId,
    name: wish.name,
    tokenHash: hashToken(token),
    permissions,
    connectionId,
    expiresAt,
  });
  await audit({
    action: "token:make",
    entity: `token ${id}`,
    customerId: null,
    detail: { name: wish.name, permissions, connection: connectionId, newSource: wish.newSource, expiresAt },
  });
  return { id, token, connectionId, expiresAt };
}

/** The connection that a new token is to push into. */
async function sourceFor(
  db: ScopedDb,
  actor: Actor,
  { connectionId, newSource }: MakeToken,
): Promise<string> {
  if (connectionId !== undefined) {
    const sources = await listPushSources(db, actor.partnerId);
    const source = sources.find(({ id }) => id === connectionId);
    if (!source) throw new AppError("connection.notFound");
    if (source.customerId === null && !actor.memberAll) throw new AppError("token.scope");
    return source.id;
  }
  if (newSource === undefined) throw new AppError("token.noSource");
  if (!can(actor, "connection:manage")) throw new AppError("permission.denied");
  if (!actor.memberAll) throw new AppError("token.scope");
  return insertPushSource(db, actor.partnerId, newSource);
}

/** Ends a token at once; ending it again is no error. Throws token.notFound for one that is not the actor's to see. */
export async function endToken({ db, actor, audit }: Guarded, id: string, now: Date): Promise<void> {
  const ended = await revokeToken(db, actor.partnerId, ownerOf(actor), id, now);
  if (!ended) throw new AppError("token.notFound");
  await audit({
    action: "token:revoke",
    entity: `token ${id}`,
    customerId: null,
    detail: { name: ended.name, again: !ended.isNew },
  });
}
