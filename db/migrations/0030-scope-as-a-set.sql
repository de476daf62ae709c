-- Which customers a member sees, read once for a statement instead of asked again for each of its rows (decision 27).

/*
 * Customers that the scope of app.member_id names, without those denied to them. A null among them says that these are not
 * all whom the scope holds: `customer_id in (select app.scope_ids())` is then true or null, never false.
 */
create function app.scope_ids() returns setof uuid
  language plpgsql stable rows 500 set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  -- So many at most; the answer is the same whatever stands here.
  most constant integer := coalesce(nullif(current_setting('app.scope_limit', true), ''), '100000')::integer;
  partner constant uuid := nullif(current_setting('app.partner_id', true), '')::uuid;
  member constant uuid := nullif(current_setting('app.member_id', true), '')::uuid;
  denied constant uuid[] := array(select s.customer_id from membership_scope s
    where s.partner_id = partner and s.membership_id = member and s.kind = 'denied');
  named integer;
begin
  if exists (select from membership m where m.partner_id = partner and m.id = member and m.scope_all) then
    return next null;
    return;
  end if;
  return query select x.customer_id from (
    select s.customer_id from membership_scope s where s.partner_id = partner and s.membership_id = member and s.kind = 'customer'
    union all
    select g.customer_id from membership_scope s join customer_group_member g on g.partner_id = s.partner_id and g.group_id = s.group_id
      where s.partner_id = partner and s.membership_id = member and s.kind = 'group'
    limit most + 1) x
    where x.customer_id <> all (denied);
  get diagnostics named = row_count;
  if named + cardinality(denied) > most then
    return next null;
  end if;
end $$;

/* The customers denied to app.member_id, where the scope is all but these; one null where it is not. */
create function app.denied_ids() returns setof uuid
  language plpgsql stable rows 10 set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  partner constant uuid := nullif(current_setting('app.partner_id', true), '')::uuid;
  member constant uuid := nullif(current_setting('app.member_id', true), '')::uuid;
begin
  if exists (select from membership m where m.partner_id = partner and m.id = member and m.scope_all) then
    return query select s.customer_id from membership_scope s
      where s.partner_id = partner and s.membership_id = member and s.kind = 'denied';
  else
    return query select null::uuid;
  end if;
end $$;

revoke all on function app.scope_ids(), app.denied_ids() from public;
grant execute on function app.scope_ids(), app.denied_ids() to belvedere_web, belvedere_worker, belvedere_search;

-- As before; one customer is still asked for with app.sees_customer, as visible_customer does.
create or replace view readable_overview as
  select o.partner_id, o.customer_id, o.name_shown, o.name_sort, o.domain, o.relationship, o.status_since, o.status_rank,
    o.status as status_stored,
    case when o.relationship = 'order_only' then 'not_applicable' when live.metrics then o.status
      else 'access_disabled' end as status,
    case when live.metrics or o.status in ('access_disabled', 'not_applicable') then o.reasons else '[]'::jsonb end as reasons,
    live.metrics as has_metrics,
    live.licences as has_licences,
    o.metrics_until,
    case when live.metrics then o.last_sync_at end as last_sync_at,
    case when live.metrics then o.devices_total end as devices_total,
    case when live.metrics then o.devices_recent end as devices_recent,
    case when live.metrics then o.devices_silent end as devices_silent,
    case when live.metrics then o.devices_quarantined end as devices_quarantined,
    case when live.metrics then o.devices_inactive end as devices_inactive,
    case when live.metrics then o.devices_unprotected end as devices_unprotected,
    case when live.metrics then o.alerts_high end as alerts_high,
    case when live.metrics then o.alerts_medium end as alerts_medium,
    case when live.metrics then o.alerts_low end as alerts_low,
    case when live.licences then o.licence_state_rank end as licence_state_rank,
    case when live.licences then o.licence_kinds end as licence_kinds,
    case when live.licences then o.categories end as categories,
    case when live.licences then o.licensed end as licensed,
    case when live.licences then o.used end as used,
    case when live.licences then o.over_used end as over_used,
    case when live.licences then o.licence_ends_on end as licence_ends_on,
    o.last_sync_at as last_sync_at_stored, o.devices_total as devices_total_stored,
    o.devices_silent as devices_silent_stored, o.devices_unprotected as devices_unprotected_stored,
    o.licence_state_rank as licence_state_rank_stored, o.used as used_stored,
    o.licence_ends_on as licence_ends_on_stored, o.alerts_high as alerts_high_stored,
    case when live.metrics then o.devices_source end as devices_source,
    case when live.metrics then o.applications_installed end as applications_installed,
    case when live.metrics then o.applications_denied end as applications_denied,
    case when live.metrics then o.applications_unused end as applications_unused,
    case when live.metrics then o.licence_shortfall end as licence_shortfall,
    case when live.metrics then o.saas_applications end as saas_applications,
    case when live.metrics then o.saas_users end as saas_users,
    case when live.metrics then o.saas_active_users end as saas_active_users,
    case when live.metrics then o.saas_subscriptions end as saas_subscriptions,
    case when live.metrics then o.saas_unassigned end as saas_unassigned,
    case when live.metrics then o.saas_monthly_spend end as saas_monthly_spend,
    case when live.metrics then o.saas_currency end as saas_currency,
    case when live.metrics then o.gaps else '{}'::jsonb end as gaps,
    o.vendors,
    case when live.licences then o.categories_inactive end as categories_inactive,
    case when live.metrics or o.status in ('access_disabled', 'not_applicable') then o.reason_codes else '{}'::text[] end as reason_codes,
    o.used_units as used_units_stored,
    -- Since when figures may be shown: what history is older than that is of an access that ended.
    case when live.metrics then o.metrics_from end as metrics_from
  from customer_overview o
  cross join lateral (select
    o.metrics_from is not null and o.metrics_from <= now() and now() < o.metrics_until as metrics,
    not o.has_customer_licences
      or (o.licences_from is not null and o.licences_from <= now() and now() < o.licences_until) as licences) live
  where current_setting('app.member_all', true) = 'on'
    or coalesce(o.customer_id in (select app.scope_ids()), o.customer_id not in (select app.denied_ids()),
      app.sees_customer(o.partner_id, o.customer_id));
