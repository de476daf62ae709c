// Unlinking a customer: its accounts judged by the rule table before anything is done, then ended or scheduled together.
import type { ScopedDb } from "#db/client.ts";
import { findCustomerAccess } from "#server/access/queries.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { dayIn, licenceStatus } from "#server/licences/rules.ts";
import { cancelUnlink, unlinkAccount } from "#server/links/service.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import type { Actor, CustomerAccess, CustomerPermission } from "#server/permissions.ts";
import { type Guarded, requireCustomer } from "#server/trpc.ts";
import { getCustomerName, listAccountLicences } from "#server/vendor-accounts/queries.ts";
import { unlinkPlan, unlinkRow } from "#server/vendor-accounts/rules.ts";
import { listLinkedAccounts } from "./queries.ts";
import type { UnlinkDetails } from "./schema.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The customer that `permission` may end something of; an order says that it cannot. Throws account.orderOnly, customer.*. */
export async function requireEndable(
  ctx: Pick<Guarded, "actor" | "db">,
  permission: CustomerPermission,
  customerId: string,
): Promise<CustomerAccess> {
  if (!uuid.test(customerId)) throw new AppError("customer.notFound");
  const customer = await findCustomerAccess(ctx.db, ctx.actor.partnerId, customerId);
  if (customer?.relationship === "order_only") throw new AppError("account.orderOnly");
  return requireCustomer(ctx, permission, customerId);
}

/** What unlinking each account of a customer would do today; of an order nothing. Throws customer.notFound. */
export async function getUnlinkDetails(
  db: ScopedDb,
  { partnerId }: Pick<Actor, "partnerId">,
  customerId: string,
  now: Date,
): Promise<UnlinkDetails> {
  const customer = await findCustomerAccess(db, partnerId, customerId);
  if (!customer) throw new AppError("customer.notFound");
  const { relationship } = customer;
  const { timeZone } = await getPartnerRules(db, partnerId);
  const today = dayIn(timeZone, now);
  // What the customer owns is its own to show; that it stands in the way is said without its name.
  const seesOwned = relationship !== "delegated" || customer.capabilities.includes("licences");
  const accounts: UnlinkDetails["accounts"] = [];
  for (const account of relationship === "order_only"
    ? []
    : await listLinkedAccounts(db, partnerId, customerId)) {
    const licences = (await listAccountLicences(db, partnerId, account.id)).map(
      ({ kind, owner, product, ...licence }) => ({
        ...licence,
        kind: kind as "term",
        product: seesOwned || owner === "partner" ? product : null,
      }),
    );
    accounts.push({
      ...account,
      droppedAt: account.droppedAt?.toISOString() ?? null,
      plan: unlinkPlan(licences, today),
      licences: licences.map((licence) => ({
        product: licence.product,
        kind: licence.kind,
        status: licenceStatus(licence, today),
        endsOn: licence.endsOn,
        ...unlinkRow(licence, today),
      })),
    });
  }
  return { name: await getCustomerName(db, partnerId, customerId), relationship, timeZone, today, accounts };
}

/** What unlinking a customer, all its accounts together, comes to; `already`: what is left is scheduled. */
export type UnlinkOutcome =
  | { outcome: "refused"; code: AppErrorCode; product: string | null; possibleOn: string | null }
  | { outcome: "scheduled"; on: string; product: string | null }
  | { outcome: "now" }
  | { outcome: "already"; on: string };

/** The worst of the accounts decides: one that is refused refuses all, one that is scheduled has the others end at once. */
function outcomeOf({ relationship, accounts }: UnlinkDetails): UnlinkOutcome {
  const refuse = (code: AppErrorCode) =>
    ({ outcome: "refused", code, product: null, possibleOn: null }) as const;
  if (relationship === "order_only") return refuse("account.orderOnly");
  const open = accounts.filter(({ unlinkOn }) => unlinkOn === null);
  const [planned] = accounts.flatMap(({ unlinkOn }) => unlinkOn ?? []).sort();
  if (open.length === 0)
    return planned === undefined ? refuse("account.notLinked") : { outcome: "already", on: planned };
  const plans = open.map(({ plan }) => plan);
  const refused = plans.find((plan) => plan.kind === "refused");
  if (refused)
    return {
      outcome: "refused",
      code: `account.${refused.why}`,
      product: refused.product,
      possibleOn: refused.possibleOn,
    };
  const scheduled = plans.find((plan) => plan.kind === "scheduled");
  return scheduled
    ? { outcome: "scheduled", on: scheduled.on, product: scheduled.product }
    : { outcome: "now" };
}

/** The simulator for one customer; changes nothing and throws nothing for a customer that is not there. */
export async function simulateUnlink(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId">,
  customerId: string,
  now: Date,
): Promise<UnlinkOutcome> {
  try {
    return outcomeOf(await getUnlinkDetails(db, actor, customerId, now));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { outcome: "refused", code: error.code, product: null, possibleOn: null };
  }
}

/** Whoever came first has ended it since: that is what was asked for. */
function endedMeanwhile(error: unknown): { answer: "account.unlinked" } {
  if (error instanceof AppError && (error.code === "account.notLinked" || error.code === "account.notFound"))
    return { answer: "account.unlinked" };
  throw error;
}

/**
 * Ends or schedules the links of these accounts, or (null) of all that the customer has: all of them or none. One that is
 * scheduled already stays so, and counts. Throws account.orderOnly, account.notLinked, account.termLicence,
 * account.recentLicence, customer.notFound.
 */
export async function unlinkCustomer(
  ctx: Guarded,
  customerId: string,
  accountIds: readonly string[] | null,
  now: Date,
): Promise<{ unlinked: number; scheduled: number; on: string | null }> {
  const { db, actor, audit } = ctx;
  const details = await getUnlinkDetails(db, actor, customerId, now);
  const chosen = {
    ...details,
    accounts: details.accounts.filter(({ id }) => accountIds === null || accountIds.includes(id)),
  };
  const outcome = outcomeOf(chosen);
  if (outcome.outcome === "refused") throw new AppError(outcome.code);
  const done = { unlinked: 0, scheduled: 0, on: null as string | null };
  for (const { id, unlinkOn } of chosen.accounts) {
    const answer =
      unlinkOn === null
        ? (await unlinkAccount(ctx, id, now).catch(endedMeanwhile)).answer
        : "account.unlinkScheduled";
    done[answer === "account.unlinked" ? "unlinked" : "scheduled"] += 1;
  }
  if ("on" in outcome) done.on = outcome.on;
  await audit({
    action: "customer:unlink",
    entity: `customer ${customerId}`,
    customerId,
    detail: { accounts: accountIds ?? "all", ...done },
  });
  return done;
}

/** Takes back what is scheduled for these accounts, or (null) for all; nothing scheduled is nothing to do. */
export async function cancelUnlinks(
  ctx: Guarded,
  customerId: string,
  accountIds: readonly string[] | null,
  now: Date,
): Promise<{ cancelled: number }> {
  const { accounts } = await getUnlinkDetails(ctx.db, ctx.actor, customerId, now);
  const planned = accounts.filter(
    ({ id, unlinkOn }) => unlinkOn !== null && (accountIds === null || accountIds.includes(id)),
  );
  for (const { id } of planned) await cancelUnlink(ctx, id);
  await ctx.audit({
    action: "customer:unlinkCancel",
    entity: `customer ${customerId}`,
    customerId,
    detail: { accounts: planned.map(({ id }) => id) },
  });
  return { cancelled: planned.length };
}
