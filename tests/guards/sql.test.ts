import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, onStatement, type ScopedDb, withScope } from "#db/client.ts";
import { revokeAccess } from "#server/access/service.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeFullCustomer, makeGroup, makeMember, type Member } from "#tests/factories.ts";
import { readCalls } from "#tests/guards/query-calls.ts";
import { repository } from "#tests/guards/tree.ts";

type Relation = { table: string; alias: string; anchored: boolean; links: Relation[] };
type Part = { tokens: string[]; outer: Part | undefined; relations: Relation[] };

const tokensOf = (statement: string): string[] =>
  [
    ...statement.matchAll(
      /'(?:[^']|'')*'|"(?:[^"])+"|\$\d+|[A-Za-z_]\w*|::|[<>=!@|&?#~+*/%-]+|\d+(?:\.\d+)?|[().,;[\]]/g,
    ),
  ].map(([token]) => (token.startsWith('"') ? token.slice(1, -1) : token));
const isQuery = (token: string | undefined) => token === "select" || token === "with";
const noAlias = new Set(
  "where on set values select join left inner cross order group limit for using from returning default as do and or union with offset".split(
    " ",
  ),
);

/** The SELECTs, UPDATEs … of a statement: those in parentheses and those joined by UNION are parts of their own. */
function partsOf(tokens: readonly string[], outer: Part | undefined, all: Part[]): Part[] {
  let part: Part = { tokens: [], outer, relations: [] };
  all.push(part);
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    if (token === "(" && isQuery(tokens[at + 1])) {
      let depth = 1;
      let end = at + 1;
      for (; depth > 0; end += 1) depth += tokens[end] === "(" ? 1 : tokens[end] === ")" ? -1 : 0;
      partsOf(tokens.slice(at + 1, end - 1), part, all);
      part.tokens.push("(…)");
      at = end - 1;
    } else if (token === "union" || token === "except" || token === "intersect") {
      part = { tokens: [], outer, relations: [] };
      all.push(part);
    } else part.tokens.push(token);
  }
  return all;
}

function findRelations(part: Part, tenants: ReadonlySet<string>): void {
  const { tokens } = part;
  for (const [at, token] of tokens.entries()) {
    const name = tokens[at + 1] ?? "";
    if (
      !["from", "join", "update", "into", "using"].includes(token) ||
      !tenants.has(name) ||
      (tokens[at + 2] === "(" && token === "from")
    )
      continue;
    const next = tokens[at + 2] === "as" ? tokens[at + 3] : tokens[at + 2];
    const alias = next !== undefined && /^[a-z_]\w*$/i.test(next) && !noAlias.has(next) ? next : name;
    const relation: Relation = { table: name, alias, anchored: false, links: [] };
    // A row that is written names its partner among its columns; the policy's WITH CHECK compares it.
    if (token === "into") {
      const open = tokens.indexOf("(", at);
      relation.anchored = tokens.slice(open, tokens.indexOf(")", open)).includes("partner_id");
    }
    part.relations.push(relation);
  }
}

/** The relation that a column at `at` (of `partner_id`, or of `partner.id`) belongs to. */
function ownerOf(part: Part, at: number): Relation | undefined {
  const { tokens } = part;
  const isQualified = tokens[at - 1] === ".";
  const column = tokens[at];
  for (let where: Part | undefined = part; where; where = where.outer) {
    const found = where.relations.filter(
      ({ alias, table }) =>
        (table === "partner" ? column === "id" : column === "partner_id") &&
        (!isQualified || alias === tokens[at - 2]),
    );
    if (found[0]) return found[0];
  }
  return undefined;
}

/** The tenant tables of a statement, with what each one's partner_id is compared to. */
function relationsOf(statement: string, tenants: ReadonlySet<string>): Relation[] {
  const parts = partsOf(tokensOf(statement), undefined, []);
  for (const part of parts) findRelations(part, tenants);
  for (const part of parts) {
    for (const [at, token] of part.tokens.entries()) {
      if (token !== "=") continue;
      const left = ownerOf(part, at - 1);
      const isParameter = /^\$\d+$/.test(part.tokens[at + 1] ?? "");
      const right = ownerOf(part, part.tokens[at + 2] === "." ? at + 3 : at + 1);
      const isSet = part.tokens.slice(0, at).includes("set") && !part.tokens.slice(0, at).includes("where");
      if (left && isParameter && !isSet) left.anchored = true;
      if (left && right) {
        left.links.push(right);
        right.links.push(left);
      }
    }
  }
  return parts.flatMap((part) => part.relations);
}

