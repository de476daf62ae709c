-- Control of what is read: connections with their tests and limits, links of vendor accounts, dead jobs, tokens and pushed snapshots.

alter table connection
  -- [{"calls": 100, "seconds": 60}, …]: what the vendor allows these credentials; [] is no limit.
  add limits jsonb not null default '[]',
  -- While it is open nothing is asked of the vendor; then one account is tried.
  add circuit_open_until timestamptz,
  -- Of the latest test: when it was asked for, its end, how the vendor names us, what is wrong.
  add test_asked_at timestamptz,
  add tested_at timestamptz,
  add test_code text,
  add test_detail text,
  add secret_changed_at timestamptz,
  -- Removed by a person: its accounts are no longer linked, its runs and its history stay.
  add removed_at timestamptz;
grant select (limits, circuit_open_until, test_asked_at, tested_at, test_code, test_detail, secret_changed_at, removed_at)
  on connection to belvedere_web;

-- Calls that credentials may make, shared by all workers: one row per credentials and period of the connection's limits.
create table call_budget (
  partner_id uuid not null references partner,
  -- Vendor and digest of who the credentials are: two connections with the same ones share.
  key text not null,
  seconds integer not null,
  -- When the bucket is empty of calls again (the theoretical arrival time of GCRA).
  free_at timestamptz not null default '-infinity',
  -- The vendor asked for silence until then (Retry-After).
  paused_until timestamptz not null default '-infinity',
  primary key (partner_id, key, seconds)
);

alter table vendor_account
  add domain text,
  -- The vendor's other identifiers, contacts' addresses and country, for proposals.
  add identity jsonb not null default '{}',
  -- As it is compared and sorted: a column, because a function that is not leakproof uses no index under a policy.
  add name_plain text collate "C" generated always as (app.plain(name)) stored,
  -- Who made the link: an equal identifier, the account's own arrival, a person; null: not linked.
  add linked_by text check (linked_by in ('identifier', 'arrival', 'person')),
  -- The day on which a scheduled unlink happens.
  add unlink_on date,
  -- A person said that this account belongs to none of the customers: it is not proposed again.
  add is_set_aside boolean not null default false;
update vendor_account set linked_by = 'arrival' where customer_id is not null;
-- Partial, so that a check of a foreign key, which names partner and id, never takes it for the primary key's index.
create index vendor_account_name_idx on vendor_account (partner_id, name_plain, id) where name_plain is not null;
create index vendor_account_unlinked_idx on vendor_account (partner_id, created_at) where customer_id is null;
grant update (customer_id, link_state, linked_by, unlink_on, is_set_aside) on vendor_account to belvedere_web;

-- The history of an account's links stays with the account. Customers are named, not referenced: they may go.
create table account_link (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  vendor_account_id uuid not null,
  at timestamptz not null default now(),
  kind text not null check (kind in ('linked', 'merged', 'split', 'unlink_scheduled', 'unlink_cancelled', 'unlinked', 'set_aside')),
  from_customer uuid,
  from_name text not null default '',
  to_customer uuid,
  to_name text not null default '',
  actor_name text not null,
  primary key (partner_id, id),
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade
);
create index account_link_account_idx on account_link (partner_id, vendor_account_id, at desc);

-- Jobs that failed for good; a person may send them on their way again.
create table dead_job (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  queue text not null,
  payload jsonb not null,
  error text not null,
  failed_at timestamptz not null default now(),
  redriven_at timestamptz,
  primary key (partner_id, id)
);

-- Keys with which programs act for a member, never with more than the member has (roles.md).
create table api_token (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  membership_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  token_hash bytea not null check (length(token_hash) = 32),
  permissions text[] not null check (cardinality(permissions) > 0),
  -- The connection that it pushes snapshots into; null: it does not push.
  connection_id uuid,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz,
  last_used_from text not null default '',
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  unique (partner_id, token_hash),
  foreign key (partner_id, membership_id) references membership on delete cascade,
  foreign key (partner_id, connection_id) references connection on delete cascade
);
create index api_token_hash_idx on api_token (token_hash);

-- Snapshots that sources push: kept until the worker has taken them in, their answer for a day.
create table pushed_snapshot (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  connection_id uuid not null,
  token_id uuid not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 200),
  request_hash bytea not null,
  state text not null default 'waiting' check (state in ('waiting', 'applied', 'superseded', 'failed')),
  -- null once it was taken in
  snapshot jsonb,
  account_external_id text not null,
  taken_at timestamptz not null,
  error_code text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (partner_id, id),
  unique (partner_id, token_id, idempotency_key),
  foreign key (partner_id, connection_id) references connection on delete cascade,
  foreign key (partner_id, token_id) references api_token on delete cascade
);
create index pushed_snapshot_finished_idx on pushed_snapshot (partner_id, finished_at);

select app.protect(t) from unnest(array['call_budget', 'account_link', 'dead_job', 'api_token', 'pushed_snapshot']::regclass[]) t;
create policy before_partner on api_token for select to belvedere_signin using (true);
grant select, insert, update, delete on call_budget to belvedere_worker;
grant select, insert on account_link to belvedere_web, belvedere_worker;
grant select on dead_job to belvedere_web;
grant update (redriven_at) on dead_job to belvedere_web;
grant select, insert, delete on dead_job to belvedere_worker;
grant select, insert on api_token, pushed_snapshot to belvedere_web;
grant update (revoked_at) on api_token to belvedere_web;
grant select, update on api_token to belvedere_signin;
grant select, update, delete on pushed_snapshot to belvedere_worker;
grant select on api_token to belvedere_worker;

-- Who cancelled a run; web may end one, the worker notices within seconds.
alter table sync_run add cancelled_by text;
grant update (state, finished_at, cancelled_by) on sync_run to belvedere_web;

-- Streams of progress wait for this instead of asking again and again.
create function app.announce_runs() returns trigger language plpgsql as $$
declare one uuid;
begin
  for one in select distinct partner_id from changed loop perform pg_notify('belvedere_sync', one::text); end loop;
  return null;
end $$;
revoke all on function app.announce_runs() from public;
create trigger announce_new_runs after insert on sync_run referencing new table as changed
  for each statement execute function app.announce_runs();
create trigger announce_runs after update on sync_run referencing new table as changed
  for each statement execute function app.announce_runs();
