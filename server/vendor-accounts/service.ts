// Vendor accounts as people see them: the queue, one account, whom it may belong to, what unlinking would do.
import type { ScopedDb } from "#db/client.ts";
import { AppError } from "#server/errors.ts";
import { listGroupChoices } from "#server/groups/queries-choices.ts";
import { dayIn } from "#server/licences/rules.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import { decodeCursor, encodeCursor, isPair } from "#server/paging/rules.ts";
import type { Actor } from "#server/permissions.ts";
import {
  type AccountRecord,
  countViews,
  findAccount,
  type LinkKind,
  listAccountLicences,
  listAccountRows,
  listCandidates,
  listLinks,
} from "./queries.ts";
import { coreName, matchOf, PROPOSED_FROM, unlinkPlan } from "./rules.ts";
import type { AccountDetails, AccountList, AccountListInput, AccountRow, Proposal } from "./schema.ts";

const PAGE = 25;
const MOST_PROPOSALS = 5;
const scopeOf = (actor: Actor) => ({ partnerId: actor.partnerId, seesAll: actor.memberAll });

/** What the vendor says of an account beside its name, as ingest stored it. */
type Identity = { externalIds?: string[]; emails?: string[]; country?: string | null };
export const identityOf = (account: AccountRecord) => account.identity as Identity;
const domainsOf = (emails: readonly string[]) =>
  emails.flatMap((email) => email.split("@")[1]?.toLowerCase() ?? []);

function rowOf(account: AccountRecord): AccountRow {
  const { customerId, customerName } = account;
  return {
    id: account.id,
    vendor: account.vendor,
    connection: account.connection,
    externalId: account.externalId,
    name: account.name,
    isNameTwice: account.isNameTwice,
    domain: account.domain,
    region: account.region,
    customer: customerId === null || customerName === null ? null : { id: customerId, name: customerName },
    linkState: account.linkState as AccountRow["linkState"],
    linkedBy: account.linkedBy as AccountRow["linkedBy"],
    unlinkOn: account.unlinkOn,
    lastSuccessAt: account.lastSuccessAt?.toISOString() ?? null,
    errorCode: account.errorCode,
    createdAt: account.createdAt.toISOString(),
  };
}

/** Customers that `name` finds or the account's identifiers name, scored, best first. */
async function scored(
  db: ScopedDb,
  partnerId: string,
  account: AccountRecord,
  name = coreName(account.name),
): Promise<Proposal[]> {
  const identity = identityOf(account);
  const contactDomains = domainsOf(identity.emails ?? []);
  const externalIds = [...(identity.externalIds ?? []), account.externalId];
  const candidates = await listCandidates(db, partnerId, {
    name,
    externalIds,
    domains: [account.domain, ...contactDomains].filter((domain) => domain !== null),
    notCustomer: account.customerId,
  });
  const facts = {
    externalIds,
    name: account.name,
    domain: account.domain,
    country: identity.country ?? null,
    contactDomains,
  };
  return candidates
    .map(({ id, name: shown, domain, country, ...customer }) => ({
      id,
      name: shown,
      domain,
      country,
      ...matchOf(facts, { ...customer, domain, country }),
    }))
    .sort((a, b) => b.score - a.score || a.name.localeCompare(b.name));
}

const proposalsOf = async (db: ScopedDb, partnerId: string, account: AccountRecord): Promise<Proposal[]> =>
  (await scored(db, partnerId, account))
    .filter(({ score }) => score >= PROPOSED_FROM)
    .slice(0, MOST_PROPOSALS);

/** A page of accounts by name; what nobody matched and what may be twice comes with the best proposal. */
export async function getAccountList(
  db: ScopedDb,
  actor: Actor,
  input: AccountListInput,
  now: Date,
): Promise<AccountList> {
  const start = input.after ? decodeCursor(input.after, isPair) : undefined;
  const after = start && isUuid(start[1]) ? { name: start[0] ?? "", id: start[1] } : undefined;
  if (start && !after) throw new AppError("request.invalid", { fields: { after: "cursor" } });
  const scope = { ...scopeOf(actor), group: input.group };
  const found = await listAccountRows(db, scope, input, after, PAGE + 1);
  const shown = found.slice(0, PAGE);
  const isProposed = input.view === "unmatched" || input.view === "duplicates";
  const rows: AccountList["rows"] = [];
  for (const account of shown) {
    const [best] = isProposed ? await proposalsOf(db, actor.partnerId, account) : [];
    rows.push({ ...rowOf(account), best: best ?? null });
  }
  const last = shown.at(-1);
  return {
    rows,
    next: found.length > PAGE && last ? encodeCursor([last.namePlain ?? "", last.id]) : null,
    counts: await countViews(db, scope),
    groups: await listGroupChoices(db, actor),
    now: now.toISOString(),
  };
}
const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** An account in the actor's scope; throws account.notFound. */
export async function requireAccount(
  db: ScopedDb,
  actor: Actor,
  accountId: string,
  lock?: "lock",
): Promise<AccountRecord> {
  const account = await findAccount(db, scopeOf(actor), accountId, lock);
  if (!account) throw new AppError("account.notFound");
  return account;
}

/** One account with whom it may belong to, what unlinking would do, and its history. */
export async function getAccountDetails(
  db: ScopedDb,
  actor: Actor,
  { accountId, q }: { accountId: string; q?: string | undefined },
  now: Date,
): Promise<AccountDetails> {
  const account = await requireAccount(db, actor, accountId);
  const identity = identityOf(account);
  return {
    ...rowOf(account),
    contacts: identity.emails ?? [],
    externalIds: identity.externalIds ?? [],
    country: identity.country ?? null,
    isSetAside: account.isSetAside,
    proposals: await proposalsOf(db, actor.partnerId, account),
    found: q ? await scored(db, actor.partnerId, account, q) : [],
    plan: account.customerId === null ? null : await planOf(db, actor.partnerId, accountId, now),
    history: (await listLinks(db, actor.partnerId, accountId)).map(({ at, kind, ...link }) => ({
      ...link,
      kind: kind as LinkKind,
      at: at.toISOString(),
    })),
    now: now.toISOString(),
  };
}

/** What unlinking an account would do on the partner's day. */
export async function planOf(db: ScopedDb, partnerId: string, accountId: string, now: Date) {
  const { timeZone } = await getPartnerRules(db, partnerId);
  return planOn(db, partnerId, accountId, dayIn(timeZone, now));
}

/** What unlinking an account would do on this day of the partner's. */
export async function planOn(db: ScopedDb, partnerId: string, accountId: string, today: string) {
  const licences = await listAccountLicences(db, partnerId, accountId);
  return unlinkPlan(
    licences.map((licence) => ({ ...licence, kind: licence.kind as "term" })),
    today,
  );
}
