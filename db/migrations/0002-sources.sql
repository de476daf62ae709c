-- What vendors tell: connections, vendor accounts, runs, devices, licences, alerts.

create table connection (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  -- null: the partner's own connection; else a customer's
  customer_id uuid,
  vendor text not null,
  name text not null check (length(name) between 1 and 100),
  settings jsonb not null default '{}',
  -- Sealed to the worker's public key (server/secrets); null until credentials were given.
  secret bytea,
  is_enabled boolean not null default true,
  next_run_at timestamptz not null default now(),
  -- When the accounts that were refused for a passing reason are read again; null: none.
  retry_at timestamptz,
  last_success_at timestamptz,
  error_code text,
  error_detail text,
  error_since timestamptz,
  failures integer not null default 0,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);

create table vendor_account (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  connection_id uuid not null,
  customer_id uuid,
  vendor text not null,
  external_id text not null,
  name text not null,
  region text,
  billing text not null,
  link_state text not null default 'linked' check (link_state in ('linked', 'unlink_scheduled', 'not_linked')),
  unprotected_count integer,
  gaps jsonb not null default '[]',
  last_attempt_at timestamptz,
  last_success_at timestamptz,
  -- The last success that brought at least one device, licence or alert.
  last_data_at timestamptz,
  error_code text,
  error_detail text,
  error_since timestamptz,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  unique (partner_id, connection_id, external_id),
  foreign key (partner_id, connection_id) references connection,
  foreign key (partner_id, customer_id) references customer on delete set null (customer_id)
);
create index vendor_account_customer_idx on vendor_account (partner_id, customer_id);

create table sync_batch (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  cause text not null check (cause in ('schedule', 'person', 'first')),
  requested_by uuid,
  created_at timestamptz not null default now(),
  primary key (partner_id, id)
);

create table sync_run (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  batch_id uuid not null,
  connection_id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- null: every account of the connection; else these external ids
  only_accounts text[],
  accounts_total integer,
  accounts_done integer not null default 0,
  accounts_refused integer not null default 0,
  error_code text,
  error_detail text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  heartbeat_at timestamptz,
  finished_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, batch_id) references sync_batch,
  foreign key (partner_id, connection_id) references connection
);
-- One run per connection at a time; a second request joins the first.
create unique index sync_run_live_key on sync_run (partner_id, connection_id) where state in ('queued', 'running');
create index sync_run_recent_idx on sync_run (partner_id, created_at desc);

-- Products are the vendors' and the same for every partner: no partner_id, no row-level security.
create table product (
  vendor text not null,
  code text not null,
  name text not null,
  category text not null,
  primary key (vendor, code)
);

create table licence (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  customer_id uuid not null,
  vendor_account_id uuid not null,
  -- The vendor's key of this licence within the account.
  source_key text not null,
  vendor text not null,
  product_code text not null,
  kind text not null check (kind in ('term', 'monthly', 'trial')),
  owner text not null check (owner in ('partner', 'customer')),
  is_unlimited boolean not null default false,
  -- null: the vendor does not say
  quantity numeric(16, 4),
  used numeric(16, 4),
  starts_on date,
  ends_on date,
  order_number text not null default '',
  is_suspended boolean not null default false,
  primary key (partner_id, vendor_account_id, source_key),
  unique (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade,
  foreign key (vendor, product_code) references product
);
create index licence_customer_idx on licence (partner_id, customer_id);

create table device (
  partner_id uuid not null,
  customer_id uuid not null,
  vendor_account_id uuid not null,
  external_id text not null,
  hostname text not null,
  type text not null check (type in ('computer', 'server', 'other')),
  os text not null,
  state text not null check (state in ('active', 'quarantined', 'inactive')),
  health text not null check (health in ('good', 'suspicious', 'bad', 'unknown')),
  is_protected boolean not null,
  person text not null default '',
  last_seen_at timestamptz,
  primary key (partner_id, vendor_account_id, external_id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade
);
create index device_customer_idx on device (partner_id, customer_id, hostname, external_id);

create table alert (
  partner_id uuid not null,
  customer_id uuid not null,
  vendor_account_id uuid not null,
  external_id text not null,
  severity text not null check (severity in ('high', 'medium', 'low', 'info')),
  product text not null,
  category text not null,
  description text not null,
  device_external_id text,
  person text not null default '',
  raised_at timestamptz not null,
  allowed_actions text[] not null default '{}',
  primary key (partner_id, vendor_account_id, external_id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade
);
create index alert_customer_idx on alert (partner_id, customer_id, raised_at desc);

select app.protect(t) from unnest(array['connection', 'vendor_account', 'sync_batch', 'sync_run', 'licence', 'device',
  'alert']::regclass[]) t;

grant select on product to belvedere_web, belvedere_worker;
grant insert, update on product to belvedere_worker;
grant select on vendor_account, sync_batch, sync_run, licence, device, alert to belvedere_web;
-- web may write a sealed secret but never read one back
grant select (partner_id, id, customer_id, vendor, name, settings, is_enabled, next_run_at, last_success_at, error_code,
  error_detail, error_since, failures, created_at) on connection to belvedere_web;
grant insert, update on connection to belvedere_web;
grant insert on sync_batch, sync_run to belvedere_web;
grant select, insert, update on connection, sync_batch, sync_run to belvedere_worker;
grant select, insert, update, delete on vendor_account, licence, device, alert to belvedere_worker;