/** Names of tenant tables that a statement reads or writes without `partner_id = $n`, by itself or through a join. */
function unboundTables(statement: string, tenants: ReadonlySet<string>): string[] {
  const all = relationsOf(statement, tenants);
  const reached = new Set(all.filter((relation) => relation.anchored));
  for (const relation of reached) for (const linked of relation.links) reached.add(linked);
  return all
    .filter((relation) => !reached.has(relation))
    .map(({ table, alias }) => (table === alias ? table : `${table} ${alias}`));
}

const statements = new Map<string, string>();
let source = "";
/** Statements heard, those of transactions themselves left out; two queries may ask the same. */
let heard = 0;
async function listening<T>(name: string, work: () => Promise<T>): Promise<T> {
  source = name;
  onStatement(({ query }) => {
    statements.set(query.sql, source);
    if (!/^(start transaction|begin|commit|rollback)/i.test(query.sql)) heard += 1;
  });
  try {
    return await work();
  } finally {
    onStatement(undefined);
  }
}

type Query = (db: ScopedDb, ...given: unknown[]) => Promise<unknown>;
/** Every function of every queries file, as `noun.name`. */
async function listQueries(): Promise<Map<string, Query>> {
  const files = readdirSync(join(repository, "server"), { recursive: true, encoding: "utf8" }).filter(
    (file) => /\/queries(-[a-z]+)*\.ts$/.test(file),
  );
  const found = new Map<string, Query>();
  for (const file of files) {
    const exported = (await import(join(repository, "server", file))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exported))
      if (typeof value === "function") found.set(`${file.split("/")[0]}.${name}`, value as Query);
  }
  return found;
}
/** Exported functions of queries files that ask the database nothing. */
const pure = [
  "connections.readsGroup",
  "customers.amongIds",
  "customers.endsWithin",
  "customers.everyIdOf",
  "customers.filtered",
  "customers.sortKind",
  "customers.staleBefore",
  "exports.rowStatements",
  "exports.slotOf",
];

let tenants: ReadonlySet<string>;
let queries: Map<string, Query>;
let member: Member;
let limited: Member;
let customer: Awaited<ReturnType<typeof makeFullCustomer>>;
let groupId: string;
beforeAll(async () => {
  customer = await makeFullCustomer();
  groupId = (await makeGroup({ partnerId: customer.partnerId, customers: [customer.id] })).id;
  // A partial run that waits: some queries only go on where there is one.
  await adminQuery(
    `with batch as (insert into sync_batch (partner_id, cause) values ($1, 'person') returning *)
     insert into sync_run (partner_id, batch_id, connection_id, only_accounts, created_at)
       select partner_id, id, $2, '{b}', now() - interval '1 hour' from batch`,
    [customer.partnerId, customer.connectionId],
  );
  member = await makeMember({ partnerId: customer.partnerId });
  limited = await makeMember({ partnerId: customer.partnerId, groups: [groupId] });
  const rows = await adminQuery<{ name: string }>(
    "select relname as name from pg_class c where relkind in ('r', 'p', 'v') and not relispartition and relnamespace = 'public'::regnamespace and exists (select from pg_attribute where attrelid = c.oid and attname = 'partner_id')",
  );
  tenants = new Set([...rows.map((row) => row.name), "partner"]);
  queries = await listQueries();
});
afterAll(closeDatabase);

class Undone extends Error {}
/** Needs rows that other calls make; what matters here is the statement, not its outcome. */
const mayFail = new Set([
  "imports.getRejected",
  "snapshots.insertPushed",
  "sync.insertRuns",
  "vendor-accounts.insertLinks",
  "vendor-accounts.mergeInto",
  "vendor-accounts.updateOwner",
]);

