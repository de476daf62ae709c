-- A portal as version 0.1.0 (migrations 0001 to 0005) left it: two partners, 300 customers, everything a page shows.
-- $password is a hash, $token the session's cookie; the test puts them in.

create function pg_temp.id(name text) returns uuid language sql immutable return
  overlay(overlay(md5(name) placing '4' from 13) placing '8' from 17)::uuid;

insert into partner (id, slug, name, language, time_zone)
values ('a0000000-0000-4000-8000-000000000001', 'alpha', 'Alpha', 'it', 'Europe/Rome'),
  ('a0000000-0000-4000-8000-000000000002', 'beta', 'Beta', 'fr', 'Europe/Paris');
insert into "user" (id, email, name, password_hash)
values ('b0000000-0000-4000-8000-000000000001', 'mara@alpha.example', 'Mara Conti', '$password');

insert into customer (partner_id, id, name, name_shown, domain, external_id, relationship, origin, notes, tags)
select ('a0000000-0000-4000-8000-00000000000' || p)::uuid, pg_temp.id(p || '-' || n), 'Ditta ' || n, 'Ditta ' || n,
  'ditta' || n || '.example', 'x' || n, case when n % 3 = 0 then 'managed' else 'delegated' end, 'vendor', E'line\nà ' || n, array['t' || n]
from generate_series(1, 2) p, generate_series(1, 150) n;
insert into contact (partner_id, customer_id, role, email, source) select partner_id, id, 'technical', 'it@' || domain, 'person' from customer;
insert into customer_group (partner_id, id, name)
values ('a0000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000001', 'Nord');
insert into customer_group_member select c.partner_id, g.id, c.id from customer c join customer_group g using (partner_id) where c.domain like '%5.example';

insert into membership (partner_id, id, user_id, role, scope_all)
values ('a0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', 'superAdmin', true);
insert into membership (partner_id, id, user_id, role, scope_all)
values ('a0000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000001', 'readOnly', false);
insert into membership_scope (partner_id, membership_id, kind, customer_id)
select partner_id, 'd0000000-0000-4000-8000-000000000002', 'customer', id from customer where partner_id = 'a0000000-0000-4000-8000-000000000002' and domain < 'ditta3';
insert into session (token_hash, user_id, membership_id, expires_at)
values (sha256('$token'), 'b0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', now() + interval '10 hours');

insert into connection (partner_id, id, vendor, name, settings, secret, last_success_at)
select id, pg_temp.id('connection' || slug), 'sophos', 'Sophos ' || name, '{"region": "eu"}', '\x010203', now() from partner;
insert into vendor_account (partner_id, id, connection_id, customer_id, vendor, external_id, name, billing, last_attempt_at, last_success_at, last_data_at)
select c.partner_id, pg_temp.id('account' || c.id), k.id, case when c.domain like '%7.example' then null else c.id end, 'sophos', c.external_id, c.name, 'term', now(), now(), now()
from customer c join connection k using (partner_id);
insert into sync_batch (partner_id, id, cause) select id, pg_temp.id('batch' || slug), 'schedule' from partner;
insert into sync_run (partner_id, batch_id, connection_id, state, accounts_total, accounts_done, started_at, finished_at)
select b.partner_id, b.id, k.id, 'succeeded', 150, 150, now(), now() from sync_batch b join connection k using (partner_id);
insert into product values ('sophos', 'intercept', 'Intercept', 'endpoint');
insert into licence (partner_id, customer_id, vendor_account_id, source_key, vendor, product_code, kind, owner, quantity, used, ends_on)
select partner_id, customer_id, id, 'l1', 'sophos', 'intercept', 'term', 'partner', 10, 12.5, '2027-01-31' from vendor_account where customer_id is not null;
insert into device (partner_id, customer_id, vendor_account_id, external_id, hostname, type, os, state, health, is_protected, last_seen_at)
select partner_id, customer_id, id, 'd' || n, 'pc-' || n, 'computer', 'Windows 11', 'active', 'good', n > 1, now() from vendor_account, generate_series(1, 4) n where customer_id is not null;
insert into alert (partner_id, customer_id, vendor_account_id, external_id, severity, product, category, description, raised_at)
select partner_id, customer_id, id, 'a1', 'high', 'endpoint', 'malware', 'Quarantined', now() from vendor_account where customer_id is not null;

-- Counts and metrics follow by triggers, in the scope of one partner at a time.
select set_config('app.partner_id', 'a0000000-0000-4000-8000-000000000002', false);
insert into customer_overview (partner_id, customer_id, name_shown, name_sort, domain, relationship, status, status_since,
  metrics_from, metrics_until, devices_total, devices_unprotected, alerts_high, licensed, used, last_sync_at)
select partner_id, id, name_shown, lower(name_shown), domain, relationship, 'warning', now(), now() - interval '1 day', 'infinity', 4, 1, 1, 10, 12.5, now() from customer where partner_id = 'a0000000-0000-4000-8000-000000000002';
insert into access_grant (partner_id, customer_id, state, capabilities, from_at)
select partner_id, id, 'active', array['metrics', 'licences', 'console', 'reports'], now() - interval '1 day' from customer where relationship = 'delegated' and partner_id = 'a0000000-0000-4000-8000-000000000002';
select set_config('app.partner_id', 'a0000000-0000-4000-8000-000000000001', false);
insert into customer_overview (partner_id, customer_id, name_shown, name_sort, domain, relationship, status, status_since,
  metrics_from, metrics_until, devices_total, devices_unprotected, alerts_high, licensed, used, last_sync_at)
select partner_id, id, name_shown, lower(name_shown), domain, relationship, 'warning', now(), now() - interval '1 day', 'infinity', 4, 1, 1, 10, 12.5, now() from customer where partner_id = 'a0000000-0000-4000-8000-000000000001';
insert into access_grant (partner_id, customer_id, state, capabilities, from_at)
select partner_id, id, 'active', array['metrics', 'licences', 'console', 'reports'], now() - interval '1 day' from customer where relationship = 'delegated' and partner_id = 'a0000000-0000-4000-8000-000000000001';
insert into customer_search (partner_id, customer_id, name_plain, text_plain) select partner_id, id, lower(name), lower(name) || ' ' || domain from customer;
insert into customer_history (partner_id, customer_id, day, status, devices_total, used)
select partner_id, id, current_date - d, 'warning', 4, 12.5 from customer, generate_series(0, 29) d;
insert into status_history (partner_id, customer_id, at, status, reasons) select partner_id, id, now() - interval '2 days', 'warning', '[{"code": "devices_silent"}]' from customer;
insert into customer_import (partner_id, created_by, file_name, content, encoding, delimiter, rows_total, state)
values ('a0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', 'list.csv', 'name', 'utf-8', ',', 1, 'finished');
select set_config('app.partner_id', 'a0000000-0000-4000-8000-000000000001', false);
select audit.append(null, 'user', 'b1', 'Mara Conti', null, '192.0.2.1', 'customer:import', 'import ' || n, 'done', '', '', '{}') from generate_series(1, 40) n;
