// Creates the demo in an empty database: people and connections directly, all the rest through the portal's own services.
import { connectSnow, connectSophos, mistypeSecret } from "./demo-connections.ts";
import { insertPartner, insertMember, asOwner, acting } from "./demo-people.ts";
import { alpinaManagedCustomers } from "#emulators/sophos/tenants.ts";
import { closeDatabase, withScope } from "#db/client.ts";
import { hashPassword } from "#server/auth/passwords.ts";
import { grantAccess, revokeAccess } from "#server/access/service.ts";
import { env } from "#server/env.ts";
import { addToGroup, createGroup } from "#server/groups/service.ts";
import type { Actor, Capability, RoleName } from "#server/permissions.ts";
import { refreshOverview } from "#server/overview/service.ts";
import { addDenied } from "#server/settings/service.ts";
import { setScope } from "#server/team/service.ts";
import { importCustomers } from "./demo-import.ts";
import { synchronise } from "./demo-sync.ts";

const DAY = 86_400_000;
const PASSWORD = "belvedere-demo";
const now = new Date();
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY);

type Partner = { id: string; supers: Actor };

type Found = {
  id: string;
  name: string;
  domain: string | null;
  country: string | null;
  billing: string | null;
  error_code: string | null;
};
const customersOf = (partnerId: string): Promise<Found[]> =>
  asOwner(
    partnerId,
    async (client) =>
      (
        await client.query<Found>(
          `select c.id, c.name, c.domain, c.country, a.billing, a.error_code from customer c
       left join vendor_account a on a.partner_id = c.partner_id and a.customer_id = c.id where c.partner_id = $1 order by c.domain, c.name, c.id`,
          [partnerId],
        )
      ).rows,
  );
const named = (customers: Found[], name: string): Found => {
  const found = customers.find((customer) => customer.name === name);
  if (!found) throw new Error(`the demo has no customer ${name}`);
  return found;
};

const everything: Capability[] = ["metrics", "licences", "console", "reports"];
type Wish = { capabilities: Capability[]; fromAt: Date; untilAt: Date | null; isRevoked?: true };
/** What customers with licences of their own let the partner do: most all of it, some less, for a while, or no longer. */
function wishOf(index: number): Wish | null {
  const kind = index % 20;
  if (kind < 11) return { capabilities: everything, fromAt: daysAgo(90 + index), untilAt: null };
  if (kind < 13)
    return {
      capabilities: ["metrics", "licences"],
      fromAt: daysAgo(30),
      untilAt: new Date(now.getTime() + (5 + (index % 40)) * DAY),
    };
  if (kind === 13) return { capabilities: ["console"], fromAt: daysAgo(30), untilAt: null };
  if (kind === 14) return { capabilities: everything, fromAt: daysAgo(60), untilAt: null, isRevoked: true };
  if (kind === 15)
    return {
      capabilities: ["metrics", "licences", "console"],
      fromAt: new Date(now.getTime() + 3 * DAY),
      untilAt: new Date(now.getTime() + 60 * DAY),
    };
  return null;
}

/** The customer's own administrator grants (and perhaps revokes) access; the customers named are left to others. */
async function grantAll(
  partner: Partner,
  partnerName: string,
  customers: Found[],
  isLate: (index: number) => boolean,
): Promise<void> {
  const own = customers.filter((customer) => customer.billing === "term" || customer.billing === "unknown");
  for (const [index, customer] of own.entries()) {
    if (isLate(index)) continue;
    const wish: Wish | null = customer.error_code
      ? { capabilities: everything, fromAt: daysAgo(3), untilAt: null }
      : wishOf(index);
    if (!wish || customer.name === "Bottega Rossi" || customer.name === "Atelier Marchand") continue;
    const person = {
      email: `admin@${customer.id.slice(0, 8)}.${customer.domain ?? "customer.example"}`,
      name: customer.name.slice(0, 60),
      language: "it",
      timeZone: "Europe/Rome",
    };
    const actor = await insertMember(partner.id, partnerName, {
      ...person,
      role: "customerAdmin",
      customerId: customer.id,
      passwordHash: null,
    });
    await grant(actor, customer.id, wish);
  }
}

const grant = (actor: Actor, customerId: string, wish: Wish): Promise<void> =>
  acting(actor, async ({ db, audit }) => {
    const context = { db, partnerId: actor.partnerId, audit };
    await grantAccess(
      context,
      {
        customerId,
        capabilities: wish.capabilities,
        fromAt: wish.fromAt,
        untilAt: wish.untilAt,
        zone: actor.timeZone,
        grantedBy: actor.userId,
      },
      now,
    );
    if (wish.isRevoked) await revokeAccess(context, customerId, daysAgo(1));
  });

