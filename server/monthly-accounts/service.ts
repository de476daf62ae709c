// Monthly accounts from the wizard's first step to the vendor: a draft that loses nothing, one customer however often it is asked.
import { v7 as uuidv7 } from "uuid";
import type { ScopedDb } from "#db/client.ts";
import { insertGrants } from "#server/access/queries.ts";
import { countryCodes } from "#server/columns/rules.ts";
import { AppError } from "#server/errors.ts";
import { insertScopes } from "#server/imports/queries-customers.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { dayIn } from "#server/licences/rules.ts";
import type { Actor } from "#server/permissions.ts";
import { domainOf } from "#server/sync/connectors/sophos/map.ts";
import { arrivalOf } from "#server/sync/rules.ts";
import { getFlexFacts } from "#server/trials/queries.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  deleteDraft,
  findMonthly,
  findOpeningConnection,
  insertDraft,
  insertMonthlyCustomer,
  listDrafts,
  listProducts,
  listTwins,
  type MonthlyRecord,
  updateDraft,
  updateOpening,
} from "./queries.ts";
import {
  type Details,
  detailFaultsOf,
  FLEX_VENDOR,
  missingStep,
  readDetails,
  readLines,
  type TypedLine,
  unitsOf,
} from "./rules.ts";
import { type MonthlyAccount, TERMS_VERSION, type Wizard } from "./schema.ts";

/** Who sees all customers sees everybody's drafts, others their own. */
const ownerOf = (actor: Actor) => (actor.memberAll ? null : actor.membershipId);
const detailsOf = (record: MonthlyRecord) => record.details as Details;
const linesOf = (record: MonthlyRecord) => record.lines as TypedLine[];

/** What the wizard's first page shows. */
export async function getWizard(db: ScopedDb, actor: Actor, now: Date): Promise<Wizard> {
  const { partnerId, membershipId } = actor;
  const drafts = await listDrafts(db, partnerId, membershipId);
  return {
    isFlex: (await getFlexFacts(db, partnerId)).mspFlex,
    countries: countryCodes(),
    products: await listProducts(db, partnerId, FLEX_VENDOR),
    drafts: drafts.map(({ id, details, updatedAt }) => ({
      id,
      name: (details as Details).name ?? "",
      updatedAt: updatedAt.toISOString(),
    })),
    newId: crypto.randomUUID(),
    now: now.toISOString(),
  };
}

/** One account as far as it got; throws monthly.notFound. */
export async function getMonthlyAccount(
  db: ScopedDb,
  actor: Actor,
  id: string,
  now: Date,
): Promise<MonthlyAccount> {
  const record = await requireMonthly(db, actor, id);
  const details = detailsOf(record);
  const lines = linesOf(record);
  const products = new Map(
    (await listProducts(db, actor.partnerId, FLEX_VENDOR)).map(({ code, name }) => [code, name]),
  );
  const { customerId, opening, openingCode, openingDetail, openingAt, termsVersion } = record;
  const isAccepted = termsVersion === TERMS_VERSION;
  return {
    id,
    details,
    detailFaults: detailFaultsOf(details),
    lines: lines.map((line) => ({ ...line, product: products.get(line.code) ?? line.code })),
    lineFaults: lines.filter((line) => unitsOf(line) === undefined).map(({ code }) => code),
    terms: isAccepted
      ? { version: termsVersion, by: record.termsBy ?? "", at: record.termsAt?.toISOString() ?? "" }
      : null,
    missing: missingStep({ details, lines, termsVersion }),
    twins:
      customerId !== null || !details.name
        ? []
        : await listTwins(db, actor.partnerId, {
            name: details.name,
            domain: domainOf(details.email ?? ""),
          }),
    created:
      customerId === null || opening === null
        ? null
        : {
            customerId,
            opening: opening as "waiting",
            code: openingCode,
            detail: openingDetail,
            at: openingAt?.toISOString() ?? null,
          },
    now: now.toISOString(),
  };
}

async function requireMonthly(
  db: ScopedDb,
  actor: Actor,
  id: string,
  mode: "read" | "lock" = "read",
): Promise<MonthlyRecord> {
  const record = await findMonthly(db, actor.partnerId, ownerOf(actor), id, mode);
  if (!record) throw new AppError("monthly.notFound");
  return record;
}

async function requireFlex(db: ScopedDb, partnerId: string): Promise<{ timeZone: string }> {
  const { mspFlex, timeZone } = await getFlexFacts(db, partnerId);
  if (!mspFlex) throw new AppError("monthly.notFlex");
  return { timeZone };
}

export type SavedStep = "details" | "licences" | "terms";
/**
 * Keeps what was typed in one step, right or wrong; the first step begins the account under the id that its page gave out.
 * Answers whether the step is complete, and whether the account was created meanwhile. Throws monthly.notFlex,
 * monthly.notFound.
 */
