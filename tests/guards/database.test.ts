import { Client } from "pg";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, withScope } from "#db/client.ts";
import { adminQuery } from "#tests/database.ts";
import { daysAgo, makeFullCustomer, makeGroup, makeMember, makePartner, refresh } from "#tests/factories.ts";

type Ask = <Row extends Record<string, unknown>>(text: string) => Promise<Row[]>;

/** Tables without partner_id, each with the reason it needs none. */
const withoutPartner: Record<string, string> = {
  partner: "is the partner; its own policy compares id",
  user: "a person may belong to several partners",
  session: "belongs to a person before a partner is chosen; only the sign-in role reads it",
  sign_in_limit: "counts before anyone is known; only the sign-in role reads it",
  product: "vendors' products are the same for every partner",
  identity: "says who a person is elsewhere; only the sign-in role reads it",
  recovery_code: "belongs to a person; only the sign-in role reads it",
  sign_in_challenge: "belongs to a person before a partner is chosen; only the sign-in role reads it",
  invitation: "belongs to a person before a partner is chosen; only the sign-in role reads it",
  worker_beat: "workers serve every partner; it says only that they live",
  kysely_migration: "which migrations ran",
  kysely_migration_lock: "which migrations run",
};
/** Policies beside the one expression: table.policy (roles: expression), each with its reason. */
const morePolicies: Record<string, string> = {
  "partner.catalogue (belvedere_signin,belvedere_worker: true)":
    "sign-in names a person's partners, the worker walks all of them",
  "membership.before_partner (belvedere_signin: true)":
    "sign-in finds a person's memberships before a partner is chosen",
  "membership_scope.before_partner (belvedere_signin: (kind = 'denied'::text))":
    "a session says whether its member sees all",
  "customer.before_partner (belvedere_signin: true)":
    "the switch of membership names customers (three columns granted)",
  "sync_batch.of_own_runs (public: (EXISTS ( SELECT\n   FROM sync_run r\n  WHERE ((r.partner_id = sync_batch.partner_id) AND (r.batch_id = sync_batch.id) AND (r.customer_id = (NULLIF(current_setting('app.customer_id'::text, true), ''::text))::uuid)))))":
    "who asked for a run of the customer's own connection",
  "api_token.before_partner (belvedere_signin: true)": "a token says of which partner it is",
  "oidc_issuer.before_partner (belvedere_signin: true)":
    "a provider's answer comes before a partner is known",
  "customer_search.search (belvedere_search: true)":
    "trigram indexes are not used under a policy (decision 1)",
};
/** Keys without partner_id in tables that have it. */
const keysWithoutPartner: Record<string, string> = {
  "licence FOREIGN KEY (vendor, product_code) REFERENCES product(vendor, code)":
    "to a table that is the same for every partner",
  'membership FOREIGN KEY (user_id) REFERENCES "user"(id)': "people are not a partner's",
};

const partnerCheck = "partner_id = (NULLIF(current_setting('app.partner_id'::text, true), ''::text))::uuid";
const customerSetting = "NULLIF(current_setting('app.customer_id'::text, true), ''::text)";
const expressionFor = (table: string, hasCustomer: boolean): string => {
  if (table === "partner") return `(${partnerCheck.replace("partner_id =", "id =")})`;
  const column = table === "customer" ? "id" : hasCustomer ? "customer_id" : null;
  const ofCustomer = column
    ? `((${customerSetting} IS NULL) OR (${column} = (${customerSetting})::uuid))`
    : `(${customerSetting} IS NULL)`;
  return `((${partnerCheck}) AND ${ofCustomer})`;
};

const roles = ["web", "worker", "signin", "owner", "search"].map((role) => `belvedere_${role}`);
const acting = ["web", "worker", "signin", "search"].map((role) => `belvedere_${role}`);
const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(", ");

