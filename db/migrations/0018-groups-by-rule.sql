-- Groups by rule: who belongs stands in customer_group_member like everybody else, so that scope, filter and thresholds
-- know one kind of member. The database itself keeps these rows true, in the transaction in which a fact changes.

alter table customer_group
  -- Raised by each rename and each change of the rule: who saves over another's change is told.
  add version integer not null default 1,
  -- null: people say who belongs. Else a customer belongs that meets all, or any, of the conditions below; an empty one
  -- asks nothing, and one is met by any of its values.
  add rule_match text check (rule_match in ('all', 'any')),
  add rule_statuses text[] not null default '{}',
  add rule_licence_kinds text[] not null default '{}',
  add rule_categories text[] not null default '{}',
  add rule_countries text[] not null default '{}',
  add rule_tags text[] not null default '{}',
  add rule_vendors text[] not null default '{}',
  -- The version in which the rule changed last, and the one whose rule every customer has been held against: they differ
  -- while the worker is at it.
  add rule_version integer not null default 1,
  add settled_version integer not null default 1,
  -- No rule matches everybody by saying nothing, and no group without a rule has conditions.
  add constraint customer_group_rule_check check ((rule_match is not null) =
    (rule_statuses || rule_licence_kinds || rule_categories || rule_countries || rule_tags || rule_vendors <> '{}')),
  -- Thresholds decide the status; a status that decides the thresholds would turn in a circle.
  add constraint customer_group_circle_check check (rule_statuses = '{}' or (silent_days is null and stuck_hours is null));
create index customer_group_rule_idx on customer_group (partner_id, id) where rule_match is not null;

-- Which countries there are, for the choice of a rule.
create index customer_country_idx on customer (partner_id, country) where country is not null;

-- The customers that a rule means, or `most` of them: of those named, or (null) of those after `after` and up to `upto`.
-- The statement is built of the conditions there are, so that each plan reads no more than its rule needs.
create function app.rule_customers(of_partner uuid, match text, statuses text[], licence_kinds text[], categories text[],
    countries text[], tags text[], vendors text[], of_customers uuid[] default null, after uuid default null, upto uuid default null,
    most integer default null)
  returns setof uuid language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  conditions text[] := '{}';
  reads_customer boolean := countries <> '{}' or tags <> '{}';
  statement text := 'select o.customer_id from customer_overview o';
begin
  if statuses <> '{}' then conditions := conditions || 'o.status = any ($2)'::text; end if;
  if licence_kinds <> '{}' then conditions := conditions || 'o.licence_kinds && $3'::text; end if;
  if categories <> '{}' then conditions := conditions || 'o.categories && $4'::text; end if;
  if countries <> '{}' then conditions := conditions || 'coalesce(c.country = any ($5), false)'::text; end if;
  if tags <> '{}' then
    conditions := conditions || 'exists (select from unnest(c.tags) tag where app.plain(tag) = any ($6))'::text;
  end if;
  if vendors <> '{}' then
    conditions := conditions || ('exists (select from vendor_account v where v.partner_id = o.partner_id
      and v.customer_id = o.customer_id and v.link_state <> ''not_linked'' and v.vendor = any ($7))')::text;
  end if;
  if conditions = '{}' then return; end if;
  if reads_customer then
    statement := statement || ' join customer c on c.partner_id = o.partner_id and c.id = o.customer_id';
  end if;
  return query execute statement || ' where o.partner_id = $1 and o.relationship <> ''order_only'''
      || case when of_customers is null then '' else ' and o.customer_id = any ($8)' end
      || case when after is null then '' else ' and o.customer_id > $9' end
      || case when upto is null then '' else ' and o.customer_id <= $10' end
      || ' and (' || array_to_string(conditions, case match when 'all' then ' and ' else ' or ' end) || ')'
      || case when most is null then '' else ' limit $11' end
    using of_partner, statuses, licence_kinds, categories, countries,
      (select coalesce(array_agg(app.plain(tag)), '{}') from unnest(tags) tag), vendors, of_customers, after, upto, most;
end $$;

-- Holds the next customers in the order of their ids against one group's rule; returns where to go on, null at the end.
create function app.settle_group(of_partner uuid, of_group uuid, after uuid, most integer) returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  g customer_group;
  upto uuid;
