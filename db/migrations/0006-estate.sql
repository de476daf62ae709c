-- What an estate tool tells beside devices: installed applications and SaaS, with their figures in overview and history.

-- null: the source says nothing of protection
alter table device alter column is_protected drop not null,
  add manufacturer text not null default '', add model text not null default '';

create table application (
  partner_id uuid not null,
  customer_id uuid not null,
  vendor_account_id uuid not null,
  external_id text not null,
  name text not null,
  manufacturer text not null default '',
  installs integer not null check (installs >= 0),
  -- Installed and not used in the vendor's period; null: the vendor does not say.
  unused integer check (unused >= 0),
  -- Licences that the installations need, and those there are; null: no licence is needed or nothing is known.
  licences_required integer check (licences_required >= 0),
  licences_available integer check (licences_available >= 0),
  primary key (partner_id, vendor_account_id, external_id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade
);
create index application_customer_idx on application (partner_id, customer_id, name, external_id);

create table saas_application (
  partner_id uuid not null,
  customer_id uuid not null,
  vendor_account_id uuid not null,
  external_id text not null,
  name text not null,
  manufacturer text not null default '',
  category text not null default '',
  users integer check (users >= 0),
  active_users integer check (active_users >= 0),
  subscriptions integer check (subscriptions >= 0),
  assigned integer check (assigned >= 0),
  yearly_cost numeric(16, 4),
  -- ISO 4217; null: the vendor does not say which.
  currency text check (currency ~ '^[A-Z]{3}$'),
  is_sanctioned boolean,
  primary key (partner_id, vendor_account_id, external_id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade
);
create index saas_application_customer_idx on saas_application (partner_id, customer_id, name, external_id);

-- People with any SaaS account, each counted once by the vendor.
alter table vendor_account add saas_users integer, add saas_active_users integer;

-- What no customer may have installed: `pattern` is compared with the whole name without accents and case, `*` stands
-- for anything. The partner's own list (decision 35).
create table denied_application (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  pattern text not null check (length(pattern) between 2 and 200),
  note text not null default '' check (length(note) <= 500),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, id)
);
create unique index denied_application_pattern_key on denied_application (partner_id, app.plain(pattern));

-- Allowed at this customer all the same.
create table denied_exception (
  partner_id uuid not null,
  denied_id uuid not null,
  customer_id uuid not null,
  reason text not null check (length(reason) between 1 and 500),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, denied_id, customer_id),
  foreign key (partner_id, denied_id) references denied_application on delete cascade,
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index denied_exception_customer_idx on denied_exception (partner_id, customer_id);

-- Does this pattern name that application?
create function app.names(pattern text, application text) returns boolean
  language sql immutable parallel safe
  return app.plain(application) like replace(replace(replace(replace(app.plain(pattern), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%');

select app.protect(t) from unnest(array['application', 'saas_application', 'denied_application', 'denied_exception']::regclass[]) t;
grant select on application, saas_application, denied_application, denied_exception to belvedere_web, belvedere_worker;
grant insert, update, delete on application, saas_application to belvedere_worker;
grant insert, update, delete on denied_application, denied_exception to belvedere_web;

alter table customer_overview
  -- The vendor whose devices are counted (decision 35); null: none are.
  add devices_source text,
  add applications_installed integer,
  add applications_denied integer,
  add applications_unused integer,
  -- Licences that installations need beyond those there are.
  add licence_shortfall integer,
  add saas_applications integer,
  add saas_users integer,
  add saas_active_users integer,
  add saas_subscriptions integer,
  add saas_unassigned integer,
  add saas_monthly_spend numeric(16, 4),
  add saas_currency text,
  -- Why figures of a family are blank: {"computers" | "applications" | "saas" | "alerts": "not_entitled" | "not_reported"}
  add gaps jsonb not null default '{}';

alter table customer_history
  add applications_installed integer,
  add applications_denied integer,
  add applications_unused integer,
  add licence_shortfall integer,
  add saas_applications integer,
  add saas_users integer,
  add saas_active_users integer,
  add saas_subscriptions integer,
  add saas_unassigned integer,
  add saas_monthly_spend numeric(16, 4);

create or replace function app.blank_metrics(of_partner uuid, of_customers uuid[]) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare n bigint;
begin
  with blanked as (
    update customer_overview o set status = case when relationship = 'order_only' then 'not_applicable' else 'access_disabled' end,
      reasons = '[]', status_since = now(), next_change_at = now(), last_sync_at = null, devices_source = null,
      devices_total = null, devices_recent = null, devices_silent = null, devices_quarantined = null,
      devices_inactive = null, devices_unprotected = null, alerts_high = null, alerts_medium = null, alerts_low = null,
      applications_installed = null, applications_denied = null, applications_unused = null, licence_shortfall = null,
      saas_applications = null, saas_users = null, saas_active_users = null, saas_subscriptions = null, saas_unassigned = null,
      saas_monthly_spend = null, saas_currency = null, gaps = '{}'
    where o.partner_id = of_partner and (of_customers is null or o.customer_id = any (of_customers))
      and o.status not in ('access_disabled', 'not_applicable')
      and (o.metrics_until is null or o.metrics_until <= now() or o.metrics_from > now())
    returning 1)
  select count(*) into n from blanked;
  return n;
end $$;

-- The overview as people may read it: see the first version of this view for why it is as it is. New columns at its end.
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
    case when live.metrics then o.gaps else '{}'::jsonb end as gaps
  from customer_overview o
  cross join lateral (select
    o.metrics_from is not null and o.metrics_from <= now() and now() < o.metrics_until as metrics,
    not o.has_customer_licences
      or (o.licences_from is not null and o.licences_from <= now() and now() < o.licences_until) as licences) live
  where current_setting('app.member_all', true) = 'on'
    or app.sees_customer(o.partner_id, o.customer_id);

-- Accounts that were read before say nothing of these parts.
update vendor_account set gaps = gaps || '[{"part":"applications","reason":"not_reported","isUntold":true},
  {"part":"saas","reason":"not_reported","isUntold":true}]' where last_success_at is not null;
