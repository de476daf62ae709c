-- What people say of a customer: the name they choose to show and its way to the vendors, and edits that notice each other.

alter table customer
  -- A person chose the name shown: synchronisation renews it no longer.
  add is_name_chosen boolean not null default false,
  -- Raised by each change that a person makes: whoever saves what they saw earlier learns that it has changed.
  add version integer not null default 1;
alter table contact
  add version integer not null default 1,
  -- A person took the vendor's contact away or put words of their own in its place: kept, so that the next
  -- synchronisation finds it and does not bring it back.
  add is_hidden boolean not null default false check (not is_hidden or source = 'vendor');

-- The same again: a view has the columns that there were when it was made.
create or replace view visible_customer with (security_invoker = true) as
  select c.* from customer c where current_setting('app.member_all', true) = 'on' or app.sees_customer(c.partner_id, c.id);

-- The list shows a new name in the transaction that makes it; search follows with the next refresh.
create function app.follow_name() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update customer_overview o set name_shown = new.name_shown, name_sort = left(app.plain(new.name_shown), 200)
  where o.partner_id = new.partner_id and o.customer_id = new.id;
  return null;
end $$;
revoke all on function app.follow_name() from public;
create trigger follow_name after update of name_shown on customer for each row
  when (old.name_shown is distinct from new.name_shown) execute function app.follow_name();

-- Is another of the partner's customers, seen by the caller or not, shown by this name? Case and accents do not tell names
-- apart. Two who ask for one name at the same time are answered one after the other, so that only the first may take it.
create function app.name_is_taken(of_partner uuid, of_customer uuid, name text) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare plain text collate "C" := left(app.plain(name), 200);
begin
  perform pg_advisory_xact_lock(hashtextextended(of_partner || ' is shown as ' || plain, 0));
  return exists (select from customer_overview o
    where o.partner_id = of_partner and o.name_sort = plain and o.customer_id <> of_customer);
end $$;
revoke all on function app.name_is_taken(uuid, uuid, text) from public;
grant execute on function app.name_is_taken(uuid, uuid, text) to belvedere_web;

-- A chosen name on its way to one vendor account.
create table customer_rename (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  customer_id uuid not null,
  vendor_account_id uuid not null,
  -- Counts the names that this account was to take; only the last one is still worked on.
  number integer not null,
  name text not null check (length(name) between 1 and 300),
  -- by_hand: the vendor documents no way to rename, a person does it there.
  state text not null default 'waiting' check (state in ('waiting', 'by_hand', 'sent', 'refused', 'superseded')),
  attempts integer not null default 0,
  -- Why it still waits or was refused, and in whose words; when it is tried again.
  error_code text,
  error_detail text,
  next_try_at timestamptz,
  asked_by text not null,
  asked_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (partner_id, id),
  unique (partner_id, vendor_account_id, number),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, vendor_account_id) references vendor_account on delete cascade
);
create index customer_rename_customer_idx on customer_rename (partner_id, customer_id);

select app.protect('customer_rename'::regclass);
grant select, insert, update on customer_rename to belvedere_web;
grant select, update on customer_rename to belvedere_worker;
