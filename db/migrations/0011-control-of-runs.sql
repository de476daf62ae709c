-- Several workers: whoever claimed a run last may write. Batches say who asked. Streams hear of progress, not of signs of life.

alter table sync_run
  -- Raised by each claim: a worker that comes back after another took its run writes nothing any more.
  add attempt integer not null default 0;
alter table sync_batch
  -- The name of the partner's person who asked, as it was then; '' for the clock and for customers' users.
  add requested_name text not null default '';
grant select (retry_at) on connection to belvedere_web;

create index sync_batch_recent_idx on sync_batch (partner_id, created_at desc, id);
create index sync_run_batch_idx on sync_run (partner_id, batch_id);

-- The worker writes a sign of life every second; that alone is no news.
create function app.announce_progress() returns trigger language plpgsql as $$
declare one uuid;
begin
  for one in
    select distinct n.partner_id from changed n join before o on o.partner_id = n.partner_id and o.id = n.id
    where (n.state, n.accounts_total, n.accounts_done, n.accounts_refused)
      is distinct from (o.state, o.accounts_total, o.accounts_done, o.accounts_refused)
  loop perform pg_notify('belvedere_sync', one::text); end loop;
  return null;
end $$;
revoke all on function app.announce_progress() from public;
drop trigger announce_runs on sync_run;
create trigger announce_runs after update on sync_run referencing old table as before new table as changed
  for each statement execute function app.announce_progress();
