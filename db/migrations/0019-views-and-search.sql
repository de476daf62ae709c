-- Views: lists of customers that people keep under a name, for themselves or for their team; and search that ranks by what was meant.

create table saved_view (
  partner_id uuid not null,
  id uuid not null default gen_random_uuid(),
  -- Whose it is; the name of the person is kept with it, for the team.
  membership_id uuid not null,
  owner_name text not null,
  name citext not null check (length(name) between 1 and 100),
  -- What the list's address says: filters, order and columns, in the order in which the list writes them.
  query text not null check (length(query) <= 2000),
  is_shared boolean not null default false,
  created_at timestamptz not null default now(),
  -- Kept for a day, so that deleting can be undone.
  deleted_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, membership_id) references membership on delete cascade
);
create unique index saved_view_name_key on saved_view (partner_id, membership_id, name) where deleted_at is null;
create index saved_view_shared_idx on saved_view (partner_id, name) where is_shared and deleted_at is null;

-- What the list of customers opens with, per membership; a view that is no longer there for the member counts as none.
create table default_view (
  partner_id uuid not null,
  membership_id uuid not null,
  view_id uuid not null,
  primary key (partner_id, membership_id),
  foreign key (partner_id, membership_id) references membership on delete cascade,
  foreign key (partner_id, view_id) references saved_view on delete cascade
);
create index default_view_view_idx on default_view (partner_id, view_id);

select app.protect(t) from unnest(array['saved_view', 'default_view']::regclass[]) t;
grant select, insert, delete on saved_view to belvedere_web;
grant update (name, query, is_shared, deleted_at) on saved_view to belvedere_web;
grant select, insert, delete on default_view to belvedere_web;
grant update (view_id) on default_view to belvedere_web;

-- A customer's words as search looks them up, each behind a piece of its partner's id, so that a search reads no other
-- partner's rows: every word; what is written with a dot, an @ or a dash in it also as a whole; behind "/" the words of the
-- name; behind "~" each longer word without one of its letters, where words meet that differ by one letter or by the order
-- of two. Only signs of ASCII part words: what else a name holds is looked up as it is.
create function app.search_words(partner uuid, name text, words text) returns tsvector
  language sql immutable strict parallel safe
  return array_to_tsvector(
    array(select right(partner::text, 8) || left(w, 60) from unnest(string_to_array(translate(words, '.,:;@-_/\()''"&+', '               '), ' ')) w where w <> '')
    || array(select right(partner::text, 8) || left(w, 100) from unnest(string_to_array(words, ' ')) w where translate(w, '.@-_/', '') <> w)
    || array(select right(partner::text, 8) || '/' || left(w, 60) from unnest(string_to_array(translate(name, '.,:;@-_/\()''"&+', '               '), ' ')) w where w <> '')
    || array(select right(partner::text, 8) || '~' || left(w, n) || substr(w, n + 2)
      from (select distinct w from unnest(string_to_array(words, ' ')) w where length(w) between 4 and 24 and translate(w, '.@0123456789', '') = w) long,
        generate_series(0, length(w)) n));
create index customer_search_words_idx on customer_search using gin (app.search_words(partner_id, name_plain, text_plain));

