-- Home: what members pinned, what waits in the queue of work and since when, who took it on, who sees a customer.

create table customer_pin (
  partner_id uuid not null,
  membership_id uuid not null,
  customer_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (partner_id, membership_id, customer_id),
  foreign key (partner_id, membership_id) references membership on delete cascade,
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create index customer_pin_customer_idx on customer_pin (partner_id, customer_id);

-- Reasons that hold at a customer and that nobody put aside, and over-use. The worker keeps it with the overview, and
-- writes only what changed: the queue is read along one index, newest first.
create table open_reason (
  partner_id uuid not null,
  customer_id uuid not null,
  kind text not null check (kind in ('warning', 'stuck', 'over_use')),
  code text not null,
  -- Tells reasons of one code apart, as in warning_handling.
  subject text not null default '',
  -- What the evidence counts; null: it counts nothing.
  amount integer,
  appeared_at timestamptz not null,
  -- When the amount last grew, and from what; null: it did not.
  grown_at timestamptz,
  grown_from integer,
  news_at timestamptz not null generated always as (coalesce(grown_at, appeared_at)) stored,
  primary key (partner_id, customer_id, code, subject),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  check ((grown_at is null) = (grown_from is null))
);
create index open_reason_news_idx on open_reason (partner_id, kind, news_at, customer_id, code, subject);

-- Who took on what waits and is no reason of a status (those are assigned in warning_handling).
create table work_assignment (
  partner_id uuid not null,
  kind text not null check (kind in ('access_end', 'licence_end', 'over_use', 'account', 'connection')),
  -- The customer, the vendor account or the connection.
  subject_id uuid not null,
  -- The day on which it ends; what ends on another day is another matter. 'infinity' where nothing ends.
  due date not null default 'infinity',
  customer_id uuid,
  assigned_to uuid not null,
  assigned_by text not null,
  assigned_at timestamptz not null default now(),
  primary key (partner_id, kind, subject_id, due),
  foreign key (partner_id, customer_id) references customer on delete cascade,
  foreign key (partner_id, assigned_to) references membership on delete cascade
);
create index work_assignment_member_idx on work_assignment (partner_id, assigned_to, kind);
create index work_assignment_customer_idx on work_assignment (partner_id, customer_id);

create index warning_handling_assigned_idx on warning_handling (partner_id, assigned_to) where assigned_to is not null;
create index access_grant_waiting_idx on access_grant (partner_id, created_at) where state = 'pending';
create index connection_failing_idx on connection (partner_id, error_since) where error_code is not null and removed_at is null;

select app.protect(t) from unnest(array['customer_pin', 'open_reason', 'work_assignment']::regclass[]) t;
grant select on customer_pin, open_reason, work_assignment to belvedere_web, belvedere_worker;
grant insert, delete on customer_pin to belvedere_web, belvedere_worker;
grant insert, update, delete on open_reason to belvedere_worker;
grant insert, update, delete on work_assignment to belvedere_web;

-- What holds now. Its news is as old as its evidence, because nobody noted when it was first seen; of over-use nothing
-- says since when. The owner reads past the policies for these lines only.
alter table customer_overview no force row level security;
alter table open_reason no force row level security;
insert into open_reason (partner_id, customer_id, kind, code, subject, amount, appeared_at)
  select o.partner_id, o.customer_id, case when r ->> 'code' = 'stuck' then 'stuck' else 'warning' end, r ->> 'code',
    case when r ->> 'code' = 'run_failed' then coalesce(r -> 'evidence' ->> 'vendor', '') else '' end,
    (r -> 'evidence' ->> 'count')::integer, (r ->> 'since')::timestamptz
  from customer_overview o, jsonb_array_elements(o.reasons) r
  where r -> 'muted' is null and (o.status = 'warning' or r ->> 'code' = 'stuck')
  on conflict do nothing;
insert into open_reason (partner_id, customer_id, kind, code, appeared_at)
  select partner_id, customer_id, 'over_use', 'over_use', now() from customer_overview where over_used;
alter table open_reason force row level security;
alter table customer_overview force row level security;

-- The partner's people who see this customer. A function, because to the customer's own users, who may know them, the
-- partner's memberships are closed: their setting is put aside while it reads.
create function app.people_of(of_customer uuid) returns table (membership_id uuid, user_id uuid, role text)
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
          where s.partner_id = m.partner_id and s.membership_id = m.id and s.kind = 'group' and g.customer_id = of_customer))
    order by m.id limit 500;
  perform set_config('app.customer_id', own, true);
end $$;
revoke all on function app.people_of(uuid) from public;
grant execute on function app.people_of(uuid) to belvedere_web;
