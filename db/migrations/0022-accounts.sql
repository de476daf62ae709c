-- Accounts of customers from beginning to end: monthly accounts made here, trials that became monthly, customers removed
-- from the portal, and the memory of what a customer had closed, which outlives all of them.

-- A monthly account from its first step on: typed by a person, then created once, then opened at the vendor.
create table monthly_account (
  partner_id uuid not null references partner,
  -- Given out with the first page of the wizard: whatever comes twice under it is one account.
  id uuid not null,
  -- The membership that began it.
  created_by uuid not null,
  -- As typed, also what is wrong: {"name", "firstName", …}; nothing is lost on the way back.
  details jsonb not null default '{}',
  -- [{"code", "quantity"}], as typed
  lines jsonb not null default '[]',
  terms_version text,
  terms_by text,
  terms_at timestamptz,
  -- null: still a draft
  customer_id uuid,
  -- What becomes of it at the vendor: by_hand where no connection can open it.
  opening text check (opening in ('by_hand', 'waiting', 'sending', 'opened', 'refused')),
  connection_id uuid,
  opening_code text,
  opening_detail text,
  opening_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  check ((customer_id is null) = (opening is null))
);
create index monthly_account_customer_idx on monthly_account (partner_id, customer_id) where customer_id is not null;

alter table licence
  -- Ordered here and not told by the vendor yet: stays until the vendor tells of a monthly licence of the account.
  add is_recorded boolean not null default false,
  -- The day on which a monthly licence took this trial's place: it ended the day before, whatever the vendor says.
  add converted_on date;

-- The vendor goes on telling of a trial until it knows of the change; what it says of another licence counts again.
create function app.end_converted() returns trigger language plpgsql as $$
begin
  if new.kind = 'trial' then new.ends_on := least(new.ends_on, new.converted_on - 1);
  else new.converted_on := null; end if;
  return new;
end $$;
revoke all on function app.end_converted() from public;
create trigger end_converted before insert or update on licence for each row
  when (new.converted_on is not null) execute function app.end_converted();

