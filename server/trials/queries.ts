// Every query of trials that become monthly, and of the early access programmes that a customer takes part in.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** Does the partner take part in MSP Flex, and which zone do its days have? */
export function getFlexFacts(
  db: ScopedDb,
  partnerId: string,
): Promise<{ mspFlex: boolean; timeZone: string }> {
  return db
    .selectFrom("partner")
    .where("id", "=", partnerId)
    .select(["mspFlex", "timeZone"])
    .executeTakeFirstOrThrow();
}

/** May the partner convert trials, and does one of this customer's run on the partner's day (suspended ones too)? */
export async function hasConvertible(db: ScopedDb, partnerId: string, customerId: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from partner p
      join vendor_account a on a.partner_id = p.id and a.customer_id = ${customerId}::uuid
      join licence l on l.partner_id = a.partner_id and l.vendor_account_id = a.id and l.kind = 'trial'
      where p.id = ${partnerId}::uuid and p.msp_flex
        and (l.ends_on is null or l.ends_on >= (now() at time zone p.time_zone)::date)) as found`.execute(db);
  return rows[0]?.found ?? false;
}

/** Licences of a customer's linked accounts, with what overlaps are decided by. */
export function listCustomerLicences(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("vendorAccount as a")
    .innerJoin("licence as l", (join) =>
      join.onRef("l.partnerId", "=", "a.partnerId").onRef("l.vendorAccountId", "=", "a.id"),
    )
    .innerJoin("product as p", (join) =>
      join.onRef("p.vendor", "=", "l.vendor").onRef("p.code", "=", "l.productCode"),
    )
    .where("a.partnerId", "=", partnerId)
    .where("a.customerId", "=", customerId)
    .select(["a.id as accountId", "a.name as account", "a.vendor", "l.sourceKey as key", "l.productCode"])
    .select(["p.name as product", "p.category", "l.kind", "l.owner", "l.isSuspended", "l.isUnlimited"])
    .select(["l.quantity", "l.used", "l.startsOn", "l.endsOn", "l.convertedOn"])
    .orderBy("a.createdAt")
    .orderBy("a.id")
    .orderBy("p.name")
    .orderBy("l.sourceKey")
    .limit(2_000)
    .execute();
}

export type EndedTrial = { sourceKey: string; quantity: number | null };
/** Ends trials of an account and puts monthly licences in their place; returns how many were still running. */
export async function convertTrials(
  db: ScopedDb,
  partnerId: string,
  accountId: string,
  on: string,
  trials: readonly EndedTrial[],
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select app.convert_trials(${partnerId}::uuid, ${accountId}::uuid, ${on}::date, ${JSON.stringify(trials)}::jsonb) as n`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

export type NewConversion = {
  id: string;
  customerId: string;
  vendorAccountId: string;
  account: string;
  convertedOn: string;
  trials: readonly { product: string; key: string; quantity: number | null }[];
  byName: string;
};
export async function insertConversion(
  db: ScopedDb,
  partnerId: string,
  { trials, ...conversion }: NewConversion,
): Promise<void> {
  await db
    .insertInto("trialConversion")
    .values({ partnerId, ...conversion, trials: JSON.stringify(trials) })
    .execute();
}

/** How many trials a conversion of this name ended; undefined: there is none of this customer. */
export async function findConversion(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  id: string,
): Promise<number | undefined> {
  const row = await db
    .selectFrom("trialConversion")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("id", "=", id)
    .select(sql<number>`jsonb_array_length(trials)`.as("n"))
    .executeTakeFirst();
  return row?.n;
}

/** What was converted at a customer, newest first. */
export function listConversions(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("trialConversion as t")
    .leftJoin("vendorAccount as a", (join) =>
      join.onRef("a.partnerId", "=", "t.partnerId").onRef("a.id", "=", "t.vendorAccountId"),
    )
    .where("t.partnerId", "=", partnerId)
    .where("t.customerId", "=", customerId)
    .select(["t.createdAt", "t.convertedOn", "t.byName", "t.trials", "t.account", "a.billing"])
    .orderBy("t.createdAt", "desc")
    .limit(50)
    .execute();
}

export function listProgrammes(db: ScopedDb, partnerId: string, customerId: string) {
  return db
    .selectFrom("earlyAccess")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .select(["id", "programme", "takesMonthly"])
    .orderBy("programme")
    .limit(100)
    .execute();
}

/** A programme that is there already stays as it is. */
export async function insertProgramme(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  given: { programme: string; takesMonthly: boolean; createdBy: string },
): Promise<void> {
  await db
    .insertInto("earlyAccess")
    .values({ partnerId, customerId, ...given })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** What was removed; undefined: it was not there. */
export function deleteProgramme(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  id: string,
): Promise<{ programme: string; takesMonthly: boolean } | undefined> {
  return db
    .deleteFrom("earlyAccess")
    .where("partnerId", "=", partnerId)
    .where("customerId", "=", customerId)
    .where("id", "=", id)
    .returning(["programme", "takesMonthly"])
    .executeTakeFirst();
}

/** Programmes of a customer with monthly licences that refuse such licences. */
export async function listRefusing(db: ScopedDb, partnerId: string, customerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("earlyAccess as e")
    .where("e.partnerId", "=", partnerId)
    .where("e.customerId", "=", customerId)
    .where("e.takesMonthly", "=", false)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("licence as l")
          .where("l.partnerId", "=", partnerId)
          .where("l.customerId", "=", customerId)
          .where("l.kind", "=", "monthly")
          .select("l.id"),
      ),
    )
    .select("e.programme")
    .orderBy("e.programme")
    .limit(100)
    .execute();
  return rows.map(({ programme }) => programme);
}
