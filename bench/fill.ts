// Fills the database with customers of several partners by set-based SQL; figures follow the row's number, so that
// every partner, small or large, has the same mixture.
import { availableParallelism } from "node:os";
import { type Client, escapeIdentifier } from "pg";
import { oneRow } from "./database.ts";

/** Customers in the group of the member who sees nothing else. */
const LIMITED_GROUP = 500;

export type FilledPartner = {
  id: string;
  customers: number;
  /** Sees everybody. */
  userId: string;
  membershipId: string;
  /** Sees one group of `LIMITED_GROUP` customers. */
  limitedMembershipId: string;
  smallGroup: string;
  largeGroup: string;
};

const tables = [
  "customer",
  "customer_overview",
  "customer_search",
  "customer_facet",
  "customer_group_member",
];

/** Made of `h(n)`, whole numbers that look random and are always the same. */
const source = `
  select i, h(1) % 100 as kind,
    initcap(s[1 + h(8) % 40] || s[1 + h(9) % 40] || s[1 + h(10) % 40]) || ' ' || initcap(s[1 + h(13) % 40] || s[1 + h(14) % 40])
    || case when h(15) % 100 = 0 then ' Logistics' else '' end || (array[' S.p.A.', ' GmbH', ' SARL', ' Ltd', ' S.r.l.'])[1 + h(11) % 5] as name
  from generate_series(1, $2::int) i, (select string_to_array('ca,ré,lo,mün,ti,sol,ber,né,gra,vil,châ,per,ran,dø,fer,mon,pé,lar,schä,bru,no,val,'
    || 'tè,cor,das,fu,hel,já,ker,liù,mar,ost,pru,quin,rös,sta,tur,ûm,wes,zan', ',') as s) as syllables`;

/** Puts the number that `h(n)` stands for: a hash of the row's number, another one for each n. */
const mixed = (text: string) =>
  text.replaceAll(/h\((\d+)\)/g, "(hashint8(i::bigint * 64 + $1) & 2147483647)");

const customersSql = mixed(`
  with made as materialized (${source})
  insert into customer (partner_id, id, name, name_shown, domain, external_id, relationship, origin, country, since, created_at)
  select $1, uuidv7(), name, name, 'c' || i || '.example', 'acc-' || i,
    case when kind < 60 then 'managed' when kind < 90 then 'delegated' else 'order_only' end, 'vendor', 'IT', '2025-01-01', '2025-01-01'
  from made`);

const overviewSql = mixed(`
  with numbered as (select c.*, substr(c.external_id, 5)::int as i from customer c where c.partner_id = $1),
  made as materialized (
    select n.*, h(3) % 400 as devices, h(4) as h4, h(5) as h5, h(6) as h6, h(7) as h7,
      case when relationship = 'order_only' then 'not_applicable' when relationship = 'delegated' and h(2) % 100 < 40 then 'access_disabled'
        when h(2) % 100 < 58 then 'warning' when h(2) % 100 < 61 then 'sync_pending' else 'synced' end as status
    from numbered n),
  figures as (select m.*, status in ('warning', 'synced') as shows from made m)
  insert into customer_overview (partner_id, customer_id, name_shown, name_sort, domain, relationship, status, reasons, status_since, next_change_at,
    metrics_from, metrics_until, licences_from, licences_until, last_sync_at, devices_total, devices_recent, devices_silent, devices_quarantined,
    devices_inactive, devices_unprotected, alerts_high, alerts_medium, alerts_low, licence_state_rank, licence_kinds, categories, licensed, used,
    over_used, licence_ends_on, vendors)
  select partner_id, id, name_shown, left(app.plain(name_shown), 200), domain, relationship, status,
    case status
      when 'warning' then jsonb_build_array(
        jsonb_build_object('code', 'devices_silent', 'since', '2026-01-05T08:00:00.000Z', 'evidence',
          jsonb_build_object('count', 1 + h4 % 9, 'days', 7, 'oldestAt', '2026-01-02T08:00:00.000Z')))
      when 'access_disabled' then '[{"code":"no_grant","since":"2026-01-05T08:00:00.000Z","evidence":{}}]'
      when 'sync_pending' then '[{"code":"not_run","since":"2026-01-05T08:00:00.000Z","evidence":{}}]'
      when 'not_applicable' then '[{"code":"order_only","since":"2026-01-05T08:00:00.000Z","evidence":{}}]'
      else '[]' end::jsonb,
    '2026-01-05', null,
    case when status not in ('access_disabled', 'not_applicable') then '2025-01-01'::timestamptz end,
    case when status not in ('access_disabled', 'not_applicable') then 'infinity'::timestamptz end,
    '2025-01-01', 'infinity',
    case when shows then now() - make_interval(secs => h5 % 86400) end,
    case when shows then devices end, case when shows then devices - least(devices, h4 % 9) end, case when shows then least(devices, h4 % 9) end,
    case when shows then h6 % 3 end, case when shows then h7 % 5 end, case when shows then greatest(0, h5 % 12 - 8) end,
    case when shows then greatest(0, h6 % 20 - 16) end, case when shows then h7 % 6 end, case when shows then h4 % 8 end,
    1 + h7 % 6,
    case when h6 % 100 < 55 then array['term'] when h6 % 100 < 90 then array['monthly'] when h6 % 100 < 95 then array['monthly', 'term']
      when h6 % 100 < 98 then array['trial'] else '{}' end,
    case when h7 % 1000 < 700 then array['endpoint'] when h7 % 1000 < 900 then array['endpoint', 'server'] when h7 % 1000 < 990 then array['email']
      when h7 % 1000 < 991 then array['mobile'] else '{}' end,
    h4 % 500, case when h5 % 10 > 0 then h5 % 500 end, h5 % 500 > h4 % 500,
    case when h6 % 100 < 60 then '2026-06-01'::date + h5 % 900 end, case when h6 % 50 = 0 then '{}' else array['sophos'] end
  from figures`);

