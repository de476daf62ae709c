-- Living with a warning (domain.md, status): thresholds of groups, what people decided about a reason, maintenance.

-- null: the partner's own; of several groups of a customer the smallest counts.
alter table customer_group
  add silent_days integer check (silent_days between 1 and 365),
  add stuck_hours integer check (stuck_hours between 1 and 720);
grant update (name, silent_days, stuck_hours) on partner to belvedere_web;

-- What stands about one reason at one customer. `subject` tells reasons of one code apart: the vendor, or the name of
-- an application; '' where there is only one.
create table warning_handling (
  partner_id uuid not null,
  customer_id uuid not null,
  code text not null,
  subject text not null default '',
  assigned_to uuid,
  -- At most one of the two: put aside until an instant, or accepted for good.
  snoozed_until timestamptz,
  is_accepted boolean not null default false,
  why text not null default '' check (length(why) <= 500),
  updated_by text not null,
  updated_at timestamptz not null default now(),
  primary key (partner_id, customer_id, code, subject),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, assigned_to) references membership on delete set null (assigned_to),
  check (snoozed_until is null or not is_accepted)
);

create table warning_event (
  partner_id uuid not null,
  customer_id uuid not null,
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default now(),
  code text not null,
  subject text not null default '',
  kind text not null check (kind in ('assigned', 'commented', 'snoozed', 'accepted', 'reopened')),
  actor_name text not null,
  text text not null default '' check (length(text) <= 2000),
  until_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index warning_event_customer_idx on warning_event (partner_id, customer_id, at desc);

-- While one is open its customers' reasons are muted, and say so: all customers, those of a group, or one.
create table maintenance_window (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 100),
  covers text not null check (covers in ('all', 'group', 'customer')),
  group_id uuid,
  for_customer_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, group_id) references customer_group on delete cascade,
  foreign key (partner_id, for_customer_id) references customer on delete cascade,
  check (ends_at > starts_at),
  check ((covers = 'group') = (group_id is not null)),
  check ((covers = 'customer') = (for_customer_id is not null))
);
create index maintenance_window_ends_idx on maintenance_window (partner_id, ends_at);

select app.protect(t) from unnest(array['warning_handling', 'warning_event', 'maintenance_window']::regclass[]) t;
grant select on warning_handling, warning_event, maintenance_window to belvedere_web, belvedere_worker;
grant insert, update, delete on warning_handling, maintenance_window to belvedere_web;
grant insert on warning_event to belvedere_web;

-- Marks customers for the minute job after a change of what decides their status: thresholds, windows, denied
-- applications, handled warnings. null: all of the partner. A function, because web may not write the overview.
create function app.refresh_soon(of_partner uuid, of_customers uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update customer_overview o set next_change_at = now()
  where o.partner_id = of_partner and (of_customers is null or o.customer_id = any (of_customers));
end $$;
revoke all on function app.refresh_soon(uuid, uuid[]) from public;
grant execute on function app.refresh_soon(uuid, uuid[]) to belvedere_web, belvedere_worker;
