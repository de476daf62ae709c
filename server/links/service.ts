// Links between vendor accounts and customers: made, moved, merged, split and ended, with their history.
import { v7 as uuidv7 } from "uuid";
import type { ScopedDb } from "#db/client.ts";
import { findCustomerAccess, insertGrants, lockCustomers } from "#server/access/queries.ts";
import { appendAudit } from "#server/audit/append.ts";
import { AppError } from "#server/errors.ts";
import { isConfirmed } from "#server/http/typed-word.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { dayIn } from "#server/licences/rules.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import type { Actor } from "#server/permissions.ts";
import { insertCustomers } from "#server/sync/queries.ts";
import { arrivalOf } from "#server/sync/rules.ts";
import type { AccountIdentity } from "#server/sync/snapshot.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  type AccountRecord,
  getCustomerName,
  insertLinks,
  type LinkKind,
  listDueUnlinks,
  mergeInto,
  updateOwner,
  updateSetAside,
  updateUnlinkOn,
} from "#server/vendor-accounts/queries.ts";
import { findLastOwner, getMergeFacts, isClosed } from "#server/vendor-accounts/queries-leave.ts";
import { identityOf, planOf, planOn, requireAccount } from "#server/vendor-accounts/service.ts";

/** A customer that may take accounts; throws customer.notFound, account.orderOnly. */
async function requireTarget(db: ScopedDb, actor: Actor, customerId: string): Promise<void> {
  const customer = await findCustomerAccess(db, actor.partnerId, customerId);
  if (!customer) throw new AppError("customer.notFound");
  if (customer.relationship === "order_only") throw new AppError("account.orderOnly");
}

type Move = { account: AccountRecord; kind: LinkKind; to: { id: string; name: string } | null };

/** Moves an account and writes its history and the ledgers of both customers; the worker then computes them anew. */
async function move({ db, actor, audit }: Guarded, { account, kind, to }: Move): Promise<void> {
  const { partnerId } = actor;
  const touched = [account.customerId, to?.id ?? null].filter((id) => id !== null);
  await lockCustomers(db, touched, "exclusive");
  await updateOwner(db, partnerId, account.id, to?.id ?? null);
  await insertLinks(db, partnerId, [
    {
      vendorAccountId: account.id,
      kind,
      fromCustomer: account.customerId,
      fromName: account.customerName ?? "",
      toCustomer: to?.id ?? null,
      toName: to?.name ?? "",
      actorName: actor.name,
    },
  ]);
  if (to) {
    await enqueue(db, "refresh", { partnerId, customerId: to.id }, { singletonKey: to.id });
    await enqueue(
      db,
      "syncRequest",
      { partnerId, customerId: to.id, userId: actor.userId },
      { singletonKey: to.id },
    );
  }
  for (const customerId of touched) {
    await audit({
      action: `account:${kind}`,
      entity: `vendor account ${account.id}`,
      customerId,
      detail: { vendor: account.vendor, name: account.name, from: account.customerId, to: to?.id ?? null },
    });
  }
}

/**
 * Access is the customer's to give: an account leaves a customer that closed itself to the partner, or ever decided about
 * its access, for no other one, also not by way of unlinking. Else moving it would open what was revoked. Throws
 * customer.accessDisabled.
 */
async function requireMayLeave(
  db: ScopedDb,
  { partnerId }: Actor,
  account: AccountRecord,
  toCustomerId: string | null,
): Promise<void> {
  const owner = account.customerId ?? (await findLastOwner(db, partnerId, account.id));
  if (owner !== undefined && owner === toCustomerId) return;
  const facts = owner === undefined ? undefined : await getMergeFacts(db, partnerId, owner);
  // The customer may be gone from the portal: what it had closed is remembered with the account.
  const mayLeave = facts ? facts.mayLeave : !(await isClosed(db, partnerId, account));
  if (!mayLeave) throw new AppError("customer.accessDisabled");
}