begin
  select * into g from customer_group where partner_id = of_partner and id = of_group and rule_match is not null;
  if not found then return null; end if;
  select customer_id into upto from (select customer_id from customer_overview
      where partner_id = of_partner and (after is null or customer_id > after) order by customer_id limit most) page
    order by customer_id desc offset most - 1;
  with wanted as materialized (
    select id from app.rule_customers(of_partner, g.rule_match, g.rule_statuses, g.rule_licence_kinds, g.rule_categories,
      g.rule_countries, g.rule_tags, g.rule_vendors, null, after, upto) id),
  gone as (
    delete from customer_group_member m where m.partner_id = of_partner and m.group_id = of_group
      and (after is null or m.customer_id > after) and (upto is null or m.customer_id <= upto)
      and not exists (select from wanted w where w.id = m.customer_id))
  insert into customer_group_member (partner_id, group_id, customer_id)
    select of_partner, of_group, w.id from wanted w order by w.id on conflict do nothing;
  return upto;
end $$;

-- Changes of facts and passes over a whole group wait for each other, so that neither decides by what the other replaces.
create function app.lock_rules(of_partner uuid, is_pass boolean) returns void language plpgsql as $$
begin
  if is_pass then perform pg_advisory_xact_lock(hashtextextended('rules ' || of_partner::text, 0));
  else perform pg_advisory_xact_lock_shared(hashtextextended('rules ' || of_partner::text, 0));
  end if;
end $$;

-- Holds these customers against every rule of their partner. Groups are the partner's, so the customer of a customer's
-- user (who may have changed the fact, by revoking) is set aside meanwhile.
create function app.follow_rules(of_partner uuid, of_customers uuid[]) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  own text := coalesce(current_setting('app.customer_id', true), '');
  g customer_group;
begin
  if coalesce(cardinality(of_customers), 0) = 0 then return; end if;
  perform set_config('app.customer_id', '', true);
  perform app.lock_rules(of_partner, false);
  for g in select * from customer_group where partner_id = of_partner and rule_match is not null order by id loop
    with wanted as materialized (
      select id from app.rule_customers(of_partner, g.rule_match, g.rule_statuses, g.rule_licence_kinds, g.rule_categories,
        g.rule_countries, g.rule_tags, g.rule_vendors, of_customers) id),
    gone as (
      delete from customer_group_member m where m.partner_id = of_partner and m.group_id = g.id
        and m.customer_id = any (of_customers) and not exists (select from wanted w where w.id = m.customer_id))
    insert into customer_group_member (partner_id, group_id, customer_id)
      select of_partner, g.id, w.id from wanted w order by w.id on conflict do nothing;
  end loop;
  perform set_config('app.customer_id', own, true);
end $$;

create function app.follow_overview() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare of_partner uuid; changed uuid[];
begin
  if tg_op = 'INSERT' then
    for of_partner, changed in select partner_id, array_agg(customer_id) from new_rows group by partner_id
    loop perform app.follow_rules(of_partner, changed); end loop;
  else
    for of_partner, changed in
      select n.partner_id, array_agg(n.customer_id)
      from new_rows n join old_rows o on o.partner_id = n.partner_id and o.customer_id = n.customer_id
      where (n.status, n.licence_kinds, n.categories, n.relationship)
        is distinct from (o.status, o.licence_kinds, o.categories, o.relationship)
      group by n.partner_id
    loop perform app.follow_rules(of_partner, changed); end loop;
  end if;
  return null;
end $$;
create trigger follow_overview_inserted after insert on customer_overview referencing new table as new_rows
  for each statement execute function app.follow_overview();
create trigger follow_overview_updated after update on customer_overview referencing old table as old_rows new table as new_rows
  for each statement execute function app.follow_overview();

-- What a customer's record says, and orders of managed customers, which belong to no group.
create function app.follow_customer() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare of_partner uuid; changed uuid[];
begin
  delete from customer_group_member m using new_rows n join old_rows o on o.partner_id = n.partner_id and o.id = n.id
    where m.partner_id = n.partner_id and m.customer_id = n.id
      and n.relationship = 'order_only' and o.relationship <> 'order_only';
  for of_partner, changed in
    select n.partner_id, array_agg(n.id) from new_rows n join old_rows o on o.partner_id = n.partner_id and o.id = n.id
    where (n.country, n.tags) is distinct from (o.country, o.tags) group by n.partner_id
  loop perform app.follow_rules(of_partner, changed); end loop;
  return null;
