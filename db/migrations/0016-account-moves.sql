-- Moves of vendor accounts between customers: what was read goes with the account, in one transaction.

-- null: the account belongs to nobody, and what it told is gone from the customer. Functions, because web may not write
-- what vendors tell.
create function app.move_account(of_partner uuid, of_account uuid, to_customer uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare of_customer uuid;
begin
  select customer_id into strict of_customer from vendor_account where partner_id = of_partner and id = of_account for update;
  if to_customer is null then
    delete from device where partner_id = of_partner and vendor_account_id = of_account;
    delete from licence where partner_id = of_partner and vendor_account_id = of_account;
    delete from alert where partner_id = of_partner and vendor_account_id = of_account;
    delete from application where partner_id = of_partner and vendor_account_id = of_account;
    delete from saas_application where partner_id = of_partner and vendor_account_id = of_account;
  else
    update device set customer_id = to_customer where partner_id = of_partner and vendor_account_id = of_account;
    update licence set customer_id = to_customer where partner_id = of_partner and vendor_account_id = of_account;
    update alert set customer_id = to_customer where partner_id = of_partner and vendor_account_id = of_account;
    update application set customer_id = to_customer where partner_id = of_partner and vendor_account_id = of_account;
    update saas_application set customer_id = to_customer where partner_id = of_partner and vendor_account_id = of_account;
  end if;
  update vendor_account set customer_id = to_customer, unlink_on = null, is_set_aside = false,
      link_state = case when to_customer is null then 'not_linked' else 'linked' end,
      linked_by = case when to_customer is not null then 'person' end
    where partner_id = of_partner and id = of_account;
  perform app.refresh_soon(of_partner, array_remove(array[of_customer, to_customer], null));
end $$;

-- One customer becomes part of another: accounts, connections, groups, scopes and what people entered go over; then it goes.
create function app.merge_customer(of_partner uuid, from_customer uuid, into_customer uuid) returns void
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
    select partner_id, group_id, into_customer from customer_group_member
    where partner_id = of_partner and customer_id = from_customer on conflict do nothing;
  insert into membership_scope (partner_id, membership_id, kind, customer_id)
    select partner_id, membership_id, kind, into_customer from membership_scope
    where partner_id = of_partner and customer_id = from_customer on conflict do nothing;
  delete from customer where partner_id = of_partner and id = from_customer;
  perform app.refresh_soon(of_partner, array[into_customer]);
end $$;
revoke all on function app.move_account(uuid, uuid, uuid), app.merge_customer(uuid, uuid, uuid) from public;
grant execute on function app.move_account(uuid, uuid, uuid) to belvedere_web, belvedere_worker;
grant execute on function app.merge_customer(uuid, uuid, uuid) to belvedere_web;
grant update (link_state, unlink_on) on vendor_account to belvedere_worker;
