import { randomUUID } from "node:crypto";
import { withScope } from "#db/client.ts";
import { readSession, startSession } from "#server/auth/sessions.ts";
import { hashPassword } from "#server/auth/passwords.ts";
import type { Context } from "#server/context.ts";
import { refreshOverview } from "#server/overview/service.ts";
import type { Actor, Capability, RoleName } from "#server/permissions.ts";
import { appRouter } from "#server/router.ts";
import { createCallerFactory } from "#server/trpc.ts";
import { adminQuery } from "./database.ts";

type Values = Record<string, unknown>;
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Inserts one row past row-level security and returns what was stored; undefined values keep the column's default. */
async function insert<Row extends Values = { id: string }>(table: string, values: Values): Promise<Row> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const [row] = await adminQuery<Row>(
    `insert into ${table} (${given.map(([name]) => snake(name)).join(", ")}) values (${given.map((_, n) => `$${n + 1}`).join(", ")}) returning *`,
    given.map(([, value]) => value),
  );
  if (!row) throw new Error(`nothing was inserted into ${table}`);
  return row;
}

export async function makePartner(given: Values = {}): Promise<string> {
  const name = `partner-${randomUUID().slice(0, 8)}`;
  return (await insert("partner", { slug: name, name, language: "it", timeZone: "Europe/Rome", ...given }))
    .id;
}

export const password = "correct horse battery";
let passwordHash: Promise<string> | undefined;

/** A person whose password is `password`. */
export async function makeUser(given: Values = {}): Promise<{ id: string; email: string }> {
  passwordHash ??= hashPassword(password);
  const email = `${randomUUID()}@example.it`;
  return insert(`"user"`, { email, name: "Mara Conti", passwordHash: await passwordHash, ...given });
}

/** Recomputes overview rows from what is stored, as ingest and the minute job do. */
export const refresh = (partnerId: string, customerIds: readonly string[], now = new Date()): Promise<void> =>
  withScope({ partnerId }, "read write", (db) => refreshOverview(db, partnerId, customerIds, now), "worker");

type CustomerValues = Values & { partnerId?: string; name?: string; relationship?: Relationship };
type Relationship = "managed" | "delegated" | "order_only";
export type Customer = { id: string; partnerId: string };

export async function makeCustomer(given: CustomerValues = {}): Promise<Customer> {
  const { partnerId = await makePartner(), name = `Ditta ${randomUUID().slice(0, 8)}`, ...more } = given;
  const values = {
    partnerId,
    name,
    nameShown: name,
    relationship: "managed",
    createdAt: daysAgo(100),
    ...more,
  };
  const { id } = await insert("customer", values);
  await refresh(partnerId, [id]);
  return { id, partnerId };
}

export async function makeContact(customer: Customer, given: Values = {}): Promise<void> {
  const { id: customerId, partnerId } = customer;
  await insert("contact", { partnerId, customerId, role: "technical", source: "person", ...given });
}

export async function makeGroup(
  given: Values & { partnerId?: string; name?: string; customers?: readonly string[] } = {},
) {
  const {
    partnerId = await makePartner(),
    name = `Gruppo ${randomUUID().slice(0, 8)}`,
    customers = [],
    ...thresholds
  } = given;
  const { id: groupId } = await insert("customer_group", { partnerId, name, ...thresholds });
  for (const customerId of customers)
    await insert("customer_group_member", { partnerId, groupId, customerId });
  return { id: groupId, partnerId };
}

const all: readonly Capability[] = ["metrics", "licences", "console", "reports"];

export async function makeGrant(
  customer: Customer,
  given: Values & { capabilities?: readonly Capability[] } = {},
): Promise<void> {
  const { id: customerId, partnerId } = customer;
  await insert("access_grant", {
    partnerId,
    customerId,
    state: "active",
    capabilities: all,
    fromAt: daysAgo(50),
    ...given,
  });
  await refresh(partnerId, [customerId]);
}

