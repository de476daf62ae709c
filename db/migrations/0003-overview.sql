-- What the pages read: one overview row per customer, its daily history, the history of its status, kept counts, search.

create table customer_overview (
  partner_id uuid not null,
  customer_id uuid not null,
  name_shown text not null,
  -- app.plain(name_shown) cut to an index-friendly length; the order is that of code points
  name_sort text collate "C" not null,
  domain text,
  relationship text not null check (relationship in ('managed', 'delegated', 'order_only')),
  status text not null check (status in ('not_applicable', 'access_disabled', 'sync_pending', 'warning', 'synced')),
  -- Most urgent first: warning 1, sync_pending 2, access_disabled 3, synced 4, not_applicable 5.
  status_rank smallint generated always as (case status when 'warning' then 1 when 'sync_pending' then 2
    when 'access_disabled' then 3 when 'synced' then 4 else 5 end) stored,
  reasons jsonb not null default '[]',
  status_since timestamptz not null,
  -- When the clock alone may change this row (decision 9); null: never.
  next_change_at timestamptz,
  -- The interval in which metrics, and licences the customer owns, may be shown; null: not at all.
  metrics_from timestamptz,
  metrics_until timestamptz,
  licences_from timestamptz,
  licences_until timestamptz,
  has_customer_licences boolean not null default false,
  last_sync_at timestamptz,
  devices_total integer,
  devices_recent integer,
  devices_silent integer,
  devices_quarantined integer,
  devices_inactive integer,
  devices_unprotected integer,
  alerts_high integer,
  alerts_medium integer,
  alerts_low integer,
  -- Worst first: expired 1, suspended 2, expiring 3, trial 4, active 5, none 6.
  licence_state_rank smallint not null default 6,
  licence_kinds text[] not null default '{}',
  categories text[] not null default '{}',
  licensed numeric(16, 4),
  used numeric(16, 4),
  over_used boolean not null default false,
  licence_ends_on date,
  primary key (partner_id, customer_id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
-- The ten sortable columns (decision 2), each with its index.
create index overview_name_idx on customer_overview (partner_id, name_sort, customer_id);
create index overview_status_idx on customer_overview (partner_id, status_rank, customer_id);
create index overview_last_sync_idx on customer_overview (partner_id, last_sync_at, customer_id);
create index overview_devices_idx on customer_overview (partner_id, devices_total, customer_id);
create index overview_silent_idx on customer_overview (partner_id, devices_silent, customer_id);
create index overview_unprotected_idx on customer_overview (partner_id, devices_unprotected, customer_id);
create index overview_licence_state_idx on customer_overview (partner_id, licence_state_rank, customer_id);
create index overview_used_idx on customer_overview (partner_id, used, customer_id);
create index overview_licence_end_idx on customer_overview (partner_id, licence_ends_on, customer_id);
create index overview_alerts_idx on customer_overview (partner_id, alerts_high, customer_id);
create index overview_due_idx on customer_overview (partner_id, next_change_at) where next_change_at is not null;

-- One row per customer and day; partitions per month are made and dropped by app.history_partition (decision 8).
create table customer_history (
  partner_id uuid not null,
  customer_id uuid not null,
  day date not null,
  status text not null,
  devices_total integer,
  devices_recent integer,
  devices_silent integer,
  devices_quarantined integer,
  devices_inactive integer,
  devices_unprotected integer,
  licensed numeric(16, 4),
  used numeric(16, 4),
  alerts_high integer,
  primary key (partner_id, customer_id, day)
) partition by range (day);

create table status_history (
  partner_id uuid not null,
  customer_id uuid not null,
  at timestamptz not null,
  id uuid not null default gen_random_uuid(),
  status text not null,
  reasons jsonb not null,
  primary key (partner_id, customer_id, at, id)
) partition by range (at);

-- Name, domain, identifiers and contacts of a customer as search reads them. A table of its own, so that the trigram
-- index is not rewritten whenever a figure changes.
create table customer_search (
  partner_id uuid not null,
  customer_id uuid not null,
  name_plain text not null,
  text_plain text not null,
  primary key (partner_id, customer_id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index customer_search_text_idx on customer_search using gin (text_plain gin_trgm_ops);
create index customer_search_name_idx on customer_search (partner_id, name_plain text_pattern_ops);

-- Customers per status of a partner, kept by a trigger so that counting is one row. One row per partner, so that
-- transactions wait for each other in one order only.
create table customer_count (
  partner_id uuid primary key references partner,
  total bigint not null default 0,
  synced bigint not null default 0,
  warning bigint not null default 0,
  sync_pending bigint not null default 0,
  access_disabled bigint not null default 0,
  not_applicable bigint not null default 0
);

select app.protect(t) from unnest(array['customer_overview', 'customer_history', 'status_history', 'customer_search',
  'customer_count']::regclass[]) t;

-- Counts belong to the partner, so the customer of a customer's user is set aside while they are written.
create function app.add_counts(rows_partner uuid, n bigint, s bigint, w bigint, p bigint, d bigint, x bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare own text := coalesce(current_setting('app.customer_id', true), '');
begin
  perform set_config('app.customer_id', '', true);
  insert into customer_count as c values (rows_partner, n, s, w, p, d, x)
  on conflict (partner_id) do update set total = c.total + n, synced = c.synced + s, warning = c.warning + w,
    sync_pending = c.sync_pending + p, access_disabled = c.access_disabled + d, not_applicable = c.not_applicable + x;
  perform set_config('app.customer_id', own, true);
end $$;
revoke all on function app.add_counts(uuid, bigint, bigint, bigint, bigint, bigint, bigint) from public;

create function app.count_customers() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare delta record;
begin
  if tg_op = 'INSERT' then
    for delta in select partner_id, count(*) n, count(*) filter (where status = 'synced') s,
        count(*) filter (where status = 'warning') w, count(*) filter (where status = 'sync_pending') p,
        count(*) filter (where status = 'access_disabled') d, count(*) filter (where status = 'not_applicable') x
      from new_rows group by partner_id order by partner_id
    loop perform app.add_counts(delta.partner_id, delta.n, delta.s, delta.w, delta.p, delta.d, delta.x); end loop;
  elsif tg_op = 'DELETE' then
    for delta in select partner_id, count(*) n, count(*) filter (where status = 'synced') s,
        count(*) filter (where status = 'warning') w, count(*) filter (where status = 'sync_pending') p,
        count(*) filter (where status = 'access_disabled') d, count(*) filter (where status = 'not_applicable') x
      from old_rows group by partner_id order by partner_id
    loop perform app.add_counts(delta.partner_id, -delta.n, -delta.s, -delta.w, -delta.p, -delta.d, -delta.x); end loop;
  else
    for delta in select partner_id, sum(n * (status = 'synced')::int) s, sum(n * (status = 'warning')::int) w,
        sum(n * (status = 'sync_pending')::int) p, sum(n * (status = 'access_disabled')::int) d,
        sum(n * (status = 'not_applicable')::int) x
      from (select partner_id, status, 1 n from new_rows union all select partner_id, status, -1 from old_rows) moved
      group by partner_id having count(*) > 0 order by partner_id
    loop
      if delta.s <> 0 or delta.w <> 0 or delta.p <> 0 or delta.d <> 0 or delta.x <> 0 then
        perform app.add_counts(delta.partner_id, 0, delta.s, delta.w, delta.p, delta.d, delta.x);
      end if;
    end loop;
  end if;
  return null;
end $$;
create trigger count_inserted after insert on customer_overview referencing new table as new_rows
  for each statement execute function app.count_customers();
create trigger count_deleted after delete on customer_overview referencing old table as old_rows
  for each statement execute function app.count_customers();
create trigger count_updated after update on customer_overview referencing old table as old_rows new table as new_rows
  for each statement execute function app.count_customers();

-- Metrics leave the overview in the transaction that ends or narrows access (decision 2), whoever writes the grant.
-- The worker then computes the status anew, because next_change_at is due.
create function app.follow_grant() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  g access_grant;
  kind text;
begin
  select relationship into kind from customer where partner_id = new.partner_id and id = new.customer_id;
  if kind <> 'delegated' then return null; end if;
  select * into g from access_grant a
    where a.partner_id = new.partner_id and a.customer_id = new.customer_id and a.state = 'active';
  update customer_overview o set
    metrics_from = case when 'metrics' = any (g.capabilities) then g.from_at end,
    metrics_until = case when 'metrics' = any (g.capabilities) then coalesce(g.until_at, 'infinity') end,
    licences_from = case when 'licences' = any (g.capabilities) then g.from_at end,
    licences_until = case when 'licences' = any (g.capabilities) then coalesce(g.until_at, 'infinity') end,
    next_change_at = now()
  where o.partner_id = new.partner_id and o.customer_id = new.customer_id;
  -- Figures that count the customer's own licences go with the right to see these; the worker counts the partner's anew.
  update customer_overview o set licence_state_rank = 6, licence_kinds = '{}', categories = '{}', licensed = null, used = null,
    over_used = false, licence_ends_on = null
  where o.partner_id = new.partner_id and o.customer_id = new.customer_id and o.has_customer_licences
    and (o.licences_from is null or o.licences_from > now() or o.licences_until <= now());
  perform app.blank_metrics(new.partner_id, array[new.customer_id]);
  return null;
end $$;

-- Nulls what may no longer be shown: rows named, or (null) every row of the partner whose interval is over.
create function app.blank_metrics(of_partner uuid, of_customers uuid[]) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare n bigint;
begin
  with blanked as (
    update customer_overview o set status = case when relationship = 'order_only' then 'not_applicable' else 'access_disabled' end,
      reasons = '[]', status_since = now(), next_change_at = now(), last_sync_at = null,
      devices_total = null, devices_recent = null, devices_silent = null, devices_quarantined = null,
      devices_inactive = null, devices_unprotected = null, alerts_high = null, alerts_medium = null, alerts_low = null
    where o.partner_id = of_partner and (of_customers is null or o.customer_id = any (of_customers))
      and o.status not in ('access_disabled', 'not_applicable')
      and (o.metrics_until is null or o.metrics_until <= now() or o.metrics_from > now())
    returning 1)
  select count(*) into n from blanked;
  return n;
end $$;
revoke all on function app.count_customers(), app.follow_grant() from public;
create trigger follow_grant after insert or update on access_grant for each row execute function app.follow_grant();
revoke all on function app.blank_metrics(uuid, uuid[]) from public;
grant execute on function app.blank_metrics(uuid, uuid[]) to belvedere_worker;

-- Makes the month's partitions of the history tables; called by a job and by ingest's first row of a month.
create function app.history_partition(month date) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  first_day date := date_trunc('month', month);
  next_month date := date_trunc('month', month) + interval '1 month';
  suffix text := to_char(month, 'YYYYMM');
begin
  if to_regclass('status_history_' || suffix) is not null then return; end if;
  execute format('create table customer_history_%s partition of customer_history for values from (%L) to (%L)',
    suffix, first_day, next_month);
  execute format('create table status_history_%s partition of status_history for values from (%L) to (%L)',
    suffix, first_day::text || ' 00:00:00+00', next_month::text || ' 00:00:00+00');
  execute format('alter table customer_history_%s enable row level security, force row level security', suffix);
  execute format('alter table status_history_%s enable row level security, force row level security', suffix);
end $$;
revoke all on function app.history_partition(date) from public;
grant execute on function app.history_partition(date) to belvedere_worker;
select app.history_partition((date_trunc('month', now()) + make_interval(months => m))::date) from generate_series(-13, 2) m;

-- The overview as people may read it: member scope, and metrics blank unless access is live at this instant. It reads
-- with its owner's rights, and the owner is itself held by the forced policies. The *_stored columns exist for the
-- indexes: sort and filter by them, show the others.
create view readable_overview as
  select o.partner_id, o.customer_id, o.name_shown, o.name_sort, o.domain, o.relationship, o.status_since, o.status_rank,
    o.status as status_stored,
    case when o.relationship = 'order_only' then 'not_applicable' when live.metrics then o.status
      else 'access_disabled' end as status,
    case when live.metrics or o.status in ('access_disabled', 'not_applicable') then o.reasons else '[]'::jsonb end as reasons,
    live.metrics as has_metrics,
    live.licences as has_licences,
    o.metrics_until,
    case when live.metrics then o.last_sync_at end as last_sync_at,
    case when live.metrics then o.devices_total end as devices_total,
    case when live.metrics then o.devices_recent end as devices_recent,
    case when live.metrics then o.devices_silent end as devices_silent,
    case when live.metrics then o.devices_quarantined end as devices_quarantined,
    case when live.metrics then o.devices_inactive end as devices_inactive,
    case when live.metrics then o.devices_unprotected end as devices_unprotected,
    case when live.metrics then o.alerts_high end as alerts_high,
    case when live.metrics then o.alerts_medium end as alerts_medium,
    case when live.metrics then o.alerts_low end as alerts_low,
    case when live.licences then o.licence_state_rank end as licence_state_rank,
    case when live.licences then o.licence_kinds end as licence_kinds,
    case when live.licences then o.categories end as categories,
    case when live.licences then o.licensed end as licensed,
    case when live.licences then o.used end as used,
    case when live.licences then o.over_used end as over_used,
    case when live.licences then o.licence_ends_on end as licence_ends_on,
    o.last_sync_at as last_sync_at_stored, o.devices_total as devices_total_stored,
    o.devices_silent as devices_silent_stored, o.devices_unprotected as devices_unprotected_stored,
    o.licence_state_rank as licence_state_rank_stored, o.used as used_stored,
    o.licence_ends_on as licence_ends_on_stored, o.alerts_high as alerts_high_stored
  from customer_overview o
  cross join lateral (select
    o.metrics_from is not null and o.metrics_from <= now() and now() < o.metrics_until as metrics,
    not o.has_customer_licences
      or (o.licences_from is not null and o.licences_from <= now() and now() < o.licences_until) as licences) live
  where current_setting('app.member_all', true) = 'on'
    or app.sees_customer(o.partner_id, o.customer_id);
grant select on readable_overview to belvedere_web;
grant select on visible_customer to belvedere_search;

grant select on status_history, customer_history, customer_count to belvedere_web;
grant select, insert, update, delete on customer_overview, customer_history, status_history, customer_search, customer_count
  to belvedere_worker;

-- Search (decision 1): a role of its own may read past the policy, because trigram operators are not leakproof and
-- would not use their index under it; the function applies partner, customer and member scope itself.
grant select on customer_search, customer, membership, membership_scope, customer_group_member to belvedere_search;
create policy search on customer_search for select to belvedere_search using (true);
grant create on schema app to belvedere_search;
-- Names that begin with the words come first, then what contains them; what only resembles them is looked for when few
-- do. Each step ranks a bounded number of candidates, so that a word of every second name costs no more than a rare one.
-- The bound would tempt the planner to read the partner row by row until it is filled, which for rare words is all of it:
-- hence the settings, and a comparison of the partner that no index answers.
create function app.search_customers(query text, most integer) returns table (customer_id uuid, rank real)
  language plpgsql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set enable_indexscan = off as $$
declare
  partner uuid := nullif(current_setting('app.partner_id', true), '')::uuid;
  own uuid := nullif(current_setting('app.customer_id', true), '')::uuid;
  sees_all boolean := coalesce(current_setting('app.member_all', true), '') = 'on';
  plain text := app.plain(query);
  pattern text := replace(replace(replace(app.plain(query), '\', '\\'), '%', '\%'), '_', '\_');
  scope text := ' and ($4 is null or s.customer_id = $4) and ($5 or app.sees_customer($1, s.customer_id))';
  ranked text := 'select c.customer_id, (case when c.name_plain = $2 then 4 when c.name_plain like $3 || ''%'' then 3
      when c.text_plain like ''%'' || $3 || ''%'' then 2 else 0 end + word_similarity($2, c.text_plain))::real
    from candidates c order by 2 desc, c.name_plain, 1 limit $6';
  few constant integer := 20;
  found_rows integer;
begin
  return query execute
    'with candidates as materialized (
       (select s.* from customer_search s where s.partner_id = $1 and s.name_plain like $3 || ''%''' || scope || ' limit 1000)'
    || case when length(plain) < 3 then '' else
      ' union (select s.* from customer_search s where (s.partner_id = $1) is true and s.text_plain like ''%'' || $3 || ''%''' || scope || ' limit 2000)' end
    || ') ' || ranked
    using partner, plain, pattern, own, sees_all, most;
  get diagnostics found_rows = row_count;
  if found_rows < few and length(plain) >= 3 then
    perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    return query execute
      'with candidates as materialized (select s.* from customer_search s
         where (s.partner_id = $1) is true and $2 <% s.text_plain and s.text_plain not like ''%'' || $3 || ''%''' || scope || ' limit 2000) ' || ranked
      using partner, plain, pattern, own, sees_all, most - found_rows;
  end if;
end $$;
-- Before the owner changes: afterwards these two would be the new owner's to say, and do nothing.
revoke all on function app.search_customers(text, integer) from public;
grant execute on function app.search_customers(text, integer) to belvedere_web;
alter function app.search_customers(text, integer) owner to belvedere_search;
revoke create on schema app from belvedere_search;