/** A row in each table that only pages and jobs of control write. */
async function fillControl(partnerId: string, customer: { id: string }): Promise<void> {
  const statements = [
    "insert into denied_application (partner_id, pattern, created_by) values ($1, '*torrent*', 'x')",
    "insert into denied_exception (partner_id, denied_id, customer_id, reason, created_by) select $1, id, $2, 'x', 'x' from denied_application where partner_id = $1",
    "insert into warning_handling (partner_id, customer_id, code, updated_by) values ($1, $2, 'devices_silent', 'x')",
    "insert into warning_event (partner_id, customer_id, code, kind, actor_name) values ($1, $2, 'devices_silent', 'commented', 'x')",
    "insert into maintenance_window (partner_id, name, covers, starts_at, ends_at, created_by) values ($1, 'x', 'all', now(), now() + interval '1 hour', 'x')",
    "insert into call_budget (partner_id, key, seconds) values ($1, 'x', 60)",
    "insert into dead_job (partner_id, queue, payload, error) values ($1, 'sync', '{}', 'x')",
    "insert into account_link (partner_id, vendor_account_id, kind, actor_name) select $1, id, 'linked', 'x' from vendor_account where partner_id = $1",
    "insert into api_token (partner_id, membership_id, name, token_hash, permissions, expires_at) select $1, id, 'x', sha256('x'), '{snapshot:push}', now() from membership where partner_id = $1",
    `insert into pushed_snapshot (partner_id, connection_id, token_id, idempotency_key, request_hash, account_external_id, taken_at)
      select $1, c.id, t.id, 'x', sha256('x'), 'x', now() from api_token t join connection c using (partner_id) where partner_id = $1 limit 1`,
    "insert into oidc_issuer (partner_id, customer_id, name, issuer, client_id) values ($1, $2, 'x', 'https://id.example', 'x')",
    "insert into member_preference (partner_id, membership_id, list) select $1, id, 'customers' from membership where partner_id = $1 and customer_id is null limit 1",
    "insert into saved_view (partner_id, membership_id, owner_name, name, query) select $1, id, 'x', 'x', '' from membership where partner_id = $1 and customer_id is null limit 1",
    "insert into default_view (partner_id, membership_id, view_id) select partner_id, membership_id, id from saved_view where partner_id = $1",
    "insert into customer_pin (partner_id, membership_id, customer_id) select $1, id, $2 from membership where partner_id = $1 and customer_id is null limit 1",
    "insert into work_assignment (partner_id, kind, subject_id, customer_id, assigned_to, assigned_by) select $1, 'over_use', $2, $2, id, 'x' from membership where partner_id = $1 and customer_id is null limit 1",
    "insert into application (partner_id, customer_id, vendor_account_id, external_id, name, installs) select $1, $2, id, 'x', 'x', 1 from vendor_account where partner_id = $1 and customer_id = $2",
    "insert into saas_application (partner_id, customer_id, vendor_account_id, external_id, name) select $1, $2, id, 'x', 'x' from vendor_account where partner_id = $1 and customer_id = $2",
    `with j as (insert into bulk_job (partner_id, membership_id, starter, action, request_key) values ($1, gen_random_uuid(), '{}', 'pin', 'x') returning id)
      insert into bulk_row (partner_id, job_id, customer_id) select $1, id, $2 from j`,
    "insert into monthly_account (partner_id, id, created_by, customer_id, opening) values ($1, gen_random_uuid(), gen_random_uuid(), $2, 'by_hand')",
    "insert into trial_conversion (partner_id, id, customer_id, vendor_account_id, account, converted_on, trials, by_name) values ($1, gen_random_uuid(), $2, gen_random_uuid(), 'x', current_date, '[]', 'x')",
    "insert into early_access (partner_id, customer_id, programme, created_by) values ($1, $2, 'x', 'x')",
    "insert into closed_account (partner_id, vendor, external_id) values ($1, 'sophos', 'x')",
    "insert into customer_disconnect (partner_id, customer_id, name, by_name) values ($1, $2, 'x', 'x')",
    "insert into kept_month (partner_id, customer_id, month, name) values ($1, $2, current_date, 'x')",
    "insert into customer_rename (partner_id, customer_id, vendor_account_id, number, name, asked_by) select $1, $2, id, 1, 'x', 'x' from vendor_account where partner_id = $1 and customer_id = $2",
  ];
  const values = [partnerId, customer.id];
  for (const text of statements) await adminQuery(text, values.slice(0, text.includes("$2") ? 2 : 1));
}