export const makeConnection = async (given: Values & { partnerId?: string } = {}) =>
  insert<Customer>("connection", {
    partnerId: given.partnerId ?? (await makePartner()),
    vendor: "sophos",
    name: "Sophos",
    nextRunAt: new Date(Date.now() + DAY_MS),
    ...given,
  });

/** What an account leaves untold whose source knows nothing of estates. */
const untold = JSON.stringify(
  ["applications", "saas"].map((part) => ({ part, reason: "not_reported", isUntold: true })),
);

/** An account that was just read with success. */
export async function makeAccount(
  customer: Customer,
  given: Values & { connectionId?: string } = {},
): Promise<Customer & { connectionId: string }> {
  const { id: customerId, partnerId } = customer;
  const connectionId = given.connectionId ?? (await makeConnection({ partnerId })).id;
  const at = new Date();
  const read = { lastAttemptAt: at, lastSuccessAt: at, lastDataAt: at };
  const identity = { vendor: "sophos", externalId: randomUUID(), name: "Tenant", billing: "term" };
  const gaps = given["vendor"] === "snow" ? "[]" : untold;
  const { id } = await insert("vendor_account", {
    partnerId,
    customerId,
    ...identity,
    ...read,
    gaps,
    ...given,
    connectionId,
  });
  await refresh(partnerId, [customerId]);
  return { id, partnerId, connectionId };
}

type OfAccount = { customer: Customer; account?: { id: string } };
const accountOf = async ({ customer, account }: OfAccount) => account ?? (await makeAccount(customer));

/** `count` devices seen a minute ago; `given` says what is different about them. */
export async function makeDevices(of: OfAccount, count: number, given: Values = {}): Promise<void> {
  const { id: customerId, partnerId } = of.customer;
  const { id: vendorAccountId } = await accountOf(of);
  const state = { type: "computer", os: "Windows 11", state: "active", health: "good", isProtected: true };
  for (let n = 0; n < count; n += 1) {
    const name = `pc-${String(n).padStart(3, "0")}`;
    const identity = {
      partnerId,
      customerId,
      vendorAccountId,
      externalId: `${randomUUID()}`,
      hostname: name,
    };
    await insert("device", { ...identity, ...state, lastSeenAt: new Date(Date.now() - 60_000), ...given });
  }
  await refresh(partnerId, [customerId]);
}

export async function makeAlert(of: OfAccount, given: Values = {}): Promise<void> {
  const { id: customerId, partnerId } = of.customer;
  const { id: vendorAccountId } = await accountOf(of);
  const text = { product: "endpoint", category: "malware", description: "Malware found" };
  const identity = { partnerId, customerId, vendorAccountId, externalId: randomUUID() };
  await insert("alert", { ...identity, ...text, severity: "high", raisedAt: new Date(), ...given });
  await refresh(partnerId, [customerId]);
}

export async function makeApplication(of: OfAccount, given: Values = {}): Promise<void> {
  const { id: customerId, partnerId } = of.customer;
  const { id: vendorAccountId } = await accountOf(of);
  const identity = { partnerId, customerId, vendorAccountId, externalId: randomUUID() };
  await insert("application", { ...identity, name: "7-Zip", manufacturer: "Pavlov", installs: 1, ...given });
  await refresh(partnerId, [customerId]);
}

export async function makeSaas(of: OfAccount, given: Values = {}): Promise<void> {
  const { id: customerId, partnerId } = of.customer;
  const { id: vendorAccountId } = await accountOf(of);
  const identity = { partnerId, customerId, vendorAccountId, externalId: randomUUID() };
  await insert("saas_application", { ...identity, name: "Trello", ...given });
  await refresh(partnerId, [customerId]);
}