end $$;
create trigger follow_customer after update on customer referencing old table as old_rows new table as new_rows
  for each statement execute function app.follow_customer();

-- Whose accounts there are. A customer that goes takes its accounts along; nothing is left to decide then.
create function app.follow_accounts() returns trigger
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
      select moved.partner_id, array_agg(distinct c.id)
      from (select n.partner_id, array[n.customer_id, o.customer_id] as ids
        from new_rows n join old_rows o on o.partner_id = n.partner_id and o.id = n.id
        where (n.customer_id, n.vendor, n.link_state = 'not_linked')
          is distinct from (o.customer_id, o.vendor, o.link_state = 'not_linked')) moved
      join customer c on c.partner_id = moved.partner_id and c.id = any (moved.ids)
      group by moved.partner_id
    loop perform app.follow_rules(of_partner, changed); end loop;
  end if;
  return null;
end $$;
create trigger follow_accounts_inserted after insert on vendor_account referencing new table as new_rows
  for each statement execute function app.follow_accounts();
create trigger follow_accounts_updated after update on vendor_account referencing old table as old_rows new table as new_rows
  for each statement execute function app.follow_accounts();
create trigger follow_accounts_deleted after delete on vendor_account referencing old table as old_rows
  for each statement execute function app.follow_accounts();

-- A group's thresholds and maintenance windows decide the status of who joins or leaves it; the minute job does the rest.
create function app.follow_members() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare of_partner uuid; changed uuid[];
begin
  for of_partner, changed in
    select r.partner_id, array_agg(r.customer_id) from moved_rows r
    join customer_group g on g.partner_id = r.partner_id and g.id = r.group_id
    where g.silent_days is not null or g.stuck_hours is not null or exists (select from maintenance_window w
      where w.partner_id = g.partner_id and w.group_id = g.id and w.ends_at > now())
    group by r.partner_id
  loop perform app.refresh_soon(of_partner, changed); end loop;
  return null;
end $$;
create trigger follow_members_inserted after insert on customer_group_member referencing new table as moved_rows
  for each statement execute function app.follow_members();
create trigger follow_members_deleted after delete on customer_group_member referencing old table as moved_rows
  for each statement execute function app.follow_members();

-- As in 0016, but of the groups only those go over that people filled: rules decide anew for the accounts that came.
create or replace function app.merge_customer(of_partner uuid, from_customer uuid, into_customer uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare account uuid;
begin
  for account in select id from vendor_account where partner_id = of_partner and customer_id = from_customer order by id loop
    perform app.move_account(of_partner, account, into_customer);
  end loop;
  update connection set customer_id = into_customer where partner_id = of_partner and customer_id = from_customer;
  update contact set customer_id = into_customer
    where partner_id = of_partner and customer_id = from_customer and source <> 'vendor';
  insert into customer_group_member (partner_id, group_id, customer_id)
    select m.partner_id, m.group_id, into_customer from customer_group_member m
    join customer_group g on g.partner_id = m.partner_id and g.id = m.group_id and g.rule_match is null
    where m.partner_id = of_partner and m.customer_id = from_customer on conflict do nothing;
  insert into membership_scope (partner_id, membership_id, kind, customer_id)
    select partner_id, membership_id, kind, into_customer from membership_scope
    where partner_id = of_partner and customer_id = from_customer on conflict do nothing;
  delete from customer where partner_id = of_partner and id = from_customer;
  perform app.refresh_soon(of_partner, array[into_customer]);
end $$;

revoke all on function app.rule_customers(uuid, text, text[], text[], text[], text[], text[], text[], uuid[], uuid, uuid, integer),
  app.settle_group(uuid, uuid, uuid, integer), app.lock_rules(uuid, boolean), app.follow_rules(uuid, uuid[]),
  app.follow_overview(), app.follow_customer(), app.follow_accounts(), app.follow_members() from public;
grant execute on function app.rule_customers(uuid, text, text[], text[], text[], text[], text[], text[], uuid[], uuid, uuid, integer)
  to belvedere_web;
grant execute on function app.settle_group(uuid, uuid, uuid, integer) to belvedere_web, belvedere_worker;
grant execute on function app.lock_rules(uuid, boolean) to belvedere_worker;
