// People of the demo: partners and members that it inserts directly, and how it acts as one of them.
import { withScope } from "#db/client.ts";
import { scopeOf, appendAudit } from "#server/audit/append.ts";
import pg from "pg";
import { env } from "#server/env.ts";
import type { RoleName, Actor } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
/** One administrator's transaction as the owner of the tables, in the scope of one partner. */
export async function asOwner<T>(
  partnerId: string | null,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: env().DATABASE_URL });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("set local role belvedere_owner");
    if (partnerId) await client.query("select set_config('app.partner_id', $1, true)", [partnerId]);
    const result = await work(client);
    await client.query("commit");
    return result;
  } finally {
    await client.end();
  }
}

export async function insertPartner(
  slug: string,
  name: string,
  language: string,
  timeZone: string,
  isFlex: boolean,
): Promise<string> {
  const id = crypto.randomUUID();
  await asOwner(id, (client) =>
    client.query(
      "insert into partner (id, slug, name, language, time_zone, msp_flex, flex_connect) values ($1, $2, $3, $4, $5, $6, $6)",
      [id, slug, name, language, timeZone, isFlex],
    ),
  );
  return id;
}

type Person = {
  email: string;
  name: string;
  role: RoleName;
  language: string;
  timeZone: string;
  customerId?: string | null;
  passwordHash: string | null;
};
/** A person and a membership; the same e-mail twice is one person with two. */
export async function insertMember(partnerId: string, partnerName: string, person: Person): Promise<Actor> {
  const customerId = person.customerId ?? null;
  const scopeAll = person.role !== "admin" && person.role !== "helpDesk" && person.role !== "readOnly";
  return asOwner(partnerId, async (client) => {
    const user = await client.query<{ id: string }>(
      `insert into "user" (email, name, password_hash, language, time_zone) values ($1, $2, $3, $4, $5)
       on conflict (email) do update set name = excluded.name returning id`,
      [person.email, person.name, person.passwordHash, person.language, person.timeZone],
    );
    const userId = user.rows[0]?.id ?? "";
    const membership = await client.query<{ id: string }>(
      "insert into membership (partner_id, user_id, role, customer_id, scope_all) values ($1, $2, $3, $4, $5) returning id",
      [partnerId, userId, person.role, customerId, scopeAll],
    );
    return {
      userId,
      email: person.email,
      name: person.name,
      language: person.language as Actor["language"],
      timeZone: person.timeZone,
      membershipId: membership.rows[0]?.id ?? "",
      role: person.role,
      partnerId,
      partnerName,
      customerId,
      memberAll: scopeAll,
      address: "",
    };
  });
}

/** Does what a person would through a guarded procedure. */
export const acting = <T>(actor: Actor, work: (guarded: Guarded) => Promise<T>): Promise<T> =>
  withScope(scopeOf(actor), "read write", (db) =>
    work({ actor, db, audit: (entry) => appendAudit(db, actor, entry) }),
  );
