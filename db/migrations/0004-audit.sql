-- The audit: append-only chains of hashes, one per customer, one per partner, one for the system (decision 30).

create schema audit;
grant usage on schema audit to belvedere_web, belvedere_worker, belvedere_signin;

-- The system's chain has the nil partner, which no scope can name.
create table audit_chain (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  customer_id uuid,
  seq bigint not null default 0,
  hash bytea not null default '\x',
  primary key (partner_id, id),
  unique nulls not distinct (partner_id, customer_id)
);

create table audit_entry (
  partner_id uuid not null,
  chain_id uuid not null,
  seq bigint not null,
  customer_id uuid,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'token', 'job')),
  actor_id text not null,
  actor_name text not null,
  membership_id uuid,
  address text not null,
  action text not null,
  entity text not null,
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  reason text not null,
  ticket text not null,
  -- before → after, without secrets
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (partner_id, chain_id, seq),
  foreign key (partner_id, chain_id) references audit_chain
);
create index audit_entry_at_idx on audit_entry (partner_id, at desc);

select app.protect(t) from unnest(array['audit_chain', 'audit_entry']::regclass[]) t;
grant select on audit_entry to belvedere_web, belvedere_worker;

-- Each field as its length in bytes, a colon, its UTF-8 and a comma: no two lists of fields give the same bytes.
create function audit.pack(variadic fields text[]) returns bytea language sql immutable parallel safe as $$
  select convert_to(string_agg(octet_length(coalesce(f, ''))::text || ':' || coalesce(f, '') || ',', '' order by i), 'UTF8')
  from unnest(fields) with ordinality as u (f, i)
$$;

-- The only way in. Locks the head of the chain, so call it last in a transaction.
create function audit.append(of_customer uuid, actor_kind text, actor_id text, actor_name text, membership uuid,
    address text, action text, entity text, outcome text, reason text, ticket text, detail jsonb) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  partner uuid := coalesce(nullif(current_setting('app.partner_id', true), '')::uuid, '00000000-0000-0000-0000-000000000000');
  chain audit_chain;
  happened timestamptz := clock_timestamp();
  next_hash bytea;
begin
  insert into audit_chain (partner_id, customer_id) values (partner, of_customer) on conflict do nothing;
  select * into strict chain from audit_chain c
    where c.partner_id = partner and c.customer_id is not distinct from of_customer for update;
  next_hash := sha256(chain.hash || audit.pack(chain.id::text, (chain.seq + 1)::text, partner::text, of_customer::text,
    to_char(happened at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor_kind, actor_id, actor_name,
    membership::text, address, action, entity, outcome, reason, ticket) || sha256(convert_to(detail::text, 'UTF8')));
  insert into audit_entry values (partner, chain.id, chain.seq + 1, of_customer, happened, actor_kind, actor_id, actor_name,
    membership, address, action, entity, outcome, reason, ticket, detail, chain.hash, next_hash);
  update audit_chain c set seq = chain.seq + 1, hash = next_hash where c.partner_id = partner and c.id = chain.id;
  return chain.seq + 1;
end $$;
revoke all on function audit.append(uuid, text, text, text, uuid, text, text, text, text, text, text, jsonb) from public;
grant execute on function audit.append(uuid, text, text, text, uuid, text, text, text, text, text, text, jsonb)
  to belvedere_web, belvedere_worker, belvedere_signin;

-- Walks every chain in scope and returns each entry whose hash is not what its fields and its predecessor give.
create function audit.verify() returns table (chain_id uuid, seq bigint, problem text)
  language sql stable set search_path = public, pg_temp as $$
  with walked as (
    select e.*, lag(e.hash, 1, '\x'::bytea) over w as expected_previous, lag(e.seq, 1, 0::bigint) over w + 1 as expected_seq
    from audit_entry e window w as (partition by e.partner_id, e.chain_id order by e.seq))
  select w.chain_id, w.seq, case when w.seq <> w.expected_seq then 'missing' when w.previous_hash <> w.expected_previous
    then 'broken' else 'changed' end
  from walked w
  where w.seq <> w.expected_seq or w.previous_hash <> w.expected_previous
    or w.hash <> sha256(w.previous_hash || audit.pack(w.chain_id::text, w.seq::text, w.partner_id::text, w.customer_id::text,
      to_char(w.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), w.actor_kind, w.actor_id, w.actor_name,
      w.membership_id::text, w.address, w.action, w.entity, w.outcome, w.reason, w.ticket) || sha256(convert_to(w.detail::text, 'UTF8')))
  union all
  select c.id, c.seq, 'cut' from audit_chain c
    where c.seq <> (select coalesce(max(e.seq), 0) from audit_entry e where e.partner_id = c.partner_id and e.chain_id = c.id)
$$;
grant select on audit_chain to belvedere_worker, belvedere_web;
grant execute on function audit.verify() to belvedere_worker, belvedere_web;