/** Everything in the catalogue that is not as decisions 1–5 and security.md (Rows) say; empty when all is well. */
async function catalogueProblems(ask: Ask): Promise<string[]> {
  const problems: string[] = [];
  const tables = await ask<{
    oid: number;
    name: string;
    enabled: boolean;
    forced: boolean;
    partition: boolean;
    partner: boolean;
    customer: boolean;
  }>(`
    select c.oid, c.relname as name, relrowsecurity as enabled, relforcerowsecurity as forced, relispartition as partition,
      exists (select from pg_attribute where attrelid = c.oid and attname = 'partner_id' and not attisdropped) as partner,
      exists (select from pg_attribute where attrelid = c.oid and attname = 'customer_id' and not attisdropped) as customer
    from pg_class c where relkind in ('r', 'p', 'f') and relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'audit'::regnamespace) order by 2`);
  const policies = await ask<{
    table: string;
    name: string;
    command: string;
    permissive: boolean;
    roles: string;
    using: string;
    check: string | null;
  }>(`
    select c.relname as table, polname as name, polcmd as command, polpermissive as permissive,
      array_to_string(array(select case r when 0 then 'public' else r::regrole::text end from unnest(polroles) r order by 1), ',') as roles,
      pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
    from pg_policy join pg_class c on c.oid = polrelid`);
  for (const table of tables) {
    if (!table.partner && !(table.name in withoutPartner))
      problems.push(`${table.name}: has no partner_id and is not listed`);
    if (!table.partner && table.name !== "partner") continue;
    if (!table.enabled) problems.push(`${table.name}: row-level security is not enabled`);
    if (!table.forced) problems.push(`${table.name}: row-level security is not forced`);
    const own = policies.filter((policy) => policy.table === table.name);
    const tenant = own.filter((policy) => policy.name === "tenant");
    const expression = expressionFor(table.name, table.customer);
    const isRight = (policy: (typeof own)[number]) =>
      policy.command === "*" &&
      policy.permissive &&
      policy.roles === "public" &&
      policy.using === expression &&
      policy.check === expression;
    // A partition is read through its parent, whose policy holds; by itself it is closed to everybody.
    if (table.partition ? own.length > 0 : tenant.length !== 1 || !tenant.every(isRight))
      problems.push(`${table.name}: its policy is not the one expression`);
    for (const policy of own) {
      const described = `${table.name}.${policy.name} (${policy.roles}: ${policy.using})`;
      if (policy.name !== "tenant" && !(described in morePolicies && policy.command === "r"))
        problems.push(`${described}: policy is not listed`);
    }
  }
  for (const name of Object.keys(withoutPartner))
    if (!tables.some((table) => table.name === name))
      problems.push(`${name}: listed, but there is no such table`);

  const keys = await ask<{
    table: string;
    definition: string;
    partner: boolean;
    target: string | null;
    hasTarget: boolean;
  }>(`
    select t.relname as table, pg_get_constraintdef(k.oid) as definition, f.relname as target,
      exists (select from unnest(k.conkey) n join pg_attribute a on a.attrelid = t.oid and a.attnum = n where a.attname = 'partner_id') as partner,
      exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'partner_id') as "hasTarget"
    from pg_constraint k join pg_class t on t.oid = k.conrelid left join pg_class f on f.oid = k.confrelid
    where k.contype in ('p', 'u', 'f', 'x') and t.relnamespace = 'public'::regnamespace`);
  for (const key of keys) {
    const isListed = `${key.table} ${key.definition}` in keysWithoutPartner;
    if (key.hasTarget && !key.partner && !isListed)
      problems.push(`${key.table}: ${key.definition} lacks partner_id`);
    const isDistributed = tables.some((table) => table.name === key.target && table.partner);
    if (!key.hasTarget && isDistributed)
      problems.push(`${key.table}: ${key.definition} refers from a shared table to a partner's`);
  }
  const indexes = await ask<{ table: string; name: string }>(`
    select t.relname as table, i.indexrelid::regclass::text as name from pg_index i join pg_class t on t.oid = i.indrelid
    where i.indisunique and t.relnamespace = 'public'::regnamespace
      and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'partner_id')
      and not exists (select from unnest(i.indkey) n join pg_attribute a on a.attrelid = t.oid and a.attnum = n where a.attname = 'partner_id')`);
  for (const index of indexes) problems.push(`${index.table}: unique index ${index.name} lacks partner_id`);

  const badRoles = await ask<{
    name: string;
  }>(`select rolname as name from pg_roles where rolname in (${list(roles)})
    and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolcanlogin <> (rolname not in ('belvedere_owner', 'belvedere_search')))`);
  for (const role of badRoles) problems.push(`${role.name}: has an attribute it must not have`);
  const known = await ask<{ name: string }>(
    `select rolname as name from pg_roles where rolname in (${list(roles)})`,
  );
  if (known.length !== roles.length) problems.push("a database role is missing");
  const members = await ask<{
    name: string;
  }>(`select member::regrole::text || ' in ' || roleid::regrole::text as name from pg_auth_members
    where member::regrole::text in (${list(roles)})`);
  for (const member of members) problems.push(`${member.name}: no role may act as another`);
  const owned = await ask<{ name: string }>(
    `select relowner::regrole::text || ' owns ' || oid::regclass::text as name from pg_class where relowner::regrole::text in (${list(acting)})`,
  );
  for (const one of owned) problems.push(one.name);

  const rights = await ask<{ name: string }>(`
    with right_of (role, relation, privilege) as (
      select r, c.oid, p from unnest(array[${list(acting)}]) r, pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
      where c.relkind in ('r', 'p', 'v') and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'audit'::regnamespace)
        and (has_table_privilege(r, c.oid, p) or (p in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege(r, c.oid, p))))
    select role || ' has ' || privilege || ' on ' || relation::regclass::text as name from right_of where
      privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
      or (role = 'belvedere_web' and relation in ('customer_overview'::regclass, 'customer_search'::regclass, 'session'::regclass, 'sign_in_limit'::regclass))
      or (role <> 'belvedere_signin' and relation in ('session'::regclass, 'sign_in_limit'::regclass))
      or (privilege <> 'SELECT' and relation in ('audit_entry'::regclass, 'audit_chain'::regclass, 'readable_overview'::regclass, 'visible_customer'::regclass))
      or (privilege <> 'SELECT' and role = 'belvedere_search')
      or (relation in (select inhrelid from pg_inherits join pg_class on oid = inhrelid where relkind in ('r', 'p')))
    union all select r || ' may read connection.secret' from unnest(array['belvedere_web', 'belvedere_signin', 'belvedere_search']) r
      where has_column_privilege(r, 'connection', 'secret', 'SELECT')
    union all select r || ' may read user.password_hash' from unnest(array['belvedere_web', 'belvedere_worker', 'belvedere_search']) r
      where has_column_privilege(r, '"user"', 'password_hash', 'SELECT')
    union all select r || ' may create in ' || n from unnest(array[${list(acting)}]) r, unnest(array['public', 'app', 'audit', 'pgboss']) n where has_schema_privilege(r, n, 'CREATE')
    union all select 'everybody has a right on ' || c.oid::regclass::text from pg_class c, aclexplode(c.relacl) a
      where a.grantee = 0 and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'audit'::regnamespace, 'pgboss'::regnamespace)`);
  problems.push(...rights.map((right) => right.name));

  const functions = await ask<{
    name: string;
    path: string | null;
    public: boolean;
    leakproof: boolean;
    definer: boolean;
  }>(`
    select oid::regprocedure::text as name, (select s from unnest(proconfig) s where s like 'search_path=%') as path, proleakproof as leakproof, prosecdef as definer,
      coalesce((select bool_or(grantee = 0) from aclexplode(proacl)), true) as public
    from pg_proc where (prosecdef and pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace))
      or pronamespace in ('app'::regnamespace, 'audit'::regnamespace)`);
  for (const one of functions) {
    if (one.leakproof) problems.push(`${one.name}: nothing of ours is leakproof`);
    if (one.definer && !/^search_path=(pg_catalog, )?public, pg_temp$/.test(one.path ?? ""))
      problems.push(`${one.name}: no fixed search_path`);
    if (one.definer && one.public) problems.push(`${one.name}: everybody may execute it`);
  }

  const views = await ask<{ name: string; owner: string; invoker: boolean }>(`
    select relname as name, relowner::regrole::text as owner, coalesce('security_invoker=true' = any (reloptions), false) as invoker
    from pg_class where relkind in ('v', 'm') and relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'audit'::regnamespace)
      and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e') order by 1`);
  for (const view of views) {
    // readable_overview blanks what its reader may not see, so it reads as the owner, whom the forced policies hold.
    if (view.owner !== "belvedere_owner" || view.invoker === (view.name === "readable_overview"))
      problems.push(`${view.name}: reads with the wrong rights`);
  }
  return problems;
}

