// Converting the trials of an account into monthly licences: what it would end, and doing it once.
import type { ScopedDb } from "#db/client.ts";
import { findCustomerAccess } from "#server/access/queries.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { addDays, applyLicence, dayIn, licenceStatus } from "#server/licences/rules.ts";
import { type Actor, can, type CustomerAccess } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import { getCustomerName } from "#server/vendor-accounts/queries.ts";
import { requireAccount } from "#server/vendor-accounts/service.ts";
import {
  convertTrials,
  deleteProgramme,
  findConversion,
  getFlexFacts,
  insertConversion,
  insertProgramme,
  listConversions,
  listCustomerLicences,
  listProgrammes,
} from "./queries.ts";
import { type Conversion, MOST_UNITS, type Trial, type TrialDetails } from "./schema.ts";

type Held = Awaited<ReturnType<typeof listCustomerLicences>>[number];

/** Whole units that a trial stands for: what it is for, else what is in use, at least one; null: unlimited. */
function suggest({ isUnlimited, quantity, used }: Held): number | null {
  if (isUnlimited) return null;
  return Math.min(MOST_UNITS, Math.max(1, Math.ceil(Number(quantity ?? used ?? 1))));
}

type Converting = {
  id: string;
  name: string;
  vendor: string;
  refused: boolean;
  trials: Trial[];
  held: Held[];
};

/**
 * Accounts with trials that a monthly licence beginning today would end. Trials that the customer owns need its leave
 * (`licences`); an account with one of them is refused as a whole, because a conversion ends all trials of an account.
 */
async function listConverting(
  db: ScopedDb,
  actor: Pick<Actor, "partnerId" | "role" | "customerId">,
  customer: CustomerAccess,
  today: string,
): Promise<Converting[]> {
  const licences = await listCustomerLicences(db, actor.partnerId, customer.id);
  const mayOwned = can(actor, "licence:editOwned", customer);
  return [...Map.groupBy(licences, ({ accountId }) => accountId)].flatMap(([id, held]) => {
    const running = held.filter(
      (one) => one.kind === "trial" && licenceStatus({ ...one, kind: "trial" }, today) !== "expired",
    );
    const [first] = running;
    if (!first) return [];
    const refused = !mayOwned && running.some(({ owner }) => owner === "customer");
    const trials = refused
      ? []
      : running.map((one) => ({
          key: one.key,
          product: one.product,
          quantity: one.quantity,
          used: one.used,
          isUnlimited: one.isUnlimited,
          endsOn: one.endsOn,
          suggested: suggest(one),
        }));
    return [{ id, name: first.account, vendor: first.vendor, refused, trials, held }];
  });
}

/** What can be converted at a customer today, the programmes that would mind, and what was converted before. */
export async function getTrialDetails(
  db: ScopedDb,
  actor: Actor,
  customer: CustomerAccess,
  now: Date,
): Promise<TrialDetails> {
  const { partnerId } = actor;
  const { mspFlex, timeZone } = await getFlexFacts(db, partnerId);
  const today = dayIn(timeZone, now);
  return {
    name: await getCustomerName(db, partnerId, customer.id),
    isFlex: mspFlex,
    timeZone,
    today,
    lastTrialDay: addDays(today, -1),
    accounts: (await listConverting(db, actor, customer, today)).map(({ held: _, ...account }) => account),
    programmes: await listProgrammes(db, partnerId, customer.id),
    converted: (await listConversions(db, partnerId, customer.id)).map((one) => ({
      at: one.createdAt.toISOString(),
      on: one.convertedOn,
      byName: one.byName,
      account: one.account,
      products: (one.trials as { product: string }[]).map(({ product }) => product),
      isKnown: one.billing === "usage",
    })),
    conversionId: crypto.randomUUID(),
  };
}

/**
 * Ends all trials of an account the day before today and makes monthly licences of them, which begin today (the partner's
 * day). The same conversion twice changes nothing twice. Throws monthly.notFlex, trial.none, trial.changed when other
 * trials are running than the person saw, customer.accessDisabled, account.notFound.
 */
export async function convertAccount(
  { db, actor, audit }: Guarded,
  customer: CustomerAccess,
  { conversionId, accountId, trials: wanted }: Conversion,
  now: Date,
): Promise<{ converted: number }> {
  const { partnerId } = actor;
  const { mspFlex, timeZone } = await getFlexFacts(db, partnerId);
  if (!mspFlex) throw new AppError("monthly.notFlex");
  const today = dayIn(timeZone, now);
  // Two people at once take turns here; the second sees what the first did.
  const { customerId } = await requireAccountOf(db, actor, customer, accountId);
  const entity = `vendor account ${accountId}`;
  const done = await findConversion(db, partnerId, customer.id, conversionId);
  if (done !== undefined) {
    await audit({ action: "trial:convert", entity, customerId, detail: { conversionId, again: true } });
    return { converted: done };
  }
  const account = (await listConverting(db, actor, customer, today)).find(({ id }) => id === accountId);
  if (!account) throw new AppError("trial.none");
  if (account.refused) throw new AppError("customer.accessDisabled");
  const quantities = new Map(wanted.map(({ key, quantity }) => [key, quantity]));
  const isSeen =
    account.trials.length === quantities.size && account.trials.every(({ key }) => quantities.has(key));
  if (!isSeen) throw new AppError("trial.changed");
  const ending = endedBy(account.held, account.trials, today);
  const trials = ending.map(({ key, product, isUnlimited, suggested }) => {
    const quantity = isUnlimited ? null : (quantities.get(key) ?? suggested);
    return { key, product, quantity };
  });
  await convertTrials(
    db,
    partnerId,
    accountId,
    today,
    trials.map(({ key, quantity }) => ({ sourceKey: key, quantity })),
  );
  await insertConversion(db, partnerId, {
    id: conversionId,
    customerId: customer.id,
    vendorAccountId: accountId,
    account: account.name,
    convertedOn: today,
    trials,
    byName: actor.name,
  });
  await enqueue(db, "refresh", { partnerId, customerId: customer.id }, { singletonKey: customer.id });
  await audit({
    action: "trial:convert",
    entity,
    customerId,
    detail: {
      conversionId,
      on: today,
      trials: trials.map(({ product, quantity }) => ({ product, quantity })),
    },
  });
  return { converted: trials.length };
}