export async function makeLicence(of: OfAccount, given: Values = {}): Promise<void> {
  const { id: customerId, partnerId } = of.customer;
  const { id: vendorAccountId } = await accountOf(of);
  await adminQuery(
    "insert into product values ('sophos', 'CIXA', 'Intercept X', 'endpoint') on conflict do nothing",
  );
  const product = { vendor: "sophos", productCode: "CIXA", kind: "term", owner: "partner" };
  const term = { quantity: "10", used: "4", startsOn: "2020-01-01", endsOn: "2999-01-01" };
  await insert("licence", {
    partnerId,
    customerId,
    vendorAccountId,
    sourceKey: randomUUID(),
    ...product,
    ...term,
    ...given,
  });
  await refresh(partnerId, [customerId]);
}

export type MemberWish = {
  role?: RoleName;
  partnerId?: string;
  userId?: string;
  customerId?: string;
  /** Which customers: all (the default), or the groups and customers named; minus the denied ones. */
  scopeAll?: boolean;
  groups?: readonly string[];
  customers?: readonly string[];
  denied?: readonly string[];
};
export type Member = Actor & { sessionId: string; token: string };

/** A person in a role with a live session; who they are is read from that session, as for a request. */
export async function makeMember(wish: MemberWish = {}): Promise<Member> {
  const {
    role = "superAdmin",
    partnerId = await makePartner(),
    groups = [],
    customers = [],
    denied = [],
  } = wish;
  const isCustomers = role === "customerAdmin" || role === "customerViewer";
  const customerId = wish.customerId ?? (isCustomers ? (await makeCustomer({ partnerId })).id : undefined);
  const userId = wish.userId ?? (await makeUser()).id;
  const scopeAll = wish.scopeAll ?? (groups.length === 0 && customers.length === 0);
  const { id: membershipId } = await insert("membership", { partnerId, userId, role, customerId, scopeAll });
  const scope = [
    ...groups.map((groupId) => ({ kind: "group", groupId })),
    ...customers.map((id) => ({ kind: "customer", customerId: id })),
    ...denied.map((id) => ({ kind: "denied", customerId: id })),
  ];
  for (const row of scope) await insert("membership_scope", { partnerId, membershipId, ...row });
  return signedIn(userId, membershipId);
}

async function signedIn(userId: string, membershipId: string): Promise<Member> {
  const token = await startSession({ userId, membershipId, userAgent: "test", address: "192.0.2.1" });
  const session = await readSession(token, "192.0.2.1");
  if (!session) throw new Error("the session cannot be read");
  return { ...session.actor, sessionId: session.id, token };
}

/** The context of a request with this member's cookie; null: nobody is signed in. */
export async function contextFor(
  member: Pick<Member, "token"> | null,
  given: Partial<Context> = {},
): Promise<Context> {
  const session = member && (await readSession(member.token, "192.0.2.1"));
  return {
    session,
    language: "en",
    supportId: randomUUID(),
    path: null,
    expectedMembership: undefined,
    ...given,
  };
}

/** The procedures as this member may call them. */
export const callerFor = async (member: Pick<Member, "token"> | null, given: Partial<Context> = {}) =>
  createCallerFactory(appRouter)(await contextFor(member, given));

const DAY_MS = 86_400_000;
export const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

/** A delegated customer with a live grant and everything a vendor may tell of it. */
export async function makeFullCustomer(
  given: CustomerValues & { grant?: Values } = {},
): Promise<Customer & { connectionId: string }> {
  const { grant = {}, ...values } = given;
  const customer = await makeCustomer({ relationship: "delegated", ...values });
  await makeGrant(customer, grant);
  const account = await makeAccount(customer);
  await makeDevices({ customer, account }, 2);
  await makeDevices({ customer, account }, 1, { lastSeenAt: daysAgo(30), isProtected: false });
  await makeAlert({ customer, account });
  await makeLicence({ customer, account });
  await makeLicence({ customer, account }, { owner: "customer", quantity: "5", used: "5" });
  await makeContact(customer, { firstName: "Ada", lastName: "Rossi", email: "ada@example.it" });
  return { ...customer, connectionId: account.connectionId };
}