export async function saveStep(
  { db, actor, audit }: Guarded,
  id: string,
  step: SavedStep,
  fields: Record<string, unknown>,
  now: Date,
): Promise<{ isComplete: boolean; isCreated: boolean }> {
  const { partnerId } = actor;
  await requireFlex(db, partnerId);
  if (step === "details") await insertDraft(db, partnerId, id, actor.membershipId);
  const before = await requireMonthly(db, actor, id, "lock");
  const isCreated = before.customerId !== null;
  if (!isCreated) await updateDraft(db, partnerId, id, changeOf(step, fields, actor, now), now);
  const after = await requireMonthly(db, actor, id);
  await audit({
    action: "account:draft",
    entity: `monthly account ${id}`,
    customerId: null,
    detail: { step, ...(isCreated && { isCreated }) },
  });
  const missing = missingStep({
    details: detailsOf(after),
    lines: linesOf(after),
    termsVersion: after.termsVersion,
  });
  return { isComplete: isCreated || missing !== step, isCreated };
}

function changeOf(step: SavedStep, fields: Record<string, unknown>, actor: Actor, now: Date) {
  if (step === "details") return { details: readDetails(fields) as Record<string, string> };
  if (step === "licences") return { lines: readLines(fields) };
  const isAccepted = fields["accepted"] === TERMS_VERSION;
  return { terms: isAccepted ? { version: TERMS_VERSION, by: actor.name, at: now } : null };
}

/** Throws away what was begun; what was created stays. */
export async function discardDraft({ db, actor, audit }: Guarded, id: string): Promise<void> {
  await requireMonthly(db, actor, id, "lock");
  await deleteDraft(db, actor.partnerId, id);
  await audit({ action: "account:discard", entity: `monthly account ${id}`, customerId: null });
}

/**
 * Creates the customer of a complete draft, with all that the partner may do there from the start, and has the account
 * opened at the vendor where a connection can. Asked twice, or by two people at once, it is created once. Throws
 * monthly.notFlex, monthly.notFound, monthly.incomplete.
 */
export async function createMonthlyAccount(
  { db, actor, audit }: Guarded,
  id: string,
  now: Date,
): Promise<{ customerId: string; isNew: boolean }> {
  const { partnerId } = actor;
  const { timeZone } = await requireFlex(db, partnerId);
  const draft = await requireMonthly(db, actor, id, "lock");
  const entity = `monthly account ${id}`;
  if (draft.customerId !== null) {
    await audit({ action: "account:create", entity, customerId: draft.customerId, detail: { again: true } });
    return { customerId: draft.customerId, isNew: false };
  }
  const details = detailsOf(draft);
  const lines = linesOf(draft);
  const { termsVersion, termsBy, termsAt } = draft;
  if (missingStep({ details, lines, termsVersion }) !== null) throw new AppError("monthly.incomplete");
  const { name = "", email = "", country = "", region = "" } = details;
  const customerId = uuidv7();
  await insertMonthlyCustomer(db, partnerId, {
    id: customerId,
    name,
    country,
    region,
    domain: domainOf(email),
    since: dayIn(timeZone, now),
    address: {
      street: details.street ?? "",
      city: details.city ?? "",
      postalCode: details.postalCode ?? "",
    },
    contact: { firstName: details.firstName ?? "", lastName: details.lastName ?? "", email },
  });
  if (!actor.memberAll) await insertScopes(db, partnerId, actor.membershipId, [customerId]);
  const { grant } = arrivalOf("usage");
  if (grant)
    await insertGrants(db, partnerId, [
      { ...grant, customerId, fromAt: now, untilAt: null, zone: timeZone, grantedBy: null },
    ]);
  const connectionId = await findOpeningConnection(db, partnerId, FLEX_VENDOR);
  const opening = connectionId === null ? "by_hand" : "waiting";
  await updateOpening(db, partnerId, id, { opening }, now, { customerId, connectionId });
  await enqueue(db, "refresh", { partnerId, customerId }, { singletonKey: customerId });
  if (connectionId !== null)
    await enqueue(db, "openAccount", { partnerId, accountId: id }, { singletonKey: id });
  await audit({
    action: "account:create",
    entity,
    customerId,
    detail: {
      name,
      lines,
      terms: { version: termsVersion, by: termsBy, at: termsAt },
      opening,
      access: grant?.capabilities,
    },
  });
  return { customerId, isNew: true };
}

/** Has an account opened once more that was refused, or of which no answer came. Throws monthly.notFound, monthly.notRefused. */
export async function openAgain({ db, actor, audit }: Guarded, id: string, now: Date): Promise<void> {
  const { partnerId } = actor;
  const { opening, openingCode, customerId } = await requireMonthly(db, actor, id, "lock");
  const isInDoubt = opening === "sending" && openingCode !== null;
  if (opening !== "refused" && opening !== "by_hand" && !isInDoubt) throw new AppError("monthly.notRefused");
  const connectionId = await findOpeningConnection(db, partnerId, FLEX_VENDOR);
  if (connectionId === null || customerId === null) throw new AppError("monthly.notRefused");
  // In doubt it stays so: the next try looks at the vendor before it asks again.
  const next = isInDoubt ? "sending" : "waiting";
  await updateOpening(db, partnerId, id, { opening: next }, now, { customerId, connectionId });
  await enqueue(db, "openAccount", { partnerId, accountId: id }, { singletonKey: id });
  await audit({ action: "account:openAgain", entity: `monthly account ${id}`, customerId });
}