const facetsSql = `
  insert into customer_facet (partner_id, facet, customer_id)
  select o.partner_id, facet, o.customer_id from customer_overview o, unnest(app.facets_of(o.licence_kinds, o.categories, o.reason_codes,
    o.vendors, o.relationship, o.over_used, o.licence_ends_on)) facet
  where o.partner_id = $1 order by facet, o.customer_id`;

const searchSql = `
  insert into customer_search (partner_id, customer_id, name_plain, text_plain)
  select partner_id, id, left(app.plain(name), 300),
    left(app.plain(concat_ws(' ', name, domain, external_id, 'Anna Rossi', 'admin@' || domain)), 2000)
  from customer where partner_id = $1`;

const membersSql = mixed(`
  insert into customer_group_member (partner_id, group_id, customer_id)
  select $1, case when place <= ${LIMITED_GROUP} then $2::uuid else $3::uuid end, id
  from (select id, substr(external_id, 5)::int as i, row_number() over (order by md5(external_id)) as place from customer where partner_id = $1) c
  where place <= ${LIMITED_GROUP} or h(12) % 10 = 0`);

const countsSql = `
  insert into customer_count select partner_id, count(*), count(*) filter (where status = 'synced'), count(*) filter (where status = 'warning'),
    count(*) filter (where status = 'sync_pending'), count(*) filter (where status = 'access_disabled'),
    count(*) filter (where status = 'not_applicable')
  from customer_overview where partner_id = any ($1::uuid[]) group by partner_id`;

/** Indexes that no constraint needs, taken away while the tables are filled. */
async function withoutIndexes(admin: Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await admin.query<{ name: string; definition: string }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = any ($1::regclass[]) and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
    [tables],
  );
  for (const { name } of rows) await admin.query(`drop index ${escapeIdentifier(name)}`);
  await work();
  for (const { definition } of rows) await admin.query(definition);
}

async function insertPeople(admin: Client, partnerId: string, groups: { small: string; large: string }) {
  await admin.query(
    "insert into customer_group (partner_id, id, name) values ($1, $2, 'Nord'), ($1, $3, 'Sud'), ($1, gen_random_uuid(), 'Ouest')",
    [partnerId, groups.small, groups.large],
  );
  const person = async (role: string, isAll: boolean) => {
    const { id: userId } = await oneRow<{ id: string }>(
      admin,
      `insert into "user" (email, name) values ($1, 'Bench') returning id`,
      [`${role}@${partnerId}.example`],
    );
    const { id } = await oneRow<{ id: string }>(
      admin,
      "insert into membership (partner_id, user_id, role, scope_all) values ($1, $2, $3, $4) returning id",
      [partnerId, userId, role, isAll],
    );
    return { userId, membershipId: id };
  };
  const all = await person("superAdmin", true);
  const limited = await person("helpDesk", false);
  await admin.query(
    "insert into membership_scope (partner_id, membership_id, kind, group_id) values ($1, $2, 'group', $3)",
    [partnerId, limited.membershipId, groups.small],
  );
  return { ...all, limitedMembershipId: limited.membershipId };
}

/** A partner with this many customers. Foreign keys and triggers rest meanwhile: what they keep is inserted. */
async function insertPartner(admin: Client, slug: string, customers: number): Promise<FilledPartner> {
  const { id } = await oneRow<{ id: string }>(
    admin,
    "insert into partner (slug, name, language, time_zone) values ($1, $1, 'en', 'Europe/Rome') returning id",
    [slug],
  );
  const smallGroup = crypto.randomUUID();
  const largeGroup = crypto.randomUUID();
  await admin.query(customersSql, [id, customers]);
  await admin.query(overviewSql, [id]);
  await admin.query(facetsSql, [id]);
  await admin.query(searchSql, [id]);
  const people = await insertPeople(admin, id, { small: smallGroup, large: largeGroup });
  await admin.query(membersSql, [id, smallGroup, largeGroup]);
  return { id, customers, ...people, smallGroup, largeGroup };
}

/** One partner for each size, and `others` customers spread over twenty more. */
export async function fill(
  admin: Client,
  sizes: readonly number[],
  others: number,
  say: (line: string) => void,
): Promise<FilledPartner[]> {
  const memory = others + Math.max(...sizes) > 500_000 ? "1GB" : "128MB";
  await admin.query(`set maintenance_work_mem = '${memory}'; set session_replication_role = replica`);
  await admin.query(`set max_parallel_maintenance_workers = ${availableParallelism()}`);
  const filled: FilledPartner[] = [];
  await withoutIndexes(admin, async () => {
    for (const size of sizes) filled.push(await insertPartner(admin, `bench-${size}`, size));
    const share = Math.floor(others / 20);
    for (let n = 0; share > 0 && n < 20; n += 1) await insertPartner(admin, `bench-other-${n}`, share);
    say("rows are in, making indexes …");
  });
  await admin.query("set session_replication_role = origin");
  await admin.query(countsSql, [filled.map(({ id }) => id)]);
  await admin.query("vacuum (analyze)");
  await admin.query("checkpoint");
  return filled;
}
