-- As in 0018, and quick where nothing moved, which is what a synchronisation mostly does: the customers of moved accounts
-- are looked up one by one, never by reading all of them.
create or replace function app.follow_accounts() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare of_partner uuid; changed uuid[];
begin
  if tg_op = 'INSERT' then
    for of_partner, changed in select partner_id, array_agg(distinct customer_id) from new_rows
      where customer_id is not null group by partner_id
    loop perform app.follow_rules(of_partner, changed); end loop;
  elsif tg_op = 'DELETE' then
    for of_partner, changed in select r.partner_id, array_agg(distinct r.customer_id)
      from old_rows r join customer c on c.partner_id = r.partner_id and c.id = r.customer_id group by r.partner_id
    loop perform app.follow_rules(of_partner, changed); end loop;
  else
    for of_partner, changed in
      with moved as materialized (
        select n.partner_id, n.customer_id as now_of, o.customer_id as was_of
        from new_rows n join old_rows o on o.partner_id = n.partner_id and o.id = n.id
        where (n.customer_id, n.vendor, n.link_state = 'not_linked')
          is distinct from (o.customer_id, o.vendor, o.link_state = 'not_linked')),
      touched as materialized (select partner_id, now_of as id from moved union select partner_id, was_of from moved)
      select t.partner_id, array_agg(t.id) from touched t
      where (select c.id from customer c where c.partner_id = t.partner_id and c.id = t.id) is not null
      group by t.partner_id
    loop perform app.follow_rules(of_partner, changed); end loop;
  end if;
  return null;
end $$;

-- As in 0007, and its rows are locked in the order in which ingest and the minute job lock theirs: a change of thresholds
-- beside a synchronisation waits, and neither ends the other.
create or replace function app.refresh_soon(of_partner uuid, of_customers uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  with locked as materialized (
    select o.customer_id from customer_overview o
    where o.partner_id = of_partner and (of_customers is null or o.customer_id = any (of_customers))
    order by o.customer_id for update)
  update customer_overview o set next_change_at = now() from locked l
  where o.partner_id = of_partner and o.customer_id = l.customer_id;
end $$;
