-- Search among few customers: whoever sees a group of a large partner waited for everybody else's matches to be looked
-- through (750 ms for 500 of a million customers, measured).

grant create on schema app to belvedere_search;
set local role belvedere_search;
drop function app.search_customers(text, integer);
-- As before (0019). `among`: the customers of the reader's scope where these are few; they are read by their key, and no
-- index of words is asked; what counts as a match is the same. Who does not see one of them does not find it here either.
create function app.search_customers(query text, most integer, among uuid[] default null) returns table (customer_id uuid, rank real)
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
    walks := base = 5 and among is null;
    if base between 3 and 4 and among is null then
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
      when 4 then case when walks then 's.name_plain like all ($8)' when among is not null
        then 's.name_plain like all ($8) and app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $9::tsquery'
        else 'app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $9::tsquery' end
      when 3 then case when walks then 's.text_plain like all ($8)' when among is not null
        then 's.text_plain like all ($8) and app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $10::tsquery'
        else 'app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $10::tsquery' end
      when 2 then 'app.search_words(s.partner_id, s.name_plain, s.text_plain) @@ $11::tsquery'
      when 1 then 's.text_plain like ''%'' || $7 || ''%'''
      else '$2 <% s.text_plain' end;
    perform set_config('enable_indexscan', case when walks then 'on' else 'off' end, true),
      set_config('enable_bitmapscan', case when walks then 'off' else 'on' end, true),
      set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    -- No index answers "is true": the trigrams of the text must, not the whole partner.
    execute 'with c as materialized (select s.* from customer_search s where ' || case when base < 2 and among is null then '(s.partner_id = $1) is true' else 's.partner_id = $1' end
        || case when among is null then '' else ' and s.customer_id = any ($13)' end
        || ' and ' || condition || ' and not s.customer_id = any ($6) and ($3 is null or s.customer_id = $3)
          and ($4 or app.sees_customer($1, s.customer_id)) ' || case when base = 5 and among is null then 'order by s.name_plain using ~<~ ' when walks then 'order by s.customer_id ' else '' end || 'limit 1000),
        r as (select c.customer_id, c.name_plain, ($12 + case when c.name_plain = $2 then 2 else 0.4 * similarity($2, c.name_plain)
            + case when $12 = 5 and c.name_plain like $7 || '' %'' then 1
              else 0.5 * strict_word_similarity($2, case when $12 > 3 then c.name_plain else c.text_plain end) end end)::real as rank
          from c order by rank desc, c.name_plain, c.customer_id limit $5)
      select coalesce(array_agg(r.customer_id order by r.rank desc, r.name_plain, r.customer_id), ''{}''),
        coalesce(array_agg(r.rank order by r.rank desc, r.name_plain, r.customer_id), ''{}'') from r'
      into ids, ranks using partner, plain, own, sees_all, most - cardinality(found), found,
        replace(replace(replace(plain, '\', '\\'), '%', '\%'), '_', '\_'), patterns,
        array_to_string(named, ' & '), array_to_string(held, ' & '), array_to_string(mistyped, ' & '), base, among;
    found := found || ids;
    found_ranks := found_ranks || ranks;
  end loop;
  return query select * from unnest(found, found_ranks);
end $$;
revoke all on function app.search_customers(text, integer, uuid[]) from public;
grant execute on function app.search_customers(text, integer, uuid[]) to belvedere_web;
set local role belvedere_owner;
revoke create on schema app from belvedere_search;
