-- One action on many customers: what was chosen, how far the worker is, and what became of each customer.

create table bulk_job (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  -- Who began it; the job runs with what that membership may do and see at each of its steps.
  membership_id uuid not null,
  -- {"userId", "name", "email", "language", "timeZone"} of that person, for the audit.
  starter jsonb not null,
  action text not null check (action in ('sync', 'groupAdd', 'groupRemove', 'pin', 'unpin', 'tag', 'untag',
    'convertTrial', 'requestAccess', 'unlink', 'export')),
  -- {"groupId", "tag", "capabilities", "why"}, as far as the action asks for it
  options jsonb not null default '{}',
  -- What the list was filtered by, for "all that match" at selected_at; null: the rows are the selection, or come from source_id.
  filter jsonb,
  selected_at timestamptz not null default now(),
  -- The job that this one takes back or tries again, and what became of the customers there that it is about.
  source_id uuid,
  source_outcomes text[] not null default '{}',
  is_undo boolean not null default false,
  -- The same request sent twice is one job while that lives.
  request_key text not null,
  state text not null default 'draft' check (state in ('draft', 'queued', 'running', 'finished', 'cancelled', 'failed')),
  error_code text,
  cancelled_by text,
  -- The selection stands in bulk_row.
  is_expanded boolean not null default false,
  -- The customer after which the next step begins.
  position uuid,
  rows_total integer not null default 0,
  rows_done integer not null default 0,
  rows_changed integer not null default 0,
  rows_unchanged integer not null default 0,
  rows_refused integer not null default 0,
  rows_failed integer not null default 0,
  -- Of ids and results so far, row by row: SHA-256(digest before ‖ customer ‖ outcome ‖ code).
  digest bytea not null default '\x',
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (partner_id, id)
);
create unique index bulk_job_request_key on bulk_job (partner_id, membership_id, request_key)
  where state in ('draft', 'queued', 'running');
-- Two people who take the same job back do so once.
create unique index bulk_job_undo_key on bulk_job (partner_id, source_id)
  where is_undo and state in ('draft', 'queued', 'running', 'finished', 'failed');
create index bulk_job_recent_idx on bulk_job (partner_id, created_at desc, id);

-- No reference to the customer: checking a million of them costs more than the rest, and disconnecting deletes by the index.
create table bulk_row (
  partner_id uuid not null,
  job_id uuid not null,
  customer_id uuid not null,
  -- null: not reached yet
  outcome text check (outcome in ('changed', 'unchanged', 'refused', 'failed')),
  -- Why it was refused or failed, or what there is to know of a change.
  code text,
  primary key (partner_id, job_id, customer_id),
  foreign key (partner_id, job_id) references bulk_job on delete cascade
);
create index bulk_row_customer_idx on bulk_row (partner_id, customer_id);
create index bulk_row_trouble_idx on bulk_row (partner_id, job_id, outcome, customer_id) where outcome in ('refused', 'failed');

select app.protect(t) from unnest(array['bulk_job', 'bulk_row']::regclass[]) t;
grant select, insert, update, delete on bulk_job, bulk_row to belvedere_web, belvedere_worker;
-- Jobs select by the filters of the list, in the scope of the member who began them, who may have been shut out meanwhile.
grant select on readable_overview to belvedere_worker;
grant select (id, disabled_at) on "user" to belvedere_worker;

-- What partners ask their customers for.
alter table access_grant drop constraint access_grant_origin_check;
alter table access_grant add constraint access_grant_origin_check
  check (origin in ('customer', 'trial', 'monthly', 'order', 'request'));
