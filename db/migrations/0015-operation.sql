-- What the operator watches: each worker's sign of life with figures of its process, and which migrations ran.

create table worker_beat (
  id uuid primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- {"residentBytes", "heapBytes", "cpuSeconds", "lagSeconds"}
  figures jsonb not null
);
grant select, insert, update, delete on worker_beat to belvedere_worker;
grant select on worker_beat, kysely_migration to belvedere_web;
