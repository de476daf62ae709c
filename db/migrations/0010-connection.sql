-- Changing a connection's credentials without losing the old ones, and reading the age of its accounts' data in order.

alter table connection
  -- Raised by each change that a person makes: whoever saves what they saw earlier learns that it has changed.
  add version integer not null default 1,
  -- New credentials that wait for their test, sealed for the column "secret", which they become when the vendor takes them.
  add candidate_secret bytea,
  -- The latest test was one of new credentials in place of others.
  add test_is_rotation boolean not null default false;
grant select (version, test_is_rotation) on connection to belvedere_web;

create index connection_name_idx on connection (partner_id, app.plain(name), id) where removed_at is null;
-- Partial, so that a check of a foreign key, which names partner and id, never takes it for the primary key's index.
create index vendor_account_stale_idx on vendor_account
  (partner_id, connection_id, (coalesce(last_success_at, '-infinity'::timestamptz)), id) where connection_id is not null;
create index vendor_account_failing_idx on vendor_account (partner_id, connection_id) where error_code is not null;
create index sync_run_connection_idx on sync_run (partner_id, connection_id, created_at desc);
