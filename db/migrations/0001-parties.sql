-- Who there is: partners, people, customers, groups and the access customers grant. Every tenant table carries
-- partner_id in its keys; app.protect() gives each its forced row-level security in the one expression.

create schema app;
grant usage on schema app to belvedere_web, belvedere_worker, belvedere_signin, belvedere_search;
grant usage on schema public to belvedere_web, belvedere_worker, belvedere_signin, belvedere_search;

-- Text as it is searched and sorted: lower case, no accents. Immutable by fixing the dictionary, so it can be indexed.
create function app.plain(value text) returns text
  language sql immutable strict parallel safe
  return lower(public.unaccent('public.unaccent'::regdictionary, value));

-- Row-level security of one tenant table (decision 4). Tables without customer_id are closed to customers' users.
create function app.protect(tenant_table regclass) returns void language plpgsql as $$
declare
  partner_check text := 'partner_id = nullif(current_setting(''app.partner_id'', true), '''')::uuid';
  customer_setting text := 'nullif(current_setting(''app.customer_id'', true), '''')';
  customer_column text;
  expression text;
begin
  if tenant_table = 'customer'::regclass then
    customer_column := 'id';
  elsif exists (select from pg_attribute where attrelid = tenant_table and attname = 'customer_id' and not attisdropped) then
    customer_column := 'customer_id';
  end if;
  expression := format('%s and (%s is null%s)', partner_check, customer_setting,
    case when customer_column is null then '' else format(' or %I = %s::uuid', customer_column, customer_setting) end);
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy tenant on %s using (%s) with check (%s)', tenant_table, expression, expression);
end $$;
revoke all on function app.protect(regclass) from public;

create table partner (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9-]{1,60}$'),
  name text not null check (length(name) between 1 and 200),
  language text not null check (language in ('en', 'it', 'fr')),
  time_zone text not null,
  msp_flex boolean not null default false,
  flex_connect boolean not null default false,
  silent_days integer not null default 7 check (silent_days between 1 and 365),
  stuck_hours integer not null default 24 check (stuck_hours between 1 and 720),
  created_at timestamptz not null default now()
);
alter table partner enable row level security;
alter table partner force row level security;
create policy tenant on partner using (id = nullif(current_setting('app.partner_id', true), '')::uuid)
  with check (id = nullif(current_setting('app.partner_id', true), '')::uuid);
-- Before a partner is known: sign-in names the partners of a person, the worker walks all of them.
create policy catalogue on partner for select to belvedere_signin, belvedere_worker using (true);

create table "user" (
  id uuid primary key default gen_random_uuid(),
  email citext not null unique check (length(email) between 3 and 320),
  name text not null check (length(name) between 1 and 200),
  password_hash text,
  language text not null default 'en' check (language in ('en', 'it', 'fr')),
  time_zone text not null default 'Europe/Rome',
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

create table session (
  id uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique check (length(token_hash) = 32),
  user_id uuid not null references "user" on delete cascade,
  -- The membership in use; no foreign key, because memberships are distributed by partner and sessions are not.
  membership_id uuid,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  user_agent text not null default '',
  address text not null default ''
);
create index session_user_idx on session (user_id);

-- Counters of the sign-in rate limit, in the shape rate-limiter-flexible expects.
create table sign_in_limit (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);

create table customer (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 300),
  name_shown text not null check (length(name_shown) between 1 and 300),
  domain text,
  external_id text,
  relationship text not null check (relationship in ('managed', 'delegated', 'order_only')),
  -- Whose word the record is: a vendor's is renewed by each synchronisation, a person's or an import's is kept.
  origin text not null default 'person' check (origin in ('vendor', 'import', 'person')),
  country text check (country ~ '^[A-Z]{2}$'),
  region text,
  language text check (language in ('en', 'it', 'fr')),
  time_zone text,
  address jsonb,
  account_manager text,
  notes text not null default '',
  tags text[] not null default '{}',
  since date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (partner_id, id)
);
create unique index customer_external_id_key on customer (partner_id, external_id) where external_id is not null;
create index customer_domain_idx on customer (partner_id, domain) where domain is not null;

