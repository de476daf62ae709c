// What decides whether an account may leave its customer, or a customer become part of another.
import { sql } from "kysely";
import type { ScopedDb } from "#db/client.ts";

/** What stands in the way of a customer becoming part of another, and what goes over. */
export async function getMergeFacts(db: ScopedDb, partnerId: string, customerId: string) {
  const { rows } = await sql<{
    hasUsers: boolean;
    hasGrant: boolean;
    hasIssuers: boolean;
    mayLeave: boolean;
    accounts: string[];
  }>`
    select exists (select from membership m where m.partner_id = c.partner_id and m.customer_id = c.id) as "hasUsers",
      exists (select from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id and g.origin = 'customer'
        and g.state in ('pending', 'active')) as "hasGrant",
      exists (select from oidc_issuer i where i.partner_id = c.partner_id and i.customer_id = c.id) as "hasIssuers",
      c.relationship = 'managed' or (
        exists (select from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id and g.state = 'active'
          and 'metrics' = any (g.capabilities) and g.from_at <= now() and (g.until_at is null or g.until_at > now()))
        and not exists (select from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id
          and (g.origin = 'customer' or g.end_reason = 'revoked'))
        and not exists (select from membership m where m.partner_id = c.partner_id and m.customer_id = c.id)) as "mayLeave",
      array(select a.id from vendor_account a where a.partner_id = c.partner_id and a.customer_id = c.id order by a.id) as accounts
    from visible_customer c where c.partner_id = ${partnerId}::uuid and c.id = ${customerId}::uuid`.execute(
    db,
  );
  return rows[0];
}

/** The customer that an account without one belonged to last; undefined: none. */
export async function findLastOwner(
  db: ScopedDb,
  partnerId: string,
  accountId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("accountLink")
    .where("partnerId", "=", partnerId)
    .where("vendorAccountId", "=", accountId)
    .where("kind", "=", "unlinked")
    .select("fromCustomer")
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.fromCustomer ?? undefined;
}

/** Had its customer closed itself when it left the portal? By the vendor's name of the account, whatever read it then. */
export async function isClosed(
  db: ScopedDb,
  partnerId: string,
  { vendor, externalId }: { vendor: string; externalId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom("closedAccount")
    .where("partnerId", "=", partnerId)
    .where("vendor", "=", vendor)
    .where("externalId", "=", externalId)
    .select("closedAt")
    .executeTakeFirst();
  return row !== undefined;
}