-- Lexemes as a tsquery that asks for all of them, at the beginning of words.
create function app.search_for(lexemes text[]) returns text
  language sql immutable strict parallel safe
  return (select string_agg('''' || replace(replace(l, '\', '\\'), '''', '''''') || ''':*', ' & ') from unnest(lexemes) l);

-- The function belongs to the role that may read past the policy (0003); only it may renew it.
grant create on schema app to belvedere_search;
set local role belvedere_search;
-- Best matches first, in steps that end as soon as there are enough: names that begin with what was typed; names with words
-- that begin so; anything with such words (domain, identifiers, contacts). Only where none of these finds anyone: words with
-- a typing mistake, then what contains the text, at last what resembles it. Each step ranks a bounded number of candidates
-- by how near they are. Policies hide from the planner how frequent a word is, so a sample tells: what every twentieth
-- customer has is read along the key until there are enough, everything else is looked up.
create or replace function app.search_customers(query text, most integer) returns table (customer_id uuid, rank real)
  language plpgsql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set enable_indexscan = off set enable_bitmapscan = on as $$
declare
  partner constant uuid := nullif(current_setting('app.partner_id', true), '')::uuid;
  own constant uuid := nullif(current_setting('app.customer_id', true), '')::uuid;
  sees_all constant boolean := coalesce(current_setting('app.member_all', true), '') = 'on';
  code constant text := right(partner::text, 8);
  plain constant text := btrim(app.plain(query));
  chunk text;
  words text[];
  long text[];
  patterns text[] := '{}';
  -- What each chunk of the query asks of names, of everything, and with a typing mistake.
  named text[] := '{}';
  held text[] := '{}';
  mistyped text[] := '{}';
  is_broad boolean[];
  walks boolean;
  condition text;
  base integer;
  ids uuid[];
  ranks real[];
  found uuid[] := '{}';
  found_ranks real[] := '{}';
begin
  for chunk in select rtrim(c, ',;') from unnest(string_to_array(plain, ' ')) c limit 8 loop
    words := array(select left(w, 60) from unnest(string_to_array(translate(chunk, '.,:;@-_/\()''"&+', '               '), ' ')) w where w <> '');
    continue when cardinality(words) = 0;
    patterns := patterns || ('%' || replace(replace(replace(chunk, '\', '\\'), '%', '\%'), '_', '\_') || '%');
    named := named || app.search_for(array(select code || '/' || w from unnest(words) w));
    held := held || app.search_for(case when translate(chunk, '.@-_/', '') <> chunk then array[code || left(chunk, 100)]
      else array(select code || w from unnest(words) w) end);
    long := array(select w from unnest(words) w where length(w) > 1);
    mistyped := mistyped || coalesce((select string_agg('(' || app.search_for(array[code || w])
        || coalesce((select string_agg(' | ''' || replace(replace(code || '~' || left(w, n) || substr(w, n + 2), '\', '\\'), '''', '''''') || '''', '')
          from generate_series(0, length(w)) n where length(w) between 4 and 24), '') || ')', ' & ')
      from unnest(long) w), held[cardinality(held)]);
  end loop;

  foreach base in array array[5, 4, 3, 2, 1, 0] loop
    exit when cardinality(found) >= most or (base < 3 and cardinality(found) > 0);
    continue when plain = '' or (base between 2 and 4 and cardinality(patterns) = 0) or (base < 2 and length(plain) < 3);
    walks := base = 5;
    if base between 3 and 4 then
      if is_broad is null then
        perform set_config('enable_indexscan', 'on', true), set_config('enable_bitmapscan', 'off', true);
        execute 'select array[count(*) filter (where s.text_plain like all ($2)) > 25, count(*) filter (where s.name_plain like all ($2)) > 25]
            from (select s.* from customer_search s where s.partner_id = $1 order by s.customer_id limit 500) s'
          into is_broad using partner, patterns;
      end if;
      walks := is_broad[base - 2];
    end if;
    condition := case base
      when 5 then 's.name_plain like $7 || ''%'''
      when 4 then case when walks then 's.name_plain like all ($8)' else 'app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $9::tsquery' end
      when 3 then case when walks then 's.text_plain like all ($8)' else 'app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $10::tsquery' end
      when 2 then 'app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $11::tsquery'
      when 1 then 's.text_plain like ''%'' || $7 || ''%'''
      else '$2 <% s.text_plain' end;
    perform set_config('enable_indexscan', case when walks then 'on' else 'off' end, true),
      set_config('enable_bitmapscan', case when walks then 'off' else 'on' end, true),
      set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    -- No index answers "is true": the trigrams of the text must, not the whole partner.
    execute 'with c as materialized (select s.* from customer_search s where ' || case when base < 2 then '(s.partner_id = $1) is true' else 's.partner_id = $1' end
        || ' and ' || condition || ' and not s.customer_id = any ($6) and ($3 is null or s.customer_id = $3)
          and ($4 or app.sees_customer($1, s.customer_id)) ' || case when base = 5 then 'order by s.name_plain using ~<~ ' when walks then 'order by s.customer_id ' else '' end || 'limit 1000),
        r as (select c.customer_id, c.name_plain, ($12 + case when c.name_plain = $2 then 2 else 0.4 * similarity($2, c.name_plain)
            + case when $12 = 5 and c.name_plain like $7 || '' %'' then 1
              else 0.5 * strict_word_similarity($2, case when $12 > 3 then c.name_plain else c.text_plain end) end end)::real as rank
          from c order by rank desc, c.name_plain, c.customer_id limit $5)
      select coalesce(array_agg(r.customer_id order by r.rank desc, r.name_plain, r.customer_id), ''{}''),
        coalesce(array_agg(r.rank order by r.rank desc, r.name_plain, r.customer_id), ''{}'') from r'
      into ids, ranks using partner, plain, own, sees_all, most - cardinality(found), found,
        replace(replace(replace(plain, '\', '\\'), '%', '\%'), '_', '\_'), patterns,
        array_to_string(named, ' & '), array_to_string(held, ' & '), array_to_string(mistyped, ' & '), base;
    found := found || ids;
    found_ranks := found_ranks || ranks;
  end loop;
  return query select * from unnest(found, found_ranks);
end $$;
set local role belvedere_owner;
revoke create on schema app from belvedere_search;