async function createAlpina(passwordHash: string): Promise<Partner> {
  const name = "Alpina Digital";
  const id = await insertPartner("alpina", name, "it", "Europe/Rome", true);
  const member = (email: string, full: string, role: RoleName) =>
    insertMember(id, name, {
      email,
      name: full,
      role,
      language: "it",
      timeZone: "Europe/Rome",
      passwordHash,
    });
  const supers = await member("super@alpina.example", "Sofia Bianchi", "superAdmin");
  const limited = [
    await member("admin@alpina.example", "Andrea Conti", "admin"),
    await member("helpdesk@alpina.example", "Giulia Ferri", "helpDesk"),
    await member("readonly@alpina.example", "Paolo Serra", "readOnly"),
  ];
  await member("business@alpina.example", "Marta Villa", "business");
  await connectSophos(id, "alpina");
  await importCustomers(supers, alpinaManagedCustomers());
  await synchronise(supers);

  const partner = { id, supers };
  const customers = await customersOf(id);
  const rossi = named(customers, "Bottega Rossi");
  const italian = customers.filter((customer) => customer.country === "IT" && customer.id !== rossi.id);
  const nord = italian.filter((_, index) => index % 3 === 0).slice(0, 220);
  const retail = [rossi, ...italian.filter((_, index) => index % 7 === 1).slice(0, 90)];
  const denied = nord[0];
  const groups = await acting(supers, async (guarded) => {
    const nordId = await createGroup(guarded, "Nord");
    await addToGroup(
      guarded,
      nordId,
      nord.map((customer) => customer.id),
    );
    const retailId = await createGroup(guarded, "Retail");
    await addToGroup(
      guarded,
      retailId,
      retail.map((customer) => customer.id),
    );
    return [nordId, retailId];
  });
  for (const person of limited) {
    await acting(supers, (guarded) =>
      setScope(guarded, person.membershipId, {
        all: false,
        groups,
        customers: [],
        denied: denied ? [denied.id] : [],
      }),
    );
  }

  const atRossi = (email: string, full: string, role: RoleName) =>
    insertMember(id, name, {
      email,
      name: full,
      role,
      language: "it",
      timeZone: "Europe/Rome",
      customerId: rossi.id,
      passwordHash,
    });
  const rossiAdmin = await atRossi("admin@bottega-rossi.example", "Lucia Rossi", "customerAdmin");
  await atRossi("viewer@bottega-rossi.example", "Marco Rossi", "customerViewer");
  await grant(rossiAdmin, rossi.id, { capabilities: everything, fromAt: daysAgo(120), untilAt: null });
  await createMarchandAdmin(partner, name, customers, passwordHash);
  await grantAll(partner, name, customers, (index) => index % 31 === 5);
  await connectSnow(id, "alpina", customers);
  await acting(supers, (guarded) =>
    addDenied(guarded, {
      pattern: "uTorrent*",
      note: "Condivisione di file: vietata dalle nostre linee guida.",
    }),
  );
  await synchronise(supers);
  await synchronise(supers, await mistypeSecret(id));
  // Granted after the last synchronisation: nothing has come under these grants yet.
  await grantAll(partner, name, customers, (index) => index % 31 !== 5);
  await settle(id, customers);
  return partner;
}

async function createLagune(passwordHash: string): Promise<void> {
  const name = "Lagune Services";
  const id = await insertPartner("lagune", name, "fr", "Europe/Paris", false);
  const supers = await insertMember(id, name, {
    email: "super@lagune.example",
    name: "Claire Moreau",
    role: "superAdmin",
    language: "fr",
    timeZone: "Europe/Paris",
    passwordHash,
  });
  await connectSophos(id, "lagune");
  await synchronise(supers);
  const customers = await customersOf(id);
  await createMarchandAdmin({ id, supers }, name, customers, passwordHash);
  await grantAll({ id, supers }, name, customers, () => false);
  await connectSnow(id, "lagune", customers);
  await synchronise(supers);
  await settle(id, customers);
}

/** *Atelier Marchand* is a customer of both partners; its one administrator grants to each by itself. */
async function createMarchandAdmin(
  partner: Partner,
  partnerName: string,
  customers: Found[],
  passwordHash: string,
): Promise<void> {
  const marchand = named(customers, "Atelier Marchand");
  const actor = await insertMember(partner.id, partnerName, {
    email: "admin@atelier-marchand.example",
    name: "Hélène Marchand",
    role: "customerAdmin",
    language: "fr",
    timeZone: "Europe/Paris",
    customerId: marchand.id,
    passwordHash,
  });
  await grant(actor, marchand.id, {
    capabilities: ["metrics", "licences", "reports"],
    fromAt: daysAgo(45),
    untilAt: new Date(now.getTime() + 25 * DAY),
  });
}

/** The minute job's work, done at once, so that the first page shows every status. */
async function settle(partnerId: string, customers: Found[]): Promise<void> {
  for (let start = 0; start < customers.length; start += 500) {
    const ids = customers.slice(start, start + 500).map((customer) => customer.id);
    await withScope(
      { partnerId },
      "read write",
      (db) => refreshOverview(db, partnerId, ids, new Date()),
      "worker",
    );
  }
}

async function main(): Promise<void> {
  if (!env().demo) throw new Error("The demo is refused outside demo mode.");
  const existing = await asOwner(null, async (client) => {
    await client.query("reset role");
    return (await client.query<{ n: string }>(`select count(*) as n from "user"`)).rows[0]?.n;
  });
  if (existing !== "0") return;
  const passwordHash = await hashPassword(PASSWORD);
  await createAlpina(passwordHash);
  await createLagune(passwordHash);
}

await main();
await closeDatabase();
process.exit(0);
