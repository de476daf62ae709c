-- A customer's admin follows and ends the synchronisations of the customer's own connections, and is measured by the
-- thresholds that hold for the customer, also where one of the partner's groups, which stay closed, sets them.

-- The customer whose connection is read; null: the partner's
alter table sync_run add customer_id uuid;
-- The owner reads past the policies for this statement only; app.protect() forces those of sync_run again.
alter table sync_run no force row level security;
alter table connection no force row level security;
update sync_run r set customer_id = c.customer_id from connection c
  where c.partner_id = r.partner_id and c.id = r.connection_id and c.customer_id is not null;
alter table connection force row level security;
drop policy tenant on sync_run;
select app.protect('sync_run');

-- Who asked for a run stands with its batch.
create policy of_own_runs on sync_batch for select using (exists (
  select from sync_run r where r.partner_id = sync_batch.partner_id and r.batch_id = sync_batch.id
    and r.customer_id = nullif(current_setting('app.customer_id', true), '')::uuid));

-- The smallest thresholds that groups of a customer set, and which groups those are. Groups are closed to customers'
-- users, so for the time of one query the scope is the partner's: they get the numbers of their own customer, no name.
create function app.group_thresholds(of_customers uuid[])
  returns table (customer_id uuid, silent_days integer, stuck_hours integer, silent_group text, stuck_group text)
  language plpgsql set search_path = public, pg_temp as $$
declare own text := coalesce(current_setting('app.customer_id', true), '');
begin
  perform set_config('app.customer_id', '', true);
  return query
    select m.customer_id, min(g.silent_days)::integer, min(g.stuck_hours)::integer,
      case when own = '' then (array_agg(g.name order by g.silent_days, g.name) filter (where g.silent_days is not null))[1]::text end,
      case when own = '' then (array_agg(g.name order by g.stuck_hours, g.name) filter (where g.stuck_hours is not null))[1]::text end
    from customer_group_member m join customer_group g on g.partner_id = m.partner_id and g.id = m.group_id
    where m.partner_id = nullif(current_setting('app.partner_id', true), '')::uuid and m.customer_id = any (of_customers)
      and (own = '' or m.customer_id = own::uuid) and (g.silent_days is not null or g.stuck_hours is not null)
    group by m.customer_id;
  perform set_config('app.customer_id', own, true);
end $$;
revoke all on function app.group_thresholds(uuid[]) from public;
grant execute on function app.group_thresholds(uuid[]) to belvedere_web, belvedere_worker;