/** Looks at the catalogue after `damage`, which is undone. */
async function problemsAfter(damage: string): Promise<string[]> {
  const client = new Client({ connectionString: process.env["ADMIN_DATABASE_URL"] });
  await client.connect();
  try {
    await client.query("begin");
    if (damage) await client.query(damage);
    return await catalogueProblems(
      async <Row extends Record<string, unknown>>(text: string) => (await client.query<Row>(text)).rows,
    );
  } finally {
    await client.query("rollback");
    await client.end();
  }
}

afterAll(closeDatabase);

describe("the catalogue", () => {
  test("is as the decisions say", async () => {
    expect(await problemsAfter("")).toEqual([]);
  });

  test("months made later are closed like the others", async () => {
    await withScope(
      { partnerId: crypto.randomUUID() },
      "read write",
      (db) => sql`select app.history_partition('2031-05-17')`.execute(db),
      "worker",
    );
    const [made] = await adminQuery<{ n: number }>(
      "select count(*)::int as n from pg_class where relname in ('customer_history_203105', 'status_history_203105') and relrowsecurity and relforcerowsecurity",
    );
    expect(made?.n).toBe(2);
    expect(await problemsAfter("")).toEqual([]);
  });

  const every = "partner_id = nullif(current_setting('app.partner_id', true), '')::uuid";
  test.each([
    ["drop policy tenant on device", "device: its policy is not the one expression"],
    ["drop policy tenant on partner", "partner: its policy is not the one expression"],
    [
      `drop policy tenant on alert; create policy tenant on alert using (${every}) with check (${every})`,
      "alert: its policy is not the one expression",
    ],
    ["alter policy tenant on licence with check (true)", "licence: its policy is not the one expression"],
    ["create policy extra on contact using (true)", "contact.extra (public: true): policy is not listed"],
    [
      "alter policy search on customer_search to public",
      "customer_search.search (public: true): policy is not listed",
    ],
    ["alter table membership disable row level security", "membership: row-level security is not enabled"],
    ["alter table customer no force row level security", "customer: row-level security is not forced"],
    [
      "alter table status_history_203001 no force row level security",
      "status_history_203001: row-level security is not forced",
    ],
    [
      "grant select on status_history_203001 to belvedere_web",
      "belvedere_web has SELECT on status_history_203001",
    ],
    ["create table note (id uuid primary key)", "note: has no partner_id and is not listed"],
    ["create table note (partner_id uuid, id uuid primary key)", "note: PRIMARY KEY (id) lacks partner_id"],
    [
      "create unique index domain_key on customer (domain)",
      "customer: unique index domain_key lacks partner_id",
    ],
    [
      "alter table device add foreign key (partner_id, vendor_account_id) references vendor_account; alter table product add partner uuid, add customer uuid, add foreign key (partner, customer) references customer",
      "product: FOREIGN KEY (partner, customer) REFERENCES customer(partner_id, id) refers from a shared table to a partner's",
    ],
    ["alter role belvedere_web bypassrls", "belvedere_web: has an attribute it must not have"],
    [
      "grant belvedere_owner to belvedere_worker",
      "belvedere_worker in belvedere_owner: no role may act as another",
    ],
    ["alter table contact owner to belvedere_web", "belvedere_web owns contact"],
    [
      "grant select (used) on customer_overview to belvedere_web",
      "belvedere_web has SELECT on customer_overview",
    ],
    ["grant select on connection to belvedere_web", "belvedere_web may read connection.secret"],
    ["grant update on audit_entry to belvedere_worker", "belvedere_worker has UPDATE on audit_entry"],
    ["grant delete on audit_chain to belvedere_web", "belvedere_web has DELETE on audit_chain"],
    ["grant select on contact to public", "everybody has a right on contact"],
    [
      "grant execute on function app.add_counts to public",
      "app.add_counts(uuid,bigint,bigint,bigint,bigint,bigint,bigint): everybody may execute it",
    ],
    ["alter function app.follow_grant() reset all", "app.follow_grant(): no fixed search_path"],
    ["alter function app.plain leakproof", "app.plain(text): nothing of ours is leakproof"],
    [
      "alter view visible_customer set (security_invoker = false)",
      "visible_customer: reads with the wrong rights",
    ],
    [
      "alter view readable_overview set (security_invoker = true)",
      "readable_overview: reads with the wrong rights",
    ],
  ])("after: %s", async (damage, problem) => {
    const prepared = damage.includes("203001")
      ? `select app.history_partition('2030-01-01'); ${damage}`
      : damage;
    expect(await problemsAfter(prepared)).toContain(problem);
  });
});

