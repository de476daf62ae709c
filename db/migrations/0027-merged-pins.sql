-- As in 0018, and what members pinned goes over too: whoever pinned the one sees the other in its place.
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
  insert into customer_pin (partner_id, membership_id, customer_id, created_at)
    select partner_id, membership_id, into_customer, created_at from customer_pin
    where partner_id = of_partner and customer_id = from_customer on conflict do nothing;
  delete from customer where partner_id = of_partner and id = from_customer;
  perform app.refresh_soon(of_partner, array[into_customer]);
end $$;
