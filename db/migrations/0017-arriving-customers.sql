-- Customers that arrive with their grant have no overview row yet: there is nothing to blank, and the trigger says so at once.

create or replace function app.follow_grant() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  g access_grant;
  kind text;
begin
  if not exists (select from customer_overview o where o.partner_id = new.partner_id and o.customer_id = new.customer_id) then
    return null;
  end if;
  select relationship into kind from customer where partner_id = new.partner_id and id = new.customer_id;
  if kind <> 'delegated' then return null; end if;
  select * into g from access_grant a
    where a.partner_id = new.partner_id and a.customer_id = new.customer_id and a.state = 'active';
  update customer_overview o set
    metrics_from = case when 'metrics' = any (g.capabilities) then g.from_at end,
    metrics_until = case when 'metrics' = any (g.capabilities) then coalesce(g.until_at, 'infinity') end,
    licences_from = case when 'licences' = any (g.capabilities) then g.from_at end,
    licences_until = case when 'licences' = any (g.capabilities) then coalesce(g.until_at, 'infinity') end,
    next_change_at = now()
  where o.partner_id = new.partner_id and o.customer_id = new.customer_id;
  -- Figures that count the customer's own licences go with the right to see these; the worker counts the partner's anew.
  update customer_overview o set licence_state_rank = 6, licence_kinds = '{}', categories = '{}', licensed = null, used = null,
    over_used = false, licence_ends_on = null
  where o.partner_id = new.partner_id and o.customer_id = new.customer_id and o.has_customer_licences
    and (o.licences_from is null or o.licences_from > now() or o.licences_until <= now());
  perform app.blank_metrics(new.partner_id, array[new.customer_id]);
  return null;
end $$;
