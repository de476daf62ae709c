// Identity providers of a partner, or of a customer for its own people: made after they were asked who they are.
import { discover } from "#server/auth/discovery.ts";
import { clientSecretPlace, findAddress } from "#server/auth/issuers.ts";
import { isFresh, requireFresh } from "#server/auth/proof.ts";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import type { Actor } from "#server/permissions.ts";
import { box, unbox } from "#server/secrets/web-box.ts";
import type { Guarded } from "#server/trpc.ts";
import { deleteProvider, findProvider, insertProvider, listProviders, updateProvider } from "./queries.ts";
import type { NewProvider, ProviderChange, SignInProviders } from "./schema.ts";

const ownerOf = ({ partnerId, customerId }: Actor) => ({ partnerId, customerId });
const redirectUri = (id: string) => `${env().origin}/api/auth/callback/${id}`;

// The id of a provider that is not there yet. It is sealed, so that nobody chooses the id of another partner's.
const draftPlace = ({ partnerId, customerId }: Actor) => ({
  table: "oidc_issuer",
  column: "id",
  row: `${partnerId} ${customerId ?? ""}`,
});
const sealDraft = (actor: Actor, id: string) => box(id, draftPlace(actor)).toString("base64url");
function openDraft(actor: Actor, sealed: string | undefined): string | undefined {
  if (sealed === undefined) return undefined;
  try {
    return unbox(Buffer.from(sealed, "base64url"), draftPlace(actor));
  } catch {
    return undefined;
  }
}

export async function getProviders(
  { db, actor }: Pick<Guarded, "db" | "actor">,
  draft: string | undefined,
): Promise<SignInProviders> {
  const rows = await listProviders(db, ownerOf(actor));
  const known = openDraft(actor, draft);
  const id = known ?? crypto.randomUUID();
  return {
    providers: rows.map(({ createdAt, ...row }) => ({
      ...row,
      createdAt: createdAt.toISOString(),
      redirectUri: redirectUri(row.id),
      signInLink: `${env().origin}/sign-in?provider=${row.id}`,
    })),
    isFresh: isFresh(actor),
    draft: {
      sealed: known !== undefined && draft !== undefined ? draft : sealDraft(actor, id),
      redirectUri: redirectUri(id),
    },
  };
}

/** A provider that answered, as it will be stored; asked before a transaction is open. */
export type Answered = NewProvider & { id: string };

/** Asks a new provider who it is. Throws auth.proofNeeded, issuer.invalid, or what `discover` throws. */
export async function askNewProvider(actor: Actor, wish: NewProvider): Promise<Answered> {
  requireFresh(actor);
  const id = openDraft(actor, wish.draft);
  if (id === undefined) throw new AppError("issuer.invalid");
  // As the provider writes itself: tokens name it letter for letter.
  const { issuer } = await discover(wish.issuer);
  return { ...wish, id, issuer };
}

export async function createProvider(
  { db, actor, audit }: Guarded,
  { id, name, issuer, clientId, clientSecret }: Answered,
): Promise<void> {
  const secret = clientSecret === "" ? null : box(clientSecret, clientSecretPlace(id));
  const isNew = await insertProvider(db, ownerOf(actor), { id, name, issuer, clientId, secret });
  if (!isNew) throw new AppError("issuer.exists");
  await audit({
    action: "issuer:create",
    entity: `issuer ${id}`,
    customerId: actor.customerId,
    detail: { name, issuer, clientId, hasSecret: secret !== null },
  });
}

/** Asks a provider of the actor's own again. Throws issuer.notFound, or what `discover` throws. */
export async function askProvider(actor: Actor, id: string): Promise<void> {
  const issuer = await findAddress(id, ownerOf(actor));
  if (issuer === undefined) throw new AppError("issuer.notFound");
  await discover(issuer);
}

/**
 * Changes a provider of the actor's own; `test` was made already. What gives more asks for a fresh sign-in; switching off
 * and removing never do, and both end its sessions at their next request.
 */
export async function changeProvider(
  { db, actor, audit }: Guarded,
  id: string,
  change: ProviderChange,
): Promise<void> {
  const owner = ownerOf(actor);
  const provider = await findProvider(db, owner, id);
  if (!provider) throw new AppError("issuer.notFound");
  if (change.action === "secret" || change.action === "enable") requireFresh(actor);
  if (change.action === "secret") {
    const secret = change.clientSecret === "" ? null : box(change.clientSecret, clientSecretPlace(id));
    await updateProvider(db, owner, id, { secret });
  } else if (change.action === "remove") await deleteProvider(db, owner, id);
  else if (change.action !== "test")
    await updateProvider(db, owner, id, { isEnabled: change.action === "enable" });
  await audit({
    action: `issuer:${change.action}`,
    entity: `issuer ${id}`,
    customerId: actor.customerId,
    detail: { name: provider.name, issuer: provider.issuer },
  });
}
