-- Imports remember how a list was mapped and can be cancelled; running downloads find out what access has just ended.

-- How a person mapped the columns of a list: lists with the same headers, in whatever order, are proposed the same.
create table customer_import_mapping (
  partner_id uuid not null references partner,
  -- SHA-256 of the sorted headers
  headers bytea not null check (length(headers) = 32),
  -- [{ header, field }] sorted by header; field null: left out
  mapping jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (partner_id, headers)
);
select app.protect('customer_import_mapping');
grant select, insert, update on customer_import_mapping to belvedere_web;

alter table customer_import
  -- Whether the columns came as a person had mapped such a list before.
  add is_remembered boolean not null default false,
  drop constraint customer_import_state_check,
  add constraint customer_import_state_check
    check (state in ('uploaded', 'queued', 'running', 'cancelled', 'finished', 'failed'));

create index access_grant_ended_idx on access_grant (partner_id, ended_at) where ended_at is not null;