/** Which of these trials the rule ends when one of them becomes monthly: all of the account's. */
function endedBy(held: readonly Held[], trials: readonly Trial[], today: string): Trial[] {
  const [first] = held;
  const { ends } = applyLicence(
    held.map(({ key, kind, product, category, startsOn, endsOn }) => ({
      id: key,
      kind: kind as "trial",
      product,
      line: category,
      startsOn,
      endsOn,
    })),
    { id: "", kind: "monthly", product: "", line: first?.category ?? "", startsOn: today, endsOn: null },
  );
  return trials.filter(({ key }) => ends.has(key));
}

async function requireAccountOf(
  db: ScopedDb,
  actor: Actor,
  { id: customerId }: CustomerAccess,
  accountId: string,
): Promise<{ customerId: string }> {
  const account = await requireAccount(db, actor, accountId, "lock");
  if (account.customerId !== customerId) throw new AppError("account.notFound");
  return { customerId };
}

/** What converting all trials of a customer would end, for many customers at once; changes nothing. */
export async function simulateConversion(
  db: ScopedDb,
  actor: Actor,
  customerId: string,
  now: Date,
): Promise<
  { outcome: "possible"; trials: string[]; programmes: string[] } | { outcome: "refused"; code: AppErrorCode }
> {
  const refuse = (code: AppErrorCode) => ({ outcome: "refused", code }) as const;
  const customer = await findCustomerAccess(db, actor.partnerId, customerId);
  if (!customer) return refuse("customer.notFound");
  if (customer.relationship === "order_only") return refuse("account.orderOnly");
  const { isFlex, accounts, programmes } = await getTrialDetails(db, actor, customer, now);
  if (!isFlex) return refuse("monthly.notFlex");
  if (accounts.length === 0) return refuse("trial.none");
  if (accounts.some(({ refused }) => refused)) return refuse("customer.accessDisabled");
  return {
    outcome: "possible",
    trials: accounts.flatMap(({ trials }) => trials.map(({ product }) => product)),
    programmes: programmes.filter(({ takesMonthly }) => !takesMonthly).map(({ programme }) => programme),
  };
}

/** Converts all trials of a customer in the quantities that are suggested. Throws what `simulateConversion` refuses with. */
export async function convertAllTrials(
  ctx: Guarded,
  customerId: string,
  now: Date,
): Promise<{ converted: number }> {
  const { db, actor } = ctx;
  const plan = await simulateConversion(db, actor, customerId, now);
  if (plan.outcome === "refused") throw new AppError(plan.code);
  const customer = await findCustomerAccess(db, actor.partnerId, customerId);
  if (!customer) throw new AppError("customer.notFound");
  const { accounts } = await getTrialDetails(db, actor, customer, now);
  let converted = 0;
  for (const { id, trials } of accounts) {
    const wanted = trials.map(({ key, suggested }) => ({ key, quantity: suggested }));
    const conversion = { conversionId: crypto.randomUUID(), accountId: id, trials: wanted };
    converted += (await convertAccount(ctx, customer, conversion, now)).converted;
  }
  return { converted };
}

/** Notes that a customer takes part in an early access programme; such programmes mostly refuse monthly licences. */
export async function addProgramme(
  { db, actor, audit }: Guarded,
  customerId: string,
  { programme, takesMonthly }: { programme: string; takesMonthly: boolean },
): Promise<void> {
  if (programme === "") throw new AppError("trial.programme");
  await insertProgramme(db, actor.partnerId, customerId, { programme, takesMonthly, createdBy: actor.name });
  await audit({
    action: "trial:addProgramme",
    entity: `customer ${customerId}`,
    customerId,
    detail: { programme, takesMonthly },
  });
}

/** Forgets a programme of a customer's; what it was, undefined where somebody removed it before. */
export async function removeProgramme(
  { db, actor, audit }: Guarded,
  customerId: string,
  programmeId: string,
): Promise<{ programme: string; takesMonthly: boolean } | undefined> {
  const removed = await deleteProgramme(db, actor.partnerId, customerId, programmeId);
  await audit({
    action: "trial:removeProgramme",
    entity: `customer ${customerId}`,
    customerId,
    detail: { programmeId, ...removed },
  });
  return removed;
}