/** Gives an account to a customer, from the queue or from the customer that has it. Throws account.* and customer.notFound. */
export async function linkAccount(
  ctx: Guarded,
  { accountId, toCustomerId: customerId }: { accountId: string; toCustomerId: string },
): Promise<void> {
  const { db, actor } = ctx;
  await requireTarget(db, actor, customerId);
  const account = await requireAccount(db, actor, accountId, "lock");
  if (account.customerId === customerId) throw new AppError("account.sameCustomer");
  await requireMayLeave(db, actor, account, customerId);
  const name = await getCustomerName(db, actor.partnerId, customerId);
  await move(ctx, { account, kind: "linked", to: { id: customerId, name } });
}

/** Makes a customer of its own for an account, as if it had just arrived. Returns the customer. */
export async function splitAccount(
  ctx: Guarded,
  accountId: string,
  now: Date,
): Promise<{ customerId: string }> {
  const { db, actor } = ctx;
  const account = await requireAccount(db, actor, accountId, "lock");
  await requireMayLeave(db, actor, account, null);
  const { relationship, grant } = arrivalOf(account.billing as AccountIdentity["billing"]);
  const { timeZone } = await getPartnerRules(db, actor.partnerId);
  const customerId = uuidv7();
  const identity: AccountIdentity = {
    externalId: account.externalId,
    name: account.name,
    domain: account.domain,
    country: identityOf(account).country ?? null,
    region: account.region,
    externalIds: [],
    contacts: [],
    address: null,
    billing: account.billing as AccountIdentity["billing"],
  };
  await insertCustomers(
    db,
    actor.partnerId,
    [{ ...identity, id: customerId, relationship }],
    dayIn(timeZone, now),
  );
  if (grant)
    await insertGrants(db, actor.partnerId, [
      { ...grant, customerId, fromAt: now, untilAt: null, zone: timeZone, grantedBy: null },
    ]);
  await move(ctx, { account, kind: "split", to: { id: customerId, name: account.name } });
  return { customerId };
}

/** Throws account.wordMissing unless the word was typed that confirms what cannot be undone. */
export function requireWord(word: string): void {
  if (!isConfirmed(word)) throw new AppError("account.wordMissing", { fields: { word: "word" } });
}

/**
 * Makes one customer part of another: the same organisation that came twice. Refused where the customer that would go
 * has people or gave access itself: only it can give that again.
 */
export async function mergeCustomers(
  ctx: Guarded,
  {
    fromCustomerId: customerId,
    intoCustomerId,
    word,
  }: { fromCustomerId: string; intoCustomerId: string; word: string },
): Promise<void> {
  const { db, actor, audit } = ctx;
  const { partnerId } = actor;
  requireWord(word);
  if (customerId === intoCustomerId) throw new AppError("account.sameCustomer");
  await requireTarget(db, actor, customerId);
  await requireTarget(db, actor, intoCustomerId);
  await lockCustomers(db, [customerId, intoCustomerId], "exclusive");
  const facts = await getMergeFacts(db, partnerId, customerId);
  if (!facts) throw new AppError("customer.notFound");
  if (facts.hasUsers || facts.hasIssuers) throw new AppError("account.mergeHasUsers");
  if (facts.hasGrant) throw new AppError("account.mergeHasGrant");
  if (!facts.mayLeave && facts.accounts.length > 0) throw new AppError("customer.accessDisabled");
  const fromName = await getCustomerName(db, partnerId, customerId);
  const toName = await getCustomerName(db, partnerId, intoCustomerId);
  await mergeInto(db, partnerId, customerId, intoCustomerId);
  await insertLinks(
    db,
    partnerId,
    facts.accounts.map((vendorAccountId) => ({
      vendorAccountId,
      kind: "merged" as const,
      fromCustomer: customerId,
      fromName,
      toCustomer: intoCustomerId,
      toName,
      actorName: actor.name,
    })),
  );
  await enqueue(db, "refresh", { partnerId, customerId: intoCustomerId }, { singletonKey: intoCustomerId });
  for (const chain of [customerId, intoCustomerId])
    await audit({
      action: "account:merged",
      entity: `customer ${customerId}`,
      customerId: chain,
      detail: { from: fromName, into: intoCustomerId, intoName: toName, accounts: facts.accounts.length },
    });
}