describe("what the roles can reach", () => {
  let a: { partnerId: string; customerId: string; otherCustomerId: string };
  let b: string;
  let tenantTables: { name: string; customer: boolean }[];
  beforeAll(async () => {
    const customer = await makeFullCustomer();
    const { partnerId } = customer;
    const other = await makeFullCustomer({ partnerId });
    const group = await makeGroup({ partnerId, customers: [customer.id, other.id] });
    const member = await makeMember({ partnerId, role: "helpDesk", groups: [group.id], denied: [other.id] });
    await adminQuery("insert into sync_batch (partner_id, cause) values ($1, 'first')", [partnerId]);
    await adminQuery(
      "insert into sync_run (partner_id, batch_id, connection_id) select partner_id, id, $2 from sync_batch where partner_id = $1",
      [partnerId, customer.connectionId],
    );
    await adminQuery(
      "insert into customer_import (partner_id, created_by, file_name, content, encoding, delimiter, rows_total) values ($1, $2, 'a.csv', '', 'utf-8', ',', 1)",
      [partnerId, member.membershipId],
    );
    await adminQuery(
      "insert into customer_import_mapping (partner_id, headers, mapping) values ($1, sha256('a'), '[]')",
      [partnerId],
    );
    await fillControl(partnerId, customer);
    await withScope(
      { partnerId },
      "read write",
      (db) =>
        sql`select audit.append(null, 'job', 'test', 'test', null, '', 'a', 'e', 'done', '', '', '{}'), audit.append(${customer.id}, 'job', 'test', 'test', null, '', 'a', 'e', 'done', '', '', '{}')`.execute(
          db,
        ),
      "worker",
    );
    await makeMember({ partnerId, role: "customerViewer", customerId: customer.id });
    await refresh(partnerId, [customer.id, other.id], daysAgo(-1));
    a = { partnerId, customerId: customer.id, otherCustomerId: other.id };
    b = await makePartner();
    tenantTables = await adminQuery(
      "select relname as name, exists (select from pg_attribute where attrelid = c.oid and attname = 'customer_id') as customer from pg_class c where relkind in ('r', 'p', 'v') and not relispartition and relnamespace = 'public'::regnamespace and exists (select from pg_attribute where attrelid = c.oid and attname = 'partner_id') order by 1",
    );
  });

  type Role = "web" | "worker" | "signin" | "search";
  /** Rows of `table` that are A's, as `role` sees them with these settings. */
  async function rowsOfA(
    role: Role,
    settings: Record<string, string>,
    table: string,
  ): Promise<string[] | "no right"> {
    const client = new Client({ connectionString: process.env["ADMIN_DATABASE_URL"] });
    await client.connect();
    try {
      await client.query(`begin; set local role belvedere_${role}`);
      for (const [name, value] of Object.entries(settings))
        await client.query(`set local app.${name} = '${value}'`);
      const { rows } = await client.query(
        `select ${table === "connection" && role === "web" ? "partner_id, customer_id" : "*"} from ${table} where partner_id = $1`,
        [a.partnerId],
      );
      return rows.map((row: { customer_id?: string | null; id?: string }) =>
        table === "customer" || table === "visible_customer" ? (row.id ?? "") : (row.customer_id ?? "none"),
      );
    } catch (error) {
      if ((error as { code?: string }).code === "42501") return "no right";
      throw error;
    } finally {
      await client.end();
    }
  }
  const nothing = [[], "no right"];
  const rowsIn = (found: string[] | "no right") => (found === "no right" ? [] : found);

  test("every table holds a row of A, and A's scope sees it", async () => {
    expect(tenantTables.length).toBeGreaterThan(22);
    for (const { name } of tenantTables) {
      const settings = { partner_id: a.partnerId, member_all: "on" };
      const seen = [
        ...rowsIn(await rowsOfA("worker", settings, name)),
        ...rowsIn(await rowsOfA("web", settings, name)),
      ];
      expect(seen.length, name).toBeGreaterThan(0);
    }
  });

  test.each(["web", "worker", "search"] as const)(
    "%s sees nothing without a partner, or with another one",
    async (role) => {
      const allowed = role === "search" ? ["customer_search"] : [];
      for (const { name } of tenantTables.filter((table) => !allowed.includes(table.name))) {
        expect(nothing, `${name} without a setting`).toContainEqual(
          await rowsOfA(role, { member_all: "on" }, name),
        );
        expect(nothing, `${name} with empty settings`).toContainEqual(
          await rowsOfA(role, { partner_id: "", customer_id: "", member_all: "on" }, name),
        );
        expect(nothing, `${name} with partner B`).toContainEqual(
          await rowsOfA(role, { partner_id: b, member_all: "on" }, name),
        );
        expect(nothing, `${name} with B's claim on A's customer`).toContainEqual(
          await rowsOfA(role, { partner_id: b, customer_id: a.customerId, member_all: "on" }, name),
        );
      }
    },
  );

  test("signin sees of tenants' tables only what finds a membership", async () => {
    const seen: string[] = [];
    for (const { name } of tenantTables) {
      const rows = await rowsOfA("signin", {}, name);
      if (rows !== "no right" && rows.length > 0) seen.push(name);
    }
    expect(seen).toEqual(["api_token", "membership", "membership_scope", "oidc_issuer"]);
  });

  test("a customer's scope sees that customer's rows, and no table without customer_id", async () => {
    for (const role of ["web", "worker"] as const) {
      for (const { name, customer } of tenantTables) {
        const seen = rowsIn(
          await rowsOfA(role, { partner_id: a.partnerId, customer_id: a.customerId, member_all: "on" }, name),
        );
        const isClosed = !customer && name !== "customer" && name !== "visible_customer";
        expect(isClosed ? seen : seen.filter((id) => id !== a.customerId), name).toEqual([]);
      }
    }
    expect(
      await rowsOfA(
        "web",
        { partner_id: a.partnerId, customer_id: a.customerId, member_all: "on" },
        "device",
      ),
    ).toHaveLength(3);
  });

  test("nothing can be written into another partner, nor moved there", async () => {
    const refused = (work: Promise<unknown>) => expect(work).rejects.toMatchObject({ code: "42501" });
    const inB = <T>(work: Parameters<typeof withScope<T>>[2], role: "web" | "worker" = "web") =>
      withScope({ partnerId: b, memberAll: true }, "read write", work, role);
    await refused(
      inB((db) =>
        db
          .insertInto("customer")
          .values({ partnerId: a.partnerId, name: "x", nameShown: "x", relationship: "managed" })
          .execute(),
      ),
    );
    await refused(
      inB((db) => db.insertInto("syncBatch").values({ partnerId: a.partnerId, cause: "person" }).execute()),
    );
    await refused(
      inB(
        (db) =>
          db
            .insertInto("contact")
            .values({ partnerId: a.partnerId, customerId: a.customerId, role: "other", source: "person" })
            .execute(),
        "worker",
      ),
    );
    const changed = await inB((db) =>
      db
        .updateTable("customer")
        .set({ nameShown: "x" })
        .where("partnerId", "=", a.partnerId)
        .executeTakeFirst(),
    );
    const removed = await inB(
      (db) => db.deleteFrom("device").where("partnerId", "=", a.partnerId).executeTakeFirst(),
      "worker",
    );
    expect([changed.numUpdatedRows, removed.numDeletedRows]).toEqual([0n, 0n]);
    const inA = <T>(work: Parameters<typeof withScope<T>>[2], role: "web" | "worker") =>
      withScope({ partnerId: a.partnerId, memberAll: true }, "read write", work, role);
    await refused(
      inA(
        (db) =>
          db
            .updateTable("customerGroup")
            .set({ partnerId: b })
            .where("partnerId", "=", a.partnerId)
            .execute(),
        "web",
      ),
    );
    await refused(
      withScope({ partnerId: a.partnerId, customerId: a.customerId }, "read write", (db) =>
        db
          .insertInto("contact")
          .values({ partnerId: a.partnerId, customerId: a.otherCustomerId, role: "other", source: "person" })
          .execute(),
      ),
    );
  });

  test("a read only transaction writes nothing; an identifier that is no UUID opens none", async () => {
    await expect(
      withScope({ partnerId: a.partnerId }, "read only", (db) =>
        db.insertInto("syncBatch").values({ partnerId: a.partnerId, cause: "person" }).execute(),
      ),
    ).rejects.toMatchObject({ code: "25006" });
    for (const partnerId of ["", "x", "'; reset role; --", a.partnerId.toUpperCase().replace(/\d/g, "G")]) {
      expect(() => withScope({ partnerId }, "read only", async () => 1)).toThrow("partner_id is not a UUID");
    }
  });

  test("settings end with their transaction", async () => {
    await withScope({ partnerId: a.partnerId, memberAll: true }, "read only", (db) =>
      db.selectFrom("customer").selectAll().execute(),
    );
    const left = await withScope({ partnerId: b }, "read only", (db) =>
      sql<{ all: string | null }>`select current_setting('app.member_all', true) as "all"`.execute(db),
    );
    expect(left.rows[0]?.all ?? "").toBe("");
  });

  test("the vendor's secret is not web's to read, in no way", async () => {
    for (const text of [
      "select secret from connection",
      "select * from connection",
      "update connection set name = encode(secret, 'hex')",
      "update connection set is_enabled = true returning secret",
    ]) {
      const client = new Client({ connectionString: process.env["WEB_DATABASE_URL"] });
      await client.connect();
      await expect(client.query(text), text).rejects.toMatchObject({ code: "42501" });
      await client.end();
    }
  });
});