describe("every statement that touches a tenant table names the partner", () => {
  test("every exported query is called here", async () => {
    const calls = await readCalls({ customer, member, limited, groupId });
    expect([...queries.keys()].filter((name) => !pure.includes(name)).sort()).toEqual(
      Object.keys(calls).sort(),
    );
  });

  test("in every query of every noun", async () => {
    const silent: string[] = [];
    const calls = await readCalls({ customer, member, limited, groupId });
    for (const [name, { role, given }] of Object.entries(calls)) {
      for (const values of given) {
        const before = heard;
        const attempt = listening(name, () =>
          withScope(
            { partnerId: customer.partnerId, memberId: member.membershipId, memberAll: true },
            "read write",
            async (db) => {
              await queries.get(name)?.(db, ...values);
              throw new Undone();
            },
            role ?? "worker",
          ),
        );
        const error = await attempt.catch((reason: unknown) => reason);
        if (!(error instanceof Undone) && !mayFail.has(name))
          throw new Error(`${name} could not be called`, { cause: error });
        if (heard === before && !pure.includes(name)) silent.push(name);
      }
    }
    expect(silent).toEqual([]);
    const unbound = [...statements]
      .map(([statement, name]) => [name, statement, unboundTables(statement, tenants)] as const)
      .filter(([, , tables]) => tables.length > 0);
    expect(
      unbound.map(([name, statement, tables]) => `${name}: ${tables.join(", ")} in: ${statement}`),
    ).toEqual([]);
  });

  test("in what procedures and services ask beside", async () => {
    statements.clear();
    for (const who of [member, limited]) {
      const api = await callerFor(who);
      await listening("router", async () => {
        const { rows } = await api.customers.list({ q: "ditta", status: "warning" });
        expect(rows.map((row) => row.id)).toEqual([customer.id]);
        await api.customers.list({ sort: "-devicesTotal", group: groupId });
        await api.customers.byId({ customerId: customer.id, devices: "silent" });
        await api.sync.live({});
        await api.sync.start({ customerId: customer.id });
        await api.imports.list({});
      });
    }
    await listening("revoke", () =>
      withScope({ partnerId: customer.partnerId, customerId: customer.id }, "read write", async (db) => {
        await revokeAccess(
          { db, partnerId: customer.partnerId, audit: async () => undefined },
          customer.id,
          new Date(),
        );
      }),
    );
    const read = [...statements.keys()].flatMap((statement) =>
      relationsOf(statement, tenants).map((one) => one.table),
    );
    expect([...new Set(read)]).toEqual(
      expect.arrayContaining([
        "readable_overview",
        "visible_customer",
        "device",
        "licence",
        "sync_run",
        "access_grant",
        "membership_scope",
        "customer_import",
      ]),
    );
    expect(
      [...statements.keys()].flatMap((statement) =>
        unboundTables(statement, tenants).map((table) => `${table} in: ${statement}`),
      ),
    ).toEqual([]);
  });
});

describe("the check finds", () => {
  const known = new Set(["customer", "licence", "contact", "membership", "membership_scope", "partner"]);
  test.each([
    ['select "id" from "customer" where "id" = $1', ["customer"]],
    ['select "id" from "customer" where "partner_id" = $1 and "id" = $2', []],
    [
      "select c.id from customer c left join contact k on k.partner_id = c.partner_id where c.id = $1",
      ["customer c", "contact k"],
    ],
    [
      "select c.id from customer c left join contact k on k.customer_id = c.id where c.partner_id = $1",
      ["contact k"],
    ],
    [
      "select c.id from customer c join contact k on k.partner_id = c.partner_id where k.partner_id = $1::uuid",
      [],
    ],
    [
      "select (select count(*) from licence l where l.customer_id = c.id) from customer c where c.partner_id = $1",
      ["licence l"],
    ],
    [
      "select (select count(*) from licence l where l.partner_id = c.partner_id) from customer c where c.partner_id = $1",
      [],
    ],
    [
      "select id from customer where partner_id = $1 union select id from customer where domain = $2",
      ["customer"],
    ],
    ["update customer c set name = $1 where c.id = $2", ["customer c"]],
    ['update "customer" set "partner_id" = $1 where "id" = $2', ["customer"]],
    [
      "delete from contact k where k.partner_id = $1 and exists (select from licence where licence.customer_id = k.customer_id)",
      ["licence"],
    ],
    ["insert into contact (customer_id) select $1", ["contact"]],
    ["insert into contact as k (partner_id, customer_id) select $1, c.id from customer c", ["customer c"]],
    ['select "id" from "partner" order by "id"', ["partner"]],
    ['select "name" from "partner" where "id" = $1', []],
    ["with m as (select id from membership where user_id = $1) select * from m", ["membership"]],
    ["select 1 from customer where 'partner_id = $1' <> ''", ["customer"]],
  ])("%s", (statement, tables) => expect(unboundTables(statement, known)).toEqual(tables));
});
