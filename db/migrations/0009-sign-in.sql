-- Signing in by OpenID Connect, the second factor, invitations, and what a session was opened with.

-- Providers that a partner, or a customer for its own people, trusts to say who somebody is.
create table oidc_issuer (
  partner_id uuid not null references partner,
  id uuid not null default gen_random_uuid(),
  customer_id uuid,
  name text not null check (length(name) between 1 and 100),
  issuer text not null check (length(issuer) between 10 and 500),
  client_id text not null check (length(client_id) between 1 and 500),
  -- Encrypted with a key of the web process, which must use it; null: a public client with PKCE alone.
  secret bytea,
  is_enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (partner_id, id),
  foreign key (partner_id, customer_id) references customer on delete cascade
);
create unique index oidc_issuer_client_key on oidc_issuer (partner_id, issuer, client_id);
select app.protect('oidc_issuer');
create policy before_partner on oidc_issuer for select to belvedere_signin using (true);
grant select, insert, update, delete on oidc_issuer to belvedere_web;
grant select on oidc_issuer to belvedere_signin;

-- Who somebody is elsewhere: issuer and subject, never the address.
create table identity (
  issuer text not null,
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null references "user" on delete cascade,
  email text not null default '',
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (issuer, subject)
);
create index identity_user_idx on identity (user_id);

alter table "user"
  -- Encrypted with a key of the web process; null: no second factor.
  add totp_secret bytea,
  -- null while the first code was not given yet
  add totp_confirmed_at timestamptz,
  -- The last 30-second step of which a code was used: each is used once.
  add totp_last_step bigint not null default 0;

create table recovery_code (
  user_id uuid not null references "user" on delete cascade,
  code_hash bytea not null check (length(code_hash) = 32),
  used_at timestamptz,
  primary key (user_id, code_hash)
);

-- Between a right password and its second factor; the token is in a cookie for five minutes.
create table sign_in_challenge (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id uuid not null references "user" on delete cascade,
  expires_at timestamptz not null
);

-- A link by which a person sets their first password.
create table invitation (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id uuid not null references "user" on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invitation_user_idx on invitation (user_id);

alter table session
  -- When the person last proved who they are: what is delicate asks that this was a moment ago.
  add proved_at timestamptz not null default now(),
  -- The provider that vouched, and where it may vouch: its own partner, and its own customer if it has one.
  add oidc_issuer_id uuid,
  add only_partner_id uuid,
  add only_customer_id uuid;

grant select, insert, update, delete on identity, recovery_code, sign_in_challenge, invitation to belvedere_signin;
grant update (name, totp_secret, totp_confirmed_at, totp_last_step) on "user" to belvedere_signin;
