-- What the customers list is narrowed by and shows beside figures: sources, reasons, protection; and how each member has it laid out.

-- Codes of reasons; those that somebody put aside count as 'muted' only.
create function app.reason_codes(reasons jsonb) returns text[]
  language sql immutable strict parallel safe
  return array(select distinct case when r ? 'muted' then 'muted' else r ->> 'code' end from jsonb_array_elements(reasons) r order by 1);

alter table customer_overview
  -- Vendors of the linked accounts; empty: no account is linked.
  add vendors text[] not null default '{}',
  -- Protection whose licences are all ended, suspended or not begun; that of running ones is in categories.
  add categories_inactive text[] not null default '{}',
  add reason_codes text[] not null generated always as (app.reason_codes(reasons)) stored,
  -- 1/10000 licences: comparing numeric is not leakproof, so that under a policy no index answers it (1.5 s against 5 ms, measured).
  add used_units bigint generated always as ((used * 10000)::bigint) stored;
drop index overview_used_idx;
create index overview_used_idx on customer_overview (partner_id, used_units, customer_id);

-- What a customer may be found by, one row each: comparing arrays is not leakproof either, and so has no index.
create table customer_facet (
  partner_id uuid not null,
  facet text collate "C" not null,
  customer_id uuid not null,
  primary key (partner_id, facet, customer_id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index customer_facet_customer_idx on customer_facet (partner_id, customer_id);

create function app.facets_of(kinds text[], categories text[], codes text[], vendors text[], relationship text, is_over boolean, ends_on date)
  returns text[] language sql stable parallel safe
  return array(select 'kind:' || x from unnest(kinds) x union all select 'category:' || x from unnest(categories) x
    union all select 'reason:' || x from unnest(codes) x union all select 'vendor:' || x from unnest(vendors) x
    union all select 'relationship:' || relationship union all select 'over' where is_over
    union all select 'ends:' || to_char(ends_on, 'YYYY-MM-DD') where ends_on is not null);

-- Follows the overview in its own transaction, whoever writes it; with no change of what a row is found by nothing is written.
create function app.keep_facets() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    with changed as materialized (
      select n.partner_id, n.customer_id, app.facets_of(n.licence_kinds, n.categories, n.reason_codes, n.vendors, n.relationship, n.over_used, n.licence_ends_on) as facets
      from new_rows n join old_rows o using (partner_id, customer_id)
      where (n.licence_kinds, n.categories, n.reason_codes, n.vendors, n.relationship, n.over_used, n.licence_ends_on)
        is distinct from (o.licence_kinds, o.categories, o.reason_codes, o.vendors, o.relationship, o.over_used, o.licence_ends_on)),
    gone as (
      delete from customer_facet f using changed c
      where f.partner_id = c.partner_id and f.customer_id = c.customer_id and f.facet <> all (c.facets))
    insert into customer_facet (partner_id, facet, customer_id)
      select partner_id, x, customer_id from changed, unnest(facets) x on conflict do nothing;
  else
    insert into customer_facet (partner_id, facet, customer_id)
      select n.partner_id, x, n.customer_id
      from new_rows n, unnest(app.facets_of(n.licence_kinds, n.categories, n.reason_codes, n.vendors, n.relationship, n.over_used, n.licence_ends_on)) x on conflict do nothing;
  end if;
  return null;
end $$;
revoke all on function app.keep_facets() from public;
create trigger facets_inserted after insert on customer_overview referencing new table as new_rows
  for each statement execute function app.keep_facets();
create trigger facets_updated after update on customer_overview referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_facets();

-- How a member has laid out a list; null: as it comes.
create table member_preference (
  partner_id uuid not null,
  membership_id uuid not null,
  list text not null check (list in ('customers')),
  -- Columns shown, in their order.
  columns text[],
  -- {"column": "narrow" | "wide"}
  widths jsonb not null default '{}',
  -- Groups of columns that are folded away.
  folded text[] not null default '{}',
  density text not null default 'comfortable' check (density in ('comfortable', 'compact')),
  updated_at timestamptz not null default now(),
  primary key (partner_id, membership_id, list),
  foreign key (partner_id, membership_id) references membership on delete cascade
);

select app.protect(t) from unnest(array['customer_facet', 'member_preference']::regclass[]) t;
grant select on customer_facet to belvedere_web, belvedere_worker;
grant select, insert, update, delete on member_preference to belvedere_web;

create or replace view readable_overview as
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
    o.licence_ends_on as licence_ends_on_stored, o.alerts_high as alerts_high_stored,
    case when live.metrics then o.devices_source end as devices_source,
    case when live.metrics then o.applications_installed end as applications_installed,
    case when live.metrics then o.applications_denied end as applications_denied,
    case when live.metrics then o.applications_unused end as applications_unused,
    case when live.metrics then o.licence_shortfall end as licence_shortfall,
    case when live.metrics then o.saas_applications end as saas_applications,
    case when live.metrics then o.saas_users end as saas_users,
    case when live.metrics then o.saas_active_users end as saas_active_users,
    case when live.metrics then o.saas_subscriptions end as saas_subscriptions,
    case when live.metrics then o.saas_unassigned end as saas_unassigned,
    case when live.metrics then o.saas_monthly_spend end as saas_monthly_spend,
    case when live.metrics then o.saas_currency end as saas_currency,
    case when live.metrics then o.gaps else '{}'::jsonb end as gaps,
    o.vendors,
    case when live.licences then o.categories_inactive end as categories_inactive,
    case when live.metrics or o.status in ('access_disabled', 'not_applicable') then o.reason_codes else '{}'::text[] end as reason_codes,
    o.used_units as used_units_stored,
    -- Since when figures may be shown: what history is older than that is of an access that ended.
    case when live.metrics then o.metrics_from end as metrics_from
  from customer_overview o
  cross join lateral (select
    o.metrics_from is not null and o.metrics_from <= now() and now() < o.metrics_until as metrics,
    not o.has_customer_licences
      or (o.licences_from is not null and o.licences_from <= now() and now() < o.licences_until) as licences) live
  where current_setting('app.member_all', true) = 'on'
    or app.sees_customer(o.partner_id, o.customer_id);

-- What there is already. The owner reads past the policies for these lines only; licences tell what they are at the next
-- synchronisation, accounts at once.
alter table customer_overview no force row level security;
alter table vendor_account no force row level security;
alter table customer_facet no force row level security;
update customer_overview o set vendors = v.vendors from (
  select partner_id, customer_id, array_agg(distinct vendor order by vendor) as vendors from vendor_account
  where customer_id is not null and link_state <> 'not_linked' group by partner_id, customer_id) v
where v.partner_id = o.partner_id and v.customer_id = o.customer_id;
insert into customer_facet (partner_id, facet, customer_id)
  select o.partner_id, x, o.customer_id from customer_overview o, unnest(app.facets_of(o.licence_kinds, o.categories, o.reason_codes, o.vendors, o.relationship, o.over_used, o.licence_ends_on)) x
  on conflict do nothing;
alter table customer_facet force row level security;
alter table vendor_account force row level security;
alter table customer_overview force row level security;
