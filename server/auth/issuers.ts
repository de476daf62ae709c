// Identity providers as sign-in needs them, before a partner is known: which there are, and what is told of them to whom.
import { sql } from "kysely";
import { asSystem } from "#db/client.ts";
import { unbox } from "#server/secrets/web-box.ts";
import type { Place } from "#server/secrets/seal.ts";
import type { Vouched } from "./sessions.ts";

export type Issuer = {
  id: string;
  partnerId: string;
  customerId: string | null;
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string | null;
};

/** Where a provider's client secret stands. */
export const clientSecretPlace = (issuerId: string): Place => ({
  table: "oidc_issuer",
  column: "secret",
  row: issuerId,
});

/** A provider that is enabled, with its secret opened; undefined when there is none. */
export async function findIssuer(id: string): Promise<Issuer | undefined> {
  const row = await asSystem("a provider is chosen before a partner is known", (db) =>
    db
      .selectFrom("oidcIssuer")
      .where("id", "=", id)
      .where("isEnabled", "=", true)
      .select(["id", "partnerId", "customerId", "name", "issuer", "clientId", "secret"])
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  const { secret, ...issuer } = row;
  return { ...issuer, clientSecret: secret && unbox(secret, clientSecretPlace(row.id)) };
}

/** The issuer of a provider of a partner's own, or of one of its customers', switched on or not; undefined for others'. */
export async function findAddress(
  id: string,
  { partnerId, customerId }: { partnerId: string; customerId: string | null },
): Promise<string | undefined> {
  const row = await asSystem("a provider is asked before a transaction is open", (db) =>
    db
      .selectFrom("oidcIssuer")
      .where("partnerId", "=", partnerId)
      .where("id", "=", id)
      .select(["issuer", "customerId"])
      .executeTakeFirst(),
  );
  return row?.customerId === customerId ? row.issuer : undefined;
}

/** What a session that this provider opens is bounded by. */
export const vouchedBy = ({ id, partnerId, customerId }: Issuer): Vouched => ({
  issuerId: id,
  partnerId,
  customerId,
});

/** A provider as the sign-in page offers it. */
export type Provider = { id: string; name: string };

/**
 * The providers that the sign-in page may offer: those of the partner whose short name was typed, or the one whose link was
 * followed. A customer's is reached by its link alone, so that nobody learns who is a customer; what does not exist answers
 * like what has none.
 */
export const findProviders = (asked: { partner: string } | { provider: string }): Promise<Provider[]> =>
  asSystem("the sign-in page knows no partner yet", (db) => {
    const enabled = db
      .selectFrom("oidcIssuer as i")
      .where("i.isEnabled", "=", true)
      .select(["i.id", "i.name"])
      .orderBy("i.name")
      .orderBy("i.id");
    return "provider" in asked
      ? enabled.where("i.id", "=", asked.provider).execute()
      : enabled
          .innerJoin("partner as p", "p.id", "i.partnerId")
          .where("p.slug", "=", asked.partner)
          .where("i.customerId", "is", null)
          .execute();
  });

/** The providers that a person could link: those of their own memberships. */
export const listLinkable = (userId: string): Promise<(Provider & { issuer: string })[]> =>
  asSystem("a person's memberships cross partners", (db) =>
    db
      .selectFrom("oidcIssuer as i")
      .where("i.isEnabled", "=", true)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("membership as m")
            .where("m.userId", "=", userId)
            .where("m.disabledAt", "is", null)
            .whereRef("m.partnerId", "=", "i.partnerId")
            .where(sql<boolean>`m.customer_id is not distinct from i.customer_id`),
        ),
      )
      .select(["i.id", "i.name", "i.issuer"])
      .orderBy("i.name")
      .orderBy("i.id")
      .execute(),
  );
