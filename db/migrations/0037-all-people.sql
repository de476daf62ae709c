-- Who sees a customer is told whole: its users read the list to know who has access, and its number as how many have.
create or replace function app.people_of(of_customer uuid) returns table (membership_id uuid, user_id uuid, role text)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  partner uuid := nullif(current_setting('app.partner_id', true), '')::uuid;
  own text := coalesce(current_setting('app.customer_id', true), '');
begin
  if own not in ('', of_customer::text) then return; end if;
  perform set_config('app.customer_id', '', true);
  return query
    select m.id, m.user_id, m.role from membership m
    where m.partner_id = partner and m.customer_id is null and m.disabled_at is null
      and not exists (select from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id
        and s.kind = 'denied' and s.customer_id = of_customer)
      and (m.scope_all
        or exists (select from membership_scope s where s.partner_id = m.partner_id and s.membership_id = m.id
          and s.kind = 'customer' and s.customer_id = of_customer)
        or exists (select from membership_scope s
          join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
          where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'group' and g.customer_id = of_customer));
  perform set_config('app.customer_id', own, true);
end $$;