create table contact (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  customer_id uuid not null,
  role text not null check (role in ('administrator', 'billing', 'technical', 'other')),
  first_name text not null default '',
  last_name text not null default '',
  email text not null default '',
  phone text not null default '',
  -- Whom the vendor names is replaced by each synchronisation; what people or imports enter is not.
  source text not null check (source in ('vendor', 'import', 'person')),
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index contact_customer_idx on contact (partner_id, customer_id);

create table customer_group (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  name citext not null check (length(name) between 1 and 100),
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  unique (partner_id, name)
);

create table customer_group_member (
  partner_id uuid not null,
  group_id uuid not null,
  customer_id uuid not null,
  primary key (partner_id, group_id, customer_id),
  foreign key (partner_id, group_id) references customer_group on delete cascade,
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index customer_group_member_customer_idx on customer_group_member (partner_id, customer_id);

create table membership (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null references "user",
  role text not null check (role in
    ('superAdmin', 'admin', 'helpDesk', 'business', 'readOnly', 'customerAdmin', 'customerViewer')),
  customer_id uuid,
  -- True: all customers, present and future (minus the denied ones). False: what membership_scope names.
  scope_all boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  unique nulls not distinct (partner_id, user_id, customer_id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  check ((role in ('customerAdmin', 'customerViewer')) = (customer_id is not null))
);
create index membership_user_idx on membership (user_id);

create table membership_scope (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  membership_id uuid not null,
  kind text not null check (kind in ('group', 'customer', 'denied')),
  group_id uuid,
  customer_id uuid,
  primary key (partner_id, id),
  unique nulls not distinct (partner_id, membership_id, kind, group_id, customer_id),
  foreign key (partner_id, membership_id) references membership on delete cascade,
  foreign key (partner_id, group_id) references customer_group on delete cascade,
  foreign key (partner_id, customer_id) references customer on delete cascade,
  check ((kind = 'group') = (group_id is not null)),
  check ((kind = 'group') = (customer_id is null))
);

-- What a customer lets the partner see and do. At most one pending and one active grant per customer.
create table access_grant (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  customer_id uuid not null,
  state text not null check (state in ('pending', 'active', 'ended')),
  end_reason text check (end_reason in ('revoked', 'returned', 'expired', 'declined', 'superseded')),
  capabilities text[] not null check (capabilities <@ array['metrics', 'licences', 'console', 'reports']),
  from_at timestamptz not null default now(),
  -- null: continuous
  until_at timestamptz,
  zone text not null default 'UTC',
  -- 'customer', or why the grant exists without the customer's click (domain.md)
  origin text not null default 'customer' check (origin in ('customer', 'trial', 'monthly', 'order')),
  version integer not null default 1,
  requested_by uuid,
  granted_by uuid,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  check ((state = 'ended') = (end_reason is not null)),
  check (until_at is null or until_at > from_at)
);
create unique index access_grant_active_key on access_grant (partner_id, customer_id) where state = 'active';
create unique index access_grant_pending_key on access_grant (partner_id, customer_id) where state = 'pending';
create index access_grant_customer_idx on access_grant (partner_id, customer_id);
create index access_grant_until_idx on access_grant (partner_id, until_at) where state = 'active' and until_at is not null;

select app.protect(t) from unnest(array['customer', 'contact', 'customer_group', 'customer_group_member', 'membership',
  'membership_scope', 'access_grant']::regclass[]) t;

-- Sign-in must find a person's memberships before a partner is chosen.
create policy before_partner on membership for select to belvedere_signin using (true);
create policy before_partner on membership_scope for select to belvedere_signin using (kind = 'denied');
create policy before_partner on customer for select to belvedere_signin using (true);

-- Does a member's scope name this customer, and not deny it. A function, because its plans are kept by the session: the
-- same condition written into the views costs each list 2 ms of planning (measured). It reads with the caller's rights.
create function app.sees_customer(of_partner uuid, of_customer uuid) returns boolean
  language plpgsql stable set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare member uuid := nullif(current_setting('app.member_id', true), '')::uuid;
begin
  return not exists (select from membership_scope s
      where s.partner_id = of_partner and s.membership_id = member and s.kind = 'denied' and s.customer_id = of_customer)
    and (
      exists (select from membership m where m.partner_id = of_partner and m.id = member and m.scope_all)
      or exists (select from membership_scope s
        where s.partner_id = of_partner and s.membership_id = member and s.kind = 'customer' and s.customer_id = of_customer)
      or exists (select from customer_group_member g join membership_scope s on s.partner_id = g.partner_id and s.group_id = g.group_id
        where g.partner_id = of_partner and g.customer_id = of_customer and s.membership_id = member and s.kind = 'group')
    );
end $$;
revoke all on function app.sees_customer(uuid, uuid) from public;
grant execute on function app.sees_customer(uuid, uuid) to belvedere_web, belvedere_worker, belvedere_search;

-- The one answer to "which customers may this member see" (decision 3). app.member_all is the short cut for members
-- with all customers and none denied; app.member_id unset means: nobody.
create view visible_customer with (security_invoker = true) as
  select c.* from customer c where current_setting('app.member_all', true) = 'on' or app.sees_customer(c.partner_id, c.id);

grant select on partner, customer, contact, customer_group, customer_group_member, membership, membership_scope,
  access_grant, visible_customer to belvedere_web, belvedere_worker;
grant insert, update, delete on contact, customer_group, customer_group_member, membership_scope to belvedere_web, belvedere_worker;
grant insert, update on customer, access_grant to belvedere_web, belvedere_worker;
grant update (scope_all) on membership to belvedere_web;
grant delete on customer to belvedere_worker;
grant select on partner, membership, membership_scope, "user" to belvedere_signin;
grant select (partner_id, id, name_shown) on customer to belvedere_signin;
grant update (password_hash, language, time_zone) on "user" to belvedere_signin;
grant select, insert, update, delete on session, sign_in_limit to belvedere_signin;
