-- Lists of customers that people upload: kept until they are imported, with what became of each row.
create table customer_import (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  -- The membership that uploaded it; the job runs with what that may do then.
  created_by uuid not null,
  file_name text not null,
  content bytea not null,
  encoding text not null,
  delimiter text not null,
  -- [{ header, field }] in the order of the file's columns; field null: left out
  mapping jsonb not null default '{}',
  state text not null default 'uploaded' check (state in ('uploaded', 'queued', 'running', 'finished', 'failed')),
  rows_total integer not null,
  rows_done integer not null default 0,
  rows_created integer not null default 0,
  rows_changed integer not null default 0,
  rows_unchanged integer not null default 0,
  -- [{ line, reasons: [{ code, field, values }], cells }] of the rows that did not go in
  rejected jsonb not null default '[]',
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (partner_id, id)
);
-- Read in parts, so not compressed.
alter table customer_import alter column content set storage external;
select app.protect('customer_import');
grant select, insert, update, delete on customer_import to belvedere_web, belvedere_worker;