/** Ends a link by the rule table: at once, or on the first of the next month. Throws account.termLicence, account.recentLicence. */
export async function unlinkAccount(
  ctx: Guarded,
  accountId: string,
  now: Date,
): Promise<{ answer: "account.unlinked" | "account.unlinkScheduled" }> {
  const { db, actor, audit } = ctx;
  const account = await requireAccount(db, actor, accountId, "lock");
  if (account.customerId === null) throw new AppError("account.notLinked");
  await requireTarget(db, actor, account.customerId);
  const plan = await planOf(db, actor.partnerId, accountId, now);
  if (plan.kind === "refused") throw new AppError(`account.${plan.why}`);
  if (plan.kind === "now") {
    await move(ctx, { account, kind: "unlinked", to: null });
    return { answer: "account.unlinked" };
  }
  // Who clicks twice, or second, finds it done.
  if (account.unlinkOn === plan.on) return { answer: "account.unlinkScheduled" };
  await updateUnlinkOn(db, actor.partnerId, accountId, plan.on);
  await insertLinks(db, actor.partnerId, [ending(account, "unlink_scheduled", actor.name)]);
  await audit({
    action: "account:unlink_scheduled",
    entity: `vendor account ${accountId}`,
    customerId: account.customerId,
    detail: { on: plan.on },
  });
  return { answer: "account.unlinkScheduled" };
}

/** The line of the history that says what became of a link to its customer. */
const ending = (
  account: Pick<AccountRecord, "id" | "customerId" | "customerName">,
  kind: LinkKind,
  actorName: string,
) => ({
  vendorAccountId: account.id,
  kind,
  fromCustomer: account.customerId,
  fromName: account.customerName ?? "",
  toCustomer: null,
  toName: "",
  actorName,
});

/** Takes a scheduled unlink back; throws account.notScheduled where there is none. */
export async function cancelUnlink({ db, actor, audit }: Guarded, accountId: string): Promise<void> {
  const account = await requireAccount(db, actor, accountId, "lock");
  if (account.linkState !== "unlink_scheduled") throw new AppError("account.notScheduled");
  await updateUnlinkOn(db, actor.partnerId, accountId, null);
  await insertLinks(db, actor.partnerId, [ending(account, "unlink_cancelled", actor.name)]);
  await audit({
    action: "account:unlink_cancelled",
    entity: `vendor account ${accountId}`,
    customerId: account.customerId,
  });
}

/** An account that belongs to none of the customers leaves the queue, or comes back to it. */
export async function setAside(
  { db, actor, audit }: Guarded,
  accountId: string,
  isSetAside: boolean,
): Promise<void> {
  const account = await requireAccount(db, actor, accountId, "lock");
  if (account.customerId !== null) throw new AppError("account.changed");
  await updateSetAside(db, actor.partnerId, accountId, isSetAside);
  if (isSetAside) await insertLinks(db, actor.partnerId, [ending(account, "set_aside", actor.name)]);
  await audit({
    action: isSetAside ? "account:setAside" : "account:takeBack",
    entity: `vendor account ${accountId}`,
    customerId: null,
  });
}

/**
 * Ends the links whose day has come, by the rule table as it judges that day: where a licence that came since stands in
 * the way, the link stays and the schedule is dropped. What still runs by the month has had its month. The worker's, once
 * a minute; `today` is the partner's day.
 */
export async function endScheduledLinks(db: ScopedDb, partnerId: string, today: string): Promise<void> {
  for (const account of await listDueUnlinks(db, partnerId, today)) {
    const { id, customerId } = account;
    if (customerId) await lockCustomers(db, [customerId], "exclusive");
    const plan = await planOn(db, partnerId, id, today);
    const kind = plan.kind === "refused" ? "unlink_refused" : "unlinked";
    const why = plan.kind === "refused" ? { why: plan.why, possibleOn: plan.possibleOn } : {};
    if (plan.kind === "refused") await updateUnlinkOn(db, partnerId, id, null);
    else await updateOwner(db, partnerId, id, null);
    await insertLinks(db, partnerId, [ending(account, kind, "Belvedere")]);
    await appendAudit(
      db,
      { job: "unlink" },
      {
        action: `account:${kind}`,
        entity: `vendor account ${id}`,
        customerId,
        detail: { on: today, ...why },
      },
    );
  }
}