create table trial_conversion (
  partner_id uuid not null,
  -- Given out with the page that asks for confirmation.
  id uuid not null,
  customer_id uuid not null,
  -- Named, not referenced: it may move or go.
  vendor_account_id uuid not null,
  account text not null,
  converted_on date not null,
  -- [{"product", "code", "quantity"}]: the trials that ended and what each became
  trials jsonb not null,
  by_name text not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index trial_conversion_customer_idx on trial_conversion (partner_id, customer_id);

-- Ends trials and puts monthly licences of the same products in their place, [{"sourceKey", "quantity"}]; returns how many
-- were still running. A function, because web may not write what vendors tell.
create function app.convert_trials(of_partner uuid, of_account uuid, on_day date, trials jsonb) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare n integer;
begin
  with wanted as (select * from jsonb_to_recordset(trials) as w ("sourceKey" text, quantity numeric)),
  ended as (
    update licence l set converted_on = on_day from wanted w
    where l.partner_id = of_partner and l.vendor_account_id = of_account and l.source_key = w."sourceKey" and l.kind = 'trial'
      and l.converted_on is null and (l.ends_on is null or l.ends_on >= on_day)
    returning l.*),
  made as (
    insert into licence (partner_id, customer_id, vendor_account_id, source_key, vendor, product_code, kind, owner, is_unlimited,
      quantity, used, starts_on, is_recorded)
    select e.partner_id, e.customer_id, e.vendor_account_id, 'recorded:' || e.product_code, e.vendor, e.product_code, 'monthly', 'partner',
      bool_or(e.is_unlimited), case when not bool_or(e.is_unlimited) then sum(w.quantity) end, sum(e.used), on_day, true
    from ended e join wanted w on w."sourceKey" = e.source_key
    group by e.partner_id, e.customer_id, e.vendor_account_id, e.vendor, e.product_code
    on conflict (partner_id, vendor_account_id, source_key) do update set quantity = excluded.quantity,
      is_unlimited = excluded.is_unlimited, starts_on = excluded.starts_on, ends_on = null)
  select count(*) into n from ended;
  return n;
end $$;
revoke all on function app.convert_trials(uuid, uuid, date, jsonb) from public;
grant execute on function app.convert_trials(uuid, uuid, date, jsonb) to belvedere_web, belvedere_worker;

-- Most early access programmes refuse monthly licences: one row per customer and programme it takes part in.
create table early_access (
  partner_id uuid not null,
  customer_id uuid not null,
  id uuid not null default gen_random_uuid(),
  programme text not null check (length(programme) between 1 and 100),
  takes_monthly boolean not null default false,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create unique index early_access_programme_key on early_access (partner_id, customer_id, lower(programme));

-- Accounts whose customer had closed itself to the partner, or decided about its access, when it left the portal: nothing
-- of them is read again through another customer. By the vendor's own name, so that a new connection meets it too.
create table closed_account (
  partner_id uuid not null references partner,
  vendor text not null,
  external_id text not null,
  closed_at timestamptz not null default now(),
  primary key (partner_id, vendor, external_id)
);

-- A customer that was removed: that it was, by whom, and what went. The customer itself is gone, so it is not referenced.
create table customer_disconnect (
  partner_id uuid not null references partner,
  customer_id uuid not null,
  name text not null,
  by_name text not null,
  state text not null default 'queued' check (state in ('queued', 'done')),
  rows_deleted bigint not null default 0,
  -- Entries of the customer's ledger that do not verify afterwards; null: not checked yet.
  ledger_problems integer,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (partner_id, customer_id)
);

-- What is left of the months in which a removed customer had monthly licences: their last day's quantities.
create table kept_month (
  partner_id uuid not null references partner,
  customer_id uuid not null,
  month date not null,
  name text not null,
  licensed numeric(16, 4),
  used numeric(16, 4),
  primary key (partner_id, customer_id, month)
);

select app.protect(t) from unnest(array['monthly_account', 'trial_conversion', 'early_access', 'closed_account',
  'customer_disconnect', 'kept_month']::regclass[]) t;
grant select, insert, update, delete on monthly_account to belvedere_web;
grant select, update on monthly_account to belvedere_worker;
grant select, insert on trial_conversion to belvedere_web, belvedere_worker;
grant select, insert, delete on early_access to belvedere_web;
grant select on early_access to belvedere_worker;
grant select on closed_account, customer_disconnect, kept_month to belvedere_web, belvedere_worker;
grant insert on customer_disconnect to belvedere_web;
grant update on customer_disconnect to belvedere_worker;

-- Remembers what a customer that goes had closed: its accounts, and those that were unlinked from it and belong to nobody.
create function app.remember_closed(of_partner uuid, of_customer uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from customer c where c.partner_id = of_partner and c.id = of_customer and c.relationship = 'delegated'
    and (exists (select from membership m where m.partner_id = c.partner_id and m.customer_id = c.id)
      or exists (select from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id
        and (g.origin = 'customer' or g.end_reason = 'revoked'))
      or not exists (select from access_grant g where g.partner_id = c.partner_id and g.customer_id = c.id and g.state = 'active'
        and 'metrics' = any (g.capabilities) and g.from_at <= now() and (g.until_at is null or g.until_at > now()))))
  then return; end if;
  insert into closed_account (partner_id, vendor, external_id)
    select a.partner_id, a.vendor, a.external_id from vendor_account a
    where a.partner_id = of_partner and (a.customer_id = of_customer
      or (a.customer_id is null and of_customer = (select l.from_customer from account_link l where l.partner_id = a.partner_id
        and l.vendor_account_id = a.id and l.kind = 'unlinked' order by l.at desc limit 1)))
  on conflict do nothing;
end $$;
-- Whatever takes a customer away, a merge as well as a disconnect.
create function app.remember_leaving() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform app.remember_closed(old.partner_id, old.id);
  return old;
end $$;
create trigger remember_leaving before delete on customer for each row execute function app.remember_leaving();

-- The part of a disconnect that happens at the click: nobody finds the customer any more, nothing is read for it, its own
-- people have no way in, its secrets are gone. The rest goes piece by piece (app.forget_customer).
create function app.begin_disconnect(of_partner uuid, of_customer uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform app.remember_closed(of_partner, of_customer);
  insert into kept_month (partner_id, customer_id, month, name, licensed, used)
    select distinct on (date_trunc('month', h.day)) c.partner_id, c.id, date_trunc('month', h.day), c.name, h.licensed, h.used
    from customer c join customer_history h on h.partner_id = c.partner_id and h.customer_id = c.id
    where c.partner_id = of_partner and c.id = of_customer and h.used is not null
      and exists (select from licence l where l.partner_id = c.partner_id and l.customer_id = c.id and l.kind = 'monthly' and l.owner = 'partner')
    order by date_trunc('month', h.day), h.day desc
  on conflict do nothing;
  update access_grant set state = 'ended', end_reason = 'returned', ended_at = now(), version = version + 1
    where partner_id = of_partner and customer_id = of_customer and state in ('pending', 'active');
  update vendor_account set customer_id = null, link_state = 'not_linked', linked_by = null, unlink_on = null
    where partner_id = of_partner and customer_id = of_customer;
  update connection set is_enabled = false, removed_at = coalesce(removed_at, now()), secret = null, candidate_secret = null
    where partner_id = of_partner and customer_id = of_customer;
  delete from membership where partner_id = of_partner and customer_id = of_customer;
  delete from customer_search where partner_id = of_partner and customer_id = of_customer;
  delete from customer_overview where partner_id = of_partner and customer_id = of_customer;
end $$;

-- Deletes at most `most` rows of a customer from each table that names it, the customer itself when nothing else is left;
-- returns how many rows went, 0: all is gone. The tables are the catalogue's, so that none is forgotten; the ledger, the
-- kept months and the record of the disconnect stay.
create function app.forget_customer(of_partner uuid, of_customer uuid, most integer) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  one record;
  n bigint;
  total bigint := 0;
begin
  for one in
    select c.oid::regclass as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'customer_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not in ('audit_chain', 'audit_entry', 'customer_disconnect', 'kept_month', 'vendor_account', 'connection')
    order by c.relname
  loop
    execute format('delete from %1$s where partner_id = $1 and customer_id = $2 and (tableoid, ctid) in
      (select tableoid, ctid from %1$s where partner_id = $1 and customer_id = $2 limit $3)', one.name)
      using of_partner, of_customer, most;
    get diagnostics n = row_count;
    total := total + n;
  end loop;
  if total > 0 then return total; end if;
  -- Systems of the customer's own: what they read for nobody goes with them; one that reads for another customer stays, without secret.
  delete from vendor_account a using connection k where k.partner_id = of_partner and k.customer_id = of_customer
    and a.partner_id = k.partner_id and a.connection_id = k.id and a.customer_id is null;
  delete from sync_run r using connection k where k.partner_id = of_partner and k.customer_id = of_customer
    and r.partner_id = k.partner_id and r.connection_id = k.id;
  update connection k set customer_id = null where k.partner_id = of_partner and k.customer_id = of_customer
    and exists (select from vendor_account a where a.partner_id = k.partner_id and a.connection_id = k.id);
  delete from customer where partner_id = of_partner and id = of_customer;
  get diagnostics n = row_count;
  return n;
end $$;
revoke all on function app.remember_closed(uuid, uuid), app.remember_leaving(), app.begin_disconnect(uuid, uuid),
  app.forget_customer(uuid, uuid, integer) from public;
grant execute on function app.begin_disconnect(uuid, uuid) to belvedere_web;
grant execute on function app.forget_customer(uuid, uuid, integer) to belvedere_worker;
-- An account that was opened here and arrived by a synchronisation before its answer did: the two are one.
grant execute on function app.merge_customer(uuid, uuid, uuid) to belvedere_worker;
