// Connections of the demo, inserted directly: each partner's own, and those of customers that use another vendor's system.
import { snowRegistrations } from "#emulators/snow/systems.ts";
import { sophosPartners } from "#emulators/sophos/partners.ts";
import { env } from "#server/env.ts";
import { seal } from "#server/secrets/seal.ts";
import type { Credentials } from "#server/sync/snapshot.ts";
import { asOwner } from "./demo-people.ts";

type Slug = keyof typeof sophosPartners;
type Connection = {
  customerId: string | null;
  vendor: string;
  name: string;
  settings: Record<string, string>;
  credentials: Credentials;
};

const sealed = (id: string, credentials: Credentials): Buffer =>
  seal(JSON.stringify(credentials), env().KEY_PUBLIC ?? "", {
    table: "connection",
    column: "secret",
    row: id,
  });

/** Each is read for the first time when somebody asks for it, then every day. */
async function insertConnections(partnerId: string, connections: readonly Connection[]): Promise<void> {
  await asOwner(partnerId, async (client) => {
    for (const { customerId, vendor, name, settings, credentials } of connections) {
      const id = crypto.randomUUID();
      await client.query(
        `insert into connection (partner_id, id, customer_id, vendor, name, settings, secret, next_run_at)
         values ($1, $2, $3, $4, $5, $6, $7, now() + interval '1 day')`,
        [partnerId, id, customerId, vendor, name, settings, sealed(id, credentials)],
      );
    }
  });
}

export async function connectSophos(partnerId: string, slug: Slug): Promise<void> {
  const { clientId, clientSecret } = sophosPartners[slug];
  const url = env().SOPHOS_EMULATOR_URL ?? "";
  await insertConnections(partnerId, [
    {
      customerId: null,
      vendor: "sophos",
      name: "Sophos Central Partner",
      settings: { idUrl: url, apiUrl: url, maxPerSecond: "0", headersTimeoutSeconds: "5" },
      credentials: { clientId, clientSecret },
    },
  ]);
}

/** The Snow Atlas systems of a partner's customers, told by their domains. */
export async function connectSnow(
  partnerId: string,
  slug: Slug,
  customers: readonly { id: string; domain: string | null }[],
): Promise<void> {
  const byDomain = new Map(customers.map(({ id, domain }) => [domain, id]));
  const connections = snowRegistrations()
    .filter(({ partner }) => partner === slug)
    .map(({ system, clientId, clientSecret }): Connection => {
      const customerId = byDomain.get(system.domain);
      if (!customerId) throw new Error(`the demo has no customer with the domain ${system.domain}`);
      return {
        customerId,
        vendor: "snow",
        name: "Snow Atlas",
        settings: {
          region: system.region,
          apiUrl: env().SNOW_EMULATOR_URL ?? "",
          systemId: system.id,
          currency: "EUR",
          maxPerSecond: "0",
          headersTimeoutSeconds: "5",
        },
        credentials: { clientId, clientSecret },
      };
    });
  await insertConnections(partnerId, connections);
}

/** One customer's new secret is not the one that the vendor has. Returns the customer's id. */
export async function mistypeSecret(partnerId: string): Promise<string> {
  const mistyped = snowRegistrations().find(({ isMistyped }) => isMistyped);
  if (!mistyped) throw new Error("the world has no system whose secret is mistyped");
  const { system, clientId, clientSecret } = mistyped;
  return asOwner(partnerId, async (client) => {
    const { rows } = await client.query<{ id: string; customerId: string }>(
      `select id, customer_id as "customerId" from connection where partner_id = $1 and settings ->> 'systemId' = $2`,
      [partnerId, system.id],
    );
    const [connection] = rows;
    if (!connection) throw new Error(`the demo has no connection to ${system.name}`);
    const secret = sealed(connection.id, { clientId, clientSecret: `${clientSecret}?` });
    await client.query("update connection set secret = $3 where partner_id = $1 and id = $2", [
      partnerId,
      connection.id,
      secret,
    ]);
    return connection.customerId;
  });
}
