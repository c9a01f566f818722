-- Every statement of the program, whole. Made by npm run schema.

-- access.accept_invitation
-- src/modules/access/invitation-store.ts
-- takes $1 bytea, $2 bigint
-- returns id bigint, role text
with used as (
     update team_invitations i set accepted_at = now(), accepted_by = u.id, email = null, sealed_token = null
     from users u
     where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
       and u.id = $2 and u.email = i.email and u.disabled_at is null and u.deleted_at is null
     returning i.id, i.role, i.invited_by
   )
   insert into team_members (user_id, role, created_by) select $2, role, invited_by from used
   on conflict on constraint team_members_one_per_user do update set role = excluded.role, created_by = excluded.created_by
   returning id, role;

-- access.add_recovery_codes
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 bytea[]
insert into operator_recovery_codes (user_id, code_hash) select $1, h from unnest($2::bytea[]) h;

-- access.change_role_unless_last_owner
-- src/modules/access/team-store.ts
-- takes $1 bigint, $2 boolean, $3 text
-- returns user_id bigint
update team_members m set role = $3 where m.id = $1 and ($3 = 'owner' or (m.role <> 'owner' or $2::boolean or exists (
  select from team_members o join users u on u.id = o.user_id
  where o.role = 'owner' and o.id <> m.id and u.disabled_at is null))) returning m.user_id;

-- access.end_operator_session
-- src/modules/access/operator-session-store.ts
-- takes $1 bigint, $2 bigint
-- returns user_id bigint
update operator_sessions o set ended_at = now(), ended_because = 'ended_by_operator'
   where o.session_id = $1 and ($2::bigint is null or o.user_id = $2) and o.ended_at is null and o.expires_at > now() and o.idle_until > now() returning o.user_id;

-- access.end_other_operator_sessions
-- src/modules/access/operator-session-store.ts
-- takes $1 bigint, $2 uuid
update operator_sessions o set ended_at = now(), ended_because = 'factor_changed'
   from sessions s where s.id = o.session_id and o.user_id = $1 and s.sid <> $2 and o.ended_at is null;

-- access.factor_wait
-- src/modules/access/factor-store.ts
-- takes $1 bigint
-- returns seconds double precision
select greatest(
     (select extract(epoch from t - now()) + 900 from unnest(tries) t where t > now() - interval '15 minutes'
      order by t desc offset 4 limit 1),
     (select extract(epoch from t - now()) + 86400 from unnest(tries) t where t > now() - interval '24 hours'
      order by t desc offset 19 limit 1), 1)::float8 as seconds
   from operator_factors where user_id = $1;

-- access.find_member
-- src/modules/access/team-store.ts
-- takes $1 bigint
-- returns id bigint, user_id bigint, email text, name text, role text, created_at timestamp with time zone, last_active_at timestamp with time zone, has_second_factor boolean
select m.id, m.user_id, u.email, u.name, m.role, m.created_at, (select max(s.last_used_at) from sessions s where s.user_id = u.id) as last_active_at,
     exists (select from operator_factors f where f.user_id = u.id) as has_second_factor
   from team_members m join users u on u.id = m.user_id where m.id = $1;

-- access.find_membership
-- src/modules/access/team-store.ts
-- takes $1 bigint, $2 boolean
-- returns is_last_owner boolean
select not (m.role <> 'owner' or $2::boolean or exists (
  select from team_members o join users u on u.id = o.user_id
  where o.role = 'owner' and o.id <> m.id and u.disabled_at is null)) as is_last_owner from team_members m where m.user_id = $1;

-- access.find_user_by_address
-- src/modules/access/reset-factor.ts
-- takes $1 text
-- returns id bigint
select id from users where email = $1 and deleted_at is null;

-- access.forget_factor_notices
-- src/modules/access/factor-mail.ts
delete from factor_notices where created_at < now() - interval '30 days';

-- access.forget_factor_offers
-- src/modules/access/factor-store.ts
delete from operator_factor_offers where expires_at < now();

-- access.forget_invitations
-- src/modules/access/invitation-store.ts
delete from team_invitations where expires_at < now() - interval '30 days';

-- access.has_member
-- src/modules/access/team-store.ts
-- takes $1 text
select from team_members m join users u on u.id = m.user_id where u.email = $1;

-- access.has_other_of_roles
-- src/modules/access/team-store.ts
-- takes $1 text[], $2 bigint, $3 text[]
select where exists (
     select from team_members m join users u on u.id = m.user_id
     where m.role = any ($1) and u.id <> $2 and u.disabled_at is null
   ) or exists (
     select from unnest($3::text[]) owner (email) left join users u on u.email = owner.email
     where u.id is null or (u.id <> $2 and u.disabled_at is null));

-- access.insert_invitation
-- src/modules/access/invitation-store.ts
-- takes $1 text, $2 text, $3 bytea, $4 bytea, $5 double precision, $6 text
-- returns id bigint, email text, role text, created_at timestamp with time zone, expires_at timestamp with time zone, invited_by text
insert into team_invitations (email, role, token_hash, sealed_token, expires_at, invited_by)
   values ($1, $2, $3, $4, now() + $5 * interval '1 hour', $6) returning id, email, role, created_at, expires_at, invited_by;

-- access.insert_key
-- src/modules/access/key-store.ts
-- takes $1 text, $2 bytea, $3 text, $4 text, $5 text[], $6 inet[], $7 bigint, $8 double precision
-- returns id bigint, name text, hint text, role text, permissions text[], addresses text[], created_at timestamp with time zone, created_by bigint, expires_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone, replaced_by bigint
insert into api_keys (name, secret_hash, hint, role, permissions, addresses, created_by, expires_at)
   values ($1, $2, $3, $4, $5::text[], $6::inet[], $7, now() + $8 * interval '1 day') returning id, name, hint, role, permissions, array(select a::text from unnest(addresses) a) as addresses, created_at,
  created_by, expires_at, last_used_at, revoked_at, replaced_by;

-- access.list_invitations
-- src/modules/access/invitation-store.ts
-- returns id bigint, email text, role text, created_at timestamp with time zone, expires_at timestamp with time zone, invited_by text
select id, email, role, created_at, expires_at, invited_by from team_invitations where accepted_at is null and revoked_at is null and expires_at > now() order by id desc limit 200;

-- access.list_keys
-- src/modules/access/key-store.ts
-- returns id bigint, name text, hint text, role text, permissions text[], addresses text[], created_at timestamp with time zone, created_by bigint, expires_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone, replaced_by bigint
select id, name, hint, role, permissions, array(select a::text from unnest(addresses) a) as addresses, created_at,
  created_by, expires_at, last_used_at, revoked_at, replaced_by from api_keys order by id desc limit 500;

-- access.list_members
-- src/modules/access/team-store.ts
-- returns id bigint, user_id bigint, email text, name text, role text, created_at timestamp with time zone, last_active_at timestamp with time zone, has_second_factor boolean
select m.id, m.user_id, u.email, u.name, m.role, m.created_at, (select max(s.last_used_at) from sessions s where s.user_id = u.id) as last_active_at,
     exists (select from operator_factors f where f.user_id = u.id) as has_second_factor
   from team_members m join users u on u.id = m.user_id order by m.id limit 1000;

-- access.list_operator_sessions
-- src/modules/access/operator-read-model.ts
-- takes $1 bigint
-- returns id bigint, sid uuid, user_id bigint, email text, opened_at timestamp with time zone, used_at timestamp with time zone, idle_until timestamp with time zone, expires_at timestamp with time zone, factor_at timestamp with time zone, ip_address text, user_agent text
select s.id, s.sid, u.id as user_id, u.email, o.opened_at, o.used_at, o.idle_until, o.expires_at, o.factor_at,
     host(s.ip_address) as ip_address, s.user_agent
   from operator_sessions o join sessions s on s.id = o.session_id join users u on u.id = o.user_id
   where o.ended_at is null and o.expires_at > now() and o.idle_until > now() and s.revoked_at is null and s.expires_at > now() and ($1::bigint is null or o.user_id = $1)
     and u.disabled_at is null
   order by o.used_at desc, s.id desc limit 200;

-- access.list_owners_by_address
-- src/modules/access/team-store.ts
-- takes $1 text[]
-- returns user_id bigint, email text, name text, created_at timestamp with time zone, last_active_at timestamp with time zone, has_second_factor boolean
select u.id as user_id, u.email, u.name, u.created_at, (select max(s.last_used_at) from sessions s where s.user_id = u.id) as last_active_at,
     exists (select from operator_factors f where f.user_id = u.id) as has_second_factor from users u where u.email = any ($1);

-- access.list_sealed_factors
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 bigint
-- returns user_id bigint, sealed_secret bytea
select user_id, sealed_secret from operator_factors where user_id > $1 order by user_id limit $2;

-- access.lock_factor_offer
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 uuid
-- returns sealed_secret bytea, now_seconds double precision
select o.sealed_secret, extract(epoch from now())::float8 as now_seconds
   from operator_factor_offers o join sessions s on s.id = o.session_id
   where o.user_id = $1 and s.sid = $2 and o.expires_at > now() for update of o;

-- access.lock_team
-- src/modules/access/team-store.ts
-- returns pg_advisory_xact_lock void
select pg_advisory_xact_lock(hashtextextended('team', 0));

-- access.note_factor_change
-- src/modules/access/factor-mail.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns queue_mail bigint
with noted as (
     insert into factor_notices (user_id, about_user_id, kind, language) values ($1, $2, $3, $4) returning id
   )
   select queue_mail('factor_notice', id, null, 'send_mail', -10) from noted;

-- access.note_shown_factor
-- src/modules/access/operator-session-store.ts
-- takes $1 uuid, $2 bigint, $3 double precision, $4 double precision
-- returns is_first boolean
with before as (
     select o.session_id, o.factor_at from operator_sessions o join sessions s on s.id = o.session_id
     where s.sid = $1 and o.user_id = $2 for update of o
   )
   update operator_sessions o set factor_at = now(), fresh_until = now() + $3 * interval '1 minute',
     used_at = now(), idle_until = now() + $4 * interval '1 minute'
   from before where o.session_id = before.session_id and o.ended_at is null and o.expires_at > now() and o.idle_until > now()
   returning before.factor_at is null as is_first;

-- access.offer_factor
-- src/modules/access/factor-store.ts
-- takes $1 uuid, $2 bigint, $3 bytea, $4 double precision
-- returns expires_at timestamp with time zone
insert into operator_factor_offers (user_id, session_id, sealed_secret, expires_at)
   select s.user_id, s.id, $3, now() + interval '15 minutes' from sessions s
   where s.sid = $1 and s.user_id = $2
     and (s.created_at > now() - $4 * interval '1 minute' or exists (select from operator_factors f where f.user_id = $2))
   on conflict (user_id) do update set session_id = excluded.session_id, sealed_secret = excluded.sealed_secret,
     expires_at = excluded.expires_at
   returning expires_at;

-- access.open_operator_session
-- src/modules/access/operator-session-store.ts
-- takes $1 uuid, $2 double precision, $3 double precision
insert into operator_sessions (session_id, user_id, idle_until, expires_at)
   select s.id, s.user_id, now() + $2 * interval '1 minute', s.created_at + $3 * interval '1 minute'
   from sessions s
   where s.sid = $1 and s.revoked_at is null and s.expires_at > now()
     and s.created_at + $3 * interval '1 minute' > now()
   on conflict (session_id) do nothing;

-- access.queue_invitation
-- src/modules/access/invitation-mail.ts
-- takes $1 bigint
-- returns queue_mail bigint
select queue_mail('team_invitation', $1::bigint, null, 'send_mail', 0);

-- access.remove_unless_last_owner
-- src/modules/access/team-store.ts
-- takes $1 bigint, $2 boolean
-- returns user_id bigint
delete from team_members m where m.id = $1 and (m.role <> 'owner' or $2::boolean or exists (
  select from team_members o join users u on u.id = o.user_id
  where o.role = 'owner' and o.id <> m.id and u.disabled_at is null)) returning m.user_id;

-- access.replace_key
-- src/modules/access/key-store.ts
-- takes $1 bigint, $2 bytea, $3 text, $4 bigint, $5 double precision
-- returns id bigint, name text, hint text, role text, permissions text[], addresses text[], created_at timestamp with time zone, created_by bigint, expires_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone, replaced_by bigint
with old as (
     select id, name, role, permissions, addresses, extract(epoch from expires_at - created_at) as seconds
     from api_keys where id = $1 and revoked_at is null and expires_at > now() and replaced_by is null for update
   ), fresh as (
     insert into api_keys (name, secret_hash, hint, role, permissions, addresses, created_by, expires_at)
     select name, $2, $3, role, permissions, addresses, $4, now() + seconds * interval '1 second' from old
     returning *
   ), replaced as (
     update api_keys k set replaced_by = fresh.id, expires_at = least(k.expires_at, now() + $5 * interval '1 hour')
     from old, fresh where k.id = old.id
   )
   select id, name, hint, role, permissions, array(select a::text from unnest(addresses) a) as addresses, created_at,
  created_by, expires_at, last_used_at, revoked_at, replaced_by from fresh;

-- access.reseal_factor
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 bytea, $3 bytea
update operator_factors set sealed_secret = $3 where user_id = $1 and sealed_secret = $2;

-- access.reset_factor
-- src/modules/access/factor-store.ts
-- takes $1 bigint
-- returns language text
with offer as (delete from operator_factor_offers where user_id = $1)
   delete from operator_factors where user_id = $1 returning language;

-- access.revoke_invitation
-- src/modules/access/invitation-store.ts
-- takes $1 bigint
-- returns id bigint
update team_invitations set revoked_at = now(), email = null, sealed_token = null where id = $1 and accepted_at is null and revoked_at is null returning id;

-- access.revoke_invitations_of_address
-- src/modules/access/invitation-store.ts
-- takes $1 text
update team_invitations set revoked_at = now(), email = null, sealed_token = null where email = $1 and accepted_at is null and revoked_at is null;

-- access.revoke_invitations_of_inviter
-- src/modules/access/invitation-store.ts
-- takes $1 text
update team_invitations set revoked_at = now(), email = null, sealed_token = null where invited_by = $1 and accepted_at is null and revoked_at is null;

-- access.revoke_key
-- src/modules/access/key-store.ts
-- takes $1 bigint
-- returns id bigint
update api_keys set revoked_at = now() where id = $1 and revoked_at is null returning id;

-- access.revoke_keys_of_maker
-- src/modules/access/key-store.ts
-- takes $1 bigint
-- returns id bigint
update api_keys set revoked_at = now() where created_by = $1 and revoked_at is null returning id;

-- access.role_of_user
-- src/modules/access/team-read-model.ts
-- takes $1 bigint
-- returns kind text, role text, created_at timestamp with time zone
select 'member' as kind, role, created_at from team_members where user_id = $1
   union all
   select 'invitation', role, accepted_at from team_invitations where accepted_by = $1
   union all
   select 'api_key', role, created_at from api_keys where created_by = $1
   union all
   select 'second_factor', null, created_at from operator_factors where user_id = $1
   union all
   select 'operator_session', null, opened_at from operator_sessions where user_id = $1
   union all
   select 'second_factor_notice', null, created_at from factor_notices where user_id = $1;

-- access.set_factor
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 bytea, $3 bigint, $4 text
with gone as (delete from operator_factor_offers where user_id = $1),
     former as (delete from operator_recovery_codes where user_id = $1)
   insert into operator_factors (user_id, sealed_secret, last_step, language) values ($1, $2, $3, $4)
   on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, last_step = excluded.last_step,
     language = excluded.language, created_at = now();

-- access.show_factor
-- src/modules/access/factor-store.ts
-- takes $1 bigint
-- returns created_at timestamp with time zone, recovery_codes_left integer
select f.created_at, (select count(*) from operator_recovery_codes c where c.user_id = f.user_id and c.used_at is null)::integer
     as recovery_codes_left
   from operator_factors f where f.user_id = $1;

-- access.spend_factor_try
-- src/modules/access/factor-store.ts
-- takes $1 bigint
-- returns sealed_secret bytea, now_seconds double precision, tried_at text
update operator_factors set tries = array(select t from unnest(tries) t where t > now() - interval '24 hours') || greatest(clock_timestamp(), tries[cardinality(tries)] + interval '1 microsecond')
   where user_id = $1 and (select count(*) from unnest(tries) t where t > now() - interval '15 minutes') < 5 and (select count(*) from unnest(tries) t where t > now() - interval '24 hours') < 20
   returning sealed_secret, extract(epoch from now())::float8 as now_seconds, tries[cardinality(tries)]::text as tried_at;

-- access.take_factor_code
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 bigint, $3 timestamp with time zone
update operator_factors set last_step = $2, tries = array_remove(tries, $3::timestamptz)
   where user_id = $1 and last_step < $2;

-- access.take_recovery_code
-- src/modules/access/factor-store.ts
-- takes $1 bigint, $2 bytea, $3 timestamp with time zone
-- returns codes_left integer
with taken as (
     update operator_recovery_codes set used_at = now()
     where user_id = $1 and code_hash = $2 and used_at is null returning user_id
   ), given_back as (
     update operator_factors f set tries = array_remove(f.tries, $3::timestamptz)
     from taken where f.user_id = taken.user_id
   )
   select (select count(*) from operator_recovery_codes c where c.user_id = taken.user_id and c.used_at is null)::integer - 1
     as codes_left
   from taken;

-- access.touch_operator_session
-- src/modules/access/operator-session-store.ts
-- takes $1 uuid, $2 double precision
update operator_sessions o set used_at = now(), idle_until = now() + $2 * interval '1 minute'
   from sessions s where s.sid = $1 and o.session_id = s.id and o.ended_at is null and o.expires_at > now() and o.idle_until > now();

-- access.use_key
-- src/modules/access/key-store.ts
-- takes $1 bytea, $2 inet
-- returns id bigint, user_id bigint, email text, name text, key_role text, permissions text[], creator_role text, is_from_here boolean
with touched as (
     update api_keys set last_used_at = now()
     where secret_hash = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
       and revoked_at is null and expires_at > now()
   )
   select k.id, u.id as user_id, u.email, u.name, k.role as key_role, k.permissions, m.role as creator_role,
     (cardinality(k.addresses) = 0 or exists (select from unnest(k.addresses) a where $2::inet <<= a)) as is_from_here
   from api_keys k join users u on u.id = k.created_by left join team_members m on m.user_id = u.id
   where k.secret_hash = $1 and k.revoked_at is null and k.expires_at > now()
     and u.disabled_at is null and u.deleted_at is null;

-- admin.add_note
-- src/modules/admin/notes/note-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns id bigint
with person as (
     select u.id from users u where u.deleted_at is null
       and u.id = coalesce((select o.user_id from orders o where o.id = $2), $1) for share
   )
   insert into notes (user_id, order_id, author, text) select id, $2, $3, $4 from person
   where $2::bigint is null or exists (select from orders where id = $2)
   returning id;

-- admin.around_esim
-- src/modules/admin/esim-page-read-model.ts
-- takes $1 bigint
-- returns order json, plan json, usage_total_bytes bigint, usage_remaining_bytes bigint, usage_as_of timestamp with time zone, installed_at timestamp with time zone, ended_at timestamp with time zone, plan_expires_at timestamp with time zone
select json_build_object('id', o.id, 'reference', o.reference, 'status', o.status, 'kind', o.kind) as order,
     json_build_object('id', p.id, 'sku', p.sku, 'name', p.name) as plan,
     e.usage_total_bytes, e.usage_remaining_bytes, e.usage_as_of, e.installed_at, e.ended_at, e.plan_expires_at
   from esim_profiles e join orders o on o.id = e.order_id join plans p on p.id = e.plan_id where e.id = $1;

-- admin.around_payment
-- src/modules/admin/payment-page-read-model.ts
-- takes $1 bigint
-- returns order json, user json
select json_build_object('id', o.id, 'reference', o.reference, 'status', o.status, 'kind', o.kind,
       'amount_minor_units', o.amount_minor, 'currency', o.currency) as order,
     json_build_object('id', u.id, 'email', u.email, 'name', u.name) as user
   from payments p join orders o on o.id = p.order_id join users u on u.id = o.user_id where p.id = $1;

-- admin.attempts_of_esim
-- src/modules/admin/esim-page-read-model.ts
-- takes $1 bigint
-- returns id bigint, number integer, reference text, supplier text, package_id text, status text, supplier_order_id text, reason text, detail text, lookups integer, cost_text text, cost_currency text, call_millis integer, created_at timestamp with time zone, decided_at timestamp with time zone, decided_by text
select id, number, reference, supplier, package_id, status, supplier_order_id, reason, detail, lookups, cost_text,
     cost_currency, call_millis, created_at, decided_at, decided_by
   from provisioning_attempts where profile_id = $1 order by number;

-- admin.collect_notes
-- src/modules/admin/notes/note-read-model.ts
-- takes $1 bigint
-- returns order_id bigint, text text, created_at timestamp with time zone
select order_id, text, created_at from notes where user_id = $1 order by id;

-- admin.count_failed_jobs
-- src/modules/admin/job-store.ts
-- returns failed bigint
select count(*) as failed from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null;

-- admin.find_named_things
-- src/modules/admin/named-things.ts
-- takes $1 text, $2 text, $3 bigint, $4 text
-- returns kind text, id bigint, matched text, order_id bigint
select kind, id, matched, order_id from (
     select 1 as rank, 'order' as kind, id, 'reference' as matched, id as order_id from orders
       where reference = any (array[$1, upper($1)])
     union all select 2, 'order', id, 'id', id from orders where id = $3
     union all select 2, 'customer', id, 'id', null from users where id = $3
     union all select 3, 'payment', id, 'id', order_id from payments where id = $3
     union all select 3, 'refund', id, 'id', order_id from refunds where id = $3
     union all select 3, 'esim', id, 'id', order_id from esim_profiles where id = $3
     union all select 3, 'top_up', id, 'id', order_id from top_ups where id = $3
     union all select 3, 'plan', id, 'id', null from plans where id = $3
     union all select 1, 'customer', id, 'email', null from users where email = $2
     union all (select 2, 'customer', id, 'email', null from users
       where mailbox_of(email) = mailbox_of($2) and email <> $2 limit 200)
     union all (select 4, 'customer', id, 'email', null from users
       where length($2) >= 3 and email ~>=~ $2 and email ~<~ $4 and email <> $2
       order by email using ~<~ limit 200)
     union all (select 1, 'esim', id, 'iccid', order_id from esim_profiles
       where iccid = any (array[$1, $2]) order by id desc limit 20)
     union all select 1, 'payment', id, 'intent', order_id from payments where intent_id = $1
     union all select 1, 'payment', id, 'reference', order_id from payments where reference = $1
     union all select 1, 'refund', id, 'provider_refund', order_id from refunds where provider_refund_id = $1
     union all select 1, 'refund', id, 'reference', order_id from refunds where reference = $1
     union all (select 1, case when a.top_up_id is null then 'esim' else 'top_up' end, coalesce(a.top_up_id, a.profile_id),
         'supplier_order', coalesce(t.order_id, e.order_id)
       from provisioning_attempts a left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
       where a.supplier_order_id = $1 or a.reference = $1 limit 20)
     union all (select 1, 'esim', id, 'supplier_order', order_id from esim_profiles where supplier_reference = $1 limit 20)
     union all select 1, 'plan', id, 'sku', null from plans where sku = any (array[$1, upper($1)])
   ) named order by rank, kind, id desc;

-- admin.find_order
-- src/modules/admin/admin-read-model.ts
-- takes $1 bigint
-- returns id bigint, reference text, status text, kind text, user_id bigint, email text, currency text, amount_minor_units bigint, failure_reason text, plan_snapshot json, created_at timestamp with time zone, expires_at timestamp with time zone, paid_at timestamp with time zone, esim_id bigint, esim_status text, esim_parked_reason text, top_up_id bigint, top_up_of_esim_id bigint, top_up_status text, top_up_parked_reason text, user json, previous_order_id bigint, next_order_id bigint
select o.id, o.reference, o.status, o.kind, o.user_id, u.email, o.currency, o.amount_minor as amount_minor_units,
          o.failure_reason, o.plan_snapshot, o.created_at, o.expires_at, o.paid_at,
          e.id as esim_id, e.status as esim_status, e.parked_reason as esim_parked_reason,
          t.id as top_up_id, o.top_up_of_profile_id as top_up_of_esim_id, t.status as top_up_status,
          t.parked_reason as top_up_parked_reason,
          json_build_object('id', u.id, 'email', u.email, 'name', u.name) as user,
          (select max(id) from orders b where b.user_id = o.user_id and b.id < o.id) as previous_order_id,
          (select min(id) from orders a where a.user_id = o.user_id and a.id > o.id) as next_order_id
   from orders o join users u on u.id = o.user_id left join esim_profiles e on e.order_id = o.id
     left join top_ups t on t.order_id = o.id
   where o.id = $1;

-- admin.find_people_by_part
-- src/modules/admin/named-things.ts
-- takes $1 text
-- returns id bigint
select id from (select id, email, name from users order by id desc limit 20000) newest
   where email ilike $1 or name ilike $1 limit 200;

-- admin.find_people_by_prefix
-- src/modules/admin/named-things.ts
-- takes $1 text, $2 text
-- returns id bigint
select id from users where email ~>=~ $1 and email ~<~ $2 order by email using ~<~ limit 200;

-- admin.find_similar_addresses
-- src/modules/admin/similar-addresses.ts
-- takes $1 text, $2 text, $3 text, $4 text
-- returns id bigint, email text
(select id, email from users where email ~>=~ $1 and email ~<~ $2 order by email using ~<~ limit 2000)
   union
   (select id, email from users where reverse(email) ~>=~ $3 and reverse(email) ~<~ $4
    order by reverse(email) using ~<~ limit 2000);

-- admin.findings_of_payment
-- src/modules/admin/payment-page-read-model.ts
-- takes $1 bigint
-- returns id bigint, provider text, class text, subject text, action text, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, detail, found_at, seen_at, closed_at
   from reconciliation_findings where payment_id = $1 order by id desc limit 20;

-- admin.install_links_of_esim
-- src/modules/admin/esim-page-read-model.ts
-- takes $1 bigint
-- returns id bigint, created_at timestamp with time zone, expires_at timestamp with time zone, revoked_at timestamp with time zone
select id, created_at, expires_at, revoked_at from install_links where profile_id = $1 order by id desc limit 20;

-- admin.inventory_totals
-- src/modules/admin/inventory-stats.ts
-- returns available bigint, held bigint, assigned bigint, withdrawn bigint
select count(*) filter (where status = 'available') as available, count(*) filter (where status = 'held') as held,
     count(*) filter (where status = 'assigned') as assigned, count(*) filter (where status = 'withdrawn') as withdrawn
   from stock_items;

-- admin.label_hits
-- src/modules/admin/search-shop.ts
-- takes $1 text[], $2 bigint[]
-- returns kind text, id bigint, label text, status text, currency text, amount_minor bigint, email text
select n.kind, n.id, x.label, x.status, x.currency, x.amount_minor, x.email
   from unnest($1::text[], $2::bigint[]) with ordinality as n(kind, id, place)
   join lateral (
     select o.reference as label, o.status, o.currency, o.amount_minor, u.email
       from orders o join users u on u.id = o.user_id where n.kind = 'order' and o.id = n.id
     union all
     select u.email, case when u.deleted_at is not null then 'deleted' when u.disabled_at is not null then 'disabled' end,
       null, null, u.name from users u where n.kind = 'customer' and u.id = n.id
     union all
     select coalesce(e.iccid, 'eSIM ' || e.id), e.status, null, null, u.email
       from esim_profiles e join users u on u.id = e.user_id where n.kind = 'esim' and e.id = n.id
     union all
     select coalesce(t.supplier_top_up_id, 'Top-up ' || t.id), t.status, null, null, u.email
       from top_ups t join users u on u.id = t.user_id where n.kind = 'top_up' and t.id = n.id
     union all
     select coalesce(p.intent_id, p.reference), p.status, p.currency, p.amount_minor, p.provider
       from payments p where n.kind = 'payment' and p.id = n.id
     union all
     select coalesce(r.provider_refund_id, r.reference), r.status, r.currency, r.amount_minor, r.reason
       from refunds r where n.kind = 'refund' and r.id = n.id
     union all
     select p.sku, case when p.is_active then 'on sale' else 'paused' end, null, null, p.name
       from plans p where n.kind = 'plan' and p.id = n.id
   ) x on true
   order by n.place;

-- admin.money_of_order
-- src/modules/admin/preview-refund.ts
-- takes $1 bigint
-- returns order_id bigint, currency text, payment_id bigint, provider text, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, kind text, delivery_id bigint, status text, supplier text, installed_at timestamp with time zone, revealed_at timestamp with time zone, profile_state text, ended_at timestamp with time zone
select o.id as order_id, o.currency, p.id as payment_id, p.provider, p.captured_minor, p.refund_reserved_minor,
     p.refunded_minor, p.disputed_minor, p.is_counted,
     case when e.id is not null then 'esim' when t.id is not null then 'top_up' end as kind,
     coalesce(e.id, t.id) as delivery_id, coalesce(e.status, t.status) as status, coalesce(e.supplier, t.supplier) as supplier,
     e.installed_at, e.revealed_at, e.profile_state, e.ended_at
   from orders o left join payments p on p.order_id = o.id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
   where o.id = $1
   order by p.captured_minor > p.refund_reserved_minor + p.disputed_minor desc nulls last, p.id desc;

-- admin.move_sums
-- src/modules/admin/exports/money-moves.ts
-- takes $1 timestamp with time zone, $2 timestamp with time zone
-- returns day text, plan_id bigint, plan text, supplier text, provider text, currency text, payments integer, paid_minor bigint, refunded_minor bigint, charged_back_minor bigint, fees text, cost text
select to_char(m.at, 'YYYY-MM-DD') as day, o.plan_id, min(o.plan_snapshot ->> 'name') as plan,
     coalesce(m.supplier, x.supplier, u.supplier) as supplier, m.provider, m.currency, count(*) filter (where m.kind = 'payment')::int as payments,
     coalesce(sum(m.minor) filter (where m.kind = 'payment'), 0)::bigint as paid_minor, coalesce(sum(m.minor) filter (where m.kind = 'refund'), 0)::bigint as refunded_minor,
     coalesce(sum(m.minor) filter (where m.kind = 'chargeback'), 0)::bigint as charged_back_minor, coalesce(sum(m.cost::numeric) filter (where m.kind = 'fee'), 0)::text as fees, coalesce(sum(m.cost::numeric) filter (where m.kind = 'cost'), 0)::text as cost
   from (select *, 'payment' from (select p.id, coalesce(p.succeeded_at, case when p.succeeded_at is null then (
       select min(w.applied_at) from webhook_events w
       where w.intent_id = p.intent_id and w.kind = 'intent_succeeded' and w.outcome = 'processed') end, p.failed_at) as at,
     p.order_id, p.provider, null::text as supplier, p.currency, p.captured_minor as minor, null::text as cost,
     p.intent_id as reference
   from payments p where p.captured_minor > 0) as one (id, at, order_id, provider, supplier, currency, minor, cost, reference) union all select *, 'refund' from (select r.id, r.finished_at as at, r.order_id, p.provider, null::text, r.currency, r.amount_minor, null::text,
     r.provider_refund_id
   from refunds r join payments p on p.id = r.payment_id where r.status = 'succeeded') as one (id, at, order_id, provider, supplier, currency, minor, cost, reference) union all select *, 'chargeback' from (select d.id, d.closed_at as at, p.order_id, d.provider, null::text, d.currency, d.amount_minor, null::text,
     d.dispute_id
   from disputes d join payments p on p.id = d.payment_id where d.status = 'lost') as one (id, at, order_id, provider, supplier, currency, minor, cost, reference) union all select *, 'fee' from (select f.id, f.booked_at, p.order_id, f.provider, null::text, f.currency, null::bigint, f.amount::text, f.fee_id
   from provider_fees f join payments p on p.id = f.payment_id) as one (id, at, order_id, provider, supplier, currency, minor, cost, reference) union all select *, 'cost' from (select a.id, coalesce(a.decided_at, a.called_at, a.created_at) as at, coalesce(e.order_id, t.order_id),
     (select y.provider from payments y where y.order_id = coalesce(e.order_id, t.order_id) and y.is_counted),
     a.supplier, a.cost_currency, null::bigint, a.cost_text, a.supplier_order_id
   from provisioning_attempts a left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
   where a.status in ('delivered', 'surplus', 'parked') and a.cost_text ~ '^[0-9]+([.][0-9]+)?$') as one (id, at, order_id, provider, supplier, currency, minor, cost, reference))
     as m (id, at, order_id, provider, supplier, currency, minor, cost, reference, kind) join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id
   where m.at >= coalesce($1::timestamptz, '-infinity') and m.at < coalesce($2::timestamptz, 'infinity')
   group by 1, o.plan_id, coalesce(m.supplier, x.supplier, u.supplier), m.provider, m.currency
   order by 1, o.plan_id, 4, 5, 6;

-- admin.moves_chargeback
-- src/modules/admin/exports/money-moves.ts
-- takes $1 timestamp with time zone, $2 timestamp with time zone, $3 bigint
-- returns id bigint, at timestamp with time zone, order_id bigint, order_reference text, plan_id bigint, plan text, provider text, supplier text, currency text, minor bigint, cost text, reference text
select m.id, m.at, m.order_id, o.reference as order_reference, o.plan_id, o.plan_snapshot ->> 'name' as plan,
         m.provider, coalesce(m.supplier, x.supplier, u.supplier) as supplier, m.currency, m.minor, m.cost, m.reference
       from (select d.id, d.closed_at as at, p.order_id, d.provider, null::text, d.currency, d.amount_minor, null::text,
     d.dispute_id
   from disputes d join payments p on p.id = d.payment_id where d.status = 'lost') as m (id, at, order_id, provider, supplier, currency, minor, cost, reference) join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id
       where m.id > $3 and m.at >= coalesce($1::timestamptz, '-infinity') and m.at < coalesce($2::timestamptz, 'infinity') order by m.id limit 200;

-- admin.moves_cost
-- src/modules/admin/exports/money-moves.ts
-- takes $1 timestamp with time zone, $2 timestamp with time zone, $3 bigint
-- returns id bigint, at timestamp with time zone, order_id bigint, order_reference text, plan_id bigint, plan text, provider text, supplier text, currency text, minor bigint, cost text, reference text
select m.id, m.at, m.order_id, o.reference as order_reference, o.plan_id, o.plan_snapshot ->> 'name' as plan,
         m.provider, coalesce(m.supplier, x.supplier, u.supplier) as supplier, m.currency, m.minor, m.cost, m.reference
       from (select a.id, coalesce(a.decided_at, a.called_at, a.created_at) as at, coalesce(e.order_id, t.order_id),
     (select y.provider from payments y where y.order_id = coalesce(e.order_id, t.order_id) and y.is_counted),
     a.supplier, a.cost_currency, null::bigint, a.cost_text, a.supplier_order_id
   from provisioning_attempts a left join esim_profiles e on e.id = a.profile_id left join top_ups t on t.id = a.top_up_id
   where a.status in ('delivered', 'surplus', 'parked') and a.cost_text ~ '^[0-9]+([.][0-9]+)?$') as m (id, at, order_id, provider, supplier, currency, minor, cost, reference) join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id
       where m.id > $3 and m.at >= coalesce($1::timestamptz, '-infinity') and m.at < coalesce($2::timestamptz, 'infinity') order by m.id limit 200;

-- admin.moves_fee
-- src/modules/admin/exports/money-moves.ts
-- takes $1 timestamp with time zone, $2 timestamp with time zone, $3 bigint
-- returns id bigint, at timestamp with time zone, order_id bigint, order_reference text, plan_id bigint, plan text, provider text, supplier text, currency text, minor bigint, cost text, reference text
select m.id, m.at, m.order_id, o.reference as order_reference, o.plan_id, o.plan_snapshot ->> 'name' as plan,
         m.provider, coalesce(m.supplier, x.supplier, u.supplier) as supplier, m.currency, m.minor, m.cost, m.reference
       from (select f.id, f.booked_at, p.order_id, f.provider, null::text, f.currency, null::bigint, f.amount::text, f.fee_id
   from provider_fees f join payments p on p.id = f.payment_id) as m (id, at, order_id, provider, supplier, currency, minor, cost, reference) join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id
       where m.id > $3 and m.at >= coalesce($1::timestamptz, '-infinity') and m.at < coalesce($2::timestamptz, 'infinity') order by m.id limit 200;

-- admin.moves_payment
-- src/modules/admin/exports/money-moves.ts
-- takes $1 timestamp with time zone, $2 timestamp with time zone, $3 bigint
-- returns id bigint, at timestamp with time zone, order_id bigint, order_reference text, plan_id bigint, plan text, provider text, supplier text, currency text, minor bigint, cost text, reference text
select m.id, m.at, m.order_id, o.reference as order_reference, o.plan_id, o.plan_snapshot ->> 'name' as plan,
         m.provider, coalesce(m.supplier, x.supplier, u.supplier) as supplier, m.currency, m.minor, m.cost, m.reference
       from (select p.id, coalesce(p.succeeded_at, case when p.succeeded_at is null then (
       select min(w.applied_at) from webhook_events w
       where w.intent_id = p.intent_id and w.kind = 'intent_succeeded' and w.outcome = 'processed') end, p.failed_at) as at,
     p.order_id, p.provider, null::text as supplier, p.currency, p.captured_minor as minor, null::text as cost,
     p.intent_id as reference
   from payments p where p.captured_minor > 0) as m (id, at, order_id, provider, supplier, currency, minor, cost, reference) join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id
       where m.id > $3 and m.at >= coalesce($1::timestamptz, '-infinity') and m.at < coalesce($2::timestamptz, 'infinity') order by m.id limit 200;

-- admin.moves_refund
-- src/modules/admin/exports/money-moves.ts
-- takes $1 timestamp with time zone, $2 timestamp with time zone, $3 bigint
-- returns id bigint, at timestamp with time zone, order_id bigint, order_reference text, plan_id bigint, plan text, provider text, supplier text, currency text, minor bigint, cost text, reference text
select m.id, m.at, m.order_id, o.reference as order_reference, o.plan_id, o.plan_snapshot ->> 'name' as plan,
         m.provider, coalesce(m.supplier, x.supplier, u.supplier) as supplier, m.currency, m.minor, m.cost, m.reference
       from (select r.id, r.finished_at as at, r.order_id, p.provider, null::text, r.currency, r.amount_minor, null::text,
     r.provider_refund_id
   from refunds r join payments p on p.id = r.payment_id where r.status = 'succeeded') as m (id, at, order_id, provider, supplier, currency, minor, cost, reference) join orders o on o.id = m.order_id
   left join esim_profiles x on x.order_id = o.id left join top_ups u on u.order_id = o.id
       where m.id > $3 and m.at >= coalesce($1::timestamptz, '-infinity') and m.at < coalesce($2::timestamptz, 'infinity') order by m.id limit 200;

-- admin.notes_of_customer
-- src/modules/admin/notes/note-read-model.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, author text, text text, created_at timestamp with time zone, author_email text
select n.id, n.order_id, n.author, n.text, n.created_at,
     (select u.email from users u where u.id = substring(n.author from '^admin:([0-9]+)$')::bigint) as author_email from notes n where n.user_id = $1 order by n.id desc limit 100;

-- admin.notes_of_order
-- src/modules/admin/notes/note-read-model.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, author text, text text, created_at timestamp with time zone, author_email text
select n.id, n.order_id, n.author, n.text, n.created_at,
     (select u.email from users u where u.id = substring(n.author from '^admin:([0-9]+)$')::bigint) as author_email from notes n where n.order_id = $1 order by n.id desc limit 100;

-- admin.oldest_due_job
-- src/modules/admin/job-store.ts
-- returns seconds double precision
select coalesce(extract(epoch from now() - min(run_at)), 0)::double precision as seconds
   from graphile_worker._private_jobs where is_available and run_at <= now();

-- admin.order_timeline
-- src/modules/admin/order-timeline.ts
-- takes $1 bigint
-- returns at timestamp with time zone, source text, what text, outcome text, reason text, actor text
with own as (
     select array(select id from payments where order_id = $1) as payments,
       array(select intent_id from payments where order_id = $1) as intents,
       array(select id from esim_profiles where order_id = $1) as profiles,
       array(select id from top_ups where order_id = $1) as top_ups
   )
   select at, source, what, outcome, reason, actor from (
     select created_at as at, 'order' as source, 'order.created' as what, null::text as outcome,
            null::text as reason, 'user:' || user_id as actor, 0 as rank
     from orders where id = $1
     union all
     select created_at, 'payment', 'payment.created', provider, null, null, 1 from payments where order_id = $1
     union all
     select at, split_part(subject, ':', 1), action, null, after ->> 'reason', actor, 3 from audit_log
     where action not like '%.viewed' and subject = any (array(
       select 'order:' || $1::bigint
       union all select 'payment:' || unnest(payments) from own
       union all select 'esim:' || unnest(profiles) from own
       union all select 'top_up:' || unnest(top_ups) from own
       union all select 'mail:' || id from outgoing_mails where order_id = $1
       union all select 'refund:' || id from refunds where order_id = $1
       union all select 'dispute:' || d.id from disputes d where d.payment_id = any ((select payments from own)::bigint[])))
     union all
     select received_at, 'webhook', kind, outcome, reason, 'webhook:' || provider, 2 from webhook_events
     where payment_id = any ((select payments from own)::bigint[])
        or intent_id = any ((select intents from own)::text[])
     union all
     select created_at, 'provisioning', 'attempt ' || number || ' at ' || supplier, status, reason, null, 4
     from provisioning_attempts
     where profile_id = any ((select profiles from own)::bigint[])
        or top_up_id = any ((select top_ups from own)::bigint[])
   ) entries
   order by at, rank
   limit 1000;

-- admin.read_by_index
-- src/modules/admin/list-screen-read.ts
-- returns set_config text
select set_config('enable_seqscan', 'off', true);

-- admin.remove_note
-- src/modules/admin/notes/note-store.ts
-- takes $1 bigint
-- returns user_id bigint, order_id bigint
delete from notes where id = $1 returning user_id, order_id;

-- admin.retry_job
-- src/modules/admin/job-store.ts
-- takes $1 bigint
-- returns id bigint
select j.id from graphile_worker.reschedule_jobs(array[$1::bigint], run_at => now(), attempts => 0) j;

-- admin.reveals_of_esim
-- src/modules/admin/esim-page-read-model.ts
-- takes $1 bigint
-- returns actor text, channel text, at timestamp with time zone
select actor, channel, at from esim_reveals where profile_id = $1 order by at desc limit 50;

-- admin.sales_since
-- src/modules/admin/summary-read-model.ts
-- takes $1 timestamp with time zone
-- returns currency text, orders bigint, revenue bigint, refunded bigint, cost text, revenue_with_cost bigint, orders_without_cost bigint
with sold as (
     select o.currency, o.amount_minor, (
       select sum(a.cost_text::numeric) from provisioning_attempts a
       where (a.profile_id = (select e.id from esim_profiles e where e.order_id = o.id)
           or a.top_up_id = (select t.id from top_ups t where t.order_id = o.id))
         and a.status = 'delivered' and a.cost_currency = o.currency
         and a.cost_text ~ '^[0-9]{1,12}([.][0-9]{1,9})?$') as cost
     from orders o where o.paid_at >= $1::timestamptz
   ), sales as (
     select currency, count(*) as orders, sum(amount_minor)::bigint as revenue, sum(cost)::text as cost,
       coalesce(sum(amount_minor) filter (where cost is not null), 0)::bigint as revenue_with_cost,
       count(*) filter (where cost is null) as orders_without_cost
     from sold group by currency
   ), refunded as (
     select currency, sum(amount_minor)::bigint as refunded from refunds
     where status = 'succeeded' and finished_at >= $1::timestamptz group by currency
   )
   select coalesce(s.currency, r.currency) as currency, coalesce(s.orders, 0) as orders,
     coalesce(s.revenue, 0)::bigint as revenue, coalesce(r.refunded, 0)::bigint as refunded, s.cost,
     coalesce(s.revenue_with_cost, 0)::bigint as revenue_with_cost,
     coalesce(s.orders_without_cost, 0) as orders_without_cost
   from sales s full join refunded r on r.currency = s.currency order by 1;

-- admin.sessions_of_customer
-- src/modules/admin/customer-read-model.ts
-- takes $1 bigint
-- returns id bigint, created_at timestamp with time zone, last_used_at timestamp with time zone, expires_at timestamp with time zone, session_kind text
select id, created_at, last_used_at, expires_at, kind as session_kind from sessions
   where user_id = $1 and revoked_at is null and expires_at > now() order by last_used_at desc limit 20;

-- admin.summary_parts
-- src/modules/admin/summary-read-model.ts
-- takes $1 integer, $2 boolean
-- returns disputes json, low_stock json, suppliers json
select
     (select coalesce(json_agg(d order by d.created_at), '[]') from (
        select d.id, p.order_id, d.payment_id, d.dispute_id, d.status, d.reason, d.currency,
          d.amount_minor as amount_minor_units, to_char(d.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
          case when d.answered_at is null then to_char(d.respond_by, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end as respond_by
        from disputes d join payments p on p.id = d.payment_id
        where d.status in ('warning', 'open') order by d.created_at limit 20) d) as disputes,
     (select coalesce(json_agg(s order by s.available, s.plan_id), '[]') from (
        select p.id as plan_id, p.sku, p.name, left_over.available
        from plans p cross join lateral (
          select count(*) as available from (
            select from stock_items i where i.plan_id = p.id and i.status = 'available' limit $1 + 1) counted
        ) left_over
        where p.is_active and left_over.available <= $1 and (
          exists (select from plan_suppliers ps where ps.plan_id = p.id and ps.supplier = 'stock')
          or ($2 and not exists (select from plan_suppliers ps where ps.plan_id = p.id)))
        order by left_over.available, p.id limit 50) s) as low_stock,
     (select coalesce(json_agg(s order by s.supplier), '[]') from (
        select coalesce(a.supplier, t.supplier) as supplier, a.balance_text, a.balance_currency,
          a.balance_minor as balance_minor_units, to_char(a.balance_read_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as balance_read_at,
          a.problem, to_char(a.problem_since, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as problem_since,
          coalesce(t.attempts, 0) as attempts, coalesce(t.refused, 0) as refused, coalesce(t.unknown, 0) as unknown
        from supplier_accounts a full join (
          select supplier, count(*) as attempts, count(*) filter (where status = 'refused') as refused,
            count(*) filter (where status in ('unknown', 'parked')) as unknown
          from provisioning_attempts where created_at > now() - interval '1 day' group by supplier
        ) t on t.supplier = a.supplier) s) as suppliers;

-- admin.totals_of_customer
-- src/modules/admin/customer-read-model.ts
-- takes $1 bigint
-- returns currency text, orders bigint, paid_minor_units bigint, refunded_minor_units bigint
select o.currency, count(*) as orders, coalesce(sum(p.captured_minor), 0)::bigint as paid_minor_units,
     coalesce(sum(p.refunded_minor), 0)::bigint as refunded_minor_units
   from orders o left join payments p on p.order_id = o.id and p.captured_minor > 0
   where o.user_id = $1 group by o.currency order by 1;

-- admin.what_waits
-- src/modules/admin/summary-read-model.ts
-- returns kind text, count bigint, oldest_at timestamp with time zone
select 'parked_events' as kind, count(*) as count, min(at) as oldest_at from (select received_at as at from webhook_events where outcome = 'parked' order by id limit 1001) parked_events
union all
select 'parked_refunds' as kind, count(*) as count, min(at) as oldest_at from (select created_at as at from refunds where status = 'parked' order by created_at limit 1001) parked_refunds
union all
select 'surplus_payments' as kind, count(*) as count, min(at) as oldest_at from (select created_at as at from payments
       where surplus_reason is not null and captured_minor > refund_reserved_minor + disputed_minor order by id limit 1001) surplus_payments
union all
select 'parked_esims' as kind, count(*) as count, min(at) as oldest_at from (select parked_at as at from esim_profiles where parked_at is not null order by parked_at limit 1001) parked_esims
union all
select 'parked_top_ups' as kind, count(*) as count, min(at) as oldest_at from (select parked_at as at from top_ups where parked_at is not null order by parked_at limit 1001) parked_top_ups
union all
select 'failed_jobs' as kind, count(*) as count, min(at) as oldest_at from (select created_at as at from graphile_worker._private_jobs
       where attempts >= max_attempts and locked_at is null limit 1001) failed_jobs
union all
select 'open_disputes' as kind, count(*) as count, min(at) as oldest_at from (select created_at as at from disputes where status in ('warning', 'open') order by created_at limit 1001) open_disputes
union all
select 'refund_approvals' as kind, count(*) as count, min(at) as oldest_at from (select created_at as at from refund_approvals where status = 'waiting' and expires_at > now() order by id limit 1001) refund_approvals
union all
select 'held_syncs' as kind, count(*) as count, min(at) as oldest_at from (select s.created_at as at from catalogue_syncs s where s.id = (select max(id) from catalogue_syncs) and (
     (s.state = 'ready' and s.held_reason is not null)
     or (s.state in ('ready', 'done') and exists (
       select from catalogue_sync_steps held where held.sync_id = s.id and held.held_reason is not null
         and held.applied_at is null and held.skipped_reason is null))) limit 1001) held_syncs
union all
select 'open_findings' as kind, count(*) as count, min(at) as oldest_at from (select found_at as at from reconciliation_findings where closed_at is null limit 1001) open_findings;

-- alarms.ceiling_of_auth_codes
-- src/modules/auth/login-alarms.ts
-- takes $1 bigint
-- returns value double precision
select case when $1 < 999999 then least(1, count(*)::float / $1) else 0 end as value from (
       select from auth_codes where created_at > now() - interval '1 hour' limit $1
     ) counted;

-- alarms.ceiling_of_auth_tries
-- src/modules/auth/login-alarms.ts
-- takes $1 bigint
-- returns value double precision
select case when $1 < 999999 then least(1, count(*)::float / $1) else 0 end as value from (
       select from auth_tries where created_at > now() - interval '1 hour' limit $1
     ) counted;

-- alarms.choices
-- src/modules/admin/alarms/alarm-store.ts
-- takes $1 bigint
-- returns language text, muted text[]
select language, muted from alarm_choices where user_id = $1;

-- alarms.choose
-- src/modules/admin/alarms/alarm-store.ts
-- takes $1 bigint, $2 text, $3 text[], $4 text[]
-- returns language text, muted text[]
insert into alarm_choices as c (user_id, language, muted) values ($1, $2, $3::text[])
   on conflict (user_id) do update set language = coalesce(excluded.language, c.language), muted = array(
     select distinct kind from unnest(c.muted || $3::text[]) kind where kind <> all ($4::text[]) order by kind)
   returning language, muted;

-- alarms.collect_personal_data
-- src/modules/admin/alarms/alarm-store.ts
-- takes $1 bigint
-- returns alarms json
select json_build_object(
     'choices', (select json_build_object('language', c.language, 'muted', c.muted)
        from alarm_choices c where c.user_id = $1),
     'mails', (select coalesce(json_agg(json_build_object('created_at', m.created_at, 'about', m.facts) order by m.id), '[]')
        from alarm_mails m where m.user_id = $1)) as alarms;

-- alarms.emails_under_siege
-- src/modules/auth/login-alarms.ts
-- returns value integer
select count(*)::integer as value from (
     select from auth_codes where created_at > now() - interval '1 hour'
     group by email having count(distinct ip_address) >= 5
   ) asked;

-- alarms.failure_ratio
-- src/modules/auth/login-alarms.ts
-- returns value double precision
select tries::float / greatest(tries + logins, 1) as value from (
     select (select count(*) from auth_tries where created_at > now() - interval '5 minutes') as tries,
       (select count(*) from auth_codes
        where created_at > now() - interval '20 minutes' and used_at > now() - interval '5 minutes') as logins
   ) counted;

-- alarms.forget
-- src/modules/admin/alarms/alarm-store.ts
delete from alarm_mails a where a.created_at < now() - interval '90 days'
     and exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id);

-- alarms.lock
-- src/modules/admin/alarms/alarm-store.ts
-- returns pg_advisory_xact_lock void
select pg_advisory_xact_lock(hashtextextended('operator_alarms', 0));

-- alarms.look
-- src/modules/admin/alarms/alarm-store.ts
-- takes $1 integer, $2 boolean, $3 integer
with found as (select 'parked_money' as kind, subject, due_at, except_user from (select 'event:' || id as subject, null::timestamptz as due_at, null::bigint as except_user from webhook_events where outcome = 'parked'
     union all select 'refund:' || id, null, null from refunds where status = 'parked'
     union all select 'surplus:' || id, null, null from payments
       where surplus_reason is not null and captured_minor > refund_reserved_minor + disputed_minor limit 500) parked_money
union all
select 'parked_deliveries' as kind, subject, due_at, except_user from (select 'esim:' || id as subject, null::timestamptz as due_at, null::bigint as except_user from esim_profiles where parked_at is not null
     union all select 'top_up:' || id, null, null from top_ups where parked_at is not null limit 500) parked_deliveries
union all
select 'refund_approvals' as kind, subject, due_at, except_user from (select id::text as subject, expires_at as due_at, requested_by as except_user
     from refund_approvals where status = 'waiting' and expires_at > now() order by id limit 500) refund_approvals
union all
select 'disputes' as kind, subject, due_at, except_user from (select id || case when respond_by < now() + interval '3 days' then ':nearly_over' else '' end as subject,
       respond_by as due_at, null::bigint as except_user
     from disputes where status in ('warning', 'open') and answered_at is null and coalesce(respond_by, 'infinity') > now()
     order by created_at limit 500) disputes
union all
select 'low_stock' as kind, subject, due_at, except_user from (select p.id::text as subject, null::timestamptz as due_at, null::bigint as except_user from plans p
     where p.is_active and (exists (select from plan_suppliers ps where ps.plan_id = p.id and ps.supplier = 'stock')
         or ($2::boolean and not exists (select from plan_suppliers ps where ps.plan_id = p.id)))
       and (select count(*) from (select from stock_items i where i.plan_id = p.id and i.status = 'available'
         limit $1::integer + 1) counted) <= $1::integer
     order by p.id limit 500) low_stock
union all
select 'supplier_balance' as kind, subject, due_at, except_user from (select a.supplier as subject, null::timestamptz as due_at, null::bigint as except_user from supplier_accounts a
     where $3::integer > 0 and a.balance_text ~ '^-?[0-9]{1,12}([.][0-9]{1,9})?$' and a.balance_text::numeric < (
       select coalesce(sum(t.cost_text::numeric), 0) * $3::integer / 7 from provisioning_attempts t
       where t.created_at > now() - interval '7 days' and t.supplier = a.supplier and t.status = 'delivered'
         and t.cost_currency = a.balance_currency and t.cost_text ~ '^[0-9]{1,12}([.][0-9]{1,9})?$')
     order by a.supplier limit 500) supplier_balance
union all
select 'supplier_failing' as kind, subject, due_at, except_user from (select supplier || ':' || problem as subject, null::timestamptz as due_at, null::bigint as except_user from supplier_accounts where problem is not null
     union all select supplier || ':' || catalogue_problem, null, null from supplier_accounts
       where catalogue_problem is not null
     union all select supplier || ':purchases', null, null from provisioning_attempts
       where created_at > now() - interval '1 hour' and status in ('delivered', 'refused', 'unknown', 'parked')
       group by supplier having count(*) >= 5 and count(*) filter (where status <> 'delivered') * 2 >= count(*) limit 500) supplier_failing
union all
select 'catalogue_syncs' as kind, subject, due_at, except_user from (select s.id::text as subject, null::timestamptz as due_at, null::bigint as except_user from catalogue_syncs s where s.id = (select max(id) from catalogue_syncs) and (
     (s.state = 'ready' and s.held_reason is not null)
     or (s.state in ('ready', 'done') and exists (
       select from catalogue_sync_steps held where held.sync_id = s.id and held.held_reason is not null
         and held.applied_at is null and held.skipped_reason is null))) limit 500) catalogue_syncs
union all
select 'paused_plans' as kind, subject, due_at, except_user from (select p.id::text as subject, null::timestamptz as due_at, null::bigint as except_user from plans p
     where (p.paused_reason like 'sync: %' and p.updated_at > now() - interval '2 days')
       or (p.is_active and (select count(*) filter (where s.paused_at is null) = 0
             and coalesce(max(s.paused_at) filter (where s.paused_reason not like 'operator%') > now() - interval '2 days', false)
           from plan_suppliers s where s.plan_id = p.id))
     order by p.id limit 500) paused_plans
union all
select 'paused_receivers' as kind, subject, due_at, except_user from (select id::text as subject, null::timestamptz as due_at, null::bigint as except_user from webhook_endpoints
     where paused_reason in ('gone', 'failing') and deleted_at is null order by id limit 500) paused_receivers
union all
select 'failed_jobs' as kind, subject, due_at, except_user from (select id::text as subject, null::timestamptz as due_at, null::bigint as except_user from graphile_worker._private_jobs
     where attempts >= max_attempts and locked_at is null limit 500) failed_jobs), over as (
     delete from operator_alarms a
     where not exists (select from found f where f.kind = a.kind and f.subject = a.subject)
   )
   insert into operator_alarms as a (kind, subject, due_at, except_user)
   select kind, subject, due_at, except_user from found
   on conflict on constraint operator_alarms_one_per_subject do update set due_at = excluded.due_at
   where a.due_at is distinct from excluded.due_at;

-- alarms.tell
-- src/modules/admin/alarms/alarm-store.ts
-- takes $1 text[], $2 jsonb
-- returns queue_mail bigint
with people as (
     select u.id as user_id, case when u.email = any ($1::text[]) then 'owner' else m.role end as role
     from users u left join team_members m on m.user_id = u.id
     where (m.user_id is not null or u.email = any ($1::text[])) and u.disabled_at is null and u.deleted_at is null
   ), lines as (
     select p.user_id, k.kind, c.waiting, c.fresh, c.oldest_at, c.due_at,
       coalesce(l.id, 0) as last_id, l.created_at as last_at,
       exists (select from jsonb_array_elements(l.facts) f where f->>'kind' = k.kind and (f->>'waiting')::integer > 0)
         as was_told
     from people p join jsonb_to_recordset($2::jsonb) as k (kind text, roles jsonb) on k.roles ? p.role
       left join alarm_choices h on h.user_id = p.user_id
       left join lateral (
         select id, created_at, up_to_alarm, facts from alarm_mails a where a.user_id = p.user_id order by id desc limit 1
       ) l on true
       cross join lateral (
         select count(*)::integer as waiting,
           count(*) filter (where a.id > coalesce(l.up_to_alarm, 0))::integer as fresh,
           min(a.begun_at) as oldest_at, min(a.due_at) as due_at
         from operator_alarms a where a.kind = k.kind and a.except_user is distinct from p.user_id
       ) c
     where k.kind <> all (coalesce(h.muted, '{}'))
   ), due as (
     select user_id, last_id, jsonb_agg(jsonb_build_object('kind', kind, 'waiting', waiting, 'fresh', fresh,
         'oldest_at', oldest_at, 'due_at', due_at) order by kind) filter (where waiting > 0 or was_told) as facts
     from lines group by user_id, last_id, last_at
     having (last_at is null or last_at <= now() - interval '30 minutes')
       and (bool_or(fresh > 0) or bool_or(waiting = 0 and was_told)
         or (bool_or(waiting > 0) and last_at <= now() - interval '1 day'))
   ), written as (
     insert into alarm_mails (user_id, after_id, up_to_alarm, facts)
     select user_id, last_id, (select coalesce(max(id), 0) from operator_alarms), facts from due
     on conflict on constraint alarm_mails_one_after_another do nothing
     returning id
   )
   select queue_mail('operator_alarm', written.id, null, 'send_mail', 3) from written;

-- app.readiness
-- src/app.ts
-- returns version integer, has_plans boolean, is_read_only boolean
select (select max(version) from schema_migrations) as version, exists (select from plans) as has_plans,
     current_setting('transaction_read_only') = 'on' as is_read_only;

-- audit.insert
-- src/db/audit-log.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 jsonb, $6 jsonb
insert into audit_log (actor, action, subject, request_id, before, after)
   values ($1, $2, $3, $4, $5::jsonb, $6::jsonb);

-- books.foreign_seals
-- src/modules/admin/books/sealed-rows.ts
-- takes $1 text[]
-- returns checked bigint, violations bigint, samples json
with bad as materialized (
     select 'esim:' || id as id from esim_profiles
     where sealed is not null and not (length(sealed) > 1 and convert_from(substring(sealed from 2 for get_byte(sealed, 0)), 'LATIN1') = any ($1::text[])
     and length(sealed) > 1 + get_byte(sealed, 0) + 28)
     union all
     select 'stock_item:' || id from stock_items where not (length(sealed) > 1 and convert_from(substring(sealed from 2 for get_byte(sealed, 0)), 'LATIN1') = any ($1::text[])
     and length(sealed) > 1 + get_byte(sealed, 0) + 28)
   )
   select (select count(*) from esim_profiles where sealed is not null) + (select count(*) from stock_items) as checked,
     (select count(*) from bad) as violations,
     (select coalesce(json_agg(id), '[]') from (select id from bad limit 10) few) as samples;

-- books.sealed_profiles
-- src/modules/admin/books/sealed-rows.ts
-- takes $1 bigint, $2 bigint, $3 bigint
-- returns id bigint, sealed bytea, fingerprint bytea
select id, sealed, activation_code_fingerprint as fingerprint from esim_profiles
   where sealed is not null and id > $1 and ($3::bigint <= 1 or hashint8(id)::bigint % $3::bigint = 0) order by id limit $2;

-- books.sealed_sizes
-- src/modules/admin/books/sealed-rows.ts
-- returns profiles bigint, stock bigint
select (select max(id) from esim_profiles) as profiles, (select max(id) from stock_items) as stock;

-- books.sealed_stock
-- src/modules/admin/books/sealed-rows.ts
-- takes $1 bigint, $2 bigint, $3 bigint
-- returns id bigint, sealed bytea, fingerprint bytea
select id, sealed, null::bytea as fingerprint from stock_items where id > $1 and ($3::bigint <= 1 or hashint8(id)::bigint % $3::bigint = 0) order by id limit $2;

-- care.choose
-- src/modules/esims/care/notice-store.ts
-- takes $1 bigint, $2 text[], $3 text[]
with wanted as (delete from refused_notices where user_id = $1 and kind = any($2::text[]))
   insert into refused_notices (user_id, kind) select $1, unnest($3::text[])
   on conflict on constraint refused_notices_pkey do nothing;

-- care.collect_personal_data
-- src/modules/esims/care/notice-store.ts
-- takes $1 bigint
-- returns notices json
select json_build_object(
     'refused', (select coalesce(json_agg(json_build_object('kind', r.kind, 'refused_at', r.refused_at) order by r.kind), '[]')
        from refused_notices r where r.user_id = $1),
     'noticed', (select coalesce(json_agg(json_build_object('esim_id', n.profile_id, 'kind', n.kind,
        'threshold', n.threshold, 'noticed_at', n.noticed_at) order by n.id), '[]')
        from care_notices n join esim_profiles p on p.id = n.profile_id where p.user_id = $1)) as notices;

-- care.end_links
-- src/modules/esims/care/notice-page-store.ts
-- takes $1 bigint, $2 bigint, $3 text
-- returns ended integer
with mine as (
     select id from esim_profiles where id = $1 and user_id = $2
   ), pages as (
     update care_notices n set page_ended_at = now() from mine
     where n.profile_id = mine.id and n.page_ended_at is null and n.noticed_at > now() - interval '7 days'
     returning n.id
   ), links as (
     update install_links l set revoked_at = now() from mine
     where l.profile_id = mine.id and l.revoked_at is null and l.expires_at > now()
     returning l.id
   ), audited as (
     insert into audit_log (actor, action, subject, request_id, after)
     select 'user:' || $2, 'esim.links_ended', 'esim:' || id, $3,
       jsonb_build_object('pages', (select count(*) from pages), 'install_links', (select count(*) from links))
     from mine
   )
   select (select count(*) from pages)::integer + (select count(*) from links)::integer as ended from mine;

-- care.find
-- src/modules/esims/care/notice-store.ts
-- takes $1 bigint
-- returns kind text, user_id bigint, language text
select n.kind, p.user_id, p.language from care_notices n join esim_profiles p on p.id = n.profile_id where n.id = $1;

-- care.find_page
-- src/modules/esims/care/notice-page-store.ts
-- takes $1 bigint
-- returns kind text, esim_id bigint, user_id bigint, language text, currency text, plan json, is_unlimited boolean, has_ended boolean, plan_expires_at timestamp with time zone, usage_total_bytes bigint, usage_remaining_bytes bigint, usage_base smallint, usage_as_of timestamp with time zone, page_until timestamp with time zone, is_live boolean
select n.kind, p.id as esim_id, p.user_id, p.language, o.currency, o.plan_snapshot as plan,
     coalesce((o.plan_snapshot->>'is_unlimited')::boolean, false) as is_unlimited,
     p.ended_at is not null or coalesce(p.plan_expires_at <= now(), false) as has_ended, p.plan_expires_at,
     p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of,
     n.noticed_at + interval '7 days' as page_until,
     n.is_told and n.page_ended_at is null and n.noticed_at > now() - interval '7 days' and p.status in ('ready', 'active')
       and p.take_back_requested_at is null and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
       as is_live
   from care_notices n join esim_profiles p on p.id = n.profile_id join orders o on o.id = p.order_id
     join users u on u.id = p.user_id
   where n.id = $1;

-- care.refused
-- src/modules/esims/care/notice-store.ts
-- takes $1 bigint
-- returns kind text
select kind from refused_notices where user_id = $1;

-- care.tell
-- src/modules/esims/care/notice-store.ts
-- takes $1 jsonb, $2 integer[], $3 integer[], $4 integer
-- returns queue_mail bigint
with live as (
     select p.*, o.plan_snapshot as plan, coalesce(done.id, 0) as period,
       coalesce(done.at, '-infinity'::timestamptz) as since
     from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
       left join lateral (
         select max(t.id) as id, max(t.done_at) as at from top_ups t where t.profile_id = p.id and t.status = 'done'
       ) done on true
     where p.status in ('ready', 'active') and coalesce(p.plan_expires_at, 'infinity'::timestamptz) > now() - interval '2 days'
       and (p.ended_at is null or p.ended_at > now() - interval '2 days')
       and p.take_back_requested_at is null and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
       and coalesce(($1::jsonb->>coalesce(o.plan_snapshot->>'country_iso2', o.plan_snapshot->>'country_name'))::boolean,
             ($1::jsonb->>'')::boolean)
       and not exists (select from top_ups t join orders b on b.id = t.order_id
         where t.profile_id = p.id and t.status = 'pending' and b.status = 'paid')
   ), facts as (
     select l.*,
       case when l.ended_at is null and l.usage_as_of > l.since and l.usage_total_bytes > 0
         and not coalesce((l.plan->>'is_unlimited')::boolean, false)
         then l.usage_total_bytes - l.usage_remaining_bytes end as used,
       case when l.supplier = 'local' or coalesce(l.state_checked_at, l.provisioned_at) > l.since then l.plan_expires_at end as expires_at
     from live l
   ), crossed as (
     select f.id, 'install' as kind, 0 as threshold, 'install' as family, 0 as urgency
     from facts f
     where f.status = 'ready' and f.ended_at is null and f.installed_at is null
       and f.profile_state in ('unknown', 'released') and f.plan_state not in ('active', 'depleted')
       and coalesce(f.used, 0) = 0 and (f.use_by is null or f.use_by > now())
       and f.provisioned_at <= now() - $4::int * interval '1 hour'
       and f.provisioned_at > now() - $4::int * interval '1 hour' - interval '2 days'
     union all
     select f.id, 'low_data', percent, 'data', percent
     from facts f cross join unnest($2::int[]) percent
     where f.used * 100 >= f.usage_total_bytes * percent and (f.expires_at is null or f.expires_at > now())
     union all
     select f.id, 'used_up', 0, 'data', 100
     from facts f where f.used >= f.usage_total_bytes and (f.expires_at is null or f.expires_at > now())
     union all
     select f.id, 'days_left', days, 'time', 100 - days
     from facts f cross join unnest($3::int[]) days
     where f.ended_at is null and f.expires_at > now() and f.expires_at <= now() + days * interval '1 day'
       and coalesce((f.plan->>'duration_days')::int, 0) > days
     union all
     select f.id, 'expired', 0, 'time', 100
     from facts f
     where (f.expires_at <= now() and f.expires_at > now() - interval '2 days')
       or (f.plan_state = 'expired' and f.ended_at is not null)
   ), due as (
     select c.id, c.kind, c.threshold, case when c.kind = 'install' then 0 else f.period end as period,
       row_number() over (partition by c.id, c.family order by c.urgency desc) = 1 as is_told
     from crossed c join facts f on f.id = c.id
   ), noted as (
     insert into care_notices (profile_id, kind, threshold, period, is_told)
     select d.id, d.kind, d.threshold, d.period, d.is_told
     from due d join esim_profiles p on p.id = d.id
     where not exists (select from refused_notices r where r.user_id = p.user_id and r.kind = d.kind)
       and not exists (select from care_notices n where n.profile_id = d.id and n.kind = d.kind
         and n.threshold = d.threshold and n.period = d.period)
     order by d.id limit 1000
     on conflict on constraint care_notices_once do nothing
     returning id, profile_id, is_told
   )
   select queue_mail('care_notice', n.id, p.order_id, 'send_mail', 5)
   from noted n join esim_profiles p on p.id = n.profile_id where n.is_told;

-- catalog.bulk_carriers
-- src/modules/catalog/bulk-plan-store.ts
-- takes $1 text[]
insert into carriers (name) select distinct on (lower(name)) name from unnest($1::text[]) as given (name)
   on conflict (lower(name)) do nothing;

-- catalog.bulk_countries
-- src/modules/catalog/bulk-plan-store.ts
-- takes $1 jsonb
insert into countries (iso2, iso3, name)
   select iso2, iso3, name from jsonb_to_recordset($1::jsonb) as given (iso2 text, iso3 text, name text)
   on conflict do nothing;

-- catalog.bulk_coverage
-- src/modules/catalog/bulk-plan-store.ts
-- takes $1 jsonb
-- returns id bigint
with given as (
     select p.id as plan_id, c.id as country_id
     from jsonb_to_recordset($1::jsonb) as d (
  sku text, name text, description text, data_gb numeric, duration_days integer, country text, region text,
  countries jsonb, carrier text, paused_reason text, prices jsonb) join plans p on p.sku = d.sku
     cross join jsonb_array_elements_text(d.countries) as covered (iso2)
     join countries c on c.iso2 = covered.iso2
   ),
   gone as (
     delete from plan_countries pc using jsonb_to_recordset($1::jsonb) as d (
  sku text, name text, description text, data_gb numeric, duration_days integer, country text, region text,
  countries jsonb, carrier text, paused_reason text, prices jsonb) join plans p on p.sku = d.sku
     where pc.plan_id = p.id and (pc.plan_id, pc.country_id) not in (select plan_id, country_id from given)
     returning pc.plan_id
   ),
   added as (
     insert into plan_countries (plan_id, country_id) select distinct plan_id, country_id from given
     on conflict do nothing
     returning plan_id
   )
   select plan_id as id from gone union select plan_id from added;

-- catalog.bulk_plans
-- src/modules/catalog/bulk-plan-store.ts
-- takes $1 jsonb, $2 boolean, $3 boolean
-- returns id bigint, is_new boolean
insert into plans as p (sku, name, description, data_gb, is_unlimited, duration_days, country_id, region, carrier_id,
                           is_active, paused_reason)
   select d.sku, d.name, d.description, d.data_gb, d.data_gb is null, d.duration_days, c.id, d.region, ca.id,
          d.paused_reason is null, d.paused_reason
   from jsonb_to_recordset($1::jsonb) as d (
  sku text, name text, description text, data_gb numeric, duration_days integer, country text, region text,
  countries jsonb, carrier text, paused_reason text, prices jsonb)
   join carriers ca on lower(ca.name) = lower(d.carrier)
   left join countries c on c.iso2 = d.country
   on conflict (sku) do update set
     name = excluded.name, description = case when $2::boolean then excluded.description else p.description end,
     data_gb = excluded.data_gb,
     is_unlimited = excluded.is_unlimited, duration_days = excluded.duration_days,
     country_id = excluded.country_id, region = excluded.region, carrier_id = excluded.carrier_id,
     is_active = case when $3::boolean then excluded.is_active else p.is_active end,
     paused_reason = case when $3 then excluded.paused_reason else p.paused_reason end, updated_at = now()
   where (p.name, p.data_gb, p.duration_days, p.country_id, p.region, p.carrier_id)
       is distinct from (excluded.name, excluded.data_gb, excluded.duration_days, excluded.country_id, excluded.region,
         excluded.carrier_id)
     or ($2 and p.description <> excluded.description)
     or ($3 and p.paused_reason is distinct from excluded.paused_reason)
   returning p.id, p.xmax = 0 as is_new;

-- catalog.bulk_prices
-- src/modules/catalog/bulk-plan-store.ts
-- takes $1 jsonb, $2 text[]
-- returns id bigint
with given as (
     select p.id as plan_id, price.key as currency, price.value::bigint as amount_minor
     from jsonb_to_recordset($1::jsonb) as d (
  sku text, name text, description text, data_gb numeric, duration_days integer, country text, region text,
  countries jsonb, carrier text, paused_reason text, prices jsonb) join plans p on p.sku = d.sku cross join jsonb_each_text(d.prices) as price
   ),
   gone as (
     delete from plan_prices pp using jsonb_to_recordset($1::jsonb) as d (
  sku text, name text, description text, data_gb numeric, duration_days integer, country text, region text,
  countries jsonb, carrier text, paused_reason text, prices jsonb) join plans p on p.sku = d.sku
     where pp.plan_id = p.id and pp.currency = any($2::text[]) and not d.prices ? pp.currency
     returning pp.plan_id
   ),
   kept as (
     insert into plan_prices as pp (plan_id, currency, amount_minor) select * from given
     on conflict (plan_id, currency) do update set amount_minor = excluded.amount_minor
     where pp.amount_minor <> excluded.amount_minor
     returning pp.plan_id
   )
   select plan_id as id from gone union select plan_id from kept;

-- catalog.carriers_by_created_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by ca.created_at asc nulls last, ca.id asc limit $2 offset $3;

-- catalog.carriers_by_created_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by ca.created_at desc nulls last, ca.id desc limit $2 offset $3;

-- catalog.carriers_by_id_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by ca.id asc nulls last, ca.id asc limit $2 offset $3;

-- catalog.carriers_by_id_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by ca.id desc nulls last, ca.id desc limit $2 offset $3;

-- catalog.carriers_by_name_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by lower(ca.name) asc nulls last, ca.id asc limit $2 offset $3;

-- catalog.carriers_by_name_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by lower(ca.name) desc nulls last, ca.id desc limit $2 offset $3;

-- catalog.carriers_by_updated_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by ca.updated_at asc nulls last, ca.id asc limit $2 offset $3;

-- catalog.carriers_by_updated_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.name ilike $1 order by ca.updated_at desc nulls last, ca.id desc limit $2 offset $3;

-- catalog.carriers_count
-- src/db/list-sql.ts
-- takes $1 text
-- returns total bigint
select count(*) as total from carriers ca where ca.name ilike $1;

-- catalog.countries_by_created_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.created_at asc nulls last, c.id asc limit $2 offset $3;

-- catalog.countries_by_created_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.created_at desc nulls last, c.id desc limit $2 offset $3;

-- catalog.countries_by_id_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.id asc nulls last, c.id asc limit $2 offset $3;

-- catalog.countries_by_id_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.id desc nulls last, c.id desc limit $2 offset $3;

-- catalog.countries_by_iso2_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.iso2 asc nulls last, c.id asc limit $2 offset $3;

-- catalog.countries_by_iso2_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.iso2 desc nulls last, c.id desc limit $2 offset $3;

-- catalog.countries_by_name_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by lower(c.name) asc nulls last, c.id asc limit $2 offset $3;

-- catalog.countries_by_name_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by lower(c.name) desc nulls last, c.id desc limit $2 offset $3;

-- catalog.countries_by_updated_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.updated_at asc nulls last, c.id asc limit $2 offset $3;

-- catalog.countries_by_updated_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1 order by c.updated_at desc nulls last, c.id desc limit $2 offset $3;

-- catalog.countries_count
-- src/db/list-sql.ts
-- takes $1 text
-- returns total bigint
select count(*) as total from countries c where c.name ilike $1 or c.iso2 ilike $1 or c.iso3 ilike $1;

-- catalog.country_codes
-- src/modules/catalog/bulk-plan-store.ts
-- returns iso2 text
select iso2 from countries;

-- catalog.delete_carrier
-- src/modules/catalog/carrier-store.ts
-- takes $1 bigint
delete from carriers where id = $1;

-- catalog.delete_country
-- src/modules/catalog/country-store.ts
-- takes $1 bigint
delete from countries where id = $1;

-- catalog.delete_plan
-- src/modules/catalog/plan-store.ts
-- takes $1 bigint
delete from plans where id = $1;

-- catalog.find_carrier
-- src/modules/catalog/carrier-store.ts
-- takes $1 bigint
-- returns id bigint, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select ca.id, ca.name, ca.created_at, ca.updated_at,
  (select count(*) from plans p where p.carrier_id = ca.id) as plan_count from carriers ca where ca.id = $1;

-- catalog.find_country
-- src/modules/catalog/country-store.ts
-- takes $1 bigint
-- returns id bigint, iso2 text, iso3 text, name text, created_at timestamp with time zone, updated_at timestamp with time zone, plan_count bigint
select c.id, c.iso2, c.iso3, c.name, c.created_at, c.updated_at,
  (select count(*) from plans p where p.country_id = c.id) as plan_count from countries c where c.id = $1;

-- catalog.find_plan
-- src/modules/catalog/catalog-read-model.ts
-- takes $1 bigint, $2 text
-- returns id bigint, name text, description text, data_gb double precision, duration_days integer, is_unlimited boolean, usd_minor bigint, currency text, amount_minor bigint, country_id bigint, country_iso2 text, country_name text, carrier_id bigint, carrier_name text, region text, coverage text[]
select 
  p.id, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.duration_days, p.is_unlimited,
  usd.amount_minor as usd_minor, pp.currency, pp.amount_minor,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.carrier_id, ca.name as carrier_name, p.region,
  case when p.country_id is null
    then array(
      select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
      where pc.plan_id = p.id order by covered.iso2)
    else array[c.iso2]
  end as coverage
   from plans p
   join plan_prices pp on pp.plan_id = p.id
   
  join carriers ca on ca.id = p.carrier_id
  left join countries c on c.id = p.country_id
  left join plan_prices usd on usd.plan_id = p.id and usd.currency = 'USD'
   where p.is_active and p.id = $1
   order by pp.currency = $2 desc, pp.currency = 'USD' desc, pp.currency
   limit 1;

-- catalog.find_plan_row
-- src/modules/catalog/plan-store.ts
-- takes $1 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id where p.id = $1;

-- catalog.has_plan
-- src/modules/catalog/catalog-read-model.ts
-- takes $1 bigint
-- returns ?column? integer
select 1 from plans where id = $1;

-- catalog.insert_carrier
-- src/modules/catalog/carrier-store.ts
-- takes $1 text
-- returns id bigint
insert into carriers (name) values ($1) returning id;

-- catalog.insert_country
-- src/modules/catalog/country-store.ts
-- takes $1 text, $2 text, $3 text
-- returns id bigint
insert into countries (iso2, iso3, name) values ($1, $2, $3) returning id;

-- catalog.insert_plan
-- src/modules/catalog/plan-store.ts
-- takes $1 text, $2 text, $3 text, $4 numeric, $5 integer, $6 bigint, $7 text, $8 bigint, $9 text
-- returns id bigint
with fresh as (select nextval(pg_get_serial_sequence('plans', 'id')) as id)
   insert into plans (id, sku, name, description, data_gb, is_unlimited, duration_days, country_id, region,
                      carrier_id, is_active, paused_reason)
   select fresh.id, coalesce($1, 'plan-' || fresh.id), $2, $3, $4, $4::numeric is null, $5, $6, $7, $8,
          $9::text is null, $9
   from fresh
   returning id;

-- catalog.is_empty
-- src/modules/catalog/seed-demo-catalog.ts
-- returns is_empty boolean
select not exists (select from plans) and not exists (select from countries) as is_empty;

-- catalog.list_countries
-- src/modules/catalog/catalog-read-model.ts
-- returns id bigint, iso2 text, name text
select id, iso2, name from countries;

-- catalog.list_currencies
-- src/modules/catalog/catalog-read-model.ts
-- returns currency text
select distinct pp.currency from plan_prices pp join plans p on p.id = pp.plan_id where p.is_active order by 1;

-- catalog.list_plan_ids
-- src/modules/catalog/catalog-read-model.ts
-- takes $1 text, $2 text, $3 numeric, $4 numeric, $5 numeric, $6 numeric, $7 integer
-- returns ids json
select coalesce(json_agg(p.id order by pp.amount_minor, p.id), '[]') as ids
   from plans p
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   left join countries c on c.id = p.country_id
   where p.is_active
     and ($2::text is null or c.iso2 = $2 or exists (
       select from plan_countries pc join countries covered on covered.id = pc.country_id
       where pc.plan_id = p.id and covered.iso2 = $2))
     and ($3::numeric is null or p.is_unlimited or p.data_gb >= $3)
     and ($4::numeric is null or p.data_gb <= $4)
     and ($5::numeric is null or pp.amount_minor <= $5 * $6::numeric)
     and ($7::integer is null or p.duration_days = $7);

-- catalog.list_plans
-- src/modules/catalog/catalog-read-model.ts
-- takes $1 text, $2 text, $3 numeric, $4 numeric, $5 numeric, $6 numeric, $7 integer, $8 bigint
-- returns id bigint, name text, description text, data_gb double precision, duration_days integer, is_unlimited boolean, usd_minor bigint, currency text, amount_minor bigint, country_id bigint, country_iso2 text, country_name text, carrier_id bigint, carrier_name text, region text, coverage text[]
select 
  p.id, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.duration_days, p.is_unlimited,
  usd.amount_minor as usd_minor, pp.currency, pp.amount_minor,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.carrier_id, ca.name as carrier_name, p.region,
  case when p.country_id is null
    then array(
      select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
      where pc.plan_id = p.id order by covered.iso2)
    else array[c.iso2]
  end as coverage
   from plans p
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   
  join carriers ca on ca.id = p.carrier_id
  left join countries c on c.id = p.country_id
  left join plan_prices usd on usd.plan_id = p.id and usd.currency = 'USD'
   where p.is_active
     and ($2::text is null or c.iso2 = $2 or exists (
       select from plan_countries pc join countries covered on covered.id = pc.country_id
       where pc.plan_id = p.id and covered.iso2 = $2))
     and ($3::numeric is null or p.is_unlimited or p.data_gb >= $3)
     and ($4::numeric is null or p.data_gb <= $4)
     and ($5::numeric is null or pp.amount_minor <= $5 * $6::numeric)
     and ($7::integer is null or p.duration_days = $7)
   order by pp.amount_minor, p.id
   limit $8;

-- catalog.lock_plan
-- src/modules/catalog/plan-store.ts
-- takes $1 bigint
-- returns ?column? integer
select 1 from plans where id = $1 for update;

-- catalog.page_of_carriers
-- src/modules/catalog/carrier-store.ts
-- takes $1 text, $2 bigint
-- returns name text
select name from carriers where lower(name) > lower($1) order by lower(name) limit $2;

-- catalog.page_of_countries
-- src/modules/catalog/country-store.ts
-- takes $1 text, $2 bigint
-- returns iso2 text, iso3 text, name text
select iso2, iso3, name from countries where iso2 > $1 order by iso2 limit $2;

-- catalog.page_of_listed_plans
-- src/modules/catalog/catalog-read-model.ts
-- takes $1 text, $2 bigint[]
-- returns id bigint, name text, description text, data_gb double precision, duration_days integer, is_unlimited boolean, usd_minor bigint, currency text, amount_minor bigint, country_id bigint, country_iso2 text, country_name text, carrier_id bigint, carrier_name text, region text, coverage text[]
select 
  p.id, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.duration_days, p.is_unlimited,
  usd.amount_minor as usd_minor, pp.currency, pp.amount_minor,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.carrier_id, ca.name as carrier_name, p.region,
  case when p.country_id is null
    then array(
      select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
      where pc.plan_id = p.id order by covered.iso2)
    else array[c.iso2]
  end as coverage
   from unnest($2::bigint[]) with ordinality as wanted (id, place)
   join plans p on p.id = wanted.id and p.is_active
   join plan_prices pp on pp.plan_id = p.id and pp.currency = $1
   
  join carriers ca on ca.id = p.carrier_id
  left join countries c on c.id = p.country_id
  left join plan_prices usd on usd.plan_id = p.id and usd.currency = 'USD'
   order by wanted.place;

-- catalog.page_of_plans
-- src/modules/catalog/plan-store.ts
-- takes $1 text, $2 bigint
-- returns sku text, name text, description text, data_gb double precision, duration_days integer, region text, paused_reason text, country text, carrier text, countries text[], prices jsonb
select p.sku, p.name, p.description, p.data_gb::float8 as data_gb, p.duration_days, p.region, p.paused_reason,
     (select c.iso2 from countries c where c.id = p.country_id) as country,
     (select ca.name from carriers ca where ca.id = p.carrier_id) as carrier,
     array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
           where pc.plan_id = p.id order by 1) as countries,
     (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp
      where pp.plan_id = p.id) as prices
   from plans p where p.sku > $1 order by p.sku limit $2;

-- catalog.plans_by_carrier_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by lower(ca.name) asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_carrier_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by lower(ca.name) desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_country_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by lower(coalesce(c.name, p.region)) asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_country_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by lower(coalesce(c.name, p.region)) desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_created_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.created_at asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_created_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.created_at desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_data_gb_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by coalesce(p.data_gb, 'infinity'::numeric) asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_data_gb_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by coalesce(p.data_gb, 'infinity'::numeric) desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_duration_days_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.duration_days asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_duration_days_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.duration_days desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_id_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.id asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_id_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.id desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_name_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by lower(p.name) asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_name_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by lower(p.name) desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_price_usd_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by (select pp.amount_minor from plan_prices pp where pp.plan_id = p.id and pp.currency = 'USD') asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_price_usd_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by (select pp.amount_minor from plan_prices pp where pp.plan_id = p.id and pp.currency = 'USD') desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_sku_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.sku asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_sku_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.sku desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_by_updated_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.updated_at asc nulls last, p.id asc limit $5 offset $6;

-- catalog.plans_by_updated_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean, $5 bigint, $6 bigint
-- returns id bigint, sku text, name text, description text, data_gb double precision, is_unlimited boolean, duration_days integer, country_id bigint, country_iso2 text, country_name text, region text, carrier_id bigint, carrier_name text, is_active boolean, paused_reason text, created_at timestamp with time zone, updated_at timestamp with time zone, country_ids integer[], coverage text[], prices jsonb
select 
  p.id, p.sku, p.name, p.description, coalesce(p.data_gb, 0)::float8 as data_gb, p.is_unlimited, p.duration_days,
  p.country_id, c.iso2 as country_iso2, c.name as country_name, p.region, p.carrier_id, ca.name as carrier_name,
  p.is_active, p.paused_reason, p.created_at, p.updated_at,
  array(select pc.country_id::integer from plan_countries pc where pc.plan_id = p.id order by 1) as country_ids,
  array(select covered.iso2 from plan_countries pc join countries covered on covered.id = pc.country_id
        where pc.plan_id = p.id order by 1) as coverage,
  (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
    as prices from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4) order by p.updated_at desc nulls last, p.id desc limit $5 offset $6;

-- catalog.plans_count
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 bigint, $4 boolean
-- returns total bigint
select count(*) as total from plans p join carriers ca on ca.id = p.carrier_id left join countries c on c.id = p.country_id
    where (p.name ilike $1 or p.sku ilike $1 or p.region ilike $1 or c.name ilike $1 or ca.name ilike $1)
      and ($2::text is null or c.iso2 = $2)
      and ($3::bigint is null or p.carrier_id = $3)
      and ($4::boolean is null or p.is_active = $4);

-- catalog.price_currencies
-- src/modules/catalog/plan-store.ts
-- returns currency text
select distinct currency from plan_prices order by currency;

-- catalog.seed_lock
-- src/modules/catalog/seed-demo-catalog.ts
-- takes $1 bigint
-- returns pg_advisory_xact_lock void
select pg_advisory_xact_lock($1);

-- catalog.trip_plans
-- src/modules/catalog/trips/trip-store.ts
-- takes $1 text[], $2 text, $3 bigint
-- returns id bigint, name text, days integer, thousandthsGb integer, minor bigint, covers text[]
with wanted as (select id, iso2 from countries where iso2 = any($1::text[])),
   works as (
     select p.id, wanted.iso2 from wanted join plans p on p.country_id = wanted.id
     union all
     select pc.plan_id, wanted.iso2 from wanted join plan_countries pc on pc.country_id = wanted.id
   ),
   covering as (select id, array_agg(distinct iso2) as covers from works group by id)
   select p.id, p.name, p.duration_days as days, (p.data_gb * 1000)::integer as "thousandthsGb",
     pp.amount_minor as minor, covering.covers
   from covering
   join plans p on p.id = covering.id and p.is_active
   left join plan_prices pp on pp.plan_id = p.id and pp.currency = $2
   order by pp.amount_minor, p.id
   limit $3;

-- catalog.update_carrier
-- src/modules/catalog/carrier-store.ts
-- takes $1 bigint, $2 text
update carriers set name = $2, updated_at = now() where id = $1;

-- catalog.update_country
-- src/modules/catalog/country-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text
update countries set iso2 = $2, iso3 = $3, name = $4, updated_at = now() where id = $1;

-- catalog.update_plan
-- src/modules/catalog/plan-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text, $5 numeric, $6 integer, $7 bigint, $8 text, $9 bigint, $10 text
update plans set sku = coalesce($2, sku), name = $3, description = $4, data_gb = $5,
     is_unlimited = $5::numeric is null, duration_days = $6, country_id = $7, region = $8, carrier_id = $9,
     is_active = $10::text is null, paused_reason = $10, updated_at = now()
   where id = $1;

-- catalog.upsert_carriers
-- src/modules/catalog/carrier-store.ts
-- takes $1 text[]
-- returns is_new boolean
insert into carriers as ca (name)
   select distinct on (lower(name)) name from unnest($1::text[]) with ordinality as given (name, position)
   order by lower(name), position
   on conflict (lower(name)) do update set name = excluded.name, updated_at = now()
   where ca.name <> excluded.name
   returning xmax = 0 as is_new;

-- catalog.upsert_countries
-- src/modules/catalog/country-store.ts
-- takes $1 jsonb
-- returns is_new boolean
insert into countries as c (iso2, iso3, name)
   select iso2, iso3, name from jsonb_to_recordset($1::jsonb) as given (iso2 text, iso3 text, name text)
   on conflict (iso2) do update set
     iso3 = coalesce(excluded.iso3, c.iso3), name = excluded.name, updated_at = now()
   where (c.iso3, c.name) is distinct from (coalesce(excluded.iso3, c.iso3), excluded.name)
   returning xmax = 0 as is_new;

-- catalog.write_coverage
-- src/modules/catalog/plan-store.ts
-- takes $1 bigint, $2 bigint[]
with given as (select unnest($2::bigint[]) as country_id),
   gone as (
     delete from plan_countries where plan_id = $1 and country_id not in (select country_id from given)
   )
   insert into plan_countries (plan_id, country_id) select $1, country_id from given
   on conflict do nothing;

-- catalog.write_prices
-- src/modules/catalog/plan-store.ts
-- takes $1 bigint, $2 jsonb
with given as (select key as currency, value::bigint as amount_minor from jsonb_each_text($2::jsonb)),
   gone as (
     delete from plan_prices where plan_id = $1 and currency not in (select currency from given)
   )
   insert into plan_prices (plan_id, currency, amount_minor) select $1, currency, amount_minor from given
   on conflict (plan_id, currency) do update set amount_minor = excluded.amount_minor;

-- chain.add
-- src/modules/admin/chain/extend-chain.ts
-- takes $1 bigint, $2 bigint, $3 bytea, $4 bigint[], $5 bytea[], $6 bytea[]
with block as (
     insert into audit_blocks (number, row_count, complete_to, hash) values ($1, cardinality($4::bigint[]), $2, $3)
     returning number
   )
   insert into audit_links (audit_id, block, facts_hash, details_hash)
   select l.audit_id, block.number, l.facts_hash, l.details_hash
   from block, unnest($4::bigint[], $5::bytea[], $6::bytea[]) as l (audit_id, facts_hash, details_hash);

-- chain.blocks
-- src/modules/admin/chain/check-chain.ts
-- takes $1 bigint
-- returns number bigint, row_count integer, hash bytea, before bytea
with sizes as (select coalesce(max(number), 0) as newest from audit_blocks)
   select b.number, b.row_count, b.hash, p.hash as before
   from sizes, audit_blocks b left join audit_blocks p on p.number = b.number - 1
   where b.number > sizes.newest - $1::bigint / 2
     or hashint8(b.number)::bigint % greatest(1, 2 * sizes.newest / $1::bigint) = 0
   order by b.number;

-- chain.gaps
-- src/modules/admin/chain/check-chain.ts
-- returns id text
select 'audit_block:' || missing.number as id
   from (select coalesce(max(number), 0) as newest from audit_blocks) last,
     generate_series(1, last.newest) as missing (number)
   where not exists (select from audit_blocks b where b.number = missing.number)
   union all
   select 'audit:' || a.id from audit_log a
   where a.id <= (select coalesce(max(complete_to), 0) from audit_blocks)
     and not exists (select from audit_links l where l.audit_id = a.id)
   union all
   select 'audit:' || l.audit_id from audit_links l
   where (select count(*) from audit_links) <>
       (select count(*) from audit_log where id <= (select max(audit_id) from audit_links))
       - (select count(*) from audit_log a where a.id > (select max(complete_to) from audit_blocks)
          and a.id <= (select max(audit_id) from audit_links)
          and not exists (select from audit_links l where l.audit_id = a.id))
     and not exists (select from audit_log a where a.id = l.audit_id);

-- chain.last_block
-- src/modules/admin/chain/extend-chain.ts
-- returns number bigint, hash bytea, complete_to bigint
select number, hash, complete_to from audit_blocks order by number desc limit 1;

-- chain.links_of_block
-- src/modules/admin/chain/check-chain.ts
-- takes $1 bigint
-- returns audit_id bigint, facts_hash bytea, details_hash bytea, id bigint, facts text, details text
select l.audit_id, l.facts_hash, l.details_hash, a.id, 
  json_build_array(a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor, a.action, a.subject,
    a.request_id)::text as facts,
  coalesce(a.before::text, '') || chr(10) || coalesce(a.after::text, '') as details
   from audit_links l left join audit_log a on a.id = l.audit_id where l.block = $1 order by l.audit_id;

-- chain.lock
-- src/modules/admin/chain/extend-chain.ts
-- returns pg_advisory_xact_lock void
select pg_advisory_xact_lock(hashtextextended('audit chain', 0));

-- chain.queue_root_mails
-- src/modules/admin/chain/mail-root.ts
-- takes $1 text[]
-- returns queue_mail bigint
select queue_mail('audit_root', u.id, null, 'send_mail', 5) from users u
   where u.email = any ($1::text[]) and u.disabled_at is null and u.deleted_at is null
     and exists (select from audit_blocks);

-- chain.root
-- src/modules/admin/chain/check-chain.ts
-- returns number bigint, made_at timestamp with time zone, hash text
select number, made_at, encode(hash, 'hex') as hash from audit_blocks order by number desc limit 1;

-- chain.settled
-- src/modules/admin/chain/extend-chain.ts
-- returns id bigint
select coalesce((select id from audit_log where at < now() - interval '10 minutes' order by at desc limit 1), 0) as id;

-- chain.unlinked
-- src/modules/admin/chain/extend-chain.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, facts text, details text
select a.id, 
  json_build_array(a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor, a.action, a.subject,
    a.request_id)::text as facts,
  coalesce(a.before::text, '') || chr(10) || coalesce(a.after::text, '') as details from audit_log a
   where a.id > $1 and not exists (select from audit_links l where l.audit_id = a.id)
   order by a.id limit $2;

-- decision_keys.forget
-- src/modules/esims/provisioning/decision-keys.ts
-- takes $1 double precision
delete from decision_keys where created_at < now() - $1 * interval '1 hour';

-- decision_keys.give_back
-- src/modules/esims/provisioning/decision-keys.ts
-- takes $1 text, $2 text
delete from decision_keys where actor = $1 and idempotency_key = $2;

-- decision_keys.is_same
-- src/modules/esims/provisioning/decision-keys.ts
-- takes $1 text, $2 text, $3 text, $4 bytea
-- returns is_same boolean
select subject = $3 and request_fingerprint = $4 as is_same from decision_keys
   where actor = $1 and idempotency_key = $2;

-- decision_keys.take
-- src/modules/esims/provisioning/decision-keys.ts
-- takes $1 text, $2 text, $3 text, $4 bytea
insert into decision_keys (actor, idempotency_key, subject, request_fingerprint) values ($1, $2, $3, $4)
   on conflict on constraint decision_keys_one_per_actor_and_key do nothing;

-- disputes.ended_before
-- src/modules/payments/dispute-store.ts
-- takes $1 text, $2 text, $3 timestamp with time zone, $4 text
select from disputes where provider = $1 and dispute_id = $2 and status = $4 and coalesce(said_at, closed_at) < $3;

-- disputes.find_state
-- src/modules/payments/dispute-store.ts
-- takes $1 text, $2 text
-- returns status text
select status from disputes where provider = $1 and dispute_id = $2;

-- disputes.list_payments_in_dispute
-- src/modules/payments/dispute-store.ts
-- takes $1 text, $2 timestamp with time zone, $3 bigint
-- returns id bigint
select d.payment_id as id from disputes d
   where d.status in ('warning', 'open') and d.provider = $1 and d.provider_created_at < $2
   order by md5(d.id::text || now()::text) limit $3;

-- disputes.list_states
-- src/modules/payments/dispute-store.ts
-- takes $1 text, $2 timestamp with time zone
-- returns dispute_id text, status text
select d.dispute_id, d.status from disputes d where d.provider = $1 and d.provider_created_at >= $2;

-- disputes.sum_on_payment
-- src/modules/payments/dispute-store.ts
-- takes $1 bigint
update payments p set disputed_minor = least(p.captured_minor, coalesce((
     select sum(amount_minor) from disputes where payment_id = p.id and status in ('open', 'lost')), 0))
   where p.id = $1;

-- disputes.upsert
-- src/modules/payments/dispute-store.ts
-- takes $1 text, $2 text, $3 bigint, $4 text, $5 bigint, $6 text, $7 text, $8 timestamp with time zone, $9 text[], $10 timestamp with time zone, $11 boolean, $12 timestamp with time zone, $13 boolean
-- returns id bigint
insert into disputes as d
     (provider, dispute_id, payment_id, status, amount_minor, currency, reason, provider_created_at, closed_at,
      respond_by, answered_at, said_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $4 in ('won', 'lost') then now() end,
     $10::timestamptz, case when $11::boolean then now() end, $12::timestamptz)
   on conflict on constraint disputes_one_per_provider_dispute do update set
     status = excluded.status, amount_minor = excluded.amount_minor,
     closed_at = case when d.status = excluded.status then d.closed_at else excluded.closed_at end,
     respond_by = coalesce(excluded.respond_by, d.respond_by),
     answered_at = case when d.status = excluded.status then coalesce(d.answered_at, excluded.answered_at)
       else excluded.answered_at end,
     said_at = case when d.status = excluded.status then d.said_at else excluded.said_at end
   where (d.status = any ($9) and d.status <> 'won' and not ($13::boolean and d.status = 'lost' and d.said_at > $12::timestamptz + interval '1 minute'))
     or (d.status = 'won' and d.status = any ($9) and $13::boolean and coalesce(d.said_at, d.closed_at) < $12::timestamptz)
     or (d.status = excluded.status and (
     (d.respond_by is null and excluded.respond_by is not null)
     or (d.answered_at is null and excluded.answered_at is not null)))
   returning id;

-- esim_mails.note_language
-- src/modules/esims/delivery/mail-store.ts
-- takes $1 bigint, $2 text
update esim_profiles set language = $2 where id = $1 and language is null;

-- esim_mails.operator_reveal
-- src/modules/esims/delivery/mail-store.ts
-- takes $1 text, $2 text, $3 text, $4 text
insert into audit_log (actor, action, subject, request_id, after)
   values ($1, 'esim.code_shown', $2, $3, case when $4::text is not null then jsonb_build_object('reason', $4::text) end);

-- esim_mails.queue_reminders
-- src/modules/esims/delivery/mail-store.ts
-- returns queue_mail bigint
select queue_mail('esim_reminder', p.id, p.order_id, 'send_mail', 0)
   from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
   where p.status = 'ready' and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
     and p.use_by > now() and p.use_by < now() + interval '14 days'
     and p.use_by < now() + least(interval '14 days', (p.use_by - p.provisioned_at) / 4)
     and not exists (select from outgoing_mails m where m.kind = 'esim_reminder' and m.subject_id = p.id)
   limit 1000;

-- esims.accept_loss
-- src/modules/esims/provisioning/decide-esim.ts
-- takes $1 bigint
with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(), poll_at = null, parked_at = null,
       parked_reason = null, failure_reason = 'refunded_with_loss'
     where id = $1 and status in ('ready', 'active')
     returning id
   )
   update install_links l set revoked_at = now() from cancelled
   where l.profile_id = cancelled.id and l.revoked_at is null;

-- esims.anyones
-- src/modules/esims/esim-read-model.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, user_id bigint, order_status text, was_not_paid_in_time boolean, plan_id bigint, status text, is_take_back_requested boolean, was_revoked boolean, sealed bytea, iccid text, supplier text, created_at timestamp with time zone, provisioned_at timestamp with time zone, expires_at timestamp with time zone, validity_starts text, install_by timestamp with time zone, ended_at timestamp with time zone, has_ended boolean, revealed_at timestamp with time zone, language text, plan_snapshot json, usage_total_bytes bigint, usage_remaining_bytes bigint, usage_base smallint, usage_as_of timestamp with time zone
select p.id, p.order_id, p.user_id, o.status as order_status,
  coalesce(o.failed_at >= o.expires_at, false) as was_not_paid_in_time, p.plan_id, p.status,
  p.take_back_requested_at is not null as is_take_back_requested,
  p.plan_state in ('cancelled', 'revoked') or p.profile_state = 'recycled' as was_revoked, p.sealed, p.iccid, p.supplier,
  p.created_at, p.provisioned_at, case p.status when 'ready' then least(p.use_by, p.plan_expires_at) when 'active' then p.plan_expires_at
  else coalesce(p.plan_expires_at, p.use_by) end as expires_at, p.validity_starts,
  case when p.status = 'ready' and p.ended_at is null then p.use_by end as install_by,
  coalesce(p.ended_at, case when p.status in ('ready', 'active') and p.plan_expires_at <= now() then p.plan_expires_at end) as ended_at,
  p.status in ('ready', 'active') and p.ended_at is not null as has_ended, p.revealed_at, p.language, o.plan_snapshot,
  p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of from esim_profiles p join orders o on o.id = p.order_id where p.id = $1;

-- esims.apply_status
-- src/modules/esims/life/refresh-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 bigint, $5 bigint, $6 smallint, $7 timestamp with time zone, $8 timestamp with time zone, $9 text, $10 double precision, $11 boolean, $12 timestamp with time zone
with context as (select set_config('tribi.actor', 'supplier:' || $9, true)),
   ranks as (select array['unknown', 'released', 'downloaded', 'installed', 'enabled', 'disabled', 'deleted',
     'error', 'recycled'] as names)
   update esim_profiles p set
     profile_state = case
       when $2 = 'unknown' then p.profile_state
       when $2 in ('enabled', 'disabled') and p.profile_state in ('enabled', 'disabled') then $2
       when array_position(ranks.names, $2) >= array_position(ranks.names, p.profile_state) then $2
       else p.profile_state end,
     plan_state = case when $3 = 'unknown' or p.plan_state in ('expired', 'cancelled', 'revoked')
       then p.plan_state else $3 end,
     status = case when p.status = 'ready' and ($2 in ('installed', 'enabled', 'disabled', 'deleted')
         or ($11::boolean and p.plan_state in ('active', 'depleted'))) then 'active'
       when p.status = 'ready' and $11::boolean then 'expired' else p.status end,
     ended_at = case when $11::boolean then now() end,
     use_by = least(p.use_by, $12::timestamptz),
     installed_at = case when p.installed_at is null and $2 in ('installed', 'enabled', 'disabled', 'deleted')
       then now() else p.installed_at end,
     usage_total_bytes = case when $4::bigint is not null and ($7::timestamptz >= p.usage_as_of or p.usage_as_of is null)
       then $4 else p.usage_total_bytes end,
     usage_remaining_bytes = case when $5::bigint is not null and ($7::timestamptz >= p.usage_as_of or p.usage_as_of is null)
       then $5 else p.usage_remaining_bytes end,
     usage_base = coalesce($6, p.usage_base),
     usage_as_of = case when $4::bigint is not null then greatest(p.usage_as_of, $7::timestamptz) else p.usage_as_of end,
     plan_expires_at = coalesce($8::timestamptz, p.plan_expires_at),
     state_checked_at = now(),
     poll_at = case when not $11::boolean then now() + $10::float8 * interval '1 second' end
   from ranks, context where p.id = $1 and p.status in ('ready', 'active') and p.ended_at is null;

-- esims.attempts_of_profile
-- src/modules/esims/esim-admin-read-model.ts
-- takes $1 bigint
-- returns id bigint, number integer, reference text, supplier text, package_id text, status text, supplier_order_id text, reason text, detail text, lookups integer, cost_text text, cost_currency text, call_millis integer, created_at timestamp with time zone, decided_at timestamp with time zone, decided_by text
select a.id, a.number, a.reference, a.supplier, a.package_id, a.status, a.supplier_order_id, a.reason, a.detail,
     a.lookups, a.cost_text, a.cost_currency, a.call_millis, a.created_at, a.decided_at, a.decided_by from provisioning_attempts a where a.profile_id = $1 order by a.number;

-- esims.attempts_of_top_up
-- src/modules/esims/esim-admin-read-model.ts
-- takes $1 bigint
-- returns id bigint, number integer, reference text, supplier text, package_id text, status text, supplier_order_id text, reason text, detail text, lookups integer, cost_text text, cost_currency text, call_millis integer, created_at timestamp with time zone, decided_at timestamp with time zone, decided_by text
select a.id, a.number, a.reference, a.supplier, a.package_id, a.status, a.supplier_order_id, a.reason, a.detail,
     a.lookups, a.cost_text, a.cost_currency, a.call_millis, a.created_at, a.decided_at, a.decided_by from provisioning_attempts a where a.top_up_id = $1 order by a.number;

-- esims.begin_attempt
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 integer, $5 text, $6 text, $7 text, $8 boolean, $9 jsonb, $10 double precision
-- returns id bigint, sent_after_millis numeric
with money as materialized (
     select y.refund_reserved_minor + y.disputed_minor >= y.captured_minor as is_withheld
     from esim_profiles g join payments y on y.order_id = g.order_id
     where g.id = $1 and y.is_counted and $4 - 1 > g.insisted_attempts
     for share of y
   ), held as (
     update esim_profiles p set lease_until = clock_timestamp() + $3 * interval '1 second'
     from orders o
     where p.id = $1 and p.lease_token = $2 and p.status = 'pending' and p.take_back_requested_at is null
       and o.id = p.order_id and o.status = 'paid' and not exists (select from money where is_withheld)
       and not exists (
         select from payments y join webhook_events x on x.intent_id = y.intent_id and x.outcome = 'waiting'
         where y.order_id = o.id and y.is_counted and x.kind not like 'intent%')
     returning p.id
   )
   insert into provisioning_attempts
     (profile_id, number, reference, supplier, package_id, is_exclusive, expected_cost, status, created_at)
   select id, $4, $5, $6, $7, $8, $9::jsonb, case when $10::float8 is null then 'intended' else 'unknown' end,
     coalesce(to_timestamp($10::float8 / 1000), now()) from held
   on conflict (supplier, package_id) where is_exclusive and supplier_order_id is null and status in ('intended', 'unknown', 'parked', 'surplus') do nothing
   returning id, floor(extract(epoch from created_at) * 1000) as sent_after_millis;

-- esims.by_id
-- src/modules/esims/esim-read-model.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, order_id bigint, user_id bigint, order_status text, was_not_paid_in_time boolean, plan_id bigint, status text, is_take_back_requested boolean, was_revoked boolean, sealed bytea, iccid text, supplier text, created_at timestamp with time zone, provisioned_at timestamp with time zone, expires_at timestamp with time zone, validity_starts text, install_by timestamp with time zone, ended_at timestamp with time zone, has_ended boolean, revealed_at timestamp with time zone, language text, plan_snapshot json, usage_total_bytes bigint, usage_remaining_bytes bigint, usage_base smallint, usage_as_of timestamp with time zone
select p.id, p.order_id, p.user_id, o.status as order_status,
  coalesce(o.failed_at >= o.expires_at, false) as was_not_paid_in_time, p.plan_id, p.status,
  p.take_back_requested_at is not null as is_take_back_requested,
  p.plan_state in ('cancelled', 'revoked') or p.profile_state = 'recycled' as was_revoked, p.sealed, p.iccid, p.supplier,
  p.created_at, p.provisioned_at, case p.status when 'ready' then least(p.use_by, p.plan_expires_at) when 'active' then p.plan_expires_at
  else coalesce(p.plan_expires_at, p.use_by) end as expires_at, p.validity_starts,
  case when p.status = 'ready' and p.ended_at is null then p.use_by end as install_by,
  coalesce(p.ended_at, case when p.status in ('ready', 'active') and p.plan_expires_at <= now() then p.plan_expires_at end) as ended_at,
  p.status in ('ready', 'active') and p.ended_at is not null as has_ended, p.revealed_at, p.language, o.plan_snapshot,
  p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of from esim_profiles p join orders o on o.id = p.order_id where p.id = $1 and p.user_id = $2;

-- esims.by_order
-- src/modules/esims/esim-read-model.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, order_id bigint, user_id bigint, order_status text, was_not_paid_in_time boolean, plan_id bigint, status text, is_take_back_requested boolean, was_revoked boolean, sealed bytea, iccid text, supplier text, created_at timestamp with time zone, provisioned_at timestamp with time zone, expires_at timestamp with time zone, validity_starts text, install_by timestamp with time zone, ended_at timestamp with time zone, has_ended boolean, revealed_at timestamp with time zone, language text, plan_snapshot json, usage_total_bytes bigint, usage_remaining_bytes bigint, usage_base smallint, usage_as_of timestamp with time zone
select p.id, p.order_id, p.user_id, o.status as order_status,
  coalesce(o.failed_at >= o.expires_at, false) as was_not_paid_in_time, p.plan_id, p.status,
  p.take_back_requested_at is not null as is_take_back_requested,
  p.plan_state in ('cancelled', 'revoked') or p.profile_state = 'recycled' as was_revoked, p.sealed, p.iccid, p.supplier,
  p.created_at, p.provisioned_at, case p.status when 'ready' then least(p.use_by, p.plan_expires_at) when 'active' then p.plan_expires_at
  else coalesce(p.plan_expires_at, p.use_by) end as expires_at, p.validity_starts,
  case when p.status = 'ready' and p.ended_at is null then p.use_by end as install_by,
  coalesce(p.ended_at, case when p.status in ('ready', 'active') and p.plan_expires_at <= now() then p.plan_expires_at end) as ended_at,
  p.status in ('ready', 'active') and p.ended_at is not null as has_ended, p.revealed_at, p.language, o.plan_snapshot,
  p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of from esim_profiles p join orders o on o.id = p.order_id where p.order_id = $1 and p.user_id = $2;

-- esims.cancel_delivered
-- src/modules/esims/life/take-back-store.ts
-- takes $1 bigint, $2 text
-- returns id bigint
with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(), poll_at = null, parked_at = null,
       parked_reason = null, failure_reason = $2
     where id = $1 and status in ('ready', 'active')
     returning id
   ), links as (
  update install_links l set revoked_at = now() from cancelled where l.profile_id = cancelled.id and l.revoked_at is null
), attempt as (
     update provisioning_attempts a set status = 'taken_back' from cancelled
     where $2::text is null and a.profile_id = cancelled.id and a.status = 'delivered'
   )
   select id from cancelled;

-- esims.cancel_own
-- src/modules/esims/life/take-back-store.ts
-- takes $1 bigint
-- returns id bigint
with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(),
       sealed = case when supplier = 'local' then sealed end,
       code_fingerprint = case when supplier = 'local' then code_fingerprint end,
       supplier_reference = case when supplier = 'local' then supplier_reference end
     where id = $1 and status = 'ready'
       and (supplier = 'local' or (supplier = 'stock' and revealed_at is null))
     returning id, supplier, supplier_order_id
   ), links as (
  update install_links l set revoked_at = now() from cancelled where l.profile_id = cancelled.id and l.revoked_at is null
), item as (
     update stock_items s set status = 'available', reference = null, order_id = null
     from cancelled
     where cancelled.supplier = 'stock' and s.reference = cancelled.supplier_order_id and s.status = 'assigned'
       and s.revealed_at is null
   ), attempt as (
     update provisioning_attempts a set status = 'taken_back' from cancelled
     where a.profile_id = cancelled.id and a.status = 'delivered'
   )
   select id from cancelled;

-- esims.cancel_pending
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer
update esim_profiles set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
     parked_at = null, parked_reason = null
   where id = $1 and lease_token = $2 and status = 'pending';

-- esims.claim
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 double precision, $3 boolean
-- returns profile_id bigint, plan_id bigint, lease_token integer, order_reference text, forgiven_attempts integer, is_parked boolean, is_take_back_requested boolean, attempts json, suppliers json, id bigint, restoration json
select c.*, (
     select json_build_object('backupMillis', floor(extract(epoch from min(r.backup_at)) * 1000),
       'agoMillis', floor(extract(epoch from clock_timestamp() - max(r.restored_at)) * 1000))
     from restorations r join orders o on o.id = $1 and o.created_at < r.restored_at
     where not exists (
       select from provisioning_attempts a
       where a.profile_id = c.id
         and (a.created_at >= r.restored_at or a.decided_by is not null and a.decided_at >= r.restored_at))
     having count(*) > 0) as restoration from (select c.*, c.profile_id as id from claim_provisioning($1, $2 * interval '1 second', $3::boolean) c) c;

-- esims.count_overdue
-- src/modules/esims/watch-deliveries.ts
-- returns count bigint
select (select count(*) from esim_profiles where status = 'pending' and due_at < now() and parked_at is null)
        + (select count(*) from top_ups where status = 'pending' and due_at < now() and parked_at is null) as count;

-- esims.count_unseen
-- src/modules/esims/watch-deliveries.ts
-- returns count bigint
select count(distinct p.id) as count
   from outgoing_mails mail join esim_profiles p on p.id = mail.subject_id join orders o on o.id = p.order_id
   where mail.kind = 'esim_ready' and mail.status <> 'sent' and not exists (select from outgoing_mails m where m.kind = 'esim_ready' and m.subject_id = p.id and m.status = 'sent')
     and p.status in ('ready', 'active') and p.ended_at is null
     and p.provisioned_at < now() - interval '15 minutes' and o.status = 'paid'
     and not exists (select from esim_reveals r where r.profile_id = p.id and r.channel <> 'mail');

-- esims.decide_attempt
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text, $5 text, $6 text[]
update provisioning_attempts set status = $2, reason = $3, decided_by = $4,
     is_exclusive = is_exclusive or ($2 in ('unknown', 'surplus') and supplier = any($6::text[])),
     supplier_order_id = coalesce($5, supplier_order_id), ask_at = null,
     decided_at = case when $2 in ('refused', 'surplus') then now() end
   where id = $1 and status = 'parked';

-- esims.deliver
-- src/modules/esims/purchase/subjects/esim.ts
-- takes $1 bigint, $2 integer, $3 bigint, $4 text, $5 text, $6 text, $7 bytea, $8 bytea, $9 bytea, $10 text, $11 integer, $12 double precision, $13 integer, $14 text, $15 text, $16 text, $17 timestamp with time zone, $18 text, $19 text
-- returns id bigint, changed bigint, mail bigint
with terms as (
     select min(use_within_days) as days, min(validity_starts) as starts from plan_suppliers s
     where s.plan_id = (select plan_id from esim_profiles where id = $1) and s.supplier = $4 and s.package_id = $16
   ), delivered as (
     update esim_profiles set
       status = 'ready', supplier = $4, supplier_order_id = $5, supplier_reference = $6, sealed = $7,
       code_fingerprint = $8, activation_code_fingerprint = $9, iccid = $10, provisioned_at = clock_timestamp(),
       use_by = least(clock_timestamp() + least($11, terms.days) * interval '1 day', $17::timestamptz),
       validity_starts = coalesce($18, terms.starts), poll_at = clock_timestamp() + $12 * interval '1 second',
       lease_until = null, parked_at = null, parked_reason = null
     from terms
     where id = $1 and lease_token = $2 and status = 'pending' and take_back_requested_at is null
     returning id, order_id
   ), attempt as (
     update provisioning_attempts a set
       status = 'delivered', supplier_order_id = $5, decided_at = clock_timestamp(), detail = $19::text,
       reason = case when $19::text is not null then 'extra_esim' end,
       call_millis = coalesce($13, a.call_millis), cost_text = coalesce($14, a.cost_text),
       cost_currency = coalesce($15, a.cost_currency)
     from delivered where a.id = $3
     returning a.id
   )
   select delivered.id, (select count(*) from attempt) as changed,
     queue_mail('esim_ready', delivered.id, delivered.order_id, 'send_mail', -10) as mail
   from delivered;

-- esims.enqueue_price_watch
-- src/modules/esims/provisioning/on-refusal.ts
-- returns enqueue_job boolean
select enqueue_job('watch_supplier_prices', '{}', 'watch_supplier_prices');

-- esims.expire_unused
-- src/modules/esims/life/refresh-store.ts
-- takes $1 bigint
update esim_profiles set status = 'expired', ended_at = now(), poll_at = null
   where id in (
     select id from esim_profiles
     where status = 'ready' and use_by < now() and plan_state not in ('active', 'depleted')
     order by use_by limit $1 for update skip locked)
     and status = 'ready' and use_by < now();

-- esims.fail
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 text
-- returns enqueue_job boolean, queue_mail bigint
with failed as (
     update esim_profiles set status = 'failed', failure_reason = $3, ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   )
   select enqueue_job('refund_undeliverable', json_build_object('profile_id', id), job_key => 'refund-undeliverable:' || id),
     queue_mail('esim_failed', id, order_id, 'send_mail', 0) from failed;

-- esims.fail_by_decision
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint
-- returns enqueue_job boolean, queue_mail bigint, surplus bigint
with failed as (
     update esim_profiles set status = 'failed', failure_reason = 'operator_refund', ended_at = now(), parked_at = null,
       parked_reason = null, lease_until = null, lease_token = lease_token + 1
     where id = $1 and status = 'pending'
     returning id, order_id
   ), surplus as materialized (
     select enqueue_job('take_back_surplus', json_build_object('attempt_id', a.id), job_key => 'surplus:' || a.id)
     from failed join provisioning_attempts a on a.profile_id = failed.id and a.status = 'surplus'
   )
   select enqueue_job('refund_undeliverable', json_build_object('profile_id', id), job_key => 'refund-undeliverable:' || id),
     queue_mail('esim_failed', id, order_id, 'send_mail', 0), (select count(*) from surplus) as surplus from failed;

-- esims.failed_order
-- src/modules/esims/purchase/purchase-sweeps.ts
-- takes $1 bigint
-- returns order_id bigint, failure_reason text
select order_id, coalesce(failure_reason, 'taken_back') as failure_reason from esim_profiles
   where id = $1 and (status in ('failed', 'cancelled')
     or exists (select from orders o where o.id = order_id and o.status = 'refunded'));

-- esims.find_event_subject
-- src/modules/esims/suppliers/supplier-event-store.ts
-- takes $1 bigint
-- returns event_id bigint, kind text, supplier text, profile_id bigint, order_id bigint, status text, attempt_id bigint, is_failure boolean, is_ruled_out boolean, pending_top_up_order_id bigint
select e.id as event_id, e.kind, e.supplier, p.profile_id, p.order_id, p.status, p.attempt_id,
     e.order_failure is not null as is_failure,
     coalesce((named.status = 'refused' or (named.status = 'taken_back' and named.reason = 'never_sold')), false) as is_ruled_out, t.order_id as pending_top_up_order_id
   from supplier_events e left join lateral (
     select p.id as profile_id, p.order_id, p.status, named.attempt_id
     from (
       select case when a.reference = e.reference then 1 else 2 end as rank, a.id as attempt_id,
         coalesce(a.profile_id, (select t.profile_id from top_ups t where t.id = a.top_up_id)) as profile_id
       from provisioning_attempts a
       where a.supplier = e.supplier and (a.reference = e.reference or a.supplier_order_id = e.supplier_order_id)
       union all
       select 3, null, q.id from esim_profiles q
       where q.supplier = e.supplier and q.supplier_reference = e.supplier_reference
       union all
       select 4, null, q.id from esim_profiles q
       where q.iccid = e.iccid and q.supplier = e.supplier and q.status in ('ready', 'active') and q.ended_at is null
         and num_nonnulls(e.reference, e.supplier_order_id, e.supplier_reference) = 0
     ) named join esim_profiles p on p.id = named.profile_id
     order by named.rank limit 1
   ) p on true
   left join provisioning_attempts named on named.id = p.attempt_id
   left join top_ups t on t.id = named.top_up_id and t.status = 'pending'
   where e.id = $1 and e.applied_at is null;

-- esims.find_ruled_out
-- src/modules/esims/purchase/lone-attempt.ts
-- takes $1 bigint
-- returns attempt json, kind text, esim json
select json_build_object(
       'id', a.id, 'number', a.number, 'reference', a.reference, 'supplier', a.supplier, 'packageId', a.package_id,
       'status', a.status, 'supplierOrderId', a.supplier_order_id, 'reason', a.reason, 'lookups', 0, 'ageMillis', 0,
       'sentAfterMillis', floor(extract(epoch from a.created_at) * 1000), 'askInMillis', null,
       'settlingMillis', settling_millis(a), 'resettlingMillis', resettling_millis(a),
       'expectedCost', a.expected_cost, 'toldFailure', a.told_failure) as attempt,
     case when a.top_up_id is null then 'esim' else 'top_up' end as kind,
     case when p.id is not null then json_build_object('supplierReference', coalesce(p.supplier_reference, ''),
       'supplierOrderId', coalesce(p.supplier_order_id, ''), 'iccid', p.iccid) end as esim
   from provisioning_attempts a
     left join top_ups t on t.id = a.top_up_id left join esim_profiles p on p.id = t.profile_id
   where a.id = $1 and (a.status = 'refused' or (a.status = 'taken_back' and a.reason = 'never_sold'));

-- esims.find_stock
-- src/modules/esims/stock/stock-shelf.ts
-- takes $1 text
-- returns id bigint, sealed bytea, iccid text
select id, sealed, iccid from stock_items where reference = $1;

-- esims.find_surplus
-- src/modules/esims/purchase/lone-attempt.ts
-- takes $1 bigint
-- returns attempt json, kind text, esim json
select json_build_object(
       'id', a.id, 'number', a.number, 'reference', a.reference, 'supplier', a.supplier, 'packageId', a.package_id,
       'status', a.status, 'supplierOrderId', a.supplier_order_id, 'reason', a.reason, 'lookups', 0, 'ageMillis', 0,
       'sentAfterMillis', floor(extract(epoch from a.created_at) * 1000), 'askInMillis', null,
       'settlingMillis', settling_millis(a), 'resettlingMillis', resettling_millis(a),
       'expectedCost', a.expected_cost, 'toldFailure', a.told_failure) as attempt,
     case when a.top_up_id is null then 'esim' else 'top_up' end as kind,
     case when p.id is not null then json_build_object('supplierReference', coalesce(p.supplier_reference, ''),
       'supplierOrderId', coalesce(p.supplier_order_id, ''), 'iccid', p.iccid) end as esim
   from provisioning_attempts a
     left join top_ups t on t.id = a.top_up_id left join esim_profiles p on p.id = t.profile_id
   where a.id = $1 and a.status = 'surplus';

-- esims.find_to_refresh
-- src/modules/esims/life/refresh-store.ts
-- takes $1 bigint
-- returns id bigint, status text, supplier text, supplier_order_id text, supplier_reference text, iccid text
select id, status, supplier, supplier_order_id, supplier_reference, iccid
   from esim_profiles where id = $1 and status in ('ready', 'active') and ended_at is null;

-- esims.former_suppliers
-- src/modules/esims/purchase/former-suppliers.ts
-- takes $1 bigint, $2 double precision
-- returns supplier text, packageId text
select distinct a.supplier, a.package_id as "packageId"
   from provisioning_attempts a join esim_profiles p on p.id = a.profile_id
   where p.plan_id = $1 and a.created_at > to_timestamp($2::float8 / 1000) - interval '30 days'
   order by 1, 2;

-- esims.free_cured
-- src/modules/esims/provisioning/provisioning-jobs.ts
-- returns enqueue_job boolean
with cured as (
     select distinct p.id, p.parked_reason
     from esim_profiles p join orders o on o.id = p.order_id
       join plan_suppliers s on s.plan_id = p.plan_id and s.paused_at is null
       join lateral (
         select a.reason, a.expected_cost from provisioning_attempts a
         where a.profile_id = p.id and a.supplier = s.supplier and a.package_id = s.package_id
         order by a.number desc limit 1) last on last.reason = p.parked_reason
       left join supplier_accounts c on c.supplier = s.supplier
     where p.status = 'pending' and p.parked_at is not null and o.status = 'paid' and not exists (
       select from payments y where y.order_id = p.order_id and y.is_counted
         and y.refund_reserved_minor + y.disputed_minor >= y.captured_minor) and (
       (p.parked_reason in ('no_funds', 'auth') and c.problem is null and (
          c.balance_minor is null or s.cost_minor is null or c.balance_currency is distinct from s.cost_currency
          or c.balance_minor >= s.cost_minor)
        and not exists (
         select from provisioning_attempts r where r.profile_id = p.id and r.supplier = s.supplier and r.package_id = s.package_id and r.status = 'refused' and r.reason in ('no_funds', 'auth')
         having count(*) > 1
           and max(r.decided_at) + interval '5 minutes' * 2 ^ (least(count(*), 9) - 2) > now()))
       or (p.parked_reason = 'price_changed' and s.cost_text is distinct from last.expected_cost->>'amountText'
           and (s.cost_currency <> o.currency or s.cost_minor <= o.amount_minor)))
       and not exists (select from provisioning_attempts a where a.profile_id = p.id
         and a.status in ('intended', 'unknown', 'accepted', 'parked'))
   ), freed as (
     update esim_profiles p set parked_at = null, parked_reason = null,
       forgiven_attempts = case when c.parked_reason = 'price_changed' then p.forgiven_attempts
         else (select max(number) from provisioning_attempts a where a.profile_id = p.id) end
     from cured c where p.id = c.id and p.status = 'pending' and p.parked_at is not null
     returning p.order_id
   )
   select enqueue_job('provision_esim', json_build_object('order_id', order_id), job_key => 'provision:' || order_id, priority => -20) from freed;

-- esims.free_iccid
-- src/modules/esims/purchase/subjects/esim.ts
-- takes $1 text
update esim_profiles set ended_at = now(), poll_at = null,
     status = case when status = 'ready' and plan_state not in ('active', 'depleted') then 'expired'
       when status = 'ready' then 'active' else status end
   where iccid = $1 and status in ('ready', 'active') and ended_at is null
     and (plan_expires_at < now() or (status = 'ready' and use_by < now()));

-- esims.give_back_stock
-- src/modules/esims/stock/stock-shelf.ts
-- takes $1 text
-- returns status text
update stock_items set
     status = case when revealed_at is null and status = 'assigned' then 'available' else 'withdrawn' end,
     reference = case when revealed_at is not null or status <> 'assigned' then reference end,
     order_id = case when revealed_at is not null or status <> 'assigned' then order_id end
   where reference = $1 and status in ('assigned', 'withdrawn')
   returning status;

-- esims.give_up_pending
-- src/modules/esims/life/take-back-store.ts
-- takes $1 bigint
-- returns enqueue_job boolean
with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(), parked_at = null, parked_reason = null,
       failure_reason = 'refunded_with_loss'
     where order_id = $1 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus' from cancelled
     where a.profile_id = cancelled.id and a.status in ('intended', 'unknown', 'accepted', 'parked')
     returning a.id
   )
   select enqueue_job('take_back_surplus', json_build_object('attempt_id', id), job_key => 'surplus:' || id) from attempt;

-- esims.insert_stock
-- src/modules/esims/stock/stock-store.ts
-- takes $1 bigint[], $2 bigint[], $3 bytea[], $4 bytea[], $5 text[], $6 text
-- returns code_fingerprint bytea
insert into stock_items (id, plan_id, sealed, code_fingerprint, iccid, batch)
   select n.id, n.plan_id, n.sealed, n.fingerprint, n.iccid, $6
   from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[])
     as n(id, plan_id, sealed, fingerprint, iccid)
   where not exists (select from esim_profiles p where p.code_fingerprint = n.fingerprint)
     and not exists (select from esim_profiles p where p.iccid = n.iccid and p.status in ('ready', 'active'))
     and not exists (select from stock_items i where i.iccid = n.iccid and i.status = 'assigned' and i.revealed_at is null)
   on conflict do nothing
   returning code_fingerprint;

-- esims.is_over
-- src/modules/esims/purchase/subjects/esim.ts
-- takes $1 timestamp with time zone
-- returns is_over boolean
select $1::timestamptz <= clock_timestamp() as is_over;

-- esims.keep_supplier_event
-- src/modules/esims/suppliers/supplier-event-store.ts
-- takes $1 text, $2 text, $3 text, $4 timestamp with time zone, $5 text, $6 text, $7 text, $8 text, $9 integer, $10 jsonb
-- returns id bigint, enqueue_job boolean
with kept as (
     insert into supplier_events (supplier, dedup_key, kind, occurred_at, reference, supplier_order_id,
       supplier_reference, iccid, remaining_percent, order_failure)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)
     on conflict on constraint supplier_events_one_per_key do nothing
     returning id
   )
   select id, enqueue_job('apply_supplier_event', json_build_object('event_id', id), max_attempts => 12) from kept;

-- esims.keep_unreadable_event
-- src/modules/esims/suppliers/supplier-event-store.ts
-- takes $1 text, $2 text, $3 text
insert into supplier_events (supplier, dedup_key, kind, problem) values ($1, $2, 'unreadable', $3)
   on conflict on constraint supplier_events_one_per_key do nothing;

-- esims.known_codes
-- src/modules/esims/stock/stock-store.ts
-- takes $1 bytea[]
-- returns code_fingerprint bytea
select code_fingerprint from stock_items where code_fingerprint = any ($1::bytea[])
   union select code_fingerprint from esim_profiles where code_fingerprint = any ($1::bytea[]);

-- esims.known_supplier_orders
-- src/modules/esims/purchase/ask-supplier.ts
-- takes $1 text, $2 text, $3 bigint, $4 double precision
-- returns supplier_order_id text
select supplier_order_id from provisioning_attempts
   where supplier = $1 and package_id = $2 and id <> $3 and supplier_order_id is not null
     and created_at > to_timestamp($4::float8 / 1000) - interval '1 day';

-- esims.list_plan_suppliers
-- src/modules/esims/suppliers/plan-supplier-store.ts
-- takes $1 bigint
-- returns supplier text, package_id text, top_up_package_id text, rank integer, cost_text text, cost_currency text, paused_reason text, checked_at timestamp with time zone
select supplier, package_id, top_up_package_id, rank, cost_text, cost_currency, paused_reason, checked_at
   from plan_suppliers where plan_id = $1 order by rank, cost_minor nulls first, id;

-- esims.lock_parked
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint
-- returns id bigint, status text, parked_reason text, attempt_id bigint, attempt_supplier_order_id text
select p.id, p.status, p.parked_reason, a.id as attempt_id, a.supplier_order_id as attempt_supplier_order_id
   from esim_profiles p left join provisioning_attempts a on a.profile_id = p.id and a.status = 'parked'
   where p.id = $1 and p.parked_at is not null for update of p;

-- esims.lock_plan
-- src/modules/esims/suppliers/plan-supplier-store.ts
-- takes $1 bigint
-- returns id bigint
select id from plans where id = $1 for update;

-- esims.log_reveals
-- src/modules/esims/reveal-store.ts
-- takes $1 jsonb
insert into esim_reveals (profile_id, actor, session_id, channel, hour, request_id)
   select r.profile_id, r.actor, r.session_id, r.channel, date_trunc('hour', now()), r.request_id
   from jsonb_to_recordset($1::jsonb) as r(profile_id bigint, actor text, session_id text, channel text, request_id text)
   on conflict (profile_id, actor, session_id, channel, hour) where session_id is not null do nothing;

-- esims.looked_back
-- src/modules/esims/suppliers/ruled-out-store.ts
-- takes $1 bigint, $2 boolean
update provisioning_attempts set looked_back_at = case when $2::boolean then now() end where id = $1;

-- esims.mark_installed
-- src/modules/esims/esim-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
with context as (select set_config('tribi.actor', $3, true), set_config('tribi.request_id', $4, true))
   update esim_profiles p set status = 'active', installed_at = now(), profile_state = 'installed'
   from context
   where p.id = $1 and p.user_id = $2 and p.supplier = 'local' and p.status = 'ready' and p.use_by > now();

-- esims.mark_revealed
-- src/modules/esims/reveal-store.ts
-- takes $1 bigint
-- returns id bigint
with shown as (
     update esim_profiles set revealed_at = now()
     where id = $1 and revealed_at is null and status in ('ready', 'active') and ended_at is null
     returning id, supplier, supplier_order_id
   ), item as (
     update stock_items s set revealed_at = now()
     from shown
     where shown.supplier = 'stock' and s.reference = shown.supplier_order_id and s.revealed_at is null
   )
   select id from shown;

-- esims.mine
-- src/modules/esims/esim-read-model.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, user_id bigint, order_status text, was_not_paid_in_time boolean, plan_id bigint, status text, is_take_back_requested boolean, was_revoked boolean, sealed bytea, iccid text, supplier text, created_at timestamp with time zone, provisioned_at timestamp with time zone, expires_at timestamp with time zone, validity_starts text, install_by timestamp with time zone, ended_at timestamp with time zone, has_ended boolean, revealed_at timestamp with time zone, language text, plan_snapshot json, usage_total_bytes bigint, usage_remaining_bytes bigint, usage_base smallint, usage_as_of timestamp with time zone
select p.id, p.order_id, p.user_id, o.status as order_status,
  coalesce(o.failed_at >= o.expires_at, false) as was_not_paid_in_time, p.plan_id, p.status,
  p.take_back_requested_at is not null as is_take_back_requested,
  p.plan_state in ('cancelled', 'revoked') or p.profile_state = 'recycled' as was_revoked, p.sealed, p.iccid, p.supplier,
  p.created_at, p.provisioned_at, case p.status when 'ready' then least(p.use_by, p.plan_expires_at) when 'active' then p.plan_expires_at
  else coalesce(p.plan_expires_at, p.use_by) end as expires_at, p.validity_starts,
  case when p.status = 'ready' and p.ended_at is null then p.use_by end as install_by,
  coalesce(p.ended_at, case when p.status in ('ready', 'active') and p.plan_expires_at <= now() then p.plan_expires_at end) as ended_at,
  p.status in ('ready', 'active') and p.ended_at is not null as has_ended, p.revealed_at, p.language, o.plan_snapshot,
  p.usage_total_bytes, p.usage_remaining_bytes, p.usage_base, p.usage_as_of from esim_profiles p join orders o on o.id = p.order_id where p.user_id = $1 order by p.id desc limit 200;

-- esims.next_stock_ids
-- src/modules/esims/stock/stock-store.ts
-- takes $1 integer
-- returns id bigint
select nextval(pg_get_serial_sequence('stock_items', 'id')) as id from generate_series(1, $1::integer);

-- esims.note_catalogue_problem
-- src/modules/esims/suppliers/supplier-account-store.ts
-- takes $1 text, $2 text
insert into supplier_accounts as k (supplier, catalogue_problem, catalogue_problem_since) values ($1, $2, now())
   on conflict (supplier) do update set catalogue_problem = excluded.catalogue_problem,
     catalogue_problem_since = case when k.catalogue_problem = excluded.catalogue_problem
       then k.catalogue_problem_since else excluded.catalogue_problem_since end;

-- esims.note_restoration
-- src/modules/esims/purchase/note-restoration.ts
-- takes $1 timestamp with time zone
-- returns id bigint
insert into restorations (backup_at) values ($1::timestamptz) returning id;

-- esims.note_supplier_hours
-- src/modules/esims/suppliers/supplier-hour-store.ts
with since as (
     select date_trunc('hour', greatest(now() - interval '30 days',
       coalesce(max(hour), '-infinity') - interval '6 hours'), 'UTC') as at from supplier_hours
   ), bought as (
     select t.supplier, date_trunc('hour', t.created_at, 'UTC') as hour,
       count(*) filter (where t.status <> 'intended') as purchases,
       count(*) filter (where t.status in ('refused', 'parked', 'unknown')) as not_delivered,
       percentile_cont(0.5) within group (order by t.call_millis)::integer as median_millis,
       percentile_cont(0.95) within group (order by t.call_millis)::integer as p95_millis
     from provisioning_attempts t where t.created_at >= (select at from since) group by 1, 2
   ), balances as (
     select a.supplier, date_trunc('hour', a.balance_read_at, 'UTC') as hour, a.balance_text::numeric as balance, a.balance_currency
     from supplier_accounts a where a.balance_read_at >= (select at from since) and a.balance_text ~ '^-?[0-9]{1,15}([.][0-9]{1,9})?$'
   ), noted as (
     insert into supplier_hours as h (supplier, hour, purchases, not_delivered, median_millis, p95_millis, balance, balance_currency)
     select coalesce(b.supplier, k.supplier), coalesce(b.hour, k.hour), coalesce(b.purchases, 0),
       coalesce(b.not_delivered, 0), b.median_millis, b.p95_millis, k.balance, k.balance_currency
     from bought b full join balances k on k.supplier = b.supplier and k.hour = b.hour
     on conflict (supplier, hour) do update set purchases = excluded.purchases, not_delivered = excluded.not_delivered,
       median_millis = excluded.median_millis, p95_millis = excluded.p95_millis,
       balance = coalesce(excluded.balance, h.balance), balance_currency = coalesce(excluded.balance_currency, h.balance_currency)
   )
   delete from supplier_hours where hour < now() - interval '90 days';

-- esims.note_surplus_order
-- src/modules/esims/purchase/settle-surplus.ts
-- takes $1 bigint, $2 text
update provisioning_attempts set supplier_order_id = $2 where id = $1 and status = 'surplus' and supplier_order_id is null;

-- esims.note_surplus_sending
-- src/modules/esims/purchase/settle-surplus.ts
-- takes $1 bigint, $2 double precision
update provisioning_attempts set resent_at = clock_timestamp() - $2::float8 * interval '1 millisecond'
   where id = $1 and status = 'surplus';

-- esims.note_told_failure
-- src/modules/esims/suppliers/supplier-event-store.ts
-- takes $1 bigint, $2 bigint
update provisioning_attempts a set told_failure = e.order_failure
   from supplier_events e
   where e.id = $1 and a.id = $2 and e.order_failure is not null and a.told_failure is null
     and a.status in ('intended', 'unknown', 'accepted', 'parked', 'surplus');

-- esims.of_top_up_order
-- src/modules/esims/esim-read-model.ts
-- takes $1 bigint, $2 bigint
-- returns profile_id bigint
select profile_id from top_ups where order_id = $1 and user_id = $2;

-- esims.park
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 text, $4 bigint, $5 text, $6 text
-- returns id bigint, changed bigint
with parked as (
     update esim_profiles set parked_at = coalesce(parked_at, clock_timestamp()), parked_reason = $3, lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'parked', reason = $3, detail = coalesce($5, a.detail),
       supplier_order_id = coalesce($6, a.supplier_order_id)
     from parked where a.id = $4
     returning a.id
   )
   select parked.id, (select count(*) from attempt) as changed from parked;

-- esims.park_refunded
-- src/modules/esims/life/take-back-store.ts
-- takes $1 bigint, $2 text
update esim_profiles set parked_at = coalesce(parked_at, now()), parked_reason = $2
   where order_id = $1 and status in ('pending', 'ready', 'active');

-- esims.park_ruled_out
-- src/modules/esims/suppliers/ruled-out-store.ts
-- takes $1 bigint, $2 text, $3 text
-- returns id bigint
with attempt as (
     update provisioning_attempts a set status = 'parked', reason = 'bought_after_all', detail = $3,
       supplier_order_id = coalesce(a.supplier_order_id, $2), is_exclusive = false, decided_at = null,
       is_aside = not exists (select from esim_profiles p where p.id = a.profile_id and p.status = 'pending')
         and not exists (select from top_ups t where t.id = a.top_up_id and t.status = 'pending')
     where a.id = $1 and (a.status = 'refused' or (a.status = 'taken_back' and a.reason = 'never_sold'))
       and not exists (
         select from provisioning_attempts o where o.status in ('intended', 'unknown', 'accepted', 'parked')
           and not o.is_aside and (o.profile_id = a.profile_id or o.top_up_id = a.top_up_id))
       and not exists (
         select from provisioning_attempts o where o.is_exclusive and o.supplier = a.supplier
           and o.package_id = a.package_id and o.supplier_order_id is null
           and o.status in ('intended', 'unknown', 'parked', 'surplus'))
     returning a.id, a.profile_id, a.top_up_id
   ), esim as (
     update esim_profiles p set parked_at = coalesce(p.parked_at, clock_timestamp()), parked_reason = 'bought_after_all',
       lease_token = p.lease_token + 1, lease_until = null
     from attempt where p.id = attempt.profile_id and p.status = 'pending'
   ), top_up as (
     update top_ups t set parked_at = coalesce(t.parked_at, clock_timestamp()), parked_reason = 'bought_after_all',
       lease_token = t.lease_token + 1, lease_until = null
     from attempt where t.id = attempt.top_up_id and t.status = 'pending'
   )
   select id from attempt;

-- esims.park_withheld
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer
with money as materialized (
     select y.id from payments y join esim_profiles g on g.order_id = y.order_id
     where g.id = $1 and y.is_counted and y.refund_reserved_minor + y.disputed_minor >= y.captured_minor
     for share of y
   )
   update esim_profiles g set parked_at = coalesce(g.parked_at, clock_timestamp()), parked_reason = 'money_withheld',
     lease_until = null
   from money, orders o
   where g.id = $1 and g.lease_token = $2 and g.status = 'pending' and g.take_back_requested_at is null
     and o.id = g.order_id and o.status = 'paid';

-- esims.pause_plan_supplier
-- src/modules/esims/provisioning/on-refusal.ts
-- takes $1 text, $2 text, $3 text
update plan_suppliers set paused_at = now(), paused_reason = $3
   where supplier = $1 and package_id = $2 and paused_at is null;

-- esims.plan_terms
-- src/modules/esims/plan-terms-read-model.ts
-- takes $1 bigint[]
-- returns plan_id bigint, use_within_days integer, validity_starts text
select plan_id, min(use_within_days) as use_within_days,
     case when bool_or(validity_starts = 'installation') then 'installation'
       when bool_and(validity_starts is not null) then 'first_use' end as validity_starts
   from plan_suppliers where plan_id = any($1::bigint[]) and paused_at is null
   group by plan_id;

-- esims.plans_by_sku
-- src/modules/esims/stock/stock-store.ts
-- takes $1 text[]
-- returns id bigint, sku text
select id, sku from plans where sku = any ($1::text[]);

-- esims.read_take_back
-- src/modules/esims/life/take-back-store.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, status text, supplier text, supplier_order_id text, supplier_reference text, iccid text, has_ended boolean, is_refunded boolean
select p.id, p.order_id, p.status, p.supplier, p.supplier_order_id, p.supplier_reference, p.iccid,
     p.ended_at is not null as has_ended, o.status = 'refunded' as is_refunded
   from esim_profiles p join orders o on o.id = p.order_id where p.order_id = $1;

-- esims.record_attempt
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 bigint, $5 text, $6 text, $7 text, $8 text, $9 integer, $10 integer, $11 text, $12 text, $13 double precision, $14 text, $15 double precision
-- returns id bigint, changed bigint, is_enqueued boolean
with held as (
     update esim_profiles
     set parked_at = null, parked_reason = null,
       lease_until = case when $3::float8 > 0 then null else clock_timestamp() + $13 * interval '1 second' end
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   ), attempt as (
     update provisioning_attempts a set
       status = $5, supplier_order_id = coalesce($6, a.supplier_order_id), reason = $7, detail = $8,
       lookups = a.lookups + $9, call_millis = coalesce($10, a.call_millis),
       cost_text = coalesce($11, a.cost_text), cost_currency = coalesce($12, a.cost_currency),
       ask_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
       called_at = case when $14 = 'first_unanswered' then clock_timestamp() else a.called_at end,
       resent_at = case when $14 = 'again_answered' then clock_timestamp() - $15::float8 * interval '1 millisecond'
         else a.resent_at end,
       decided_at = case when $5 = 'refused' then clock_timestamp() end
     from held where a.id = $4
     returning a.id
   )
   select held.id, (select count(*) from attempt) as changed, case when $3::float8 > 0 then
     enqueue_job('provision_esim', json_build_object('order_id', held.order_id), job_key => 'provision:' || held.order_id, run_at => clock_timestamp() + $3::float8 * interval '1 millisecond', priority => -20) end as is_enqueued
   from held;

-- esims.record_surplus
-- src/modules/esims/purchase/subjects/esim.ts
-- takes $1 bigint, $2 integer, $3 bigint, $4 text
-- returns enqueue_job boolean
with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus', supplier_order_id = $4, decided_at = clock_timestamp()
     from cancelled where a.id = $3
     returning a.id
   )
   select enqueue_job('take_back_surplus', json_build_object('attempt_id', id), job_key => 'surplus:' || id) from attempt;

-- esims.release
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision
-- returns is_enqueued boolean
with released as (
     update esim_profiles set lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning order_id
   )
   select case when $3::float8 is not null then
     enqueue_job('provision_esim', json_build_object('order_id', order_id), job_key => 'provision:' || order_id, run_at => clock_timestamp() + $3::float8 * interval '1 millisecond', priority => -20) end as is_enqueued
   from released;

-- esims.replace_plan_suppliers
-- src/modules/esims/suppliers/plan-supplier-store.ts
-- takes $1 bigint, $2 jsonb
-- returns enqueue_job boolean, count bigint
with wanted as (
     select * from jsonb_to_recordset($2::jsonb) as w(supplier text, package_id text, top_up_package_id text, rank integer)
   ), gone as (
     delete from plan_suppliers s where s.plan_id = $1 and not exists (
       select from wanted w where w.supplier = s.supplier and w.package_id = s.package_id)
   ), stored as (
     insert into plan_suppliers (plan_id, supplier, package_id, top_up_package_id, rank)
     select $1, supplier, package_id, top_up_package_id, rank from wanted
     on conflict on constraint plan_suppliers_one_per_package do update
       set top_up_package_id = excluded.top_up_package_id, rank = excluded.rank
     returning id
   )
   select enqueue_job('watch_supplier_prices', '{}', 'watch_supplier_prices'), (select count(*) from stored);

-- esims.replace_suppliers_of_plans
-- src/modules/esims/suppliers/plan-supplier-store.ts
-- takes $1 bigint[], $2 jsonb
with wanted as (
     select * from jsonb_to_recordset($2::jsonb) as w(plan_id bigint, supplier text, package_id text, rank integer,
       cost_text text, cost_currency text, cost_minor bigint, use_within_days integer, validity_starts text)
   ), gone as (
     delete from plan_suppliers s where s.plan_id = any ($1::bigint[]) and not exists (
       select from wanted w
       where w.plan_id = s.plan_id and w.supplier = s.supplier and w.package_id = s.package_id)
   )
   insert into plan_suppliers as s (plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor,
     use_within_days, validity_starts, checked_at)
   select plan_id, supplier, package_id, rank, cost_text, cost_currency, cost_minor, use_within_days, validity_starts, now()
   from wanted
   on conflict on constraint plan_suppliers_one_per_package do update set
     rank = excluded.rank, cost_text = excluded.cost_text, cost_currency = excluded.cost_currency,
     cost_minor = excluded.cost_minor, use_within_days = excluded.use_within_days,
     validity_starts = excluded.validity_starts, checked_at = now(),
     paused_at = case when s.paused_reason like 'operator%' then s.paused_at end,
     paused_reason = case when s.paused_reason like 'operator%' then s.paused_reason end;

-- esims.request_take_back
-- src/modules/esims/life/take-back-store.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, status text, supplier text, supplier_order_id text, supplier_reference text, iccid text, has_ended boolean, is_refunded boolean
update esim_profiles p set take_back_requested_at = coalesce(p.take_back_requested_at, now())
   from orders o where p.order_id = $1 and o.id = p.order_id
   returning p.id, p.order_id, p.status, p.supplier, p.supplier_order_id, p.supplier_reference, p.iccid,
     p.ended_at is not null as has_ended, o.status = 'refunded' as is_refunded;

-- esims.reseal_profile
-- src/modules/esims/rotate-keys.ts
-- takes $1 bigint, $2 bytea, $3 bytea
update esim_profiles set sealed = $3 where id = $1 and sealed = $2;

-- esims.reseal_stock
-- src/modules/esims/rotate-keys.ts
-- takes $1 bigint, $2 bytea, $3 bytea
update stock_items set sealed = $3 where id = $1 and sealed = $2;

-- esims.resend_attempt
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 bigint
with held as (
     update esim_profiles set lease_until = clock_timestamp() + $3 * interval '1 second'
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   )
   update provisioning_attempts a set resent_at = clock_timestamp() from held where a.id = $4;

-- esims.ruled_out_to_look_back_at
-- src/modules/esims/suppliers/ruled-out-store.ts
-- takes $1 text[]
-- returns id bigint
select a.id from provisioning_attempts a
   where (a.status = 'refused' or (a.status = 'taken_back' and a.reason = 'never_sold')) and a.reason in ('never_arrived', 'never_sold', 'not_bought')
     and a.supplier = any($1::text[]) and a.decided_at < now() - interval '1 hour'
     and (a.looked_back_at is null or (a.created_at > now() - interval '7 days'
       and a.decided_at < now() - interval '1 day' and a.looked_back_at < a.decided_at + interval '1 day'))
   order by gen_random_uuid() limit 200;

-- esims.sealed_profiles
-- src/modules/esims/rotate-keys.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, sealed bytea
select id, sealed from esim_profiles where id > $1 and sealed is not null order by id limit $2;

-- esims.sealed_stock
-- src/modules/esims/rotate-keys.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, sealed bytea
select id, sealed from stock_items where id > $1 order by id limit $2;

-- esims.settle_supplier_event
-- src/modules/esims/suppliers/supplier-event-store.ts
-- takes $1 bigint, $2 bigint, $3 text
update supplier_events set profile_id = $2, applied_at = case when $3::text is null then now() end, problem = $3
   where id = $1;

-- esims.settle_surplus
-- src/modules/esims/purchase/settle-surplus.ts
-- takes $1 bigint, $2 text, $3 text
update provisioning_attempts set status = $2, reason = $3, decided_at = now(), is_exclusive = false,
     is_aside = $2 = 'parked'
   where id = $1 and status = 'surplus';

-- esims.stock_levels
-- src/modules/esims/stock/stock-store.ts
-- takes $1 integer, $2 boolean
-- returns plan_id bigint, sku text, name text, available bigint, held bigint, assigned bigint
select p.id as plan_id, p.sku, p.name, left_over.available,
     (select count(*) from stock_items s where s.plan_id = p.id and s.status = 'held') as held,
     (select count(*) from stock_items s where s.plan_id = p.id and s.status = 'assigned') as assigned
   from plans p cross join lateral (
     select count(*) as available from (
       select from stock_items i where i.plan_id = p.id and i.status = 'available' limit $1 + 1) counted
   ) left_over
   where p.is_active and left_over.available <= $1 and (
     exists (select from plan_suppliers ps where ps.plan_id = p.id and ps.supplier = 'stock')
     or ($2 and not exists (select from plan_suppliers ps where ps.plan_id = p.id))
     or exists (select from stock_items s where s.plan_id = p.id))
   order by left_over.available, p.id limit 1000;

-- esims.store_balance
-- src/modules/esims/suppliers/supplier-account-store.ts
-- takes $1 text, $2 text, $3 text, $4 bigint
insert into supplier_accounts (supplier, balance_text, balance_currency, balance_minor, balance_read_at)
   values ($1, $2, $3, $4, now())
   on conflict (supplier) do update set balance_text = excluded.balance_text,
     balance_currency = excluded.balance_currency, balance_minor = excluded.balance_minor,
     balance_read_at = excluded.balance_read_at, problem = null, problem_since = null;

-- esims.store_prices
-- src/modules/esims/suppliers/supplier-account-store.ts
-- takes $1 text, $2 jsonb, $3 integer, $4 text[], $5 boolean
-- returns supplier text
with account as (
     insert into supplier_accounts as k (supplier, catalogue_size, catalogue_read_at)
     select $1, $3::integer, now() where $3::integer > 0
     on conflict (supplier) do update set catalogue_size = excluded.catalogue_size, catalogue_read_at = now(),
       catalogue_problem = null, catalogue_problem_since = null
     where k.catalogue_size is null or excluded.catalogue_size * 2 >= k.catalogue_size
       or (k.catalogue_problem = 'shrunk' and k.catalogue_problem_since < now() - interval '3 days')
     returning supplier
   ), listed as (
     select * from jsonb_to_recordset($2::jsonb) as l(package_id text, cost_text text, currency text, cost_minor bigint, at_least_minor bigint,
       use_within_days integer, validity_starts text)
   ), judged as (
     select s.id, l.cost_text, l.currency, l.cost_minor, l.use_within_days, l.validity_starts, case
       when l.package_id is null then 'not_sold_any_more'
       when exists (
         select from plan_prices pp where pp.plan_id = s.plan_id and pp.currency = l.currency
           and pp.amount_minor < l.at_least_minor) then 'price_above_ours'
       end as problem
     from account join plan_suppliers s on s.supplier = account.supplier
       left join listed l on l.package_id = s.package_id
     where l.package_id is not null or ($5::boolean and s.package_id <> all ($4::text[]))
   ), stored as (
     update plan_suppliers s set
       cost_text = coalesce(j.cost_text, s.cost_text), cost_currency = coalesce(j.currency, s.cost_currency),
       cost_minor = case when j.cost_text is not null then j.cost_minor else s.cost_minor end,
       use_within_days = case when j.cost_text is not null then j.use_within_days else s.use_within_days end,
       validity_starts = case when j.cost_text is not null then j.validity_starts else s.validity_starts end,
       checked_at = now(),
       paused_at = case when j.problem is not null then coalesce(s.paused_at, now())
         when s.paused_reason like 'operator%' then s.paused_at end,
       paused_reason = case when s.paused_reason like 'operator%' then s.paused_reason else j.problem end
     from judged j where j.id = s.id
   )
   select supplier from account;

-- esims.store_supplier_problem
-- src/modules/esims/suppliers/supplier-account-store.ts
-- takes $1 text, $2 text
insert into supplier_accounts (supplier, problem, problem_since) values ($1, $2, now())
   on conflict (supplier) do update set problem = excluded.problem,
     problem_since = coalesce(supplier_accounts.problem_since, excluded.problem_since);

-- esims.supplier_history
-- src/modules/esims/esim-admin-read-model.ts
-- takes $1 integer, $2 text, $3 text[]
-- returns supplier text, at timestamp with time zone, purchases integer, not_delivered integer, median_millis integer, p95_millis integer, balance_text text, balance_currency text
select h.supplier, date_trunc($2, h.hour, 'UTC') as at, sum(h.purchases)::integer as purchases,
     sum(h.not_delivered)::integer as not_delivered,
     (sum(h.median_millis::bigint * h.purchases) / nullif(sum(h.purchases) filter (where h.median_millis is not null), 0))::integer as median_millis,
     max(h.p95_millis) as p95_millis,
     (array_agg(h.balance::text order by h.hour desc) filter (where h.balance is not null))[1] as balance_text,
     (array_agg(h.balance_currency order by h.hour desc) filter (where h.balance is not null))[1] as balance_currency
   from supplier_hours h
   where h.supplier = any ($3::text[]) and h.hour >= date_trunc($2, now() - make_interval(days => $1::integer), 'UTC')
   group by 1, 2 order by 1, 2;

-- esims.supplier_report
-- src/modules/esims/esim-admin-read-model.ts
-- takes $1 text[]
-- returns supplier text, balance_text text, balance_currency text, balance_read_at timestamp with time zone, problem text, problem_since timestamp with time zone, catalogue_read_at timestamp with time zone, catalogue_problem text, catalogue_problem_since timestamp with time zone, purchases bigint, not_delivered bigint, median_millis double precision, p95_millis double precision, paused_plans bigint
select s.supplier, a.balance_text, a.balance_currency, a.balance_read_at, a.problem, a.problem_since,
     a.catalogue_read_at, a.catalogue_problem, a.catalogue_problem_since,
     count(t.id) filter (where t.status <> 'intended') as purchases,
     count(t.id) filter (where t.status in ('refused', 'parked') or (t.status = 'unknown')) as not_delivered,
     percentile_cont(0.5) within group (order by t.call_millis) as median_millis,
     percentile_cont(0.95) within group (order by t.call_millis) as p95_millis,
     (select count(*) from plan_suppliers p where p.supplier = s.supplier and p.paused_at is not null) as paused_plans
   from unnest($1::text[]) as s(supplier)
   left join supplier_accounts a on a.supplier = s.supplier
   left join provisioning_attempts t on t.supplier = s.supplier and t.created_at > now() - interval '24 hours'
   group by s.supplier, a.supplier order by s.supplier;

-- esims.suppliers_of_plans
-- src/modules/esims/suppliers/supplier-account-store.ts
-- returns supplier text
select distinct supplier from plan_suppliers;

-- esims.sweep_failed
-- src/modules/esims/purchase/purchase-sweeps.ts
-- returns enqueue_job boolean
select enqueue_job('refund_undeliverable', json_build_object('profile_id', p.id), job_key => 'refund-undeliverable:' || p.id)
   from esim_profiles p join orders o on o.id = p.order_id
   where p.status = 'failed' and o.status = 'paid'
     and p.ended_at between now() - interval '30 days' and now() - interval '1 minute'
     and not exists (select from refunds r where r.order_id = o.id and r.origin = 'undeliverable')
     and exists (
       select from payments m where m.order_id = o.id and m.is_counted
         and m.captured_minor > m.refund_reserved_minor + m.disputed_minor)
     and not exists (select from graphile_worker.jobs j
       where j.key = 'refund-undeliverable:' || p.id and j.locked_at is null and j.attempts < j.max_attempts)
   limit 1000;

-- esims.sweep_pending
-- src/modules/esims/purchase/purchase-sweeps.ts
-- returns enqueue_job boolean
select enqueue_job('provision_esim', json_build_object('order_id', p.order_id), job_key => 'provision:' || p.order_id, priority => -20)
   from esim_profiles p join orders o on o.id = p.order_id
   where p.status = 'pending' and p.due_at is not null and p.parked_at is null and o.status = 'paid'
     and (p.lease_until is null or p.lease_until < now())
     and not exists (select from graphile_worker.jobs j
       where j.key = 'provision:' || p.order_id and j.locked_at is null and j.attempts < j.max_attempts)
   limit 1000;

-- esims.sweep_surplus
-- src/modules/esims/provisioning/provisioning-jobs.ts
-- returns enqueue_job boolean
select case when a.profile_id is null then enqueue_job('settle_surplus_top_up', json_build_object('attempt_id', a.id), job_key => 'surplus:' || a.id)
       else enqueue_job('take_back_surplus', json_build_object('attempt_id', a.id), job_key => 'surplus:' || a.id) end
   from provisioning_attempts a
   where a.status = 'surplus' and not exists (select from graphile_worker.jobs j
       where j.key = 'surplus:' || a.id and j.locked_at is null and j.attempts < j.max_attempts)
   limit 1000;

-- esims.take_due_polls
-- src/modules/esims/life/refresh-store.ts
-- takes $1 bigint
-- returns id bigint
update esim_profiles set poll_at = now() + interval '10 minutes'
   where id in (
     select id from esim_profiles where poll_at < now() and status in ('ready', 'active')
     order by poll_at limit $1 for update skip locked)
   returning id;

-- esims.take_stock
-- src/modules/esims/stock/stock-shelf.ts
-- takes $1 text, $2 bigint
-- returns id bigint, sealed bytea, iccid text
select id, sealed, iccid from stock_items where id = (select take_stock_item($1, $2));

-- esims.unpark
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint, $2 boolean
-- returns enqueue_job boolean
with unparked as (
     update esim_profiles p set parked_at = null, parked_reason = null, lease_until = null,
       forgiven_attempts = greatest(p.forgiven_attempts, case when $2::boolean then made.last else 0 end),
       insisted_attempts = case when $2::boolean then made.last else p.insisted_attempts end
     from (select coalesce(max(number), 0) as last from provisioning_attempts a where a.profile_id = $1) made
     where p.id = $1 and p.status = 'pending'
     returning p.order_id
   )
   select enqueue_job('provision_esim', json_build_object('order_id', order_id), job_key => 'provision:' || order_id, priority => -20) from unparked;

-- install_links.find
-- src/modules/esims/delivery/link-store.ts
-- takes $1 bytea
-- returns id bigint, profile_id bigint, expires_at timestamp with time zone, language text, order_reference text, is_live boolean
select l.id, l.profile_id, l.expires_at, p.language, o.reference as order_reference,
     l.revoked_at is null and l.expires_at > now() and p.status in ('ready', 'active') and p.ended_at is null
       and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null as is_live
   from install_links l
     join esim_profiles p on p.id = l.profile_id
     join orders o on o.id = p.order_id
     join users u on u.id = p.user_id
   where l.secret_hash = $1;

-- install_links.lock_profile
-- src/modules/esims/delivery/link-store.ts
-- takes $1 bigint, $2 bigint
select from esim_profiles where id = $1 and user_id = $2 for update;

-- install_links.make
-- src/modules/esims/delivery/link-store.ts
-- takes $1 bigint, $2 bigint, $3 bytea, $4 integer, $5 text
-- returns id bigint, expires_at timestamp with time zone
with made as (
     insert into install_links (profile_id, secret_hash, expires_at)
     select p.id, $3, now() + interval '72 hours'
     from esim_profiles p join orders o on o.id = p.order_id join users u on u.id = p.user_id
     where p.id = $1 and p.user_id = $2 and p.status in ('ready', 'active') and p.ended_at is null
       and o.status = 'paid' and u.deleted_at is null and u.disabled_at is null
     returning id, profile_id, expires_at
   ), crowded_out as (
     update install_links set revoked_at = now()
     where id in (
       select l.id from install_links l join made on made.profile_id = l.profile_id
       where l.revoked_at is null and l.expires_at > now()
       order by l.id desc offset $4 - 1
     )
   ), audited as (
     insert into audit_log (actor, action, subject, request_id, after)
     select 'user:' || $2, 'esim.install_link_made', 'esim:' || profile_id, $5,
       jsonb_build_object('link', id, 'expires_at', expires_at)
     from made
   )
   select id, expires_at from made;

-- install_links.make_mailed
-- src/modules/esims/delivery/link-store.ts
-- takes $1 bigint, $2 bytea
-- returns expires_at timestamp with time zone
insert into install_links (profile_id, secret_hash, expires_at) values ($1, $2, now() + interval '72 hours')
   returning expires_at;

-- install_links.purge
-- src/modules/esims/delivery/link-store.ts
delete from install_links where id in (
     select id from install_links where expires_at < now() - interval '30 days' order by expires_at limit 5000);

-- install_links.wait
-- src/modules/esims/delivery/link-store.ts
-- takes $1 bigint, $2 integer
-- returns seconds integer
select greatest(1, ceil(extract(epoch from created_at + interval '1 hour' - now())))::integer as seconds
   from install_links where profile_id = $1 and created_at > now() - interval '1 hour'
   order by created_at desc offset $2 - 1 limit 1;

-- jobs.wake
-- src/modules/jobs/wake-workers.ts
-- returns pg_notify void
select pg_notify('jobs:insert', '{"r":0,"count":1}');

-- legacy.import_carrier
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 text
insert into carriers (name) select $1 where not exists (select from carriers where lower(name) = lower($1)) on conflict do nothing;

-- legacy.import_country
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 text, $2 text
insert into countries (iso2, name) values ($1, $2) on conflict (iso2) do nothing;

-- legacy.import_order
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 bigint, $2 bigint, $3 bigint, $4 text, $5 text, $6 bigint, $7 jsonb, $8 timestamp with time zone, $9 timestamp with time zone
-- returns id bigint
with sold as materialized (
     select u.id as user_id, p.id as plan_id, p.country_id, p.carrier_id
     from imported_rows ru join users u on u.id = ru.id, imported_rows rp join plans p on p.id = rp.id
     where ru.kind = 'user' and ru.legacy_id = $2 and rp.kind = 'plan' and rp.legacy_id = $3
   ), number as materialized (
     select nextval(pg_get_serial_sequence('orders', 'id')) as id from sold
   ), claimed as (
     insert into imported_rows (kind, legacy_id, id) select 'order', $1, id from number
     on conflict do nothing returning id
   )
   insert into orders (id, reference, user_id, plan_id, status, currency, amount_minor, plan_snapshot, created_at,
     expires_at, paid_at, failed_at, refunded_at, failure_reason, imported_at)
   overriding system value
   select claimed.id, 'LEGACY-' || $1, sold.user_id, sold.plan_id, $4, $5, $6,
     ($7::jsonb || jsonb_build_object('id', sold.plan_id, 'country_id', sold.country_id, 'carrier_id', sold.carrier_id))::json,
     $8::timestamptz, $8::timestamptz, $9::timestamptz, case when $4 = 'failed' then $8::timestamptz end,
     case when $4 = 'refunded' then $9::timestamptz end, case when $4 = 'failed' then 'imported' end, now()
   from claimed cross join sold
   returning id;

-- legacy.import_payment
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text, $5 timestamp with time zone
insert into imported_payments (order_id, provider, intent_id, status, created_at) values ($1, $2, $3, $4, $5);

-- legacy.import_plan
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text, $5 numeric, $6 integer, $7 text, $8 text, $9 bigint, $10 boolean
-- returns id bigint
with made as (
     insert into plans (sku, name, description, data_gb, is_unlimited, duration_days, country_id, carrier_id)
     select $2, $3, $4, $5::numeric, $5::numeric is null, $6, (select id from countries where iso2 = $7),
            (select min(id) from carriers where lower(name) = lower($8))
     where not exists (select from imported_rows where kind = 'plan' and legacy_id = $1)
     on conflict (sku) do nothing returning id
   ), price as (
     insert into plan_prices (plan_id, currency, amount_minor) select id, 'USD', $9 from made
   ), supplier as (
     insert into plan_suppliers (plan_id, supplier, package_id) select id, 'stock', id::text from made where $10
   ), plan as (
     select id from made union all select id from plans where sku = $2 and not exists (select from made)
   )
   insert into imported_rows (kind, legacy_id, id) select 'plan', $1, id from plan limit 1
   on conflict do nothing returning id;

-- legacy.import_profile
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 bytea, $5 bytea, $6 bytea, $7 text, $8 timestamp with time zone, $9 text
with profile as (
     insert into esim_profiles (id, order_id, user_id, plan_id, status, supplier, supplier_reference, sealed,
       code_fingerprint, activation_code_fingerprint, iccid, created_at, provisioned_at, installed_at, ended_at,
       due_at, parked_at, parked_reason, failure_reason, profile_state)
     overriding system value
     select $1, o.id, o.user_id, o.plan_id, $3, case when $4::bytea is not null then 'imported' end,
       case when $4::bytea is not null then 'order-' || o.id end, $4, $5, $6, $7, o.created_at,
       case when $4::bytea is not null then greatest($8::timestamptz, o.created_at, o.paid_at) end, case when $3 = 'active' then greatest($8::timestamptz, o.created_at, o.paid_at) end,
       case when $3 in ('failed', 'expired', 'cancelled') then now() end,
       case when $3 = 'pending' then now() end, case when $3 = 'pending' then now() end, $9,
       case when $3 = 'failed' then 'imported' end, case when $3 = 'active' then 'installed' else 'unknown' end
     from orders o where o.id = $2
     returning id, status
   )
   insert into provisioning_attempts (profile_id, number, reference, supplier, package_id, status, decided_at)
   select id, 1, 'imported-' || id, 'imported', 'imported', 'delivered', now() from profile
   where status in ('ready', 'active');

-- legacy.import_user
-- src/modules/admin/legacy/legacy-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 timestamp with time zone, $5 timestamp with time zone
-- returns id bigint
with made as (
     insert into users (email, name, created_at, last_login_at)
     select $2, $3, $4::timestamptz, $5::timestamptz
     where not exists (select from imported_rows where kind = 'user' and legacy_id = $1)
     on conflict (email) do nothing returning id
   ), person as (
     select id from made union all select id from users where email = $2 and not exists (select from made)
   )
   insert into imported_rows (kind, legacy_id, id) select 'user', $1, id from person limit 1
   on conflict do nothing returning id;

-- legacy.next_profile_id
-- src/modules/admin/legacy/legacy-store.ts
-- returns id bigint
select nextval(pg_get_serial_sequence('esim_profiles', 'id')) as id;

-- limits.busiest_addresses
-- src/modules/auth/limit-store.ts
-- takes $1 bigint
-- returns ip_address text, codes integer, emails integer, wrong_tries integer, last_at timestamp with time zone
with asked as (
     select ip_address, count(*) as codes, count(distinct email) as emails, max(created_at) as last_at
     from auth_codes where created_at > now() - interval '24 hours' group by ip_address
   ), tried as (
     select ip_address, count(*) as tries, max(created_at) as last_at
     from auth_tries where created_at > now() - interval '24 hours' group by ip_address
   )
   select host(ip_address) as ip_address, coalesce(codes, 0)::integer as codes,
     coalesce(emails, 0)::integer as emails, coalesce(tries, 0)::integer as wrong_tries,
     greatest(asked.last_at, tried.last_at) as last_at
   from asked full join tried using (ip_address)
   order by coalesce(codes, 0) + coalesce(tries, 0) desc, ip_address limit $1;

-- limits.limited_now
-- src/modules/auth/limit-store.ts
-- takes $1 integer, $2 double precision, $3 integer, $4 integer, $5 integer, $6 integer, $7 integer, $8 integer, $9 integer, $10 integer, $11 integer
-- returns limit text, email text, ip_address text, count integer, since timestamp with time zone, until timestamp with time zone
with found as (
     select 'codes_per_minute' as limit_name, email, ip_address, count(*) as n, max(created_at) as since,
       greatest((array_agg(created_at order by created_at desc))[$1] + make_interval(secs => $2), max(blocked_until)) as until
     from auth_codes where counts_for_pair and created_at > now() - make_interval(secs => greatest($2, 900))
     group by email, ip_address having $1 < 999999
     union all
     select 'codes_per_day', email, ip_address, count(*), max(created_at), (array_agg(created_at order by created_at desc))[$3] + make_interval(hours => $4)
     from auth_codes where counts_for_pair and created_at > now() - make_interval(hours => $4)
     group by email, ip_address having count(*) >= $3 and $3 < 999999
     union all
     select 'codes_per_address', null, ip_address, count(*), max(created_at), (array_agg(created_at order by created_at desc))[$5] + make_interval(hours => $4)
     from auth_codes where counts_for_address and created_at > now() - make_interval(hours => $4)
     group by ip_address having count(*) >= $5 and $5 < 999999
     union all
     select 'codes_per_network', null, wide_network_of(ip_address), count(*), max(created_at),
       (array_agg(created_at order by created_at desc))[$8] + make_interval(hours => $4)
     from auth_codes
     where family(ip_address) = 6 and counts_for_network and created_at > now() - make_interval(hours => $4)
     group by wide_network_of(ip_address) having count(*) >= $8 and $8 < 999999
     union all
     select 'codes_per_email', mailbox_of(email), null, count(*), max(created_at),
       (array_agg(created_at order by created_at desc))[$6] + make_interval(hours => $4)
     from auth_codes where counts_for_email and created_at > now() - make_interval(hours => $4)
     group by mailbox_of(email) having count(*) >= $6 and $7 < 999999
     union all
     select 'codes_overall', null, null, $9::integer, now(), created_at + interval '1 hour'
     from auth_codes where $9 < 999999 and id = (select max(id) from auth_codes) - $9 + 1
     union all
     select 'tries_per_pair', email, ip_address, count(*), max(created_at),
       greatest((array_agg(created_at order by created_at desc))[10] + interval '24 hours', (array_agg(created_at order by created_at desc))[5] + interval '15 minutes')
     from auth_tries where counts and kind in ('challenge', 'address') and created_at > now() - interval '24 hours'
     group by email, ip_address having count(*) >= 5
     union all
     select 'tries_per_email', email, null, count(*), max(created_at), (array_agg(created_at order by created_at desc))[50] + interval '24 hours'
     from auth_tries where counts and kind = 'challenge' and created_at > now() - interval '24 hours'
     group by email having count(*) >= 50
     union all
     select 'tries_from_elsewhere', email, null, count(*), max(created_at),
       greatest((array_agg(created_at order by created_at desc))[20] + interval '24 hours', (array_agg(created_at order by created_at desc))[5] + interval '15 minutes')
     from (
       select email, kind, created_at from auth_tries where counts and kind in ('elsewhere', 'known')
       union all select t.email, 'elsewhere', blind.at from auth_tried_emails t, unnest(t.blind_tries) as blind (at)
     ) as tries
     where created_at > now() - interval '24 hours'
     group by email, kind having count(*) >= 5
     union all
     select 'tried_emails_per_address', null, network, count(*), max(created_at),
       (array_agg(created_at order by created_at desc))[$10] + interval '24 hours'
     from (select network, tried_at as created_at from auth_tried_emails where counts) as tried
     where created_at > now() - interval '24 hours'
     group by network having count(*) >= $10 and $10 < 999999
     union all
     select 'tried_emails_per_address', null, network, count(*), max(created_at),
       (array_agg(created_at order by created_at desc))[4 * $10] + interval '24 hours'
     from (
       select wide_network_of(network) as network, max(tried_at) as created_at from auth_tried_emails
       where family(network) = 6 and counts group by wide_network_of(network), email
     ) as tried
     where created_at > now() - interval '24 hours'
     group by network having count(*) >= 4 * $10 and $10 < 999999
     union all
     select 'tries_overall', null, null, $11::integer, now(), created_at + interval '1 hour'
     from auth_tries where $11 < 999999 and id = (select max(id) from auth_tries) - $11 + 1
   )
   select limit_name as "limit", email, nullif(format('%s', ip_address), '') as ip_address, n::integer as count, since, until
   from found where until > now() order by until desc, email, ip_address limit 1000;

-- login.check_code
-- src/modules/auth/login-code-store.ts
-- takes $1 text, $2 text, $3 inet, $4 bytea, $5 bytea, $6 bytea, $7 boolean, $8 integer, $9 integer, $10 integer, $11 uuid, $12 text, $13 text, $14 bytea, $15 bytea
-- returns verdict text, refused_by text, retry_seconds integer, user_id bigint, user_name text, is_new_user boolean, session_id bigint, expires_at timestamp with time zone
with checked as materialized (
     select * from check_login_code($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ), opened as (
     insert into sessions
       (sid, user_id, auth_code_id, kind, expires_at, ip_address, user_agent, device_hash, refresh_hash)
     select $11, user_id, code_id, $12, now() + interval '30 days', $3, $13, $14, $15
     from checked where verdict = 'accepted'
     returning id, expires_at
   )
   select verdict, refused_by, retry_seconds, user_id, user_name, is_new_user,
     opened.id as session_id, opened.expires_at
   from checked left join opened on true;

-- login.erase_expired
-- src/modules/auth/login-code-store.ts
-- takes $1 bigint
update auth_codes set sealed_code = null
   where id in (select id from auth_codes where sealed_code is not null and expires_at <= now() limit $1);

-- login.purge_codes
-- src/modules/auth/login-code-store.ts
-- takes $1 bigint, $2 integer
delete from auth_codes where id in (
     select id from auth_codes
     where created_at < now() - greatest(make_interval(hours => $2), interval '24 hours') - interval '1 hour'
     limit $1);

-- login.purge_tried_emails
-- src/modules/auth/login-code-store.ts
-- takes $1 bigint
delete from auth_tried_emails where (network, email) in (
     select network, email from auth_tried_emails
     where tried_at < now() - interval '25 hours' order by tried_at limit $1);

-- login.purge_tries
-- src/modules/auth/login-code-store.ts
-- takes $1 bigint
delete from auth_tries where id in (
     select id from auth_tries where created_at < now() - interval '25 hours' limit $1);

-- login.request_code
-- src/modules/auth/login-code-store.ts
-- takes $1 text, $2 text, $3 inet, $4 bytea, $5 bytea, $6 bytea, $7 bytea, $8 integer, $9 integer, $10 double precision, $11 integer, $12 integer, $13 integer, $14 integer, $15 integer, $16 integer, $17 integer, $18 text
-- returns code_id bigint, refused_by text, retry_seconds integer, doubles_for_seconds integer, mail bigint
select code_id, refused_by, retry_seconds, doubles_for_seconds,
     case when code_id is not null then queue_mail('login_code', code_id, null, 'send_mail', -30) end as mail
   from request_login_code(
     case when set_config('tribi.language', $18, true) is not null then $1::text end, $2, $3, $4, $5, $6, $7, make_interval(mins => $8), $9, make_interval(secs => $10), $11,
     make_interval(hours => $12), $13, $14, $15, $16, $17);

-- mail.claim_audit_root
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, email text, language text, block bigint, made_at timestamp with time zone, hash text
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'audit_root' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when u.id is null or u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out' when b.number is null then 'no_block' end as obstacle, u.email, h.language, b.number as block, b.made_at, encode(b.hash, 'hex') as hash
       from c left join users u on u.id = c.subject_id left join alarm_choices h on h.user_id = u.id
     left join lateral (select number, made_at, hash from audit_blocks order by number desc limit 1) b on true;

-- mail.claim_care_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, language text, email text, user_id bigint, esim_id bigint, notice_kind text, threshold smallint, currency text, plan json, order_reference text, plan_expires_at timestamp with time zone, place text
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'care_notice' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when n.id is null or p.id is null or u.id is null then 'esim_gone'
       when u.deleted_at is not null then 'person_deleted' when u.disabled_at is not null then 'person_locked_out'
       when o.status <> 'paid' then 'order_' || o.status
       when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.take_back_requested_at is not null then 'esim_taken_back'
       when n.noticed_at < now() - interval '36 hours' then 'too_late'
       when exists (select from refused_notices r where r.user_id = u.id and r.kind = n.kind) then 'unsubscribed'
       when n.kind = 'install' and (p.status <> 'ready' or p.installed_at is not null) then 'esim_installed'
       when n.kind <> 'expired' and (p.ended_at is not null or p.plan_expires_at <= now()) then 'esim_ended'
       when n.kind <> 'install' and exists (select from top_ups t join orders b on b.id = t.order_id where t.profile_id = p.id and t.id > n.period
         and b.status = 'paid' and t.status in ('pending', 'done')) then 'topped_up' end as obstacle, p.language, u.email, u.id as user_id, p.id as esim_id, n.kind as notice_kind, n.threshold, o.currency,
     o.plan_snapshot as plan, o.reference as order_reference, p.plan_expires_at,
     coalesce(o.plan_snapshot->>'country_iso2', o.plan_snapshot->>'country_name') as place
       from c left join care_notices n on n.id = c.subject_id left join esim_profiles p on p.id = n.profile_id
     left join orders o on o.id = p.order_id left join users u on u.id = p.user_id;

-- mail.claim_esim_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, language text, email text, plan json, order_reference text
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'esim_failed' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when p.status <> 'failed' then 'esim_' || p.status when p.failure_reason = 'order_not_paid' then 'order_not_paid'
       when p.ended_at < now() - interval '7 days' then 'too_late' end as obstacle, p.language, u.email, o.plan_snapshot as plan, o.reference as order_reference
       from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id;

-- mail.claim_esim_ready
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, language text, email text, order_reference text
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'esim_ready' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end as obstacle, p.language, u.email, o.reference as order_reference
       from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id;

-- mail.claim_esim_reminder
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, language text, email text, plan json, order_reference text, use_by timestamp with time zone
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'esim_reminder' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready' then 'esim_' || p.status
       when p.use_by <= now() then 'too_late' when u.disabled_at is not null then 'person_disabled' end as obstacle, p.language, u.email, o.plan_snapshot as plan, o.reference as order_reference, p.use_by
       from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id;

-- mail.claim_factor_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, email text, about text, notice text, language text, noticed_at timestamp with time zone
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'factor_notice' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when n.id is null or u.id is null then 'notice_gone' when u.deleted_at is not null then 'person_deleted' end as obstacle, u.email, about.email as about, n.kind as notice, n.language, n.created_at as noticed_at
       from c left join factor_notices n on n.id = c.subject_id left join users u on u.id = n.user_id
     left join users about on about.id = n.about_user_id;

-- mail.claim_login_code
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, email text, sealed_code bytea, language text, minutes_left integer
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'login_code' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when a.id is null then 'code_gone' when a.used_at is not null then 'code_used'
       when a.replaced_at is not null then 'code_replaced' when a.expires_at <= now() then 'code_expired'
       when a.sealed_code is null then 'code_not_kept' end as obstacle, a.email, a.sealed_code, a.language,
     ceil(extract(epoch from a.expires_at - now()) / 60)::integer as minutes_left
       from c left join auth_codes a on a.id = c.subject_id;

-- mail.claim_operator_alarm
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, email text, role text, language text, muted text[], facts jsonb
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'operator_alarm' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when a.id is null then 'alarm_gone' when u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out'
       when exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id) then 'newer_mail'
       when a.created_at < now() - interval '1 day' then 'too_late' end as obstacle, u.email, t.role, h.language, h.muted, a.facts
       from c left join alarm_mails a on a.id = c.subject_id left join users u on u.id = a.user_id
     left join team_members t on t.user_id = a.user_id left join alarm_choices h on h.user_id = a.user_id;

-- mail.claim_receipt
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, reference text, order_kind text, plan json, currency text, amount_minor bigint, succeeded_at timestamp with time zone, email text, language text
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'receipt' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when p.id is null then 'not_paid' when u.deleted_at is not null then 'person_deleted' end as obstacle, o.reference, o.kind as order_kind, o.plan_snapshot as plan, p.currency, p.amount_minor, p.succeeded_at, u.email,
     coalesce(t.language, e.language) as language
       from c left join orders o on o.id = c.order_id
     left join payments p on p.order_id = o.id and p.is_counted
     left join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id;

-- mail.claim_team_invitation
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, email text, role text, sealed_token bytea, expires_at timestamp with time zone
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'team_invitation' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when t.id is null then 'invitation_gone' when t.accepted_at is not null then 'invitation_used'
       when t.revoked_at is not null then 'invitation_revoked' when t.expires_at <= now() then 'invitation_expired'
       when t.sealed_token is null then 'invitation_not_kept' end as obstacle, t.email, t.role, t.sealed_token, t.expires_at
       from c left join team_invitations t on t.id = c.subject_id;

-- mail.claim_top_up_done
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, language text, email text, plan json, order_reference text, esim_plan json
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'top_up_done' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'done' then 'top_up_' || t.status end as obstacle, coalesce(t.language, p.language) as language, u.email, o.plan_snapshot as plan,
     o.reference as order_reference, b.plan_snapshot as esim_plan
       from c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id;

-- mail.claim_top_up_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[]
-- returns mail_id bigint, subject_id bigint, mail_number integer, claimed_until text, obstacle text, language text, email text, plan json, order_reference text, esim_plan json
with c as (
         update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second',
           attempts = m.attempts + 1
         where m.id = any($1::bigint[]) and m.kind = 'top_up_failed' and m.status in ('queued', 'delayed')
           and (m.claimed_until is null or m.claimed_until < now())
         returning m.id, m.subject_id, m.order_id, m.number, m.claimed_until
       )
       select c.id as mail_id, c.subject_id, c.number as mail_number, c.claimed_until::text as claimed_until,
         case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'failed' then 'top_up_' || t.status
       when t.failure_reason = 'order_not_paid' then 'order_not_paid' end as obstacle, coalesce(t.language, p.language) as language, u.email, o.plan_snapshot as plan,
     o.reference as order_reference, b.plan_snapshot as esim_plan
       from c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id;

-- mail.come_again
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint
-- returns enqueue_job boolean
select enqueue_job('send_mail', json_build_object('mail_id', id, 'kind', kind), job_key => 'mail:' || id, run_at => claimed_until)
   from outgoing_mails where id = $1 and status in ('queued', 'delayed') and claimed_until > now();

-- mail.find
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint
-- returns kind text, subject_id bigint, order_id bigint
select kind, subject_id, order_id from outgoing_mails where id = $1;

-- mail.forget
-- src/modules/mail/outbox-store.ts
-- takes $1 text, $2 double precision
delete from outgoing_mails where id in (
     select id from (
       select id, created_at from outgoing_mails where kind = $1 order by subject_id limit 5000
     ) oldest where created_at < now() - $2 * interval '1 hour');

-- mail.keep
-- src/modules/mail/inbox-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 text
insert into dev_inbox (message_id, recipient, subject, text_body, html_body)
   values ($1, $2, $3, $4, $5)
   on conflict on constraint dev_inbox_one_per_message do nothing;

-- mail.look_again_audit_root
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when u.id is null or u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out' when b.number is null then 'no_block' end from (select m.subject_id, m.order_id) c left join users u on u.id = c.subject_id left join alarm_choices h on h.user_id = u.id
     left join lateral (select number, made_at, hash from audit_blocks order by number desc limit 1) b on true) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_care_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when n.id is null or p.id is null or u.id is null then 'esim_gone'
       when u.deleted_at is not null then 'person_deleted' when u.disabled_at is not null then 'person_locked_out'
       when o.status <> 'paid' then 'order_' || o.status
       when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.take_back_requested_at is not null then 'esim_taken_back'
       when n.noticed_at < now() - interval '36 hours' then 'too_late'
       when exists (select from refused_notices r where r.user_id = u.id and r.kind = n.kind) then 'unsubscribed'
       when n.kind = 'install' and (p.status <> 'ready' or p.installed_at is not null) then 'esim_installed'
       when n.kind <> 'expired' and (p.ended_at is not null or p.plan_expires_at <= now()) then 'esim_ended'
       when n.kind <> 'install' and exists (select from top_ups t join orders b on b.id = t.order_id where t.profile_id = p.id and t.id > n.period
         and b.status = 'paid' and t.status in ('pending', 'done')) then 'topped_up' end from (select m.subject_id, m.order_id) c left join care_notices n on n.id = c.subject_id left join esim_profiles p on p.id = n.profile_id
     left join orders o on o.id = p.order_id left join users u on u.id = p.user_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_esim_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when p.status <> 'failed' then 'esim_' || p.status when p.failure_reason = 'order_not_paid' then 'order_not_paid'
       when p.ended_at < now() - interval '7 days' then 'too_late' end from (select m.subject_id, m.order_id) c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_esim_ready
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end from (select m.subject_id, m.order_id) c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_esim_reminder
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready' then 'esim_' || p.status
       when p.use_by <= now() then 'too_late' when u.disabled_at is not null then 'person_disabled' end from (select m.subject_id, m.order_id) c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_factor_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when n.id is null or u.id is null then 'notice_gone' when u.deleted_at is not null then 'person_deleted' end from (select m.subject_id, m.order_id) c left join factor_notices n on n.id = c.subject_id left join users u on u.id = n.user_id
     left join users about on about.id = n.about_user_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_login_code
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when a.id is null then 'code_gone' when a.used_at is not null then 'code_used'
       when a.replaced_at is not null then 'code_replaced' when a.expires_at <= now() then 'code_expired'
       when a.sealed_code is null then 'code_not_kept' end from (select m.subject_id, m.order_id) c left join auth_codes a on a.id = c.subject_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_operator_alarm
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when a.id is null then 'alarm_gone' when u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out'
       when exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id) then 'newer_mail'
       when a.created_at < now() - interval '1 day' then 'too_late' end from (select m.subject_id, m.order_id) c left join alarm_mails a on a.id = c.subject_id left join users u on u.id = a.user_id
     left join team_members t on t.user_id = a.user_id left join alarm_choices h on h.user_id = a.user_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_receipt
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when p.id is null then 'not_paid' when u.deleted_at is not null then 'person_deleted' end from (select m.subject_id, m.order_id) c left join orders o on o.id = c.order_id
     left join payments p on p.order_id = o.id and p.is_counted
     left join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_team_invitation
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when t.id is null then 'invitation_gone' when t.accepted_at is not null then 'invitation_used'
       when t.revoked_at is not null then 'invitation_revoked' when t.expires_at <= now() then 'invitation_expired'
       when t.sealed_token is null then 'invitation_not_kept' end from (select m.subject_id, m.order_id) c left join team_invitations t on t.id = c.subject_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_top_up_done
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'done' then 'top_up_' || t.status end from (select m.subject_id, m.order_id) c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.look_again_top_up_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 timestamp with time zone
-- returns claimed_until text
update outgoing_mails m set claimed_until = clock_timestamp() + 60 * interval '1 second'
       where m.id = $1 and m.claimed_until = $2::timestamptz and m.claimed_until > now()
         and (select case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'failed' then 'top_up_' || t.status
       when t.failure_reason = 'order_not_paid' then 'order_not_paid' end from (select m.subject_id, m.order_id) c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id) is null
       returning m.claimed_until::text as claimed_until;

-- mail.newest
-- src/modules/mail/inbox-store.ts
-- returns to text, subject text, text text, html text, created_at timestamp with time zone
select recipient as "to", subject, text_body as text, html_body as html, created_at
   from dev_inbox order by id desc limit 500;

-- mail.resend_audit_root
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'audit_root' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join users u on u.id = c.subject_id left join alarm_choices h on h.user_id = u.id
     left join lateral (select number, made_at, hash from audit_blocks order by number desc limit 1) b on true
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when u.id is null or u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out' when b.number is null then 'no_block' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'audit_root', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join users u on u.id = c.subject_id left join alarm_choices h on h.user_id = u.id
     left join lateral (select number, made_at, hash from audit_blocks order by number desc limit 1) b on true where (case when u.id is null or u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out' when b.number is null then 'no_block' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'audit_root', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when u.id is null or u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out' when b.number is null then 'no_block' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'audit_root'), job_key => 'mail:' || again.id, priority => 5) from again)
       from c left join users u on u.id = c.subject_id left join alarm_choices h on h.user_id = u.id
     left join lateral (select number, made_at, hash from audit_blocks order by number desc limit 1) b on true;

-- mail.resend_care_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'care_notice' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join care_notices n on n.id = c.subject_id left join esim_profiles p on p.id = n.profile_id
     left join orders o on o.id = p.order_id left join users u on u.id = p.user_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when n.id is null or p.id is null or u.id is null then 'esim_gone'
       when u.deleted_at is not null then 'person_deleted' when u.disabled_at is not null then 'person_locked_out'
       when o.status <> 'paid' then 'order_' || o.status
       when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.take_back_requested_at is not null then 'esim_taken_back'
       when n.noticed_at < now() - interval '36 hours' then 'too_late'
       when exists (select from refused_notices r where r.user_id = u.id and r.kind = n.kind) then 'unsubscribed'
       when n.kind = 'install' and (p.status <> 'ready' or p.installed_at is not null) then 'esim_installed'
       when n.kind <> 'expired' and (p.ended_at is not null or p.plan_expires_at <= now()) then 'esim_ended'
       when n.kind <> 'install' and exists (select from top_ups t join orders b on b.id = t.order_id where t.profile_id = p.id and t.id > n.period
         and b.status = 'paid' and t.status in ('pending', 'done')) then 'topped_up' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'care_notice', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join care_notices n on n.id = c.subject_id left join esim_profiles p on p.id = n.profile_id
     left join orders o on o.id = p.order_id left join users u on u.id = p.user_id where (case when n.id is null or p.id is null or u.id is null then 'esim_gone'
       when u.deleted_at is not null then 'person_deleted' when u.disabled_at is not null then 'person_locked_out'
       when o.status <> 'paid' then 'order_' || o.status
       when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.take_back_requested_at is not null then 'esim_taken_back'
       when n.noticed_at < now() - interval '36 hours' then 'too_late'
       when exists (select from refused_notices r where r.user_id = u.id and r.kind = n.kind) then 'unsubscribed'
       when n.kind = 'install' and (p.status <> 'ready' or p.installed_at is not null) then 'esim_installed'
       when n.kind <> 'expired' and (p.ended_at is not null or p.plan_expires_at <= now()) then 'esim_ended'
       when n.kind <> 'install' and exists (select from top_ups t join orders b on b.id = t.order_id where t.profile_id = p.id and t.id > n.period
         and b.status = 'paid' and t.status in ('pending', 'done')) then 'topped_up' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'care_notice', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when n.id is null or p.id is null or u.id is null then 'esim_gone'
       when u.deleted_at is not null then 'person_deleted' when u.disabled_at is not null then 'person_locked_out'
       when o.status <> 'paid' then 'order_' || o.status
       when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.take_back_requested_at is not null then 'esim_taken_back'
       when n.noticed_at < now() - interval '36 hours' then 'too_late'
       when exists (select from refused_notices r where r.user_id = u.id and r.kind = n.kind) then 'unsubscribed'
       when n.kind = 'install' and (p.status <> 'ready' or p.installed_at is not null) then 'esim_installed'
       when n.kind <> 'expired' and (p.ended_at is not null or p.plan_expires_at <= now()) then 'esim_ended'
       when n.kind <> 'install' and exists (select from top_ups t join orders b on b.id = t.order_id where t.profile_id = p.id and t.id > n.period
         and b.status = 'paid' and t.status in ('pending', 'done')) then 'topped_up' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'care_notice'), job_key => 'mail:' || again.id, priority => 5) from again)
       from c left join care_notices n on n.id = c.subject_id left join esim_profiles p on p.id = n.profile_id
     left join orders o on o.id = p.order_id left join users u on u.id = p.user_id;

-- mail.resend_esim_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'esim_failed' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when p.status <> 'failed' then 'esim_' || p.status when p.failure_reason = 'order_not_paid' then 'order_not_paid'
       when p.ended_at < now() - interval '7 days' then 'too_late' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'esim_failed', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id where (case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when p.status <> 'failed' then 'esim_' || p.status when p.failure_reason = 'order_not_paid' then 'order_not_paid'
       when p.ended_at < now() - interval '7 days' then 'too_late' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'esim_failed', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when p.status <> 'failed' then 'esim_' || p.status when p.failure_reason = 'order_not_paid' then 'order_not_paid'
       when p.ended_at < now() - interval '7 days' then 'too_late' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'esim_failed'), job_key => 'mail:' || again.id) from again)
       from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id;

-- mail.resend_esim_ready
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'esim_ready' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'esim_ready', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id where (case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'esim_ready', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status not in ('ready', 'active') then 'esim_' || p.status
       when p.ended_at is not null then 'esim_ended' when u.disabled_at is not null then 'person_disabled' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'esim_ready'), job_key => 'mail:' || again.id, priority => -10) from again)
       from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id;

-- mail.resend_esim_reminder
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'esim_reminder' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready' then 'esim_' || p.status
       when p.use_by <= now() then 'too_late' when u.disabled_at is not null then 'person_disabled' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'esim_reminder', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id where (case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready' then 'esim_' || p.status
       when p.use_by <= now() then 'too_late' when u.disabled_at is not null then 'person_disabled' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'esim_reminder', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when p.id is null or u.id is null then 'esim_gone' when u.deleted_at is not null then 'person_deleted'
       when o.status <> 'paid' then 'order_' || o.status when p.status <> 'ready' then 'esim_' || p.status
       when p.use_by <= now() then 'too_late' when u.disabled_at is not null then 'person_disabled' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'esim_reminder'), job_key => 'mail:' || again.id) from again)
       from c left join esim_profiles p on p.id = c.subject_id left join orders o on o.id = p.order_id
     left join users u on u.id = p.user_id;

-- mail.resend_factor_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'factor_notice' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join factor_notices n on n.id = c.subject_id left join users u on u.id = n.user_id
     left join users about on about.id = n.about_user_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when n.id is null or u.id is null then 'notice_gone' when u.deleted_at is not null then 'person_deleted' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'factor_notice', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join factor_notices n on n.id = c.subject_id left join users u on u.id = n.user_id
     left join users about on about.id = n.about_user_id where (case when n.id is null or u.id is null then 'notice_gone' when u.deleted_at is not null then 'person_deleted' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'factor_notice', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when n.id is null or u.id is null then 'notice_gone' when u.deleted_at is not null then 'person_deleted' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'factor_notice'), job_key => 'mail:' || again.id, priority => -10) from again)
       from c left join factor_notices n on n.id = c.subject_id left join users u on u.id = n.user_id
     left join users about on about.id = n.about_user_id;

-- mail.resend_login_code
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'login_code' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join auth_codes a on a.id = c.subject_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when a.id is null then 'code_gone' when a.used_at is not null then 'code_used'
       when a.replaced_at is not null then 'code_replaced' when a.expires_at <= now() then 'code_expired'
       when a.sealed_code is null then 'code_not_kept' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'login_code', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join auth_codes a on a.id = c.subject_id where (case when a.id is null then 'code_gone' when a.used_at is not null then 'code_used'
       when a.replaced_at is not null then 'code_replaced' when a.expires_at <= now() then 'code_expired'
       when a.sealed_code is null then 'code_not_kept' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'login_code', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when a.id is null then 'code_gone' when a.used_at is not null then 'code_used'
       when a.replaced_at is not null then 'code_replaced' when a.expires_at <= now() then 'code_expired'
       when a.sealed_code is null then 'code_not_kept' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'login_code'), job_key => 'mail:' || again.id, priority => -30) from again)
       from c left join auth_codes a on a.id = c.subject_id;

-- mail.resend_operator_alarm
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'operator_alarm' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join alarm_mails a on a.id = c.subject_id left join users u on u.id = a.user_id
     left join team_members t on t.user_id = a.user_id left join alarm_choices h on h.user_id = a.user_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when a.id is null then 'alarm_gone' when u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out'
       when exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id) then 'newer_mail'
       when a.created_at < now() - interval '1 day' then 'too_late' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'operator_alarm', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join alarm_mails a on a.id = c.subject_id left join users u on u.id = a.user_id
     left join team_members t on t.user_id = a.user_id left join alarm_choices h on h.user_id = a.user_id where (case when a.id is null then 'alarm_gone' when u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out'
       when exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id) then 'newer_mail'
       when a.created_at < now() - interval '1 day' then 'too_late' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'operator_alarm', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when a.id is null then 'alarm_gone' when u.deleted_at is not null then 'person_deleted'
       when u.disabled_at is not null then 'person_locked_out'
       when exists (select from alarm_mails n where n.user_id = a.user_id and n.id > a.id) then 'newer_mail'
       when a.created_at < now() - interval '1 day' then 'too_late' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'operator_alarm'), job_key => 'mail:' || again.id, priority => 3) from again)
       from c left join alarm_mails a on a.id = c.subject_id left join users u on u.id = a.user_id
     left join team_members t on t.user_id = a.user_id left join alarm_choices h on h.user_id = a.user_id;

-- mail.resend_receipt
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'receipt' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join orders o on o.id = c.order_id
     left join payments p on p.order_id = o.id and p.is_counted
     left join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when p.id is null then 'not_paid' when u.deleted_at is not null then 'person_deleted' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'receipt', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join orders o on o.id = c.order_id
     left join payments p on p.order_id = o.id and p.is_counted
     left join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id where (case when p.id is null then 'not_paid' when u.deleted_at is not null then 'person_deleted' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'receipt', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when p.id is null then 'not_paid' when u.deleted_at is not null then 'person_deleted' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'receipt'), job_key => 'mail:' || again.id) from again)
       from c left join orders o on o.id = c.order_id
     left join payments p on p.order_id = o.id and p.is_counted
     left join users u on u.id = o.user_id
     left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id;

-- mail.resend_team_invitation
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'team_invitation' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join team_invitations t on t.id = c.subject_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when t.id is null then 'invitation_gone' when t.accepted_at is not null then 'invitation_used'
       when t.revoked_at is not null then 'invitation_revoked' when t.expires_at <= now() then 'invitation_expired'
       when t.sealed_token is null then 'invitation_not_kept' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'team_invitation', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join team_invitations t on t.id = c.subject_id where (case when t.id is null then 'invitation_gone' when t.accepted_at is not null then 'invitation_used'
       when t.revoked_at is not null then 'invitation_revoked' when t.expires_at <= now() then 'invitation_expired'
       when t.sealed_token is null then 'invitation_not_kept' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'team_invitation', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when t.id is null then 'invitation_gone' when t.accepted_at is not null then 'invitation_used'
       when t.revoked_at is not null then 'invitation_revoked' when t.expires_at <= now() then 'invitation_expired'
       when t.sealed_token is null then 'invitation_not_kept' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'team_invitation'), job_key => 'mail:' || again.id) from again)
       from c left join team_invitations t on t.id = c.subject_id;

-- mail.resend_top_up_done
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'top_up_done' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'done' then 'top_up_' || t.status end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'top_up_done', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id where (case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'done' then 'top_up_' || t.status end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'top_up_done', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'done' then 'top_up_' || t.status end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'top_up_done'), job_key => 'mail:' || again.id) from again)
       from c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id;

-- mail.resend_top_up_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns mail_id bigint, obstacle text, enqueue_job boolean
with c as (select $1::bigint as subject_id, $2::bigint as order_id), latest as (
         select id, number, (status in ('queued', 'delayed') and (claimed_until is null or claimed_until < now())) as is_replaced
         from outgoing_mails where kind = 'top_up_failed' and subject_id = $1 order by number desc limit 1
       ), replaced as (
         update outgoing_mails m set status = 'cancelled', last_error = 'sent_again', claimed_until = null, ended_at = now()
         from latest, c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id
         where m.id = latest.id and m.status in ('queued', 'delayed') and latest.is_replaced and (case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'failed' then 'top_up_' || t.status
       when t.failure_reason = 'order_not_paid' then 'order_not_paid' end) is null
       ), again as (
         insert into outgoing_mails (kind, subject_id, order_id, number)
         select 'top_up_failed', c.subject_id, c.order_id, coalesce((select number from latest), 0) + 1
         from c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id where (case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'failed' then 'top_up_' || t.status
       when t.failure_reason = 'order_not_paid' then 'order_not_paid' end) is null
         on conflict on constraint outgoing_mails_sent_once do nothing
         returning id, subject_id, number
       ), audited as (
         insert into audit_log (actor, action, subject, request_id, after)
         select $3, 'mail.resent', 'mail:' || id, $4,
           jsonb_build_object('kind', 'top_up_failed', 'subject_id', subject_id, 'number', number)
         from again
       )
       select (select id from again) as mail_id, case when t.id is null or u.id is null then 'top_up_gone' when u.deleted_at is not null then 'person_deleted'
       when t.status <> 'failed' then 'top_up_' || t.status
       when t.failure_reason = 'order_not_paid' then 'order_not_paid' end as obstacle,
         (select enqueue_job('send_mail', json_build_object('mail_id', again.id, 'kind', 'top_up_failed'), job_key => 'mail:' || again.id) from again)
       from c left join top_ups t on t.id = c.subject_id left join orders o on o.id = t.order_id
     left join users u on u.id = t.user_id left join esim_profiles p on p.id = t.profile_id
     left join orders b on b.id = p.order_id;

-- mail.settle_audit_root
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'audit_root'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at, priority => 5) end from settled;

-- mail.settle_care_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'care_notice'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at, priority => 5) end from settled;

-- mail.settle_esim_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'esim_failed'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at) end from settled;

-- mail.settle_esim_ready
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'esim_ready'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at, priority => -10) end from settled;

-- mail.settle_esim_reminder
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'esim_reminder'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at) end from settled;

-- mail.settle_factor_notice
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'factor_notice'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at, priority => -10) end from settled;

-- mail.settle_login_code
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       ), code_erased as (update auth_codes set sealed_code = null, sent_at = case when settled.status = 'sent' then now() end
     from settled where auth_codes.id = settled.subject_id and settled.status <> 'delayed' and sealed_code is not null)
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'login_code'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at, priority => -30) end from settled;

-- mail.settle_operator_alarm
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'operator_alarm'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at, priority => 3) end from settled;

-- mail.settle_receipt
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'receipt'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at) end from settled;

-- mail.settle_team_invitation
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       ), token_erased as (update team_invitations set sealed_token = null
     from settled where team_invitations.id = settled.subject_id and settled.status <> 'delayed')
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'team_invitation'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at) end from settled;

-- mail.settle_top_up_done
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'top_up_done'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at) end from settled;

-- mail.settle_top_up_failed
-- src/modules/mail/outbox-store.ts
-- takes $1 bigint[], $2 timestamp with time zone[], $3 text[], $4 text[], $5 text[]
-- returns status text, case boolean
with settled as (
         update outgoing_mails m set claimed_until = null, last_error = t.last_error,
           language = coalesce(t.language, m.language), status = case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end,
           ended_at = case when case when t.last_error = 'temporary' and m.created_at < now() - interval '5 days' then 'refused' else t.status end <> 'delayed' then now() end, next_try_at = now() + least(5 * 2 ^ least(m.attempts - 1, 12), 1800) * interval '1 second'
         from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
           as t (id, claimed_until, status, last_error, language)
         where m.id = t.id and m.claimed_until = t.claimed_until and m.status in ('queued', 'delayed')
         returning m.id, m.subject_id, m.status, m.next_try_at
       )
       select settled.status, case when settled.status = 'delayed' then enqueue_job('send_mail', json_build_object('mail_id', settled.id, 'kind', 'top_up_failed'), job_key => 'mail:' || settled.id, run_at => settled.next_try_at) end from settled;

-- mail.sweep
-- src/modules/mail/outbox-store.ts
-- returns enqueue_job boolean
select enqueue_job('send_mail', json_build_object('mail_id', id, 'kind', kind), job_key => 'mail:' || id)
   from (
     select id, kind from outgoing_mails
     where status in ('queued', 'delayed') and next_try_at < now() - interval '1 minute'
       and (claimed_until is null or claimed_until < now())
     order by next_try_at limit 1000
   ) overdue;

-- mail.trim
-- src/modules/mail/inbox-store.ts
delete from dev_inbox where id <= (select max(id) from dev_inbox) - 500;

-- mock.add_intent
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 bigint, $6 text, $7 bigint
insert into mock_intents (intent_id, idempotency_key, shop_id, payment_reference, order_id, currency, amount_minor)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing;

-- mock.add_refund
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 text, $6 text, $7 bigint, $8 text
with taken as (
     update mock_intents set refunded_minor = refunded_minor + $7
     where intent_id = $5 and state = 'succeeded' and currency = $6 and refunded_minor + $7 <= amount_minor
     returning intent_id
   )
   insert into mock_refunds
     (provider_refund_id, idempotency_key, shop_id, refund_reference, intent_id, currency, amount_minor, reason)
   select $1, $2, $3, $4, taken.intent_id, $6, $7, $8 from taken;

-- mock.confirm_due
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text
update mock_intents set state = 'succeeded'
   where intent_id = $1 and state = 'requires_action' and created_at <= now() - interval '1 second';

-- mock.find_intent
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text
-- returns intent_id text, idempotency_key text, shop_id text, payment_reference text, order_id bigint, currency text, amount_minor bigint, state text, refunded_minor bigint, created_at timestamp with time zone
select * from mock_intents where intent_id = $1;

-- mock.find_intent_of_payment
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text, $2 text
-- returns intent_id text, idempotency_key text, shop_id text, payment_reference text, order_id bigint, currency text, amount_minor bigint, state text, refunded_minor bigint, created_at timestamp with time zone
select * from mock_intents where shop_id = $1 and payment_reference = $2 order by created_at desc limit 1;

-- mock.find_refund
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text, $2 text
-- returns provider_refund_id text, idempotency_key text, shop_id text, refund_reference text, intent_id text, currency text, amount_minor bigint, reason text, created_at timestamp with time zone
select * from mock_refunds where shop_id = $1 and refund_reference = $2 order by created_at desc limit 1;

-- mock.intent_by_key
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text
-- returns intent_id text, idempotency_key text, shop_id text, payment_reference text, order_id bigint, currency text, amount_minor bigint, state text, refunded_minor bigint, created_at timestamp with time zone
select * from mock_intents where idempotency_key = $1;

-- mock.intents_since
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 timestamp with time zone
-- returns intent_id text, idempotency_key text, shop_id text, payment_reference text, order_id bigint, currency text, amount_minor bigint, state text, refunded_minor bigint, created_at timestamp with time zone
select * from mock_intents where created_at >= $1 order by created_at desc;

-- mock.move_intent
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text, $2 text[], $3 text
update mock_intents set state = $3 where intent_id = $1 and state = any ($2);

-- mock.refund_by_key
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text
-- returns provider_refund_id text, idempotency_key text, shop_id text, refund_reference text, intent_id text, currency text, amount_minor bigint, reason text, created_at timestamp with time zone
select * from mock_refunds where idempotency_key = $1;

-- mock.refunds_of
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 text
-- returns provider_refund_id text, idempotency_key text, shop_id text, refund_reference text, intent_id text, currency text, amount_minor bigint, reason text, created_at timestamp with time zone
select * from mock_refunds where intent_id = $1 order by created_at;

-- mock.refunds_since
-- src/modules/payments/mock/mock-ledger-store.ts
-- takes $1 timestamp with time zone
-- returns provider_refund_id text, idempotency_key text, shop_id text, refund_reference text, intent_id text, currency text, amount_minor bigint, reason text, created_at timestamp with time zone
select * from mock_refunds where created_at >= $1 order by created_at desc;

-- orders.close_unpaid_of_person
-- src/modules/orders/order-store.ts
-- takes $1 bigint
-- returns id bigint
update orders set expires_at = least(expires_at, now()) where user_id = $1 and status = 'created' returning id;

-- orders.close_unpaid_of_plans
-- src/modules/orders/order-store.ts
-- takes $1 bigint[]
-- returns id bigint
update orders set expires_at = now()
   where plan_id = any($1::bigint[]) and kind = 'esim' and status = 'created' and expires_at > now() returning id;

-- orders.collect_personal_data
-- src/modules/orders/personal-data.ts
-- takes $1 bigint
-- returns orders json
select coalesce(json_agg(json_build_object(
     'id', o.id, 'reference', o.reference, 'status', o.status, 'currency', o.currency,
     'amount_minor_units', o.amount_minor, 'plan_snapshot', o.plan_snapshot, 'created_at', o.created_at,
     'paid_at', o.paid_at, 'failed_at', o.failed_at, 'refunded_at', o.refunded_at,
     'payments', (select coalesce(json_agg(json_build_object(
        'provider', p.provider, 'intent_id', p.intent_id, 'status', p.status, 'created_at', p.created_at,
        'currency', p.currency, 'amount_minor_units', p.amount_minor, 'succeeded_at', p.succeeded_at,
        'failed_at', p.failed_at, 'decline_code', p.decline_code, 'decline_message', p.decline_message,
        'language', p.payer_language)
        order by p.id), '[]') from payments p where p.order_id = o.id),
     'disputes', (select coalesce(json_agg(json_build_object(
        'amount_minor_units', d.amount_minor, 'currency', d.currency, 'status', d.status, 'reason', d.reason,
        'created_at', d.created_at, 'respond_by', d.respond_by, 'answered_at', d.answered_at, 'closed_at', d.closed_at) order by d.id), '[]')
        from disputes d join payments p on p.id = d.payment_id where p.order_id = o.id),
     'refunds', (select coalesce(json_agg(json_build_object(
        'amount_minor_units', r.amount_minor, 'currency', r.currency, 'status', r.status, 'reason', r.reason, 'created_at', r.created_at)
        order by r.id), '[]') from refunds r where r.order_id = o.id),
     'consent', (select json_build_object(
        'terms_version', c.terms_version, 'immediate_delivery', c.immediate_delivery, 'accepted_at', c.accepted_at)
        from order_consents c where c.order_id = o.id),
     'mails', (select coalesce(json_agg(json_build_object(
        'kind', m.kind, 'status', m.status, 'language', m.language, 'created_at', m.created_at, 'ended_at', m.ended_at)
        order by m.id), '[]') from outgoing_mails m where m.order_id = o.id),
     'kind', o.kind,
     'top_up', (select json_build_object(
        'id', t.id, 'esim_id', t.profile_id, 'status', t.status, 'created_at', t.created_at, 'done_at', t.done_at,
        'ended_at', t.ended_at, 'language', t.language, 'mailed_at', coalesce((select max(m.ended_at) from outgoing_mails m where m.kind = 'top_up_done' and m.subject_id = t.id and m.status = 'sent'), (select max(m.ended_at) from outgoing_mails m where m.kind = 'top_up_failed' and m.subject_id = t.id and m.status = 'sent')))
        from top_ups t where t.order_id = o.id),
     'esim', (select json_build_object(
        'id', e.id, 'status', e.status, 'iccid', e.iccid, 'created_at', e.created_at,
        'provisioned_at', e.provisioned_at, 'installed_at', e.installed_at, 'ended_at', e.ended_at,
        'plan_expires_at', e.plan_expires_at, 'usage_total_bytes', e.usage_total_bytes,
        'usage_remaining_bytes', e.usage_remaining_bytes, 'usage_as_of', e.usage_as_of,
        'language', e.language, 'mailed_at', (select max(m.ended_at) from outgoing_mails m where m.kind = 'esim_ready' and m.subject_id = e.id and m.status = 'sent'), 'reminded_at', (select max(m.ended_at) from outgoing_mails m where m.kind = 'esim_reminder' and m.subject_id = e.id and m.status = 'sent'),
        'shown', (select coalesce(json_agg(json_build_object('at', s.at, 'channel', s.channel) order by s.id), '[]')
           from esim_reveals s where s.profile_id = e.id),
        'install_links', (select coalesce(json_agg(json_build_object(
           'created_at', l.created_at, 'expires_at', l.expires_at, 'revoked_at', l.revoked_at) order by l.id), '[]')
           from install_links l where l.profile_id = e.id))
        from esim_profiles e where e.order_id = o.id)
   ) order by o.id), '[]') as orders
   from orders o where o.user_id = $1;

-- orders.enqueue_release_of_person
-- src/modules/orders/release-orders-of-person.ts
-- takes $1 bigint
-- returns enqueue_job boolean
select enqueue_job('release_orders_of_person', json_build_object('user_id', $1::bigint), job_key => 'release-person:' || $1::bigint);

-- orders.find_by_key
-- src/modules/orders/order-read-model.ts
-- takes $1 bigint[], $2 text[]
-- returns position bigint, request_fingerprint bytea, id bigint, reference text, plan_id bigint, status text, currency text, amount_minor bigint, created_at timestamp with time zone, expires_at timestamp with time zone, plan_snapshot json, profile_id bigint, profile_status text, profile_created_at timestamp with time zone, profile_provisioned_at timestamp with time zone
select k.position, v.* from unnest($1::bigint[], $2::text[]) with ordinality as k(user_id, key, position)
   cross join lateral (
     select o.request_fingerprint, 
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot,
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at from orders o join esim_profiles e on e.order_id = o.id
     where o.idempotency_key = k.key and o.user_id + 0 = k.user_id limit 1) v;

-- orders.find_consent
-- src/modules/orders/consent-store.ts
-- takes $1 bigint, $2 bigint
-- returns terms_version text, immediate_delivery boolean, accepted_at timestamp with time zone
select c.terms_version, c.immediate_delivery, c.accepted_at
   from order_consents c join orders o on o.id = c.order_id
   where c.order_id = $1 and o.user_id = $2;

-- orders.find_mine
-- src/modules/orders/order-read-model.ts
-- takes $1 bigint[], $2 bigint[]
-- returns position bigint, json text
select k.position, v.json from unnest($1::bigint[], $2::bigint[]) with ordinality as k(id, user_id, position)
   cross join lateral (
     select 
  case o.kind when 'top_up' then ('{"id":' || o.id::text || ',"reference":' || to_json(o.reference)::text || ',"plan_id":' || o.plan_id::text || ',"status":' || '"' || o.status || '"' || ',"currency":' || '"' || o.currency || '"' || ',"amount_minor_units":' || o.amount_minor::text || ',"amount_major":' || '"' || (o.amount_minor * case when o.currency = any ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}') then 1::numeric when o.currency = any ('{BHD,IQD,JOD,KWD,LYD,OMR,TND}') then 0.001 when o.currency = any ('{CLF,UYW}') then 0.0001 else 0.01 end)::text || '"' || ',"created_at":' || to_char(o.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"expires_at":' || to_char(o.expires_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"plan_snapshot":' || o.plan_snapshot::text || ',"kind":' || '"top_up"' || ',"top_up":' || coalesce((select ('{"id":' || t.id::text || ',"esim_id":' || t.profile_id::text || ',"status":' || '"' || t.status || '"' || ',"created_at":' || to_char(t.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"done_at":' || coalesce(to_char(t.done_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}') from top_ups t where t.order_id = o.id), 'null') || '}') else ('{"id":' || o.id::text || ',"reference":' || to_json(o.reference)::text || ',"plan_id":' || o.plan_id::text || ',"status":' || '"' || o.status || '"' || ',"currency":' || '"' || o.currency || '"' || ',"amount_minor_units":' || o.amount_minor::text || ',"amount_major":' || '"' || (o.amount_minor * case when o.currency = any ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}') then 1::numeric when o.currency = any ('{BHD,IQD,JOD,KWD,LYD,OMR,TND}') then 0.001 when o.currency = any ('{CLF,UYW}') then 0.0001 else 0.01 end)::text || '"' || ',"created_at":' || to_char(o.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"expires_at":' || to_char(o.expires_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"plan_snapshot":' || o.plan_snapshot::text || ',"esim_profile":' || coalesce(('{"id":' || e.id::text || ',"order_id":' || o.id::text || ',"status":' || '"' || e.status || '"' || ',"created_at":' || to_char(e.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"provisioned_at":' || coalesce(to_char(e.provisioned_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}'), 'null') || '}') end as json from orders o left join esim_profiles e on e.order_id = o.id
     where o.id = k.id and o.user_id = k.user_id limit 1) v;

-- orders.find_owed
-- src/modules/orders/owed-orders.ts
-- takes $1 bigint
-- returns reference text, why text
select o.reference,
     case when o.status = 'created' then 'settling'
       when coalesce(e.status, t.status) = 'pending' then 'preparing' else 'unseen' end as why
   from orders o
     left join esim_profiles e on e.order_id = o.id
     left join top_ups t on t.order_id = o.id
   where o.user_id = $1 and (
     o.status = 'created'
     or o.status = 'paid' and (
       coalesce(e.status, t.status) = 'pending'
       or e.status = 'ready' and e.ended_at is null and not exists (select from outgoing_mails m where m.kind = 'esim_ready' and m.subject_id = e.id and m.status = 'sent')
         and (e.revealed_at is null or exists (select from esim_reveals r where r.profile_id = e.id and r.channel in ('mail', 'admin')))
         and not exists (select from esim_reveals r where r.profile_id = e.id and r.channel not in ('mail', 'admin'))))
   order by o.id;

-- orders.forget_keys
-- src/modules/orders/order-store.ts
-- takes $1 double precision, $2 bigint
update orders set idempotency_key = null, request_fingerprint = null
   where id in (
     select id from orders
     where idempotency_key is not null and created_at < now() - $1 * interval '1 hour'
     order by created_at limit $2 for update skip locked);

-- orders.list_expired
-- src/modules/orders/order-store.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint
select id from orders where status = 'created' and expires_at < now() and id > $1 order by id limit $2;

-- orders.list_mine
-- src/modules/orders/order-read-model.ts
-- takes $1 bigint[], $2 bigint[], $3 integer[]
-- returns position bigint, json text
select k.position, v.json
   from unnest($1::bigint[], $2::bigint[], $3::integer[]) with ordinality as k(user_id, before, most, position)
   cross join lateral (
     select '[' || string_agg(page.json, ',' order by page.id desc) || ']' as json
     from (
       select o.id, 
  case o.kind when 'top_up' then ('{"id":' || o.id::text || ',"reference":' || to_json(o.reference)::text || ',"plan_id":' || o.plan_id::text || ',"status":' || '"' || o.status || '"' || ',"currency":' || '"' || o.currency || '"' || ',"amount_minor_units":' || o.amount_minor::text || ',"amount_major":' || '"' || (o.amount_minor * case when o.currency = any ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}') then 1::numeric when o.currency = any ('{BHD,IQD,JOD,KWD,LYD,OMR,TND}') then 0.001 when o.currency = any ('{CLF,UYW}') then 0.0001 else 0.01 end)::text || '"' || ',"created_at":' || to_char(o.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"expires_at":' || to_char(o.expires_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"plan_snapshot":' || o.plan_snapshot::text || ',"kind":' || '"top_up"' || ',"top_up":' || coalesce((select ('{"id":' || t.id::text || ',"esim_id":' || t.profile_id::text || ',"status":' || '"' || t.status || '"' || ',"created_at":' || to_char(t.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"done_at":' || coalesce(to_char(t.done_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}') from top_ups t where t.order_id = o.id), 'null') || '}') else ('{"id":' || o.id::text || ',"reference":' || to_json(o.reference)::text || ',"plan_id":' || o.plan_id::text || ',"status":' || '"' || o.status || '"' || ',"currency":' || '"' || o.currency || '"' || ',"amount_minor_units":' || o.amount_minor::text || ',"amount_major":' || '"' || (o.amount_minor * case when o.currency = any ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}') then 1::numeric when o.currency = any ('{BHD,IQD,JOD,KWD,LYD,OMR,TND}') then 0.001 when o.currency = any ('{CLF,UYW}') then 0.0001 else 0.01 end)::text || '"' || ',"created_at":' || to_char(o.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"expires_at":' || to_char(o.expires_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"plan_snapshot":' || o.plan_snapshot::text || ',"esim_profile":' || coalesce(('{"id":' || e.id::text || ',"order_id":' || o.id::text || ',"status":' || '"' || e.status || '"' || ',"created_at":' || to_char(e.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"provisioned_at":' || coalesce(to_char(e.provisioned_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}'), 'null') || '}') end as json from orders o left join esim_profiles e on e.order_id = o.id
       where o.user_id = k.user_id and o.id < k.before order by o.id desc limit k.most) page) v;

-- orders.place
-- src/modules/orders/order-store.ts
-- takes $1 text, $2 bigint, $3 bigint, $4 text, $5 text, $6 bytea, $7 double precision, $8 text
-- returns was_known boolean, request_fingerprint bytea, id bigint, reference text, plan_id bigint, status text, currency text, amount_minor bigint, created_at timestamp with time zone, expires_at timestamp with time zone, plan_snapshot json, profile_id bigint, profile_status text, profile_created_at timestamp with time zone, profile_provisioned_at timestamp with time zone
with buyer as materialized (
     select id from users where id = $2 and deleted_at is null and disabled_at is null for key share
   ), cap as materialized (
     select refused_by from order_cap($2, 20, 60) where exists (select from buyer)
   ), placed as (
     insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot,
                         idempotency_key, request_fingerprint, expires_at)
     select $1, $2, f.plan_id, f.currency, f.amount_minor,
            json_build_object(
              'id', f.plan_id, 'name', f.name, 'description', f.description,
              'country_name', f.country_name, 'country_iso2', f.country_iso2, 'country_id', f.country_id,
              'carrier_name', f.carrier_name, 'carrier_id', f.carrier_id,
              'data_gb', f.data_gb, 'is_unlimited', f.is_unlimited, 'duration_days', f.duration_days,
              'price_minor_units', f.amount_minor, 'currency', f.currency),
            $5, $6, now() + $7 * interval '1 minute'
     from plan_offers f
     where f.plan_id = $3 and f.currency = $4 and f.is_active and exists (select from buyer) and not exists (select from cap where refused_by is not null)
       and (not exists (select from plan_suppliers s where s.plan_id = f.plan_id) or exists (
         select from plan_suppliers s left join supplier_accounts a on a.supplier = s.supplier
         where s.plan_id = f.plan_id and s.paused_at is null and s.supplier in ('local', 'stock') and s.supplier <> 'stock'
           and (
         a.balance_minor is null or s.cost_minor is null or a.balance_currency is distinct from s.cost_currency
         or a.balance_minor >= s.cost_minor)) and not exists (
         select from plan_suppliers s where s.plan_id = f.plan_id and s.paused_at is null and s.supplier = 'stock'))
     on conflict on constraint orders_one_per_user_and_key do nothing
     returning *
   ), profile as (
     insert into esim_profiles (order_id, user_id, plan_id, language)
     select id, user_id, plan_id, $8::text from placed
     returning id, order_id, status, created_at, provisioned_at
   )
   select false as was_known, o.request_fingerprint, 
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot,
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at from placed o cross join profile e;

-- orders.place_or_find
-- src/modules/orders/order-store.ts
-- takes $1 text, $2 bigint, $3 bigint, $4 text, $5 text, $6 bytea, $7 integer, $8 text, $9 inet
-- returns was_known boolean, request_fingerprint bytea, id bigint, reference text, plan_id bigint, status text, currency text, amount_minor bigint, created_at timestamp with time zone, expires_at timestamp with time zone, plan_snapshot json, profile_id bigint, profile_status text, profile_created_at timestamp with time zone, profile_provisioned_at timestamp with time zone
with known as (
     select id from orders o where o.idempotency_key = $5 and o.user_id + 0 = $2
   ), buyer as materialized (
     select id from users where id = $2 and deleted_at is null and disabled_at is null for key share
   ), cap as materialized (
     select refused_by from order_cap($2, 20, 60) where not exists (select from known)
   ), offer as materialized (
     select * from plan_offers f
     where f.plan_id = $3 and f.currency = $4 and f.is_active and not exists (select from known)
       and exists (select from buyer) and not exists (select from cap where refused_by is not null)
   ), sources as materialized (
       select s.supplier, s.rank, s.cost_minor, s.cost_currency
       from offer f join plan_suppliers s on s.plan_id = f.plan_id
       where s.paused_at is null and s.supplier in ('local', 'stock')
       union all
       select 'local', 0, null, null from offer f
       where not exists (select from plan_suppliers s where s.plan_id = f.plan_id)
     ), elsewhere as materialized (
       select 1 as is_deliverable from sources s left join supplier_accounts a on a.supplier = s.supplier
       where s.supplier <> 'stock' and (
         a.balance_minor is null or s.cost_minor is null or a.balance_currency is distinct from s.cost_currency
         or a.balance_minor >= s.cost_minor)
       limit 1
     ), stock_taken as materialized (
       select i.id from stock_items i
       where i.plan_id = (select plan_id from offer) and i.status = 'available'
         and exists (select from sources where supplier = 'stock')
       order by i.id limit 1 for update skip locked
     ), deliverable as materialized (
       select 1 as is_deliverable from elsewhere union all select 1 from stock_taken limit 1
     ), placed as (
     insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot,
                         idempotency_key, request_fingerprint, expires_at)
     select $1, $2, f.plan_id, f.currency, f.amount_minor,
            json_build_object(
              'id', f.plan_id, 'name', f.name, 'description', f.description,
              'country_name', f.country_name, 'country_iso2', f.country_iso2, 'country_id', f.country_id,
              'carrier_name', f.carrier_name, 'carrier_id', f.carrier_id,
              'data_gb', f.data_gb, 'is_unlimited', f.is_unlimited, 'duration_days', f.duration_days,
              'price_minor_units', f.amount_minor, 'currency', f.currency),
            $5, $6, now() + least($7, case when exists (select from stock_taken) then 15 end) * interval '1 minute'
     from offer f
     where exists (select from deliverable)
     on conflict on constraint orders_one_per_user_and_key do nothing
     returning *
   ), profile as (
     insert into esim_profiles (order_id, user_id, plan_id, language)
     select id, user_id, plan_id, $8::text from placed
     returning id, order_id, status, created_at, provisioned_at
   ), held as (
       update stock_items i set status = 'held', order_id = placed.id, held_from = $9::inet
       from placed, stock_taken where i.id = stock_taken.id
     )
   select false as was_known, o.request_fingerprint, 
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot,
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at
   from placed o join profile e on e.order_id = o.id
   union all
   select true as was_known, o.request_fingerprint, 
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot,
  e.id as profile_id, e.status as profile_status, e.created_at as profile_created_at,
  e.provisioned_at as profile_provisioned_at
   from known join orders o on o.id = known.id left join esim_profiles e on e.order_id = o.id;

-- orders.place_or_find_top_up
-- src/modules/orders/top-up-order-store.ts
-- takes $1 text, $2 bigint, $3 bigint, $4 text, $5 text, $6 bytea, $7 double precision, $8 text, $9 bigint
-- returns was_known boolean, request_fingerprint bytea, top_up_of_profile_id bigint, id bigint, reference text, plan_id bigint, status text, currency text, amount_minor bigint, created_at timestamp with time zone, expires_at timestamp with time zone, plan_snapshot json, top_up json
with known as (
       select id from orders o where o.idempotency_key = $5 and o.user_id + 0 = $2
     ), buyer as materialized (
     select id from users where id = $2 and deleted_at is null and disabled_at is null for key share
   ), cap as materialized (
     select refused_by from order_cap($2, 20, 60) where not exists (select from known)
   ), esim as materialized (
       select p.id, p.plan_id, p.supplier, p.language, l.packages, l.listed_at, case
           when p.status = 'pending' then 'not_ready'
           when p.status not in ('ready', 'active') then p.status
           when o.status <> 'paid' then 'refunded'
           when p.ended_at is not null or p.plan_expires_at < now() then 'ended'
           when p.supplier not in ('local') then 'supplier_cannot'
         end as problem
       from esim_profiles p join orders o on o.id = p.order_id
         left join esim_top_up_lists l on l.profile_id = p.id
       where p.id = $9 and p.user_id = $2
     ), addable as materialized (
       select s.plan_id, k.package_id, k.cost_text, k.cost_currency, k.cost_minor
       from esim e
         cross join lateral jsonb_to_recordset(e.packages)
           as k(package_id text, cost_text text, cost_currency text, cost_minor bigint)
         join plan_suppliers s on s.supplier = e.supplier and s.top_up_package_id = k.package_id
       where e.problem is null
       union all
       select other.id, other.id::text, null, null, null
       from esim e join plans own on own.id = e.plan_id
         join plans other on other.country_id is not distinct from own.country_id
           and other.region is not distinct from own.region
       where e.problem is null and e.supplier = 'local' and (
         exists (select from plan_suppliers s where s.plan_id = other.id and s.supplier = 'local')
         or not exists (select from plan_suppliers s where s.plan_id = other.id))
     ), on_offer as materialized (
       select f.*, a.package_id, a.cost_text, a.cost_currency, a.cost_minor
       from esim e cross join addable a
         join plan_offers f on f.plan_id = a.plan_id and f.currency = $4::text and f.is_active
         left join supplier_accounts b on b.supplier = e.supplier
       where (a.cost_currency is distinct from f.currency or a.cost_minor <= f.amount_minor)
         and (a.cost_minor is null or b.balance_minor is null or b.balance_currency is distinct from a.cost_currency
              or b.balance_minor >= a.cost_minor)
     ), placed as (
       insert into orders (reference, user_id, plan_id, currency, amount_minor, plan_snapshot, idempotency_key,
                           request_fingerprint, expires_at, kind, top_up_of_profile_id)
       select $1, $2, f.plan_id, f.currency, f.amount_minor, json_build_object(
              'id', f.plan_id, 'name', f.name, 'description', f.description,
              'country_name', f.country_name, 'country_iso2', f.country_iso2, 'country_id', f.country_id,
              'carrier_name', f.carrier_name, 'carrier_id', f.carrier_id,
              'data_gb', f.data_gb, 'is_unlimited', f.is_unlimited, 'duration_days', f.duration_days,
              'price_minor_units', f.amount_minor, 'currency', f.currency),
              $5, $6, now() + $7 * interval '1 minute', 'top_up', $9
       from on_offer f
       where f.plan_id = $3 and not exists (select from known) and exists (select from buyer) and not exists (select from cap where refused_by is not null)
       limit 1
       on conflict on constraint orders_one_per_user_and_key do nothing
       returning *
     ), top_up as (
       insert into top_ups (order_id, user_id, profile_id, plan_id, supplier, package_id, cost_text, cost_currency,
                            cost_minor, language)
       select placed.id, placed.user_id, e.id, placed.plan_id, e.supplier, f.package_id, f.cost_text, f.cost_currency,
              f.cost_minor, $8::text
       from placed join esim e on true join on_offer f on f.plan_id = placed.plan_id
       order by f.cost_minor nulls first limit 1
       returning id, order_id, profile_id, status, created_at, done_at
     )
     select false as was_known, o.request_fingerprint, o.top_up_of_profile_id, 
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot, (('{"id":' || t.id::text || ',"esim_id":' || t.profile_id::text || ',"status":' || '"' || t.status || '"' || ',"created_at":' || to_char(t.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"done_at":' || coalesce(to_char(t.done_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}'))::json as top_up
     from placed o join top_up t on t.order_id = o.id
     union all
     select true as was_known, o.request_fingerprint, o.top_up_of_profile_id, 
  o.id, o.reference, o.plan_id, o.status, o.currency, o.amount_minor, o.created_at, o.expires_at, o.plan_snapshot, (('{"id":' || t.id::text || ',"esim_id":' || t.profile_id::text || ',"status":' || '"' || t.status || '"' || ',"created_at":' || to_char(t.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"done_at":' || coalesce(to_char(t.done_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}'))::json as top_up
     from known join orders o on o.id = known.id left join top_ups t on t.order_id = o.id;

-- orders.record_consent
-- src/modules/orders/consent-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 boolean
-- returns ?column? integer
with placed as (
     select id from orders where id = $1 and user_id = $2 and status = 'created'
   ), recorded as (
     insert into order_consents (order_id, terms_version, immediate_delivery)
     select id, $3, $4 from placed
     on conflict (order_id) do nothing
   )
   select 1 from placed;

-- orders.why_no_top_up
-- src/modules/orders/top-up-order-store.ts
-- takes $1 bigint, $2 bigint, $3 bigint, $4 text, $5 text
-- returns is_placed boolean, is_buyer_here boolean, cap jsonb, has_esim boolean, problem text, has_plan boolean, has_price boolean, is_addable boolean, is_on_offer boolean
with esim as materialized (
       select p.id, p.plan_id, p.supplier, p.language, l.packages, l.listed_at, case
           when p.status = 'pending' then 'not_ready'
           when p.status not in ('ready', 'active') then p.status
           when o.status <> 'paid' then 'refunded'
           when p.ended_at is not null or p.plan_expires_at < now() then 'ended'
           when p.supplier not in ('local') then 'supplier_cannot'
         end as problem
       from esim_profiles p join orders o on o.id = p.order_id
         left join esim_top_up_lists l on l.profile_id = p.id
       where p.id = $1 and p.user_id = $2
     ), addable as materialized (
       select s.plan_id, k.package_id, k.cost_text, k.cost_currency, k.cost_minor
       from esim e
         cross join lateral jsonb_to_recordset(e.packages)
           as k(package_id text, cost_text text, cost_currency text, cost_minor bigint)
         join plan_suppliers s on s.supplier = e.supplier and s.top_up_package_id = k.package_id
       where e.problem is null
       union all
       select other.id, other.id::text, null, null, null
       from esim e join plans own on own.id = e.plan_id
         join plans other on other.country_id is not distinct from own.country_id
           and other.region is not distinct from own.region
       where e.problem is null and e.supplier = 'local' and (
         exists (select from plan_suppliers s where s.plan_id = other.id and s.supplier = 'local')
         or not exists (select from plan_suppliers s where s.plan_id = other.id))
     ), on_offer as materialized (
       select f.*, a.package_id, a.cost_text, a.cost_currency, a.cost_minor
       from esim e cross join addable a
         join plan_offers f on f.plan_id = a.plan_id and f.currency = $4::text and f.is_active
         left join supplier_accounts b on b.supplier = e.supplier
       where (a.cost_currency is distinct from f.currency or a.cost_minor <= f.amount_minor)
         and (a.cost_minor is null or b.balance_minor is null or b.balance_currency is distinct from a.cost_currency
              or b.balance_minor >= a.cost_minor)
     )
     select exists (select from orders o where o.idempotency_key = $5 and o.user_id + 0 = $2) as is_placed,
            exists (select from users where id = $2 and deleted_at is null and disabled_at is null) as is_buyer_here, (select to_jsonb(c) from order_cap($2, 20, 60) c where refused_by is not null) as cap,
            exists (select from esim) as has_esim, (select problem from esim) as problem,
            exists (select from plans where id = $3) as has_plan,
            exists (select from plan_prices where plan_id = $3 and currency = $4) as has_price,
            exists (select from addable where plan_id = $3) as is_addable,
            exists (select from on_offer where plan_id = $3) as is_on_offer;

-- orders.why_not_placed
-- src/modules/orders/order-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text
-- returns is_placed boolean, is_buyer_here boolean, cap jsonb, is_active boolean, is_offered boolean, is_deliverable boolean
with offer as materialized (
       select * from plan_offers f where f.plan_id = $2 and f.currency = $3 and f.is_active
     ), sources as materialized (
       select s.supplier, s.rank, s.cost_minor, s.cost_currency
       from offer f join plan_suppliers s on s.plan_id = f.plan_id
       where s.paused_at is null and s.supplier in ('local', 'stock')
       union all
       select 'local', 0, null, null from offer f
       where not exists (select from plan_suppliers s where s.plan_id = f.plan_id)
     ), elsewhere as materialized (
       select 1 as is_deliverable from sources s left join supplier_accounts a on a.supplier = s.supplier
       where s.supplier <> 'stock' and (
         a.balance_minor is null or s.cost_minor is null or a.balance_currency is distinct from s.cost_currency
         or a.balance_minor >= s.cost_minor)
       limit 1
     ), stock_taken as materialized (
       select i.id from stock_items i
       where i.plan_id = (select plan_id from offer) and i.status = 'available'
         and exists (select from sources where supplier = 'stock')
       order by i.id limit 1 for update skip locked
     ), deliverable as materialized (
       select 1 as is_deliverable from elsewhere union all select 1 from stock_taken limit 1
     )
     select exists (select from orders o where o.idempotency_key = $4 and o.user_id + 0 = $1) as is_placed,
            exists (select from users where id = $1 and deleted_at is null and disabled_at is null) as is_buyer_here, (select to_jsonb(c) from order_cap($1, 20, 60) c where refused_by is not null) as cap,
            (select is_active from plans where id = $2) as is_active,
            exists (select from plan_prices where plan_id = $2 and currency = $3) as is_offered,
            exists (select from deliverable) as is_deliverable;

-- payments.adopt_intent
-- src/modules/payments/payment-store.ts
-- takes $1 text, $2 bigint, $3 text, $4 text
-- returns id bigint
update payments set intent_id = $4
   where reference = $1 and order_id = $2 and provider = $3 and (intent_id is null or intent_id = page_id)
   returning id;

-- payments.begin
-- src/modules/payments/payment-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 boolean, $5 text, $6 integer
-- returns order_status text, is_expired boolean, expires_at timestamp with time zone, plan json, retry_seconds integer, was_made boolean, id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
with o as materialized (
     select o.id, o.status, o.currency, o.amount_minor, o.expires_at, o.expires_at <= now() as is_expired,
            o.plan_snapshot as plan
     from orders o join users u on u.id = o.user_id
     where o.id = $1 and o.user_id = $2 and u.deleted_at is null and u.disabled_at is null for share of o
   ), live as materialized (
     select id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number from payments where order_id = $1 and status = 'requires_action'
   ), cap as materialized (
     select decline_cap($2, $1, $6::integer) as retry_seconds from o
     where $6 < 999999 and o.status = 'created' and not o.is_expired and not exists (select from live)
   ), made as (
     insert into payments (order_id, provider, currency, amount_minor, livemode, payer_language)
     select o.id, $3, o.currency, o.amount_minor, $4, $5 from o
     where o.status = 'created' and not o.is_expired and not exists (select from live)
       and not exists (select from cap where retry_seconds is not null)
     on conflict (order_id) where status = 'requires_action' do nothing
     returning id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number
   )
   select o.status as order_status, o.is_expired, o.expires_at, o.plan,
          (select retry_seconds from cap) as retry_seconds, p.was_made, p.id, p.reference, p.order_id,
          p.provider, p.intent_id, p.page_id, p.payer_language, p.status, p.currency, p.amount_minor, p.livemode, p.created_at, p.age_seconds, p.captured_minor,
          p.refund_reserved_minor, p.refunded_minor, p.disputed_minor, p.is_counted, p.surplus_reason, p.key_number
   from o left join (select *, false as was_made from live union all select *, true from made) p on true;

-- payments.enqueue_auto_confirm
-- src/modules/payments/payment-use-cases.ts
-- takes $1 bigint
-- returns enqueue_job boolean
select enqueue_job('reread_payment', json_build_object('payment_id', $1::bigint), run_at => now() + interval '1 second');

-- payments.enqueue_reread
-- src/modules/payments/payment-store.ts
-- takes $1 bigint
-- returns enqueue_job boolean
select enqueue_job('reread_payment', json_build_object('payment_id', $1::bigint), job_key => 'reread:' || $1::bigint);

-- payments.fail_unpaid
-- src/modules/payments/fail-unpaid.ts
-- takes $1 bigint, $2 bigint, $3 text
-- returns ran_order_moved integer, ran_provisioning integer, ran_topping_up integer, ran_receipt_queued integer, ran_ended bigint
with ended as (
       update payments set status = 'failed', failed_at = now(), failure_reason = $3
       where id = $2 and status = 'requires_action' and captured_minor = 0
       returning id
     ), moved as materialized (
       select $2::bigint as payment_id, o.id as order_id, null::text as provider, 'failed'::text as status,
              o.currency, o.amount_minor
       from orders o
       where o.id = $1 and not exists (
         select from payments p where p.order_id = $1 and p.status = 'requires_action' and p.id is distinct from $2)
     ), order_moved as (
  update orders o set
    status = case when moved.status = 'succeeded' and person.is_here then 'paid' else 'failed' end,
    paid_at = case when moved.status = 'succeeded' and person.is_here then now() end,
    failed_at = case when moved.status = 'succeeded' and person.is_here then null else now() end,
    failure_reason = case when moved.status = 'failed' then 'payment_failed' when not person.is_here then 'person_gone' end
  from moved left join lateral (
    select u.deleted_at is null and u.disabled_at is null as is_here
    from orders theirs join users u on u.id = theirs.user_id
    where theirs.id = moved.order_id and moved.status = 'succeeded'
    for share of u
  ) person on true
  where o.id = moved.order_id and o.status = 'created' and moved.status in ('succeeded', 'failed')
  returning o.id, o.status, o.plan_id, o.user_id, o.kind
), provisioning as (
  update esim_profiles e set due_at = now() + interval '15 minutes'
  from order_moved
  where e.order_id = order_moved.id and order_moved.status = 'paid' and e.status = 'pending'
  returning enqueue_job('provision_esim', json_build_object('order_id', e.order_id), priority => -20)
), topping_up as (
  update top_ups t set due_at = now() + interval '15 minutes'
  from order_moved
  where order_moved.kind = 'top_up' and t.order_id = order_moved.id and order_moved.status = 'paid'
    and t.status = 'pending'
  returning enqueue_job('top_up_esim', json_build_object('order_id', t.order_id), job_key => 'top-up:' || t.order_id, priority => -20)
), receipt_queued as (
    select queue_mail('receipt', id, id, 'send_mail', 0) from order_moved where status = 'paid'
  )
     select (select count(*)::int from order_moved) as ran_order_moved, (select count(*)::int from provisioning) as ran_provisioning, (select count(*)::int from topping_up) as ran_topping_up, (select count(*)::int from receipt_queued) as ran_receipt_queued, (select count(*) from ended) as ran_ended;

-- payments.find
-- src/modules/payments/payment-store.ts
-- takes $1 bigint
-- returns id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
select id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number from payments where id = $1;

-- payments.find_by_intent
-- src/modules/payments/payment-store.ts
-- takes $1 text
-- returns id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
select id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number from payments where intent_id = $1;

-- payments.find_intent_of_reference
-- src/modules/payments/payment-store.ts
-- takes $1 text, $2 bigint, $3 text
-- returns intent_id text, captured_minor bigint, amount_minor bigint, currency text, livemode boolean
select intent_id, captured_minor, amount_minor, currency, livemode from payments where reference = $1 and order_id = $2 and provider = $3;

-- payments.find_order_money
-- src/modules/payments/payments-read-model.ts
-- takes $1 bigint
-- returns id bigint, reference text, user_id bigint, status text, currency text, amount_minor bigint, captured_minor bigint, refunded_minor bigint
select o.id, o.reference, o.user_id, o.status, o.currency, o.amount_minor,
          coalesce(sum(p.captured_minor), 0)::bigint as captured_minor,
          coalesce(sum(p.refunded_minor), 0)::bigint as refunded_minor
   from orders o left join payments p on p.order_id = o.id
   where o.id = $1 group by o.id;

-- payments.find_order_to_offer
-- src/modules/payments/choose-provider.ts
-- takes $1 bigint, $2 bigint
-- returns currency text, country text, live_provider text
select o.currency, o.plan_snapshot ->> 'country_iso2' as country,
          (select p.provider from payments p where p.order_id = o.id and p.status = 'requires_action') as live_provider
   from orders o where o.id = $1 and o.user_id = $2;

-- payments.list_of_order
-- src/modules/payments/payment-store.ts
-- takes $1 bigint
-- returns id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
select id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number from payments where order_id = $1 order by (status = 'requires_action') desc, id desc;

-- payments.list_owed_surplus
-- src/modules/payments/carry-on-money.ts
-- takes $1 bigint
-- returns id bigint
select id from payments
   where surplus_reason is not null and captured_minor > refund_reserved_minor + disputed_minor
   order by id limit $1;

-- payments.list_without_intent
-- src/modules/payments/payment-store.ts
-- takes $1 double precision, $2 bigint
-- returns id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
select id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number from payments
   where status = 'requires_action' and intent_id is null and created_at < now() - $1 * interval '1 second'
   order by id limit $2;

-- payments.lock
-- src/modules/payments/payment-store.ts
-- takes $1 bigint
-- returns id bigint
select id from payments where id = $1 for update;

-- payments.lock_live_of_order
-- src/modules/payments/fail-unpaid.ts
-- takes $1 bigint
-- returns id bigint
select id from payments where order_id = $1 and status = 'requires_action' for update;

-- payments.lock_waiting_order
-- src/modules/payments/fail-unpaid.ts
-- takes $1 bigint
-- returns id bigint
select id from orders where id = $1 and status = 'created' for update;

-- payments.money_moved
-- src/modules/payments/refund-follow.ts
-- takes $1 bigint
-- returns ran_order_refunded integer, ran_esim_take_back integer, ran_esim_profiles_withheld integer, ran_esim_profiles_resumed integer, ran_esim_profiles_owed integer, ran_top_ups_withheld integer, ran_top_ups_resumed integer, ran_top_ups_owed integer
with counted as materialized (
       select p.id as payment_id, p.order_id, p.captured_minor, p.refund_reserved_minor + p.disputed_minor as gone_minor,
              p.refunded_minor + coalesce(sum(d.amount_minor) filter (where d.status = 'lost'), 0) as back_minor,
              coalesce(bool_or(d.status = 'won'), false) as has_won
       from payments p left join disputes d on d.payment_id = p.id and exists (
         select from refunds r where r.payment_id = p.id and r.status = 'succeeded' and r.created_at >= d.created_at)
       where p.id = $1 and p.is_counted group by p.id
     ), refunded_in_full as materialized (
       select payment_id, order_id from counted where back_minor >= captured_minor
     ), withheld as materialized (
       select payment_id, order_id from counted where back_minor < captured_minor and gone_minor >= captured_minor
     ), available as materialized (
       select payment_id, order_id from counted where gone_minor < captured_minor
     ), won_back as materialized (
       select payment_id, order_id from counted where gone_minor < captured_minor and has_won
     ), order_refunded as (
  update orders o set status = 'refunded', refunded_at = now()
  from refunded_in_full
  where o.id = refunded_in_full.order_id and o.status = 'paid'
  returning o.id
), esim_take_back as (
  select enqueue_job('take_back_refunded', json_build_object('order_id', id), job_key => 'take-back:' || id) from order_refunded
), esim_profiles_withheld as (
      update esim_profiles w set parked_at = now(), parked_reason = 'money_withheld', lease_token = w.lease_token + 1,
        lease_until = null
      from withheld
      where w.order_id = withheld.order_id and w.status = 'pending' and w.parked_at is null
        and w.take_back_requested_at is null
        and not exists (select from provisioning_attempts a where a.profile_id = w.id and a.status <> 'refused')
      returning w.id
    ), esim_profiles_resumed as (
      update esim_profiles w set parked_at = null, parked_reason = null
      from available
      where w.order_id = available.order_id and w.status = 'pending' and w.parked_reason = 'money_withheld'
      returning enqueue_job('provision_esim', json_build_object('order_id', w.order_id), job_key => 'provision:' || w.order_id, priority => -20)
    ), esim_profiles_owed as (
      select enqueue_job('refund_undeliverable', json_build_object('profile_id', w.id), job_key => 'refund-undeliverable:' || w.id, run_at => now() + interval '20 seconds')
      from available join esim_profiles w on w.order_id = available.order_id join orders o on o.id = w.order_id
      where (w.status in ('failed', 'cancelled') and o.status = 'paid')
        or (o.status = 'refunded' and exists (select from won_back b where b.order_id = w.order_id))
    ), top_ups_withheld as (
      update top_ups w set parked_at = now(), parked_reason = 'money_withheld', lease_token = w.lease_token + 1,
        lease_until = null
      from withheld
      where w.order_id = withheld.order_id and w.status = 'pending' and w.parked_at is null
        and w.take_back_requested_at is null
        and not exists (select from provisioning_attempts a where a.top_up_id = w.id and a.status <> 'refused')
      returning w.id
    ), top_ups_resumed as (
      update top_ups w set parked_at = null, parked_reason = null
      from available
      where w.order_id = available.order_id and w.status = 'pending' and w.parked_reason = 'money_withheld'
      returning enqueue_job('top_up_esim', json_build_object('order_id', w.order_id), job_key => 'top-up:' || w.order_id, priority => -20)
    ), top_ups_owed as (
      select enqueue_job('refund_top_up', json_build_object('top_up_id', w.id), job_key => 'refund-top-up:' || w.id, run_at => now() + interval '20 seconds')
      from available join top_ups w on w.order_id = available.order_id join orders o on o.id = w.order_id
      where (w.status in ('failed', 'cancelled') and o.status = 'paid')
        or (o.status = 'refunded' and exists (select from won_back b where b.order_id = w.order_id))
    )
     select (select count(*)::int from order_refunded) as ran_order_refunded, (select count(*)::int from esim_take_back) as ran_esim_take_back, (select count(*)::int from esim_profiles_withheld) as ran_esim_profiles_withheld, (select count(*)::int from esim_profiles_resumed) as ran_esim_profiles_resumed, (select count(*)::int from esim_profiles_owed) as ran_esim_profiles_owed, (select count(*)::int from top_ups_withheld) as ran_top_ups_withheld, (select count(*)::int from top_ups_resumed) as ran_top_ups_resumed, (select count(*)::int from top_ups_owed) as ran_top_ups_owed;

-- payments.record_paid_again
-- src/modules/payments/payment-store.ts
-- takes $1 text, $2 bigint, $3 text, $4 text
-- returns id bigint
insert into payments (order_id, provider, intent_id, status, currency, amount_minor, livemode, failed_at, failure_reason)
   select p.order_id, p.provider, $4, 'failed', p.currency, p.amount_minor, p.livemode, now(), 'paid_again'
   from payments p
   where p.reference = $1 and p.order_id = $2 and p.provider = $3 and p.intent_id is distinct from p.page_id
     and p.intent_id <> $4
   on conflict on constraint payments_one_per_intent do nothing
   returning id;

-- payments.settle
-- src/modules/payments/events/settle-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 text, $6 bigint, $7 text, $8 boolean, $9 timestamp with time zone, $10 jsonb, $11 boolean, $12 text, $13 text, $14 boolean, $15 text, $16 text, $17 text, $18 boolean, $19 boolean
-- returns outcome text, reason text, payment_id bigint, order_id bigint, payment_status text, has_moved boolean, surplus_reason text, has_waiting boolean, ran_order_moved integer, ran_provisioning integer, ran_topping_up integer, ran_receipt_queued integer, ran_surplus bigint
with event as (
    -- Not read by anything: it declares the types of the parameters.
    select $1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::boolean, $9::timestamptz,
           $10::jsonb, $11::boolean, $12::text, $13::text, $14::boolean, $15::text, $16::text, $17::text,
           $18::boolean, $19::boolean
  ), context as materialized (
    select set_config('tribi.actor', $13 || ':' || $1, true), set_config('tribi.request_id', $15, true)
  ), known as materialized (
    select id from webhook_events where provider = $1 and event_id = $2
  ), target as materialized (
    select p.id, p.order_id, p.provider, p.status, p.currency, p.amount_minor, p.livemode, p.captured_minor
    from payments p where p.intent_id = $5 and not exists (select from known) for update
  ), judged as materialized (
    select t.id as payment_id, t.order_id, t.provider, t.status, t.currency, t.amount_minor,
           split_part(v.verdict, ' ', 1) as outcome, split_part(v.verdict, ' ', 2) as reason
    from context left join target t on true cross join lateral (select case
    when $4 = 'ignored' then 'ignored type_not_used'
    when t.id is null and not $11 then 'ignored not_of_this_shop'
    when $12 is not null then 'parked ' || $12
    when t.id is null then 'waiting payment_unknown'
    when t.provider <> $1 then 'parked provider_differs'
    when t.livemode <> $8 then 'parked livemode_differs'
    when $4 = 'intent_open' then 'ignored nothing_to_do'
    when $7 is distinct from t.currency then 'parked currency_differs'
    when $18 and t.captured_minor = 0 then 'waiting capture_unknown'
    when $18 then 'processed ' || $4
    when $6 is distinct from t.amount_minor then 'parked amount_differs'
    when $4 = 'intent_succeeded' and t.captured_minor = 0 and not $19 and exists (
      select from webhook_events x where x.intent_id = $5 and x.outcome = 'waiting' and x.kind not like 'intent%')
      then 'waiting refunds_first'
    when t.status = 'requires_action' then 'processed ' || $4
    when t.status = 'failed' and $4 = 'intent_succeeded' and t.captured_minor = 0 then 'processed late_money'
    else 'ignored already_' || t.status
  end as verdict) v
  ), stored as (
    insert into webhook_events
     (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts, provider_created_at,
      applied_at, next_try_at)
   select $1, $2, $13, $3, $4, $5, j.payment_id, j.outcome, j.reason, $10, $9,
          case when j.outcome = 'processed' then now() end,
          case when j.outcome = 'waiting' then now() end
   from judged j where not exists (select from known) and (j.payment_id is not null or $14)
   on conflict on constraint webhook_events_once_per_provider_and_id do nothing
   returning outcome, reason
  ), moved as materialized (
    select j.payment_id, j.order_id, j.provider, j.currency, j.amount_minor,
           case $4 when 'intent_succeeded' then 'succeeded' else 'failed' end as status
    from judged j join stored s on s.outcome = 'processed'
    where j.status = 'requires_action' and $4 in ('intent_succeeded', 'intent_canceled')
  ), order_moved as (
  update orders o set
    status = case when moved.status = 'succeeded' and person.is_here then 'paid' else 'failed' end,
    paid_at = case when moved.status = 'succeeded' and person.is_here then now() end,
    failed_at = case when moved.status = 'succeeded' and person.is_here then null else now() end,
    failure_reason = case when moved.status = 'failed' then 'payment_failed' when not person.is_here then 'person_gone' end
  from moved left join lateral (
    select u.deleted_at is null and u.disabled_at is null as is_here
    from orders theirs join users u on u.id = theirs.user_id
    where theirs.id = moved.order_id and moved.status = 'succeeded'
    for share of u
  ) person on true
  where o.id = moved.order_id and o.status = 'created' and moved.status in ('succeeded', 'failed')
  returning o.id, o.status, o.plan_id, o.user_id, o.kind
), provisioning as (
  update esim_profiles e set due_at = now() + interval '15 minutes'
  from order_moved
  where e.order_id = order_moved.id and order_moved.status = 'paid' and e.status = 'pending'
  returning enqueue_job('provision_esim', json_build_object('order_id', e.order_id), priority => -20)
), topping_up as (
  update top_ups t set due_at = now() + interval '15 minutes'
  from order_moved
  where order_moved.kind = 'top_up' and t.order_id = order_moved.id and order_moved.status = 'paid'
    and t.status = 'pending'
  returning enqueue_job('top_up_esim', json_build_object('order_id', t.order_id), job_key => 'top-up:' || t.order_id, priority => -20)
), receipt_queued as (
    select queue_mail('receipt', id, id, 'send_mail', 0) from order_moved where status = 'paid'
  ), written as (
    update payments p set
      status = coalesce(m.status, p.status),
      captured_minor = case when $4 = 'intent_succeeded' then p.amount_minor else p.captured_minor end,
      is_counted = coalesce(m.status = 'succeeded' and o.status = 'paid', false),
      surplus_reason = case
        when $4 <> 'intent_succeeded' then p.surplus_reason
        when m.status is null then 'payment_failed'
        when o.id is null then 'order_not_waiting'
        when o.status <> 'paid' then 'person_gone' end,
      succeeded_at = case m.status when 'succeeded' then now() end,
      failed_at = case m.status when 'failed' then now() else p.failed_at end,
      failure_reason = case m.status when 'failed' then $4 else p.failure_reason end,
      is_processing = $4 = 'intent_processing' and m.status is null,
      decline_code = case when $4 = 'intent_failed_attempt' then $16 else p.decline_code end,
      decline_message = case when $4 = 'intent_failed_attempt' then $17 else p.decline_message end
    from judged j join stored s on s.outcome = 'processed' left join moved m on true left join order_moved o on true
    where p.id = j.payment_id and not $18
    returning p.id, p.order_id, p.status, p.surplus_reason
  ), surplus as (
    select enqueue_job('refund_surplus', json_build_object('payment_id', w.id))
    from written w where w.surplus_reason is not null and $4 = 'intent_succeeded'
  )
  select s.outcome, s.reason, coalesce(j.payment_id, seen.id) as payment_id,
         coalesce(j.order_id, seen.order_id) as order_id,
         coalesce(w.status, j.status, seen.status) as payment_status, m.status is not null as has_moved,
         w.surplus_reason,
         exists (select from webhook_events x where x.intent_id = $5 and x.outcome = 'waiting') as has_waiting,
         (select count(*)::int from order_moved) as ran_order_moved, (select count(*)::int from provisioning) as ran_provisioning, (select count(*)::int from topping_up) as ran_topping_up, (select count(*)::int from receipt_queued) as ran_receipt_queued, (select count(*) from surplus) as ran_surplus
  from judged j left join stored s on true left join moved m on true left join written w on true
    left join payments seen on seen.intent_id = $5 and j.payment_id is null;

-- payments.settle_kept
-- src/modules/payments/events/settle-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 text, $6 bigint, $7 text, $8 boolean, $9 timestamp with time zone, $10 jsonb, $11 boolean, $12 text, $13 text, $14 boolean, $15 text, $16 text, $17 text, $18 boolean, $19 boolean
-- returns outcome text, reason text, payment_id bigint, order_id bigint, payment_status text, has_moved boolean, surplus_reason text, has_waiting boolean, ran_order_moved integer, ran_provisioning integer, ran_topping_up integer, ran_receipt_queued integer, ran_surplus bigint
with event as (
    -- Not read by anything: it declares the types of the parameters.
    select $1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::boolean, $9::timestamptz,
           $10::jsonb, $11::boolean, $12::text, $13::text, $14::boolean, $15::text, $16::text, $17::text,
           $18::boolean, $19::boolean
  ), context as materialized (
    select set_config('tribi.actor', $13 || ':' || $1, true), set_config('tribi.request_id', $15, true)
  ), known as materialized (
    select null::bigint as id where false
  ), target as materialized (
    select p.id, p.order_id, p.provider, p.status, p.currency, p.amount_minor, p.livemode, p.captured_minor
    from payments p where p.intent_id = $5 and not exists (select from known) for update
  ), judged as materialized (
    select t.id as payment_id, t.order_id, t.provider, t.status, t.currency, t.amount_minor,
           split_part(v.verdict, ' ', 1) as outcome, split_part(v.verdict, ' ', 2) as reason
    from context left join target t on true cross join lateral (select case
    when $4 = 'ignored' then 'ignored type_not_used'
    when t.id is null and not $11 then 'ignored not_of_this_shop'
    when $12 is not null then 'parked ' || $12
    when t.id is null then 'waiting payment_unknown'
    when t.provider <> $1 then 'parked provider_differs'
    when t.livemode <> $8 then 'parked livemode_differs'
    when $4 = 'intent_open' then 'ignored nothing_to_do'
    when $7 is distinct from t.currency then 'parked currency_differs'
    when $18 and t.captured_minor = 0 then 'waiting capture_unknown'
    when $18 then 'processed ' || $4
    when $6 is distinct from t.amount_minor then 'parked amount_differs'
    when $4 = 'intent_succeeded' and t.captured_minor = 0 and not $19 and exists (
      select from webhook_events x where x.intent_id = $5 and x.outcome = 'waiting' and x.kind not like 'intent%')
      then 'waiting refunds_first'
    when t.status = 'requires_action' then 'processed ' || $4
    when t.status = 'failed' and $4 = 'intent_succeeded' and t.captured_minor = 0 then 'processed late_money'
    else 'ignored already_' || t.status
  end as verdict) v
  ), stored as (
    update webhook_events e set
     payment_id = j.payment_id, outcome = j.outcome, reason = j.reason, attempts = e.attempts + 1,
     applied_at = case when j.outcome = 'processed' then now() end,
     next_try_at = case when j.outcome = 'waiting' then now() + least(e.attempts + 1, 30) * interval '1 minute' end
   from judged j
   where e.provider = $1 and e.event_id = $2 and e.outcome in ('waiting', 'parked')
   returning e.outcome, e.reason
  ), moved as materialized (
    select j.payment_id, j.order_id, j.provider, j.currency, j.amount_minor,
           case $4 when 'intent_succeeded' then 'succeeded' else 'failed' end as status
    from judged j join stored s on s.outcome = 'processed'
    where j.status = 'requires_action' and $4 in ('intent_succeeded', 'intent_canceled')
  ), order_moved as (
  update orders o set
    status = case when moved.status = 'succeeded' and person.is_here then 'paid' else 'failed' end,
    paid_at = case when moved.status = 'succeeded' and person.is_here then now() end,
    failed_at = case when moved.status = 'succeeded' and person.is_here then null else now() end,
    failure_reason = case when moved.status = 'failed' then 'payment_failed' when not person.is_here then 'person_gone' end
  from moved left join lateral (
    select u.deleted_at is null and u.disabled_at is null as is_here
    from orders theirs join users u on u.id = theirs.user_id
    where theirs.id = moved.order_id and moved.status = 'succeeded'
    for share of u
  ) person on true
  where o.id = moved.order_id and o.status = 'created' and moved.status in ('succeeded', 'failed')
  returning o.id, o.status, o.plan_id, o.user_id, o.kind
), provisioning as (
  update esim_profiles e set due_at = now() + interval '15 minutes'
  from order_moved
  where e.order_id = order_moved.id and order_moved.status = 'paid' and e.status = 'pending'
  returning enqueue_job('provision_esim', json_build_object('order_id', e.order_id), priority => -20)
), topping_up as (
  update top_ups t set due_at = now() + interval '15 minutes'
  from order_moved
  where order_moved.kind = 'top_up' and t.order_id = order_moved.id and order_moved.status = 'paid'
    and t.status = 'pending'
  returning enqueue_job('top_up_esim', json_build_object('order_id', t.order_id), job_key => 'top-up:' || t.order_id, priority => -20)
), receipt_queued as (
    select queue_mail('receipt', id, id, 'send_mail', 0) from order_moved where status = 'paid'
  ), written as (
    update payments p set
      status = coalesce(m.status, p.status),
      captured_minor = case when $4 = 'intent_succeeded' then p.amount_minor else p.captured_minor end,
      is_counted = coalesce(m.status = 'succeeded' and o.status = 'paid', false),
      surplus_reason = case
        when $4 <> 'intent_succeeded' then p.surplus_reason
        when m.status is null then 'payment_failed'
        when o.id is null then 'order_not_waiting'
        when o.status <> 'paid' then 'person_gone' end,
      succeeded_at = case m.status when 'succeeded' then now() end,
      failed_at = case m.status when 'failed' then now() else p.failed_at end,
      failure_reason = case m.status when 'failed' then $4 else p.failure_reason end,
      is_processing = $4 = 'intent_processing' and m.status is null,
      decline_code = case when $4 = 'intent_failed_attempt' then $16 else p.decline_code end,
      decline_message = case when $4 = 'intent_failed_attempt' then $17 else p.decline_message end
    from judged j join stored s on s.outcome = 'processed' left join moved m on true left join order_moved o on true
    where p.id = j.payment_id and not $18
    returning p.id, p.order_id, p.status, p.surplus_reason
  ), surplus as (
    select enqueue_job('refund_surplus', json_build_object('payment_id', w.id))
    from written w where w.surplus_reason is not null and $4 = 'intent_succeeded'
  )
  select s.outcome, s.reason, coalesce(j.payment_id, seen.id) as payment_id,
         coalesce(j.order_id, seen.order_id) as order_id,
         coalesce(w.status, j.status, seen.status) as payment_status, m.status is not null as has_moved,
         w.surplus_reason,
         exists (select from webhook_events x where x.intent_id = $5 and x.outcome = 'waiting') as has_waiting,
         (select count(*)::int from order_moved) as ran_order_moved, (select count(*)::int from provisioning) as ran_provisioning, (select count(*)::int from topping_up) as ran_topping_up, (select count(*)::int from receipt_queued) as ran_receipt_queued, (select count(*) from surplus) as ran_surplus
  from judged j left join stored s on true left join moved m on true left join written w on true
    left join payments seen on seen.intent_id = $5 and j.payment_id is null;

-- payments.store_intent
-- src/modules/payments/payment-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text
-- returns id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
update payments set page_id = coalesce(page_id, $4),
     intent_id = case when intent_id is null or intent_id = page_id then $3 else intent_id end
   where id = $1 and provider = $2 and (intent_id is null or intent_id = $3 or intent_id = page_id or page_id = $4)
   returning id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number;

-- payments.take_next_key
-- src/modules/payments/payment-store.ts
-- takes $1 bigint, $2 integer, $3 double precision
-- returns key_number integer
with taken as (
     update payments set key_number = key_number + 1, key_taken_at = now()
     where id = $1 and intent_id is null and status = 'requires_action' and key_number = $2
       and coalesce(key_taken_at, created_at) < now() - $3 * interval '1 second'
     returning key_number
   )
   select coalesce((select key_number from taken), key_number) as key_number from payments where id = $1;

-- persons.anonymise
-- src/modules/auth/person-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text, $5 jsonb
-- returns sids text[]
with person as (
     select id, email from users where id = $1 and deleted_at is null for update
   ), codes as (
     -- The rows stay for their day, since they count; whose they were does not.
     update auth_codes set email = $3, sealed_code = null, replaced_at = coalesce(replaced_at, now())
     from person where auth_codes.email = person.email
   ), tries as (
     update auth_tries set email = $3 from person where auth_tries.email = person.email
   ), tried as (
     delete from auth_tried_emails t using person where t.email = person.email
     returning t.network, t.tried_at, t.blind_tries, t.counts
   ), tried_under_alias as (
     insert into auth_tried_emails as t (network, email, tried_at, blind_tries, counts)
     select network, $3, tried_at, blind_tries, counts from tried
     on conflict (network, email) do update set tried_at = excluded.tried_at,
       blind_tries = (excluded.blind_tries || t.blind_tries)[1:20], counts = excluded.counts
   ), ended as (
     update sessions set ip_address = null, user_agent = null, device_hash = null,
       revoked_at = coalesce(revoked_at, now()), revoked_because = coalesce(revoked_because, 'user_deleted')
     from person where sessions.user_id = person.id
     returning sid
   ), audited as (
     insert into audit_log (actor, action, subject, request_id, after)
     select $4, 'user.deleted', 'user:' || id, $2, $5::jsonb from person
   ), gone as (
     update users set email = 'deleted-' || person.id || '@deleted.invalid', name = null, deleted_at = now()
     from person where users.id = person.id
   )
   select array(select sid::text from ended) as sids;

-- persons.count_live_sessions
-- src/modules/auth/person-store.ts
-- takes $1 bigint
-- returns count integer
select count(*)::integer as count from sessions where user_id = $1 and revoked_at is null and expires_at > now();

-- persons.disable
-- src/modules/auth/person-store.ts
-- takes $1 bigint, $2 text
with changed as (
     update users set disabled_at = now() where id = $1 and disabled_at is null and deleted_at is null returning id
   ), address as (
     insert into disabled_addresses (alias) select $2 from changed on conflict (alias) do nothing
   )
   select from changed;

-- persons.enable
-- src/modules/auth/person-store.ts
-- takes $1 bigint, $2 text
with changed as (
     update users set disabled_at = null where id = $1 and disabled_at is not null and deleted_at is null returning id
   ), address as (
     delete from disabled_addresses where alias = $2 and exists (select from changed)
   )
   select from changed;

-- persons.export
-- src/modules/auth/person-store.ts
-- takes $1 bigint
-- returns person jsonb, sessions jsonb, login_codes jsonb, wrong_tries jsonb, acts jsonb
select
     (select to_jsonb(person) from (
        select id, email, name, created_at, last_login_at from users where id = $1) person) as person,
     coalesce((select jsonb_agg(to_jsonb(line) order by line.created_at) from (
        select id, kind, created_at, last_used_at, expires_at, revoked_at, revoked_because,
          host(ip_address) as ip_address, user_agent
        from sessions where user_id = $1) line), '[]') as sessions,
     coalesce((select jsonb_agg(to_jsonb(line) order by line.created_at) from (
        select auth_codes.created_at, expires_at, sent_at, used_at, host(ip_address) as ip_address, auth_codes.language
        from auth_codes join users using (email) where users.id = $1) line), '[]') as login_codes,
     coalesce((select jsonb_agg(to_jsonb(line) order by line.created_at) from (
        select auth_tries.created_at, host(ip_address) as ip_address
        from auth_tries join users using (email) where users.id = $1) line), '[]') as wrong_tries,
     coalesce((select jsonb_agg(to_jsonb(line) order by line.at) from (
        select at, action, subject from audit_log
        where actor = 'user:' || $1::bigint or subject = 'user:' || $1::bigint) line), '[]') as acts;

-- persons.lock
-- src/modules/auth/person-store.ts
-- takes $1 bigint
-- returns email text, is_disabled boolean
select email, disabled_at is not null as is_disabled from users
   where id = $1 and deleted_at is null for update;

-- persons.logins
-- src/modules/auth/person-store.ts
-- takes $1 bigint
-- returns session_id bigint, created_at timestamp with time zone, last_used_at timestamp with time zone, expires_at timestamp with time zone, revoked_at timestamp with time zone, revoked_because text, session_kind text, ip_address text, user_agent text
select s.id as session_id, s.created_at, s.last_used_at, s.expires_at, s.revoked_at, s.revoked_because,
     s.kind as session_kind, host(s.ip_address) as ip_address, s.user_agent
   from users u left join sessions s on s.user_id = u.id
   where u.id = $1 order by s.created_at desc, s.id desc limit 200;

-- persons.rename
-- src/modules/auth/person-store.ts
-- takes $1 bigint, $2 text
-- returns id bigint, email text, name text
update users set name = $2 where id = $1 and deleted_at is null and disabled_at is null returning id, email, name;

-- persons.works_here
-- src/modules/auth/session-store.ts
-- takes $1 bigint, $2 text[]
select from users where id = $1 and (email = any ($2::text[]) or (select m.role from team_members m where m.user_id = users.id) is not null);

-- reconcile.begin_if_due
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 text, $2 timestamp with time zone, $3 boolean, $4 integer
-- returns id bigint, since timestamp with time zone
insert into reconciliation_runs (provider, since, applies)
   select $1, coalesce($2::timestamptz, now() - interval '3 days'), $3
   where $4::int is null or not exists (
     select from reconciliation_runs
     where provider = $1 and failure is null and applies
       and started_at >= date_bin($4::int * interval '1 minute', now(), timestamptz '2000-01-01 00:00Z' - interval '30 seconds'))
   on conflict (provider) where finished_at is null do nothing
   returning id, since;

-- reconcile.find_refund_status
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 text
-- returns status text
select status from refunds where provider_refund_id = $1;

-- reconcile.finish
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 bigint, $2 text
-- returns ran_finished bigint, ran_closed bigint
with finished as (
     update reconciliation_runs set finished_at = now(), failure = $2
     where id = $1 and finished_at is null
     returning id, provider, failure
   ), closed as (
     update reconciliation_findings f set closed_at = now()
     from finished r
     where r.failure is null and f.provider = r.provider and f.closed_at is null and f.last_run_id < r.id
     returning f.id
   )
   select (select count(*) from finished) as ran_finished, (select count(*) from closed) as ran_closed;

-- reconcile.give_up_dead
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 text
update reconciliation_runs set finished_at = now(), failure = 'its process ended'
   where provider = $1 and finished_at is null and alive_at < now() - interval '2 minutes';

-- reconcile.keep_alive
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 bigint, $2 integer, $3 integer
update reconciliation_runs set alive_at = now(), intents_seen = $2, refunds_seen = $3
   where id = $1 and finished_at is null;

-- reconcile.list_our_refunds
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 text, $2 timestamp with time zone
-- returns id bigint, payment_id bigint, order_id bigint, intent_id text, provider_refund_id text, amount_minor bigint, status text, created_at timestamp with time zone
select r.id, r.payment_id, r.order_id, p.intent_id, r.provider_refund_id, r.amount_minor, r.status, r.created_at
   from refunds r join payments p on p.id = r.payment_id
   where p.provider = $1 and r.provider_refund_id is not null and r.created_at >= $2;

-- reconcile.list_ours
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 text, $2 timestamp with time zone, $3 bigint, $4 bigint
-- returns id bigint, reference text, order_id bigint, provider text, intent_id text, page_id text, payer_language text, status text, currency text, amount_minor bigint, livemode boolean, created_at timestamp with time zone, age_seconds double precision, captured_minor bigint, refund_reserved_minor bigint, refunded_minor bigint, disputed_minor bigint, is_counted boolean, surplus_reason text, key_number integer
select id, reference, order_id, provider, intent_id, page_id, payer_language, status, currency, amount_minor, livemode, created_at,
  extract(epoch from now() - created_at)::float8 as age_seconds, captured_minor, refund_reserved_minor, refunded_minor,
  disputed_minor, is_counted, surplus_reason, key_number
   from payments where provider = $1 and intent_id is not null and created_at >= $2 and id > $3
   order by id limit $4;

-- reconcile.record_fees
-- src/modules/payments/reconciliation/fee-store.ts
-- takes $1 text, $2 jsonb
insert into provider_fees (provider, fee_id, payment_id, kind, currency, amount, booked_at)
   select $1, f.fee_id, p.id, f.kind, f.currency, f.amount, f.booked_at
   from jsonb_to_recordset($2::jsonb) as f
     (fee_id text, kind text, intent_id text, reference text, currency text, amount numeric, booked_at timestamptz)
   cross join lateral (
     select id from payments
     where provider = $1 and (intent_id = f.intent_id or reference = f.reference)
     order by intent_id = f.intent_id desc nulls last, id limit 1) as p
   on conflict on constraint provider_fees_one_per_entry do nothing;

-- reconcile.report
-- src/modules/payments/reconciliation/reconcile-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 bigint, $6 bigint, $7 jsonb, $8 bigint
-- returns is_new boolean
insert into reconciliation_findings
     (provider, class, subject, action, payment_id, order_id, detail, last_run_id, closed_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, case when $4 = 'repaired' then now() end)
   on conflict (provider, class, subject) where closed_at is null
   do update set seen_at = now(), last_run_id = excluded.last_run_id, detail = excluded.detail,
     action = excluded.action, closed_at = case when excluded.action = 'repaired' then now() end
   returning xmax = 0 as is_new;

-- reconciliation.findings_by_class_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) order by class asc nulls last, id asc limit $6 offset $7;

-- reconciliation.findings_by_class_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) order by class desc nulls last, id desc limit $6 offset $7;

-- reconciliation.findings_by_found_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) order by found_at asc nulls last, id asc limit $6 offset $7;

-- reconciliation.findings_by_found_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) order by found_at desc nulls last, id desc limit $6 offset $7;

-- reconciliation.findings_by_id_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) order by id asc nulls last, id asc limit $6 offset $7;

-- reconciliation.findings_by_id_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) order by id desc nulls last, id desc limit $6 offset $7;

-- reconciliation.findings_count
-- src/db/list-sql.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone
-- returns total bigint
select count(*) as total from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5);

-- reconciliation.last_runs
-- src/modules/payments/reconciliation/reconciliation-read-model.ts
-- returns provider text, since timestamp with time zone, applies boolean, started_at timestamp with time zone, finished_at timestamp with time zone, failure text, intents_seen integer, refunds_seen integer
select distinct on (provider) provider, since, applies, started_at, finished_at, failure, intents_seen, refunds_seen
   from reconciliation_runs order by provider, started_at desc;

-- reconciliation.page_of_findings
-- src/modules/payments/reconciliation/reconciliation-read-model.ts
-- takes $1 text, $2 text, $3 boolean, $4 timestamp with time zone, $5 timestamp with time zone, $6 bigint, $7 bigint
-- returns id bigint, provider text, class text, subject text, action text, payment_id bigint, order_id bigint, detail jsonb, found_at timestamp with time zone, seen_at timestamp with time zone, closed_at timestamp with time zone
select id, provider, class, subject, action, payment_id, order_id, detail, found_at, seen_at, closed_at from reconciliation_findings
    where (subject ilike $1 or order_id::text ilike $1) and ($2::text is null or class = $2)
      and ($3::boolean is null or (closed_at is null) = $3)
      and ($4::timestamptz is null or found_at >= $4) and ($5::timestamptz is null or found_at < $5) and id < $6 order by id desc limit $7;

-- reconciliation.seconds_since_run
-- src/modules/payments/reconciliation/reconciliation-read-model.ts
-- takes $1 text[], $2 integer[]
-- returns seconds double precision
select coalesce(max(greatest(0, extract(epoch from now() - coalesce(good.at, first.at)) - p.spare)), 0)::float8 as seconds
   from unnest($1::text[], $2::integer[]) as p (provider, spare)
   left join lateral (
     select started_at as at from reconciliation_runs r
     where r.provider = p.provider and failure is null and finished_at is not null order by started_at desc limit 1
   ) good on true
   left join lateral (
     select min(started_at) as at from reconciliation_runs r where r.provider = p.provider) first on true;

-- refund_approvals.approve_if_waiting_and_of_another
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 bigint
update refund_approvals
   set status = 'approved', decided_by = $2, decided_at = now(), decision_reason = $3, refund_id = $4
   where id = $1 and status = 'waiting' and expires_at > now() and requested_by <> $2;

-- refund_approvals.decline_if_waiting
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint, $2 bigint, $3 text
-- returns id bigint, order_id bigint, payment_id bigint, status text, currency text, amount_minor bigint, reason text, accepts_loss boolean, requested_by bigint, idempotency_key text, request_fingerprint bytea, is_over boolean, decided_by bigint, decision_reason text, refund_id bigint
update refund_approvals set status = 'declined', decided_by = $2, decided_at = now(), decision_reason = $3
   where id = $1 and status = 'waiting' returning id, order_id, payment_id, status, currency, amount_minor, reason, accepts_loss, requested_by,
  idempotency_key, request_fingerprint, expires_at <= now() as is_over, decided_by, decision_reason, refund_id;

-- refund_approvals.expire_due
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint
-- returns id bigint
update refund_approvals set status = 'expired', decided_at = now()
   where status = 'waiting' and expires_at <= now() and ($1::bigint is null or order_id = $1) returning id;

-- refund_approvals.find
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, payment_id bigint, status text, currency text, amount_minor bigint, reason text, accepts_loss boolean, requested_by bigint, idempotency_key text, request_fingerprint bytea, is_over boolean, decided_by bigint, decision_reason text, refund_id bigint
select id, order_id, payment_id, status, currency, amount_minor, reason, accepts_loss, requested_by,
  idempotency_key, request_fingerprint, expires_at <= now() as is_over, decided_by, decision_reason, refund_id from refund_approvals where id = $1;

-- refund_approvals.find_by_key
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint, $2 text
-- returns id bigint, order_id bigint, payment_id bigint, status text, currency text, amount_minor bigint, reason text, accepts_loss boolean, requested_by bigint, idempotency_key text, request_fingerprint bytea, is_over boolean, decided_by bigint, decision_reason text, refund_id bigint
select id, order_id, payment_id, status, currency, amount_minor, reason, accepts_loss, requested_by,
  idempotency_key, request_fingerprint, expires_at <= now() as is_over, decided_by, decision_reason, refund_id from refund_approvals where requested_by = $1 and idempotency_key = $2;

-- refund_approvals.find_waiting
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint
-- returns id bigint, order_id bigint, payment_id bigint, status text, currency text, amount_minor bigint, reason text, accepts_loss boolean, requested_by bigint, idempotency_key text, request_fingerprint bytea, is_over boolean, decided_by bigint, decision_reason text, refund_id bigint
select id, order_id, payment_id, status, currency, amount_minor, reason, accepts_loss, requested_by,
  idempotency_key, request_fingerprint, expires_at <= now() as is_over, decided_by, decision_reason, refund_id from refund_approvals where order_id = $1 and status = 'waiting' and expires_at > now();

-- refund_approvals.forget_keys
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 double precision
update refund_approvals set idempotency_key = null, request_fingerprint = null
   where idempotency_key is not null and status <> 'waiting' and created_at < now() - $1 * interval '1 hour';

-- refund_approvals.insert_if_above_limit
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint, $2 bigint, $3 bigint, $4 text, $5 boolean, $6 bigint, $7 text, $8 bytea
-- returns id bigint, order_id bigint, payment_id bigint, status text, currency text, amount_minor bigint, reason text, accepts_loss boolean, requested_by bigint, idempotency_key text, request_fingerprint bytea, is_over boolean, decided_by bigint, decision_reason text, refund_id bigint
with p as materialized (
     select id, order_id, currency,
            coalesce($2, captured_minor - refund_reserved_minor - disputed_minor) as amount_minor,
            captured_minor - refund_reserved_minor - disputed_minor as left_minor
     from payments where id = $1 for update
   )
   insert into refund_approvals (order_id, payment_id, currency, amount_minor, reason, accepts_loss, requested_by,
                                 idempotency_key, request_fingerprint, expires_at)
   select p.order_id, p.id, p.currency, p.amount_minor, $4, $5, $6, $7, $8, now() + interval '7 days'
   from p
   where p.amount_minor between 1 and p.left_minor
     and not exists (select from refunds r where r.requested_by = $6 and r.idempotency_key = $7)
     and not (p.amount_minor + greatest((
    select coalesce(sum(r.amount_minor), 0) from refunds r
    where r.order_id = p.order_id and r.origin = 'admin' and r.status <> 'failed'
      and not exists (select from refund_approvals a where a.refund_id = r.id)), (
    select coalesce(sum(r.amount_minor), 0) from refunds r
    where r.requested_by = $6 and r.currency = p.currency and r.created_at > now() - interval '24 hours' and r.origin = 'admin' and r.status <> 'failed'
      and not exists (select from refund_approvals a where a.refund_id = r.id))) <= $3::bigint)
   on conflict do nothing
   returning id, order_id, payment_id, status, currency, amount_minor, reason, accepts_loss, requested_by,
  idempotency_key, request_fingerprint, expires_at <= now() as is_over, decided_by, decision_reason, refund_id;

-- refund_approvals.lock_refunders
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 bigint, $2 bigint
-- returns pg_advisory_xact_lock void, pg_advisory_xact_lock void
select pg_advisory_xact_lock(hashtextextended('refunds by ' || $1::bigint, 0)),
          pg_advisory_xact_lock(hashtextextended('refunds of ' || $2::bigint, 0));

-- refund_limits.note_if_changed
-- src/modules/payments/refunds/refund-limit-store.ts
-- takes $1 bigint, $2 jsonb
insert into refund_limits (everywhere, by_currency)
   select $1::bigint, $2::jsonb
   where not exists (
     select from (select everywhere, by_currency from refund_limits order by id desc limit 1) newest
     where newest.everywhere is not distinct from $1::bigint and newest.by_currency = $2::jsonb);

-- refunds.begin_call
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 double precision
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, was_told_long_ago boolean, is_esim_taken_back boolean, failure_reason text, tellings integer
with before as materialized (
     select id, called_at is not null as was_called,
            coalesce(coalesce(told_at, called_at) < now() - $2 * interval '1 second', false) as was_told_long_ago
     from refunds where id = $1 for update
   )
   update refunds r set called_at = coalesce(called_at, now()) from before
   where r.id = before.id and r.status = 'requested'
   returning r.id, r.reference, r.payment_id, r.order_id, r.status, r.amount_minor, r.currency, r.origin, r.reason,
     r.accepts_loss, r.provider_refund_id, r.request_fingerprint, before.was_called, before.was_told_long_ago,
     r.esim_taken_back_at is not null as is_esim_taken_back, r.failure_reason, r.tellings;

-- refunds.count_in_vain
-- src/modules/payments/refunds/refund-in-vain.ts
-- takes $1 bigint, $2 text
-- returns count integer, is_too_much boolean
select count(*)::int as count, bool_and(failure_reason = 'refused_exceeds_capture') as is_too_much
   from refunds
   where payment_id = $1 and origin = $2 and status = 'failed'
     and (provider_refund_id is not null or failure_reason = 'refused_exceeds_capture');

-- refunds.count_surplus_of_hour
-- src/modules/payments/refund-store.ts
-- returns count integer
select count(*)::int as count from refunds
   where origin = 'surplus' and created_at > now() - interval '1 hour'
     and coalesce(failure_reason, '') not in ('brake', 'person_disabled', 'came_to_nothing');

-- refunds.fail_parked
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 text
update refunds set status = 'failed', failure_reason = $2, finished_at = now()
   where payment_id = $1 and status = 'parked';

-- refunds.find
-- src/modules/payments/refund-store.ts
-- takes $1 bigint
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text
select id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason from refunds where id = $1;

-- refunds.find_by_key
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 text
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text
select id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason from refunds where requested_by = $1 and idempotency_key = $2;

-- refunds.find_return_offer
-- src/modules/payments/refunds/own-refund-store.ts
-- takes $1 bigint, $2 double precision
-- returns user_id bigint, currency text, until timestamp with time zone, is_possible boolean, left_minor bigint
select o.user_id, o.currency, o.paid_at + $2 * interval '1 day' as until,
            exists (
  select o.id as order_id, p.id as payment_id
  from orders o join esim_profiles e on e.order_id = o.id join payments p on p.order_id = o.id and p.is_counted
  where o.id = $1 and o.kind = 'esim' and o.status = 'paid'
    and o.paid_at > now() - $2 * interval '1 day' and (e.status = 'ready' and e.ended_at is null and e.installed_at is null
  and e.profile_state in ('unknown', 'released')
  and coalesce(e.usage_remaining_bytes >= e.usage_total_bytes, true)
  and not exists (select from top_ups t where t.profile_id = e.id and t.status in ('pending', 'done')))
    and p.disputed_minor = 0 and p.refund_reserved_minor < p.captured_minor
    and 3 > (select count(*) from refunds r where r.order_id = o.id and r.origin = 'customer')) as is_possible,
            coalesce((select p.captured_minor - p.refund_reserved_minor from payments p
                      where p.order_id = $1 and p.is_counted), 0) as left_minor
     from orders o where o.id = $1;

-- refunds.forget_keys
-- src/modules/payments/refunds/refund-approval-store.ts
-- takes $1 double precision
update refunds set idempotency_key = null, request_fingerprint = null
   where idempotency_key is not null and created_at < now() - $1 * interval '1 hour';

-- refunds.has_in_state
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 text[]
select from refunds where payment_id = $1 and status = any ($2) limit 1;

-- refunds.insert_if_returnable
-- src/modules/payments/refunds/own-refund-store.ts
-- takes $1 bigint, $2 double precision, $3 bigint, $4 text, $5 bytea
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text, jobs bigint
with rule as materialized (
  select o.id as order_id, p.id as payment_id
  from orders o join esim_profiles e on e.order_id = o.id join payments p on p.order_id = o.id and p.is_counted
  where o.id = $1 and o.kind = 'esim' and o.status = 'paid'
    and o.paid_at > now() - $2 * interval '1 day' and (e.status = 'ready' and e.ended_at is null and e.installed_at is null
  and e.profile_state in ('unknown', 'released')
  and coalesce(e.usage_remaining_bytes >= e.usage_total_bytes, true)
  and not exists (select from top_ups t where t.profile_id = e.id and t.status in ('pending', 'done')))
    and p.disputed_minor = 0 and p.refund_reserved_minor < p.captured_minor
    and 3 > (select count(*) from refunds r where r.order_id = o.id and r.origin = 'customer')
     ), p as materialized (
       select payments.id, payments.order_id, currency,
              captured_minor - refund_reserved_minor - disputed_minor as left_minor
       from payments join rule on rule.payment_id = payments.id for update of payments
     ), made as (
       insert into refunds (payment_id, order_id, currency, amount_minor, origin, reason, status, requested_by,
                            idempotency_key, request_fingerprint)
       select id, order_id, currency, left_minor, 'customer', 'returned unused', 'requested', $3, $4, $5
       from p where left_minor > 0
       on conflict do nothing
       returning id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason
     ), job as (
       select enqueue_job('make_refund', json_build_object('refund_id', id), job_key => 'refund:' || id, run_at => now() + interval '20 seconds') from made
     )
     select made.*, (select count(*) from job) as jobs from made;

-- refunds.insert_if_within_capture
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 bigint, $3 text, $4 text, $5 boolean, $6 text, $7 text, $8 text, $9 bigint, $10 text, $11 bytea, $12 bigint
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text, jobs bigint
with p as materialized (
     select id, order_id, currency,
            captured_minor - refund_reserved_minor - case $3 when 'provider' then 0 else disputed_minor end as left_minor
     from payments where id = $1 for update
   ), made as (
     insert into refunds (payment_id, order_id, currency, amount_minor, origin, reason, accepts_loss, status,
                          failure_reason, provider_refund_id, requested_by, idempotency_key, request_fingerprint,
                          finished_at)
     select p.id, p.order_id, p.currency, coalesce($2, p.left_minor), $3, $4, $5, $6, $7, $8, $9, $10, $11,
            case when $6 = 'succeeded' then now() end
     from p where coalesce($2, p.left_minor) between 1 and p.left_minor and ($12::bigint is null or coalesce($2, p.left_minor) + greatest((
    select coalesce(sum(r.amount_minor), 0) from refunds r
    where r.order_id = p.order_id and r.origin = 'admin' and r.status <> 'failed'
      and not exists (select from refund_approvals a where a.refund_id = r.id)), (
    select coalesce(sum(r.amount_minor), 0) from refunds r
    where r.requested_by = $9 and r.currency = p.currency and r.created_at > now() - interval '24 hours' and r.origin = 'admin' and r.status <> 'failed'
      and not exists (select from refund_approvals a where a.refund_id = r.id))) <= $12)
     on conflict do nothing
     returning id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason
   ), job as (
     select enqueue_job('make_refund', json_build_object('refund_id', id), job_key => 'refund:' || id, run_at => now() + interval '20 seconds')
     from made where status = 'requested'
   )
   select made.*, (select count(*) from job) as jobs from made;

-- refunds.list_of_order
-- src/modules/payments/refund-store.ts
-- takes $1 bigint
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text
select id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason from refunds where order_id = $1 order by id desc;

-- refunds.list_unsettled
-- src/modules/payments/carry-on-money.ts
-- takes $1 bigint
-- returns id bigint, payment_id bigint, status text
select id, payment_id, status from refunds
   where status in ('requested', 'pending') and created_at < now() - interval '20 seconds'
   order by status = 'pending', case status when 'requested' then coalesce(called_at, created_at) end,
     md5(id::text || now()::text) limit $1;

-- refunds.lock_brake
-- src/modules/payments/refund-store.ts
-- returns pg_advisory_xact_lock void
select pg_advisory_xact_lock(7402318);

-- refunds.lock_by_provider_id
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 text, $3 text
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text
select id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason from refunds where payment_id = $1 and (provider_refund_id = $2 or reference = $3)
   order by (provider_refund_id = $2) desc nulls last limit 1 for update;

-- refunds.mark_esim_taken_back
-- src/modules/payments/refund-store.ts
-- takes $1 bigint
update refunds set esim_taken_back_at = now() where id = $1 and esim_taken_back_at is null;

-- refunds.move
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 text[], $3 text, $4 text, $5 text, $6 boolean, $7 boolean
-- returns id bigint, reference text, payment_id bigint, order_id bigint, status text, amount_minor bigint, currency text, origin text, reason text, accepts_loss boolean, provider_refund_id text, request_fingerprint bytea, was_called boolean, is_esim_taken_back boolean, failure_reason text
update refunds set
     status = $3,
     failure_reason = case when $3 in ('failed', 'parked') then $4 else failure_reason end,
     provider_refund_id = coalesce(provider_refund_id, $5),
     finished_at = case when $3 in ('succeeded', 'failed') then now() end,
     idempotency_key = case when $6 then null else idempotency_key end,
     request_fingerprint = case when $6 then null else request_fingerprint end,
     -- A definite no stands under the key for as long as the provider remembers it.
     key_number = key_number + (status = 'parked' and $3 = 'requested' and failure_reason like 'refused%')::integer
   where id = $1 and status = any ($2)
     and (not $7::boolean or (called_at is null and esim_taken_back_at is null))
   returning id, reference, payment_id, order_id, status, amount_minor, currency, origin, reason, accepts_loss,
  provider_refund_id, request_fingerprint, called_at is not null as was_called,
  esim_taken_back_at is not null as is_esim_taken_back, failure_reason;

-- refunds.payer_is_disabled
-- src/modules/payments/refund-store.ts
-- takes $1 bigint
-- returns is_disabled boolean
select u.disabled_at is not null as is_disabled
   from payments p join orders o on o.id = p.order_id join users u on u.id = o.user_id where p.id = $1;

-- refunds.tell
-- src/modules/payments/refund-store.ts
-- takes $1 bigint, $2 integer, $3 integer
-- returns key_number integer
update refunds set tellings = tellings + 1, told_at = now(), key_number = key_number + $3::integer
   where id = $1 and status = 'requested' and tellings = $2
   returning key_number;

-- sessions.find_live
-- src/modules/auth/session-store.ts
-- takes $1 uuid
-- returns id bigint, user_id bigint, email text, name text, expires_at timestamp with time zone, role text, operator_session text, has_factor boolean, factor_is_shown boolean, factor_is_fresh boolean, touch_is_due boolean
with touched as (
     update sessions set last_used_at = now()
     where sid = $1 and sessions.revoked_at is null and sessions.expires_at > now() and last_used_at < now() - interval '1 minute'
   )
   select sessions.id, sessions.user_id, users.email, users.name, sessions.expires_at, (select m.role from team_members m where m.user_id = users.id) as role, case when o.session_id is null then 'none' when o.ended_at is null and o.expires_at > now() and o.idle_until > now() then 'live' else 'over' end as operator_session,
     exists (select from operator_factors f where f.user_id = users.id) as has_factor,
     o.factor_at is not null as factor_is_shown, coalesce(o.fresh_until > now(), false) as factor_is_fresh,
     coalesce(o.used_at < now() - interval '30 seconds', false) as touch_is_due
   from sessions join users on users.id = sessions.user_id and users.disabled_at is null and users.deleted_at is null left join operator_sessions o on o.session_id = sessions.id
   where sessions.sid = $1 and sessions.revoked_at is null and sessions.expires_at > now();

-- sessions.list_live
-- src/modules/auth/session-store.ts
-- takes $1 bigint
-- returns id bigint, sid uuid, created_at timestamp with time zone, last_used_at timestamp with time zone, expires_at timestamp with time zone, ip_address text, user_agent text
select id, sid, created_at, last_used_at, expires_at, host(ip_address) as ip_address, user_agent
   from sessions where user_id = $1 and sessions.revoked_at is null and sessions.expires_at > now()
   order by last_used_at desc, id desc limit 200;

-- sessions.purge
-- src/modules/auth/session-store.ts
-- takes $1 bigint
delete from sessions where id in (
     select id from sessions
     where created_at < now() - interval '90 days' and (expires_at <= now() or revoked_at is not null)
     order by id limit $1);

-- sessions.refresh
-- src/modules/auth/session-store.ts
-- takes $1 uuid, $2 bytea, $3 bytea, $4 integer
-- returns id bigint, user_id bigint, email text, name text, kind text, expires_at timestamp with time zone, was_reused boolean, is_granted boolean
update sessions set
     refresh_generation = refresh_generation + (refresh_hash = $2)::integer,
     refresh_parent_hash = case when refresh_hash = $2 then $2 else refresh_parent_hash end,
     refresh_rotated_at = case when refresh_hash = $2 then now() else refresh_rotated_at end,
     refresh_hash = case when refresh_hash = $2 then $3 else refresh_hash end,
     last_used_at = now(),
     revoked_at = case when (refresh_hash <> $2 and refresh_generation > $4
    and not coalesce(refresh_parent_hash = $2 and refresh_rotated_at > now() - interval '10 seconds', false)) then now() end,
     revoked_because = case when (refresh_hash <> $2 and refresh_generation > $4
    and not coalesce(refresh_parent_hash = $2 and refresh_rotated_at > now() - interval '10 seconds', false)) then 'refresh_reused' end
   from users
   where sessions.sid = $1 and sessions.revoked_at is null and sessions.expires_at > now() and users.id = sessions.user_id and users.disabled_at is null and users.deleted_at is null
   returning sessions.id, sessions.user_id, users.email, users.name, sessions.kind, sessions.expires_at,
     sessions.revoked_at is not null as was_reused,
     coalesce(refresh_parent_hash = $2, false) as is_granted;

-- sessions.revoke_everywhere
-- src/modules/auth/session-store.ts
-- takes $1 uuid[], $2 text
-- returns sid uuid, user_id bigint
update sessions set revoked_at = now(), revoked_because = $2
     where revoked_at is null and user_id in (
       select user_id from sessions where sid = any ($1::uuid[]) and sessions.revoked_at is null and sessions.expires_at > now())
     returning sid, user_id;

-- sessions.revoke_one
-- src/modules/auth/session-store.ts
-- takes $1 bigint, $2 bigint, $3 text
-- returns sid uuid
update sessions set revoked_at = now(), revoked_because = $3
     where id = $1 and user_id = $2 and sessions.revoked_at is null and sessions.expires_at > now() returning sid;

-- sessions.revoke_sids
-- src/modules/auth/session-store.ts
-- takes $1 uuid[], $2 text
-- returns sid uuid, user_id bigint
update sessions set revoked_at = now(), revoked_because = $2
     where sid = any ($1::uuid[]) and revoked_at is null returning sid, user_id;

-- sessions.revoke_user
-- src/modules/auth/session-store.ts
-- takes $1 bigint, $2 text
-- returns sid uuid
update sessions set revoked_at = now(), revoked_because = $2
     where user_id = $1 and revoked_at is null returning sid;

-- settings.change_if_at_version
-- src/modules/settings/setting-store.ts
-- takes $1 text, $2 jsonb, $3 integer, $4 text, $5 text
with changed as (
     insert into settings as s (name, value, version, changed_by)
     select $1, $2::jsonb, $3::integer + 1, $4
     where $3::integer = 0 or exists (select from settings where name = $1)
     on conflict (name) do update
       set value = excluded.value, version = s.version + 1, changed_at = now(), changed_by = excluded.changed_by
       where s.version = $3::integer
     returning name, value, version, changed_at, changed_by
   )
   insert into setting_changes (name, version, value, changed_at, changed_by, reason)
   select name, version, value, changed_at, changed_by, $5 from changed;

-- settings.history
-- src/modules/settings/setting-store.ts
-- takes $1 text
-- returns version integer, value jsonb, changed_at timestamp with time zone, changed_by text, reason text
select version, value, changed_at, changed_by, reason from setting_changes
   where name = $1 order by version desc limit 200;

-- settings.list
-- src/modules/settings/setting-store.ts
-- returns name text, value jsonb, version integer, changed_at timestamp with time zone, changed_by text
select name, value, version, changed_at, changed_by from settings;

-- shop_events.list_after
-- src/modules/webhooks/event-store.ts
-- takes $1 bigint, $2 bigint
-- returns sequence bigint, type text, id text, created_at timestamp with time zone, data json
select sequence, type, id, created_at, data from shop_events where sequence > $1 order by sequence limit $2;

-- shop_events.lock_stream
-- src/modules/webhooks/event-store.ts
-- returns last_sequence bigint
select last_sequence from shop_event_stream for update;

-- shop_events.number
-- src/modules/webhooks/event-store.ts
-- takes $1 bigint, $2 bigint
-- returns numbered bigint
with taken as (
     delete from new_shop_events where id in (select id from new_shop_events order by id limit $1)
     returning id, type, subject_id, created_at
   ), numbered as (
     insert into shop_events (sequence, type, subject_id, created_at, data)
     select $2::bigint + row_number() over (order by n.id), n.type, n.subject_id, n.created_at,
            coalesce(case split_part(n.type, '.', 1)
  when 'order' then (
    select 
  case o.kind when 'top_up' then ('{"id":' || o.id::text || ',"reference":' || to_json(o.reference)::text || ',"plan_id":' || o.plan_id::text || ',"status":' || '"' || o.status || '"' || ',"currency":' || '"' || o.currency || '"' || ',"amount_minor_units":' || o.amount_minor::text || ',"amount_major":' || '"' || (o.amount_minor * case when o.currency = any ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}') then 1::numeric when o.currency = any ('{BHD,IQD,JOD,KWD,LYD,OMR,TND}') then 0.001 when o.currency = any ('{CLF,UYW}') then 0.0001 else 0.01 end)::text || '"' || ',"created_at":' || to_char(o.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"expires_at":' || to_char(o.expires_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"plan_snapshot":' || o.plan_snapshot::text || ',"kind":' || '"top_up"' || ',"top_up":' || coalesce((select ('{"id":' || t.id::text || ',"esim_id":' || t.profile_id::text || ',"status":' || '"' || t.status || '"' || ',"created_at":' || to_char(t.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"done_at":' || coalesce(to_char(t.done_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}') from top_ups t where t.order_id = o.id), 'null') || '}') else ('{"id":' || o.id::text || ',"reference":' || to_json(o.reference)::text || ',"plan_id":' || o.plan_id::text || ',"status":' || '"' || o.status || '"' || ',"currency":' || '"' || o.currency || '"' || ',"amount_minor_units":' || o.amount_minor::text || ',"amount_major":' || '"' || (o.amount_minor * case when o.currency = any ('{BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF}') then 1::numeric when o.currency = any ('{BHD,IQD,JOD,KWD,LYD,OMR,TND}') then 0.001 when o.currency = any ('{CLF,UYW}') then 0.0001 else 0.01 end)::text || '"' || ',"created_at":' || to_char(o.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"expires_at":' || to_char(o.expires_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"plan_snapshot":' || o.plan_snapshot::text || ',"esim_profile":' || coalesce(('{"id":' || e.id::text || ',"order_id":' || o.id::text || ',"status":' || '"' || e.status || '"' || ',"created_at":' || to_char(e.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"provisioned_at":' || coalesce(to_char(e.provisioned_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}'), 'null') || '}') end from orders o left join esim_profiles e on e.order_id = o.id where o.id = n.subject_id)
  when 'payment' then (select ('{"id":' || p.id::text || ',"order_id":' || p.order_id::text || ',"provider":' || '"' || p.provider || '"' || ',"intent_id":' || coalesce(to_json(p.intent_id)::text, 'null') || ',"status":' || '"' || p.status || '"' || ',"currency":' || '"' || p.currency || '"' || ',"amount_minor_units":' || p.amount_minor::text || ',"captured_minor_units":' || p.captured_minor::text || ',"refunded_minor_units":' || p.refunded_minor::text || ',"created_at":' || to_char(p.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || '}') from payments p where p.id = n.subject_id)
  when 'refund' then (select ('{"id":' || r.id::text || ',"order_id":' || r.order_id::text || ',"payment_id":' || r.payment_id::text || ',"status":' || '"' || r.status || '"' || ',"currency":' || '"' || r.currency || '"' || ',"amount_minor_units":' || r.amount_minor::text || ',"created_at":' || to_char(r.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || '}') from refunds r where r.id = n.subject_id)
  when 'esim' then (select ('{"id":' || e.id::text || ',"order_id":' || e.order_id::text || ',"plan_id":' || e.plan_id::text || ',"status":' || '"' || e.status || '"' || ',"created_at":' || to_char(e.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"provisioned_at":' || coalesce(to_char(e.provisioned_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}') from esim_profiles e where e.id = n.subject_id)
  when 'top_up' then (select ('{"id":' || t.id::text || ',"order_id":' || t.order_id::text || ',"esim_id":' || t.profile_id::text || ',"plan_id":' || t.plan_id::text || ',"status":' || '"' || t.status || '"' || ',"created_at":' || to_char(t.created_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"') || ',"done_at":' || coalesce(to_char(t.done_at, '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}') from top_ups t where t.id = n.subject_id)
  when 'alarm' then (select ('{"id":' || n.subject_id::text || ',"kind":' || '"' || split_part(n.type, '.', 2) || '"' || ',"waiting":' || count(*)::text || ',"oldest_at":' || coalesce(to_char(min(a.begun_at), '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || ',"due_at":' || coalesce(to_char(min(a.due_at), '\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\"'), 'null') || '}') from operator_alarms a where a.kind = split_part(n.type, '.', 2))
end, json_build_object('id', n.subject_id)::text)::json
     from taken n
     returning sequence, type
   ), delivery as (
     insert into webhook_deliveries (endpoint_id, sequence, next_try_at)
     select w.id, n.sequence, now()
     from numbered n join webhook_endpoints w
       on w.paused_at is null and w.deleted_at is null and ('*' = any (w.types) or n.type = any (w.types))
   )
   update shop_event_stream set last_sequence = last_sequence + (select count(*) from numbered)
   returning last_sequence - $2::bigint as numbered;

-- shop_events.oldest_new
-- src/modules/webhooks/event-store.ts
-- returns seconds double precision
select coalesce(extract(epoch from now() - min(created_at)), 0)::double precision as seconds from new_shop_events;

-- shop_events.purge
-- src/modules/webhooks/event-store.ts
-- takes $1 double precision, $2 bigint
delete from shop_events where sequence in (
     select sequence from shop_events where numbered_at < now() - $1 * interval '1 day' order by numbered_at limit $2);

-- shop_events.purge_deliveries
-- src/modules/webhooks/event-store.ts
-- takes $1 double precision, $2 bigint
delete from webhook_deliveries where id in (
     select id from webhook_deliveries where created_at < now() - $1 * interval '1 day' order by created_at limit $2);

-- supply.accept_packages
-- src/modules/supply/sync/package-store.ts
-- takes $1 jsonb
update supplier_packages p set accepted = a.accepted
   from jsonb_to_recordset($1::jsonb) as a (supplier text, package_id text, accepted jsonb)
   where p.supplier = a.supplier and p.package_id = a.package_id and p.accepted is distinct from a.accepted;

-- supply.add_rule_set
-- src/modules/supply/pricing/rule-store.ts
-- takes $1 bigint, $2 jsonb, $3 text
insert into price_rule_sets (version, rules, actor)
   select $1::bigint, $2::jsonb, $3 where coalesce((select max(version) from price_rule_sets), 0) = $1::bigint - 1
   on conflict (version) do nothing;

-- supply.add_sync
-- src/modules/supply/sync/sync-store.ts
-- takes $1 text, $2 jsonb, $3 jsonb, $4 text, $5 jsonb
-- returns id bigint
with older as (
     update catalogue_syncs set state = 'superseded', finished_at = now() where state in ('ready', 'applying')
   ), fresh as (
     insert into catalogue_syncs (actor, counts, findings, held_reason) values ($1, $2::jsonb, $3::jsonb, $4)
     returning id
   ), added as (
     insert into catalogue_sync_steps (sync_id, position, kind, product_key, before, after, held_reason)
     select fresh.id, s.position, s.kind, s.product_key, s.before, s.after, s.held_reason
     from fresh cross join jsonb_to_recordset($5::jsonb)
       as s (position integer, kind text, product_key text, before jsonb, after jsonb, held_reason text)
   )
   select id from fresh;

-- supply.adopt_plans
-- src/modules/supply/sync/synced-plan-store.ts
-- takes $1 jsonb
insert into synced_plans (plan_id, product_key)
   select p.id, a.product_key from jsonb_to_recordset($1::jsonb) as a (sku text, product_key text)
   join plans p on p.sku = a.sku
   on conflict do nothing;

-- supply.begin_sync
-- src/modules/supply/sync/sync-store.ts
-- takes $1 bigint, $2 boolean
-- returns accepts_held boolean
update catalogue_syncs set state = 'applying', accepts_held = accepts_held or $2
   where id = $1 and (
     (state in ('ready', 'applying') and (held_reason is null or accepts_held or $2))
     or (state = 'done' and $2 and id = (select max(id) from catalogue_syncs) and exists (
       select from catalogue_sync_steps t where t.sync_id = $1 and t.held_reason is not null
         and t.applied_at is null and t.skipped_reason is null)))
   returning accepts_held;

-- supply.count_packages
-- src/modules/supply/sync/package-store.ts
-- takes $1 text
-- returns count integer
select count(*)::integer as count from supplier_packages where supplier = $1 and vanished_at is null;

-- supply.end_steps
-- src/modules/supply/sync/sync-store.ts
-- takes $1 bigint, $2 jsonb
update catalogue_sync_steps s set
     applied_at = case when e.skipped_reason is null then now() end, skipped_reason = e.skipped_reason
   from jsonb_to_recordset($2::jsonb) as e (position integer, skipped_reason text)
   where s.sync_id = $1 and s.position = e.position and s.applied_at is null and s.skipped_reason is null;

-- supply.enqueue_apply
-- src/modules/supply/sync/request-sync.ts
-- takes $1 bigint
-- returns enqueue_job boolean
select enqueue_job('apply_catalogue_sync', json_build_object('sync_id', $1::bigint), job_key => 'apply-sync:' || $1::bigint);

-- supply.enqueue_sync
-- src/modules/supply/sync/request-sync.ts
-- returns enqueue_job boolean
select enqueue_job('sync_catalogue', '{}', 'sync_catalogue');

-- supply.find_sync
-- src/modules/supply/sync/sync-read-model.ts
-- takes $1 bigint
-- returns id bigint, state text, actor text, counts jsonb, held_reason text, accepts_held boolean, created_at timestamp with time zone, finished_at timestamp with time zone, findings jsonb, ends jsonb
select s.id, s.state, s.actor, s.counts, s.held_reason, s.accepts_held, s.created_at, s.finished_at, s.findings,
     (select jsonb_build_object(
        'applied', count(*) filter (where t.applied_at is not null),
        'skipped', count(*) filter (where t.skipped_reason is not null),
        'waiting', count(*) filter (where t.applied_at is null and t.skipped_reason is null))
      from catalogue_sync_steps t where t.sync_id = s.id) as ends
   from catalogue_syncs s where s.id = $1;

-- supply.finish_sync
-- src/modules/supply/sync/sync-store.ts
-- takes $1 bigint
update catalogue_syncs set state = 'done', finished_at = now() where id = $1 and state = 'applying';

-- supply.forget_other_bases
-- src/modules/supply/rates/rate-store.ts
-- takes $1 text
delete from exchange_rates where base <> $1;

-- supply.last_rule_set
-- src/modules/supply/pricing/rule-store.ts
-- returns version bigint, rules jsonb, actor text, created_at timestamp with time zone
select version, rules, actor, created_at from price_rule_sets order by version desc limit 1;

-- supply.list_packages
-- src/modules/supply/sync/package-store.ts
-- returns supplier text, packageId text, content jsonb, accepted jsonb
select supplier, package_id as "packageId", content, accepted from supplier_packages
   where vanished_at is null and content->>'kind' = 'esim' order by supplier, package_id;

-- supply.list_rates
-- src/modules/supply/rates/rate-store.ts
-- returns currency text, base text, rate text, as_of text, imported_at timestamp with time zone, today text
select r.currency, r.base, trim_scale(r.rate)::text as rate, r.as_of::text as as_of, r.imported_at,
     (now() at time zone 'utc')::date::text as today
   from exchange_rates r order by r.currency;

-- supply.lock_rates
-- src/modules/supply/rates/rate-store.ts
lock table exchange_rates in share row exclusive mode;

-- supply.lock_synced_plans
-- src/modules/supply/sync/synced-plan-store.ts
-- takes $1 text[]
-- returns id bigint
select p.id from synced_plans y join plans p on p.id = y.plan_id where y.product_key = any($1::text[])
   order by p.id for update of p;

-- supply.lock_syncs
-- src/modules/supply/sync/sync-store.ts
lock table catalogue_syncs in share row exclusive mode;

-- supply.packages_sold_by_hand
-- src/modules/supply/sync/package-store.ts
-- returns name text
select s.supplier || ' ' || s.package_id as name from plan_suppliers s
   where not exists (select from synced_plans y where y.plan_id = s.plan_id);

-- supply.plan_networks
-- src/modules/supply/plan-networks-read-model.ts
-- takes $1 bigint[]
-- returns plan_id bigint, networks jsonb
select distinct on (s.plan_id) s.plan_id, k.content->'networks' as networks
   from plan_suppliers s join supplier_packages k on k.supplier = s.supplier and k.package_id = s.package_id
   where s.plan_id = any($1::bigint[]) and s.paused_reason is null
   order by s.plan_id, s.rank, s.cost_minor nulls first, s.id;

-- supply.plan_with_cost
-- src/modules/supply/supply-read-model.ts
-- takes $1 bigint
-- returns id bigint, sku text, name text, region text, days integer, thousandths_gb integer, coverage text[], is_active boolean, supplier text, cost_text text, cost_currency text, minimum_retail jsonb, prices jsonb
select p.id, p.sku, p.name, p.region, p.duration_days as days, (p.data_gb * 1000)::integer as thousandths_gb,
    case when p.country_id is null
      then array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
                 where pc.plan_id = p.id order by 1)
      else array(select c.iso2 from countries c where c.id = p.country_id)
    end as coverage,
    p.is_active, s.supplier, s.cost_text, s.cost_currency,
    (select nullif(k.content->'minimumRetail', 'null') from supplier_packages k
     where k.supplier = s.supplier and k.package_id = s.package_id) as minimum_retail,
    (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
      as prices
  from plans p
  left join lateral (
    select supplier, package_id, cost_text, cost_currency from plan_suppliers
    where plan_id = p.id and paused_reason is null
    order by rank, cost_minor nulls first, id limit 1
  ) s on true where p.id = $1;

-- supply.plans_with_cost
-- src/modules/supply/supply-read-model.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, sku text, name text, region text, days integer, thousandths_gb integer, coverage text[], is_active boolean, supplier text, cost_text text, cost_currency text, minimum_retail jsonb, prices jsonb
select p.id, p.sku, p.name, p.region, p.duration_days as days, (p.data_gb * 1000)::integer as thousandths_gb,
    case when p.country_id is null
      then array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
                 where pc.plan_id = p.id order by 1)
      else array(select c.iso2 from countries c where c.id = p.country_id)
    end as coverage,
    p.is_active, s.supplier, s.cost_text, s.cost_currency,
    (select nullif(k.content->'minimumRetail', 'null') from supplier_packages k
     where k.supplier = s.supplier and k.package_id = s.package_id) as minimum_retail,
    (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
      as prices
  from plans p
  left join lateral (
    select supplier, package_id, cost_text, cost_currency from plan_suppliers
    where plan_id = p.id and paused_reason is null
    order by rank, cost_minor nulls first, id limit 1
  ) s on true where p.id > $1 order by p.id limit $2;

-- supply.skus_taken
-- src/modules/supply/sync/synced-plan-store.ts
-- takes $1 text[]
-- returns sku text
select sku from plans where sku = any($1::text[]);

-- supply.steps_of_sync
-- src/modules/supply/sync/sync-read-model.ts
-- takes $1 bigint
-- returns position integer, kind text, sku text, name text, before jsonb, prices jsonb, margins jsonb, paused_reason text, suppliers text[], held_reason text, applied_at timestamp with time zone, skipped_reason text
select position, kind, after->'draft'->>'sku' as sku, after->'draft'->>'name' as name, before,
     after->'draft'->'prices' as prices, coalesce(after->'margins', '{}') as margins, after->'draft'->>'paused_reason' as paused_reason,
     case when jsonb_typeof(after->'suppliers') = 'array' then
       array(select one->>'supplier' || ' ' || (one->>'packageId') from jsonb_array_elements(after->'suppliers') as one) end
       as suppliers,
     held_reason, applied_at, skipped_reason
   from catalogue_sync_steps where sync_id = $1 order by held_reason is null, position limit 200;

-- supply.store_packages
-- src/modules/supply/sync/package-store.ts
-- takes $1 text, $2 jsonb, $3 boolean, $4 text[]
-- returns written integer, vanished integer, changed integer
with given as (
     select package_id, content from jsonb_to_recordset($2::jsonb) as g (package_id text, content jsonb)
   ), before as (
     select package_id, content, vanished_at from supplier_packages where supplier = $1
   ), written as (
     insert into supplier_packages as p (supplier, package_id, content)
     select $1, package_id, content from given
     on conflict (supplier, package_id) do update set
       content = excluded.content, changed_at = now(), vanished_at = null
     where p.content is distinct from excluded.content or p.vanished_at is not null
     returning package_id
   ), gone as (
     update supplier_packages p set vanished_at = now()
     where p.supplier = $1 and p.vanished_at is null and $3::boolean and p.package_id <> all ($4::text[])
       and not exists (select from given g where g.package_id = p.package_id)
     returning package_id
   ), noted as (
     insert into supplier_package_changes (supplier, package_id, what, before, after)
     select $1, b.package_id, case when b.vanished_at is null then 'changed' else 'returned' end, b.content, g.content
     from written join before b using (package_id) join given g using (package_id)
     union all
     select $1, b.package_id, 'vanished', b.content, null from gone join before b using (package_id)
     returning what
   )
   select (select count(*) from written)::integer as written, (select count(*) from gone)::integer as vanished,
     (select count(*) from noted where what <> 'vanished')::integer as changed;

-- supply.sync_ends
-- src/modules/supply/sync/sync-store.ts
-- takes $1 bigint
-- returns applied integer, skipped integer, waiting integer
select count(*) filter (where applied_at is not null)::integer as applied,
     count(*) filter (where skipped_reason is not null)::integer as skipped,
     count(*) filter (where applied_at is null and skipped_reason is null)::integer as waiting
   from catalogue_sync_steps where sync_id = $1;

-- supply.synced_plan_ids
-- src/modules/supply/sync/synced-plan-store.ts
-- takes $1 text[]
-- returns key text, id bigint
select product_key as key, plan_id as id from synced_plans where product_key = any($1::text[]);

-- supply.synced_plans
-- src/modules/supply/sync/synced-plan-store.ts
-- returns productKey text, planId bigint, sku text, name text, description text, dataGb double precision, days integer, region text, pausedReason text, country text, carrier text, countries text[], prices jsonb, suppliers text[], cost jsonb
select y.product_key as "productKey", p.id as "planId", p.sku, p.name, p.description, p.data_gb::float8 as "dataGb",
    p.duration_days as days, p.region, p.paused_reason as "pausedReason",
    (select c.iso2 from countries c where c.id = p.country_id) as country,
    (select ca.name from carriers ca where ca.id = p.carrier_id) as carrier,
    array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
          where pc.plan_id = p.id order by 1) as countries,
    (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
      as prices,
    array(select s.supplier || ' ' || s.package_id from plan_suppliers s where s.plan_id = p.id order by s.rank, s.id)
      as suppliers,
    (select case when s.cost_text is not null and s.cost_currency is not null
         then jsonb_build_object('amountText', s.cost_text, 'currency', s.cost_currency) end
       from plan_suppliers s where s.plan_id = p.id order by s.rank, s.id limit 1) as cost
  from synced_plans y join plans p on p.id = y.plan_id order by y.product_key;

-- supply.synced_plans_of
-- src/modules/supply/sync/synced-plan-store.ts
-- takes $1 text[]
-- returns productKey text, planId bigint, sku text, name text, description text, dataGb double precision, days integer, region text, pausedReason text, country text, carrier text, countries text[], prices jsonb, suppliers text[], cost jsonb
select y.product_key as "productKey", p.id as "planId", p.sku, p.name, p.description, p.data_gb::float8 as "dataGb",
    p.duration_days as days, p.region, p.paused_reason as "pausedReason",
    (select c.iso2 from countries c where c.id = p.country_id) as country,
    (select ca.name from carriers ca where ca.id = p.carrier_id) as carrier,
    array(select c.iso2 from plan_countries pc join countries c on c.id = pc.country_id
          where pc.plan_id = p.id order by 1) as countries,
    (select coalesce(jsonb_object_agg(pp.currency, pp.amount_minor), '{}') from plan_prices pp where pp.plan_id = p.id)
      as prices,
    array(select s.supplier || ' ' || s.package_id from plan_suppliers s where s.plan_id = p.id order by s.rank, s.id)
      as suppliers,
    (select case when s.cost_text is not null and s.cost_currency is not null
         then jsonb_build_object('amountText', s.cost_text, 'currency', s.cost_currency) end
       from plan_suppliers s where s.plan_id = p.id order by s.rank, s.id limit 1) as cost
  from synced_plans y join plans p on p.id = y.plan_id where y.product_key = any($1::text[]);

-- supply.syncs_by_id_asc
-- src/db/list-sql.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, state text, actor text, counts jsonb, held_reason text, accepts_held boolean, created_at timestamp with time zone, finished_at timestamp with time zone
select s.id, s.state, s.actor, s.counts, s.held_reason, s.accepts_held, s.created_at, s.finished_at from catalogue_syncs s where true order by s.id asc nulls last, s.id asc limit $1 offset $2;

-- supply.syncs_by_id_desc
-- src/db/list-sql.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, state text, actor text, counts jsonb, held_reason text, accepts_held boolean, created_at timestamp with time zone, finished_at timestamp with time zone
select s.id, s.state, s.actor, s.counts, s.held_reason, s.accepts_held, s.created_at, s.finished_at from catalogue_syncs s where true order by s.id desc nulls last, s.id desc limit $1 offset $2;

-- supply.syncs_count
-- src/db/list-sql.ts
-- returns total bigint
select count(*) as total from catalogue_syncs s where true;

-- supply.take_steps
-- src/modules/supply/sync/sync-store.ts
-- takes $1 bigint, $2 boolean, $3 bigint
-- returns position integer, kind text, product_key text, before jsonb, after jsonb
with live as (select id from catalogue_syncs where id = $1 and state = 'applying' for share)
   select s.position, s.kind, s.product_key, s.before, s.after
   from catalogue_sync_steps s join live on live.id = s.sync_id
   where s.applied_at is null and s.skipped_reason is null and ($2::boolean or s.held_reason is null)
   order by s.position limit $3 for update of s;

-- supply.take_time
-- src/modules/supply/sync/sync-store.ts
-- returns set_config text
select set_config('idle_in_transaction_session_timeout', '120s', true);

-- supply.today
-- src/modules/supply/rates/rate-store.ts
-- returns today text
select (now() at time zone 'utc')::date::text as today;

-- supply.vanished_plans
-- src/modules/supply/sync/synced-plan-store.ts
-- takes $1 text[]
-- returns id bigint
select y.plan_id as id from synced_plans y
   where y.product_key = any($1::text[]) and exists (select from plan_suppliers s where s.plan_id = y.plan_id)
     and not exists (
       select from plan_suppliers s
         left join supplier_packages k on k.supplier = s.supplier and k.package_id = s.package_id
       where s.plan_id = y.plan_id and k.vanished_at is null);

-- supply.write_rates
-- src/modules/supply/rates/rate-store.ts
-- takes $1 jsonb
insert into exchange_rates as r (currency, base, rate, as_of)
   select currency, base, rate, as_of
   from jsonb_to_recordset($1::jsonb) as given (currency text, base text, rate numeric, as_of date)
   on conflict (currency) do update set
     base = excluded.base, rate = excluded.rate, as_of = excluded.as_of, imported_at = now()
   where (r.base, r.rate, r.as_of) is distinct from (excluded.base, excluded.rate, excluded.as_of);

-- top_ups.accept_loss
-- src/modules/esims/top-ups/take-back-top-up.ts
-- takes $1 bigint
-- returns id bigint
update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss', parked_at = null,
     parked_reason = null
   where order_id = $1 and status = 'done' returning id;

-- top_ups.accept_loss_by_decision
-- src/modules/esims/top-ups/decide-top-up.ts
-- takes $1 bigint
update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss', parked_at = null,
     parked_reason = null
   where id = $1 and status = 'done';

-- top_ups.adopt
-- src/modules/esims/top-ups/decide-top-up.ts
-- takes $1 bigint, $2 text, $3 bigint, $4 text
-- returns queue_mail bigint
with done as (
     update top_ups set status = 'done', supplier_top_up_id = $2, done_at = now(), lease_until = null,
       lease_token = lease_token + 1, parked_at = null, parked_reason = null
     where id = $1 and status = 'pending'
     returning id, order_id, profile_id
   ), attempt as (
     update provisioning_attempts a set status = 'delivered', supplier_order_id = $2, decided_at = now(),
       decided_by = $4, reason = null
     from done where a.id = $3 and a.status = 'parked'
   ), esim as (
     update esim_profiles p set poll_at = now()
     from done where p.id = done.profile_id and p.status in ('ready', 'active') and p.ended_at is null
   )
   select queue_mail('top_up_done', id, order_id, 'send_mail', 0) from done;

-- top_ups.begin_attempt
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 integer, $5 text, $6 text, $7 text, $8 boolean, $9 jsonb, $10 double precision
-- returns id bigint, sent_after_millis numeric
with money as materialized (
     select y.refund_reserved_minor + y.disputed_minor >= y.captured_minor as is_withheld
     from top_ups g join payments y on y.order_id = g.order_id
     where g.id = $1 and y.is_counted and $4 - 1 > g.insisted_attempts
     for share of y
   ), held as (
     update top_ups p set lease_until = clock_timestamp() + $3 * interval '1 second'
     from orders o
     where p.id = $1 and p.lease_token = $2 and p.status = 'pending' and p.take_back_requested_at is null
       and o.id = p.order_id and o.status = 'paid' and not exists (select from money where is_withheld)
       and not exists (
         select from payments y join webhook_events x on x.intent_id = y.intent_id and x.outcome = 'waiting'
         where y.order_id = o.id and y.is_counted and x.kind not like 'intent%')
     returning p.id
   )
   insert into provisioning_attempts
     (top_up_id, number, reference, supplier, package_id, is_exclusive, expected_cost, status, created_at)
   select id, $4, $5, $6, $7, $8, $9::jsonb, case when $10::float8 is null then 'intended' else 'unknown' end,
     coalesce(to_timestamp($10::float8 / 1000), now()) from held
   on conflict (supplier, package_id) where is_exclusive and supplier_order_id is null and status in ('intended', 'unknown', 'parked', 'surplus') do nothing
   returning id, floor(extract(epoch from created_at) * 1000) as sent_after_millis;

-- top_ups.cancel_pending
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer
update top_ups set status = 'cancelled', ended_at = clock_timestamp(), lease_until = null,
     parked_at = null, parked_reason = null
   where id = $1 and lease_token = $2 and status = 'pending';

-- top_ups.claim
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 double precision, $3 boolean
-- returns top_up_id bigint, lease_token integer, order_reference text, forgiven_attempts integer, is_parked boolean, is_take_back_requested boolean, is_esim_alive boolean, supplier text, package_id text, cost_text text, cost_currency text, cost_minor bigint, supplier_reference text, supplier_order_id text, iccid text, attempts json, id bigint, restoration json
select c.*, (
     select json_build_object('backupMillis', floor(extract(epoch from min(r.backup_at)) * 1000),
       'agoMillis', floor(extract(epoch from clock_timestamp() - max(r.restored_at)) * 1000))
     from restorations r join orders o on o.id = $1 and o.created_at < r.restored_at
     where not exists (
       select from provisioning_attempts a
       where a.top_up_id = c.id
         and (a.created_at >= r.restored_at or a.decided_by is not null and a.decided_at >= r.restored_at))
     having count(*) > 0) as restoration from (select c.*, c.top_up_id as id from claim_top_up($1, $2 * interval '1 second', $3::boolean) c) c;

-- top_ups.deliver
-- src/modules/esims/purchase/subjects/top-up.ts
-- takes $1 bigint, $2 integer, $3 bigint, $4 text, $5 integer, $6 timestamp with time zone, $7 text, $8 text, $9 boolean
-- returns id bigint, changed bigint, followed bigint, mail bigint
with done as (
     update top_ups t set status = 'done', supplier_top_up_id = $4, done_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where t.id = $1 and t.lease_token = $2 and t.status = 'pending'
       and exists (select from esim_profiles p where p.id = t.profile_id and p.status <> 'cancelled')
     returning t.id, t.order_id, t.profile_id
   ), attempt as (
     update provisioning_attempts a set
       status = 'delivered', supplier_order_id = $4, decided_at = clock_timestamp(), reason = null, detail = null,
       call_millis = coalesce($5, a.call_millis), cost_text = coalesce($7, a.cost_text),
       cost_currency = coalesce($8, a.cost_currency)
     from done where a.id = $3
     returning a.id
   ), esim as (
     update esim_profiles p set
    plan_expires_at = case when not $9 then greatest(p.plan_expires_at, $6::timestamptz)
      when p.installed_at is not null then
        coalesce(p.plan_expires_at, p.installed_at + (b.plan_snapshot->>'duration_days')::int * interval '1 day')
        + (o.plan_snapshot->>'duration_days')::int * interval '1 day'
      else p.plan_expires_at end,
    usage_total_bytes = case when m.is_metered then coalesce(p.usage_total_bytes, m.own) + m.added else p.usage_total_bytes end,
    usage_remaining_bytes = case when m.is_metered then coalesce(p.usage_remaining_bytes, m.own) + m.added
      else p.usage_remaining_bytes end,
    usage_base = case when m.is_metered then coalesce(p.usage_base, 1000) else p.usage_base end,
    usage_as_of = case when m.is_metered then clock_timestamp() else p.usage_as_of end,
    poll_at = case when $9 then p.poll_at else clock_timestamp() end
  from done d join orders o on o.id = d.order_id join esim_profiles e on e.id = d.profile_id
    join orders b on b.id = e.order_id
    cross join lateral (select
      $9 and not coalesce((b.plan_snapshot->>'is_unlimited')::boolean, false)
         and not coalesce((o.plan_snapshot->>'is_unlimited')::boolean, false) as is_metered,
      ((b.plan_snapshot->>'data_gb')::numeric * 1000000000)::bigint as own,
      ((o.plan_snapshot->>'data_gb')::numeric * 1000000000)::bigint as added) m
  where p.id = d.profile_id and p.status in ('ready', 'active') and p.ended_at is null
  returning p.id
   )
   select done.id, (select count(*) from attempt) as changed, (select count(*) from esim) as followed,
     queue_mail('top_up_done', done.id, done.order_id, 'send_mail', 0) as mail
   from done;

-- top_ups.fail
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 text
-- returns enqueue_job boolean, queue_mail bigint
with failed as (
     update top_ups set status = 'failed', failure_reason = $3, ended_at = clock_timestamp(), lease_until = null,
       parked_at = null, parked_reason = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   )
   select enqueue_job('refund_top_up', json_build_object('top_up_id', id), job_key => 'refund-top-up:' || id),
     queue_mail('top_up_failed', id, order_id, 'send_mail', 0) from failed;

-- top_ups.fail_by_decision
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint
-- returns enqueue_job boolean, queue_mail bigint, surplus bigint
with failed as (
     update top_ups set status = 'failed', failure_reason = 'operator_refund', ended_at = now(), parked_at = null,
       parked_reason = null, lease_until = null, lease_token = lease_token + 1
     where id = $1 and status = 'pending'
     returning id, order_id
   ), surplus as materialized (
     select enqueue_job('settle_surplus_top_up', json_build_object('attempt_id', a.id), job_key => 'surplus:' || a.id)
     from failed join provisioning_attempts a on a.top_up_id = failed.id and a.status = 'surplus'
   )
   select enqueue_job('refund_top_up', json_build_object('top_up_id', id), job_key => 'refund-top-up:' || id),
     queue_mail('top_up_failed', id, order_id, 'send_mail', 0), (select count(*) from surplus) as surplus from failed;

-- top_ups.failed_order
-- src/modules/esims/purchase/purchase-sweeps.ts
-- takes $1 bigint
-- returns order_id bigint, failure_reason text
select order_id, coalesce(failure_reason, 'taken_back') as failure_reason from top_ups
   where id = $1 and (status in ('failed', 'cancelled')
     or exists (select from orders o where o.id = order_id and o.status = 'refunded'));

-- top_ups.free_cured
-- src/modules/esims/top-ups/top-up-jobs.ts
with cured as (
     select t.id, k.cost_text, k.cost_currency, k.cost_minor
     from top_ups t join orders o on o.id = t.order_id
       left join supplier_accounts a on a.supplier = t.supplier
       left join esim_top_up_lists l on l.profile_id = t.profile_id
       left join lateral (
         select j.cost_text, j.cost_currency, j.cost_minor
         from jsonb_to_recordset(l.packages)
           as j(package_id text, cost_text text, cost_currency text, cost_minor bigint)
         where j.package_id = t.package_id) k on true
     where t.status = 'pending' and t.parked_at is not null and o.status = 'paid' and not exists (
       select from payments y where y.order_id = t.order_id and y.is_counted
         and y.refund_reserved_minor + y.disputed_minor >= y.captured_minor) and (
       (t.parked_reason in ('no_funds', 'auth') and a.problem is null and (
          a.balance_minor is null or t.cost_minor is null or a.balance_currency is distinct from t.cost_currency
          or a.balance_minor >= t.cost_minor)
        and not exists (
         select from provisioning_attempts r where r.top_up_id = t.id and r.status = 'refused' and r.reason in ('no_funds', 'auth')
         having count(*) > 1
           and max(r.decided_at) + interval '5 minutes' * 2 ^ (least(count(*), 9) - 2) > now()))
       or (t.parked_reason = 'price_changed' and l.listed_at > t.parked_at and k.cost_text is distinct from t.cost_text
           and k.cost_currency = o.currency and k.cost_minor <= o.amount_minor))
       and not exists (select from provisioning_attempts x where x.top_up_id = t.id
         and x.status in ('intended', 'unknown', 'accepted', 'parked'))
   )
   update top_ups t set parked_at = null, parked_reason = null, cost_text = coalesce(c.cost_text, t.cost_text),
     cost_currency = coalesce(c.cost_currency, t.cost_currency),
     cost_minor = case when c.cost_text is null then t.cost_minor else c.cost_minor end,
     forgiven_attempts = (select coalesce(max(number), 0) from provisioning_attempts x where x.top_up_id = t.id)
   from cured c where t.id = c.id and t.status = 'pending' and t.parked_at is not null;

-- top_ups.give_up_pending
-- src/modules/esims/top-ups/take-back-top-up.ts
-- takes $1 bigint
-- returns enqueue_job boolean
with cancelled as (
     update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss',
       parked_at = null, parked_reason = null
     where order_id = $1 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus' from cancelled
     where a.top_up_id = cancelled.id and a.status in ('intended', 'unknown', 'accepted', 'parked')
     returning a.id
   )
   select enqueue_job('settle_surplus_top_up', json_build_object('attempt_id', id), job_key => 'surplus:' || id) from attempt;

-- top_ups.list_offers
-- src/modules/esims/top-ups/list-top-ups.ts
-- takes $1 bigint, $2 bigint, $3 text
-- returns problem text, language text, listed_at timestamp with time zone, offers json
with esim as materialized (
       select p.id, p.plan_id, p.supplier, p.language, l.packages, l.listed_at, case
           when p.status = 'pending' then 'not_ready'
           when p.status not in ('ready', 'active') then p.status
           when o.status <> 'paid' then 'refunded'
           when p.ended_at is not null or p.plan_expires_at < now() then 'ended'
           when p.supplier not in ('local') then 'supplier_cannot'
         end as problem
       from esim_profiles p join orders o on o.id = p.order_id
         left join esim_top_up_lists l on l.profile_id = p.id
       where p.id = $1 and p.user_id = $2
     ), addable as materialized (
       select s.plan_id, k.package_id, k.cost_text, k.cost_currency, k.cost_minor
       from esim e
         cross join lateral jsonb_to_recordset(e.packages)
           as k(package_id text, cost_text text, cost_currency text, cost_minor bigint)
         join plan_suppliers s on s.supplier = e.supplier and s.top_up_package_id = k.package_id
       where e.problem is null
       union all
       select other.id, other.id::text, null, null, null
       from esim e join plans own on own.id = e.plan_id
         join plans other on other.country_id is not distinct from own.country_id
           and other.region is not distinct from own.region
       where e.problem is null and e.supplier = 'local' and (
         exists (select from plan_suppliers s where s.plan_id = other.id and s.supplier = 'local')
         or not exists (select from plan_suppliers s where s.plan_id = other.id))
     ), on_offer as materialized (
       select f.*, a.package_id, a.cost_text, a.cost_currency, a.cost_minor
       from esim e cross join addable a
         join plan_offers f on f.plan_id = a.plan_id and f.currency = $3::text and f.is_active
         left join supplier_accounts b on b.supplier = e.supplier
       where (a.cost_currency is distinct from f.currency or a.cost_minor <= f.amount_minor)
         and (a.cost_minor is null or b.balance_minor is null or b.balance_currency is distinct from a.cost_currency
              or b.balance_minor >= a.cost_minor)
     )
     select e.problem, e.language, e.listed_at, (
       select coalesce(json_agg(json_build_object(
         'plan_id', f.plan_id, 'name', f.name, 'description', f.description, 'data_gb', f.data_gb,
         'is_unlimited', f.is_unlimited, 'duration_days', f.duration_days, 'currency', f.currency,
         'amount_minor', f.amount_minor) order by f.amount_minor, f.plan_id), '[]')
       from (select distinct on (plan_id) * from on_offer order by plan_id, cost_minor nulls first) f) as offers
     from esim e;

-- top_ups.lock_parked
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint
-- returns id bigint, status text, parked_reason text, attempt_id bigint, attempt_supplier_order_id text
select p.id, p.status, p.parked_reason, a.id as attempt_id, a.supplier_order_id as attempt_supplier_order_id
   from top_ups p left join provisioning_attempts a on a.top_up_id = p.id and a.status = 'parked'
   where p.id = $1 and p.parked_at is not null for update of p;

-- top_ups.park
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 text, $4 bigint, $5 text, $6 text
-- returns id bigint, changed bigint
with parked as (
     update top_ups set parked_at = coalesce(parked_at, clock_timestamp()), parked_reason = $3, lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'parked', reason = $3, detail = coalesce($5, a.detail),
       supplier_order_id = coalesce($6, a.supplier_order_id)
     from parked where a.id = $4
     returning a.id
   )
   select parked.id, (select count(*) from attempt) as changed from parked;

-- top_ups.park_refunded
-- src/modules/esims/top-ups/take-back-top-up.ts
-- takes $1 bigint
update top_ups t set parked_at = coalesce(t.parked_at, now()), parked_reason = 'refunded_top_up_live'
   from orders o where t.order_id = $1 and o.id = t.order_id and o.status = 'refunded' and t.status = 'done';

-- top_ups.park_withheld
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer
with money as materialized (
     select y.id from payments y join top_ups g on g.order_id = y.order_id
     where g.id = $1 and y.is_counted and y.refund_reserved_minor + y.disputed_minor >= y.captured_minor
     for share of y
   )
   update top_ups g set parked_at = coalesce(g.parked_at, clock_timestamp()), parked_reason = 'money_withheld',
     lease_until = null
   from money, orders o
   where g.id = $1 and g.lease_token = $2 and g.status = 'pending' and g.take_back_requested_at is null
     and o.id = g.order_id and o.status = 'paid';

-- top_ups.read_take_back
-- src/modules/esims/top-ups/take-back-top-up.ts
-- takes $1 bigint
-- returns id bigint, status text
select id, status from top_ups where order_id = $1;

-- top_ups.record_attempt
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 bigint, $5 text, $6 text, $7 text, $8 text, $9 integer, $10 integer, $11 text, $12 text, $13 double precision, $14 text, $15 double precision
-- returns id bigint, changed bigint, is_enqueued boolean
with held as (
     update top_ups
     set parked_at = null, parked_reason = null,
       lease_until = case when $3::float8 > 0 then null else clock_timestamp() + $13 * interval '1 second' end
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id, order_id
   ), attempt as (
     update provisioning_attempts a set
       status = $5, supplier_order_id = coalesce($6, a.supplier_order_id), reason = $7, detail = $8,
       lookups = a.lookups + $9, call_millis = coalesce($10, a.call_millis),
       cost_text = coalesce($11, a.cost_text), cost_currency = coalesce($12, a.cost_currency),
       ask_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
       called_at = case when $14 = 'first_unanswered' then clock_timestamp() else a.called_at end,
       resent_at = case when $14 = 'again_answered' then clock_timestamp() - $15::float8 * interval '1 millisecond'
         else a.resent_at end,
       decided_at = case when $5 = 'refused' then clock_timestamp() end
     from held where a.id = $4
     returning a.id
   )
   select held.id, (select count(*) from attempt) as changed, case when $3::float8 > 0 then
     enqueue_job('top_up_esim', json_build_object('order_id', held.order_id), job_key => 'top-up:' || held.order_id, run_at => clock_timestamp() + $3::float8 * interval '1 millisecond', priority => -20) end as is_enqueued
   from held;

-- top_ups.record_surplus
-- src/modules/esims/purchase/subjects/top-up.ts
-- takes $1 bigint, $2 integer, $3 bigint, $4 text
-- returns enqueue_job boolean, queue_mail bigint, surplus boolean
with failed as (
     update top_ups t set status = 'failed', failure_reason = 'esim_not_alive', ended_at = clock_timestamp(),
       lease_until = null, parked_at = null, parked_reason = null
     from esim_profiles p
     where t.id = $1 and t.lease_token = $2 and t.status = 'pending' and p.id = t.profile_id and p.status = 'cancelled'
     returning t.id, t.order_id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus', supplier_order_id = $4, decided_at = clock_timestamp()
     from failed where a.id = $3
     returning a.id
   )
   select enqueue_job('refund_top_up', json_build_object('top_up_id', id), job_key => 'refund-top-up:' || id),
     queue_mail('top_up_failed', id, order_id, 'send_mail', 0), (select enqueue_job('settle_surplus_top_up', json_build_object('attempt_id', attempt.id), job_key => 'surplus:' || attempt.id) from attempt) as surplus
   from failed;

-- top_ups.release
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision
-- returns is_enqueued boolean
with released as (
     update top_ups set lease_until = null
     where id = $1 and lease_token = $2 and status = 'pending'
     returning order_id
   )
   select case when $3::float8 is not null then
     enqueue_job('top_up_esim', json_build_object('order_id', order_id), job_key => 'top-up:' || order_id, run_at => clock_timestamp() + $3::float8 * interval '1 millisecond', priority => -20) end as is_enqueued
   from released;

-- top_ups.relist_soon
-- src/modules/esims/top-ups/read-top-up-lists.ts
-- takes $1 bigint
update esim_top_up_lists l set due_at = now() from top_ups t
   where t.id = $1 and l.profile_id = t.profile_id and l.due_at > now();

-- top_ups.request_take_back
-- src/modules/esims/top-ups/take-back-top-up.ts
-- takes $1 bigint
-- returns id bigint, status text
update top_ups t set take_back_requested_at = coalesce(t.take_back_requested_at, now())
   where t.order_id = $1 returning t.id, t.status;

-- top_ups.resend_attempt
-- src/modules/esims/purchase/purchase-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 bigint
with held as (
     update top_ups set lease_until = clock_timestamp() + $3 * interval '1 second'
     where id = $1 and lease_token = $2 and status = 'pending'
     returning id
   )
   update provisioning_attempts a set resent_at = clock_timestamp() from held where a.id = $4;

-- top_ups.store_list
-- src/modules/esims/top-ups/read-top-up-lists.ts
-- takes $1 bigint, $2 jsonb, $3 double precision
update esim_top_up_lists set packages = $2::jsonb, listed_at = now(), problem = null,
     due_at = now() + $3 * interval '1 hour'
   where profile_id = $1;

-- top_ups.store_list_problem
-- src/modules/esims/top-ups/read-top-up-lists.ts
-- takes $1 bigint, $2 text, $3 boolean, $4 double precision
update esim_top_up_lists set problem = $2,
     due_at = case when $3::boolean then due_at else now() + $4 * interval '1 hour' end
   where profile_id = $1;

-- top_ups.sweep_failed
-- src/modules/esims/purchase/purchase-sweeps.ts
-- returns enqueue_job boolean
select enqueue_job('refund_top_up', json_build_object('top_up_id', p.id), job_key => 'refund-top-up:' || p.id)
   from top_ups p join orders o on o.id = p.order_id
   where p.status = 'failed' and o.status = 'paid'
     and p.ended_at between now() - interval '30 days' and now() - interval '1 minute'
     and not exists (select from refunds r where r.order_id = o.id and r.origin = 'undeliverable')
     and exists (
       select from payments m where m.order_id = o.id and m.is_counted
         and m.captured_minor > m.refund_reserved_minor + m.disputed_minor)
     and not exists (select from graphile_worker.jobs j
       where j.key = 'refund-top-up:' || p.id and j.locked_at is null and j.attempts < j.max_attempts)
   limit 1000;

-- top_ups.sweep_pending
-- src/modules/esims/purchase/purchase-sweeps.ts
-- returns enqueue_job boolean
select enqueue_job('top_up_esim', json_build_object('order_id', p.order_id), job_key => 'top-up:' || p.order_id, priority => -20)
   from top_ups p join orders o on o.id = p.order_id
   where p.status = 'pending' and p.due_at is not null and p.parked_at is null and o.status = 'paid'
     and (p.lease_until is null or p.lease_until < now())
     and not exists (select from graphile_worker.jobs j
       where j.key = 'top-up:' || p.order_id and j.locked_at is null and j.attempts < j.max_attempts)
   limit 1000;

-- top_ups.take_due_lists
-- src/modules/esims/top-ups/read-top-up-lists.ts
-- takes $1 text[], $2 bigint
-- returns profile_id bigint, supplier text, supplier_reference text, supplier_order_id text, iccid text
with due as (
     select p.id from esim_profiles p left join esim_top_up_lists l on l.profile_id = p.id
     where p.poll_at is not null and p.status in ('ready', 'active') and p.ended_at is null and p.supplier = any($1::text[])
       and (l.profile_id is null or l.due_at < now())
     order by l.due_at nulls first limit $2
   ), taken as (
     insert into esim_top_up_lists (profile_id, due_at)
     select id, now() + interval '10 minutes' from due
     on conflict (profile_id) do update set due_at = excluded.due_at
     returning profile_id
   )
   select p.id as profile_id, p.supplier, p.supplier_reference, p.supplier_order_id, p.iccid
   from taken t join esim_profiles p on p.id = t.profile_id;

-- top_ups.unpark
-- src/modules/esims/provisioning/decision-store.ts
-- takes $1 bigint, $2 boolean
-- returns enqueue_job boolean
with unparked as (
     update top_ups p set parked_at = null, parked_reason = null, lease_until = null,
       forgiven_attempts = greatest(p.forgiven_attempts, case when $2::boolean then made.last else 0 end),
       insisted_attempts = case when $2::boolean then made.last else p.insisted_attempts end
     from (select coalesce(max(number), 0) as last from provisioning_attempts a where a.top_up_id = $1) made
     where p.id = $1 and p.status = 'pending'
     returning p.order_id
   )
   select enqueue_job('top_up_esim', json_build_object('order_id', order_id), job_key => 'top-up:' || order_id, priority => -20) from unparked;

-- webhook_deliveries.claim_endpoints
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint, $2 double precision
-- returns id bigint, reference text, url text, sealed_secret bytea, failures integer, lease_token integer, sealed_former_secret bytea
update webhook_endpoints w
   set lease_token = w.lease_token + 1, leased_until = now() + $2 * interval '1 second'
   where w.id in (
     select e.id from webhook_endpoints e
     where e.paused_at is null and (e.retry_at is null or e.retry_at <= now())
       and (e.leased_until is null or e.leased_until < now())
       and exists (select from webhook_deliveries d
                   where d.endpoint_id = e.id and d.status = 'pending' and d.next_try_at <= now())
     order by e.failures, e.leased_until nulls first, e.id limit $1 for update skip locked)
   returning w.id, w.reference, w.url, w.sealed_secret, w.failures, w.lease_token,
     case when w.former_secret_until > now() then w.sealed_former_secret end as sealed_former_secret;

-- webhook_deliveries.insert_test
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint
-- returns id bigint
insert into webhook_deliveries (endpoint_id, next_try_at) values ($1, now()) returning id;

-- webhook_deliveries.list_by_attempted_at_asc
-- src/db/list-sql.ts
-- takes $1 bigint, $2 text, $3 text, $4 bigint, $5 bigint
-- returns id bigint, sequence bigint, event_id text, type text, status text, attempts integer, status_code integer, problem text, millis integer, answer_bytes integer, created_at timestamp with time zone, attempted_at timestamp with time zone, next_try_at timestamp with time zone, finished_at timestamp with time zone
select d.id, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id, coalesce(e.type, 'webhook.test') as type,
    d.status, d.attempts, d.status_code, d.problem, d.millis, d.answer_bytes, d.created_at, d.attempted_at, d.next_try_at,
    d.finished_at from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
    where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and coalesce(e.type, 'webhook.test') ilike $3 order by d.attempted_at asc nulls last, d.id asc limit $4 offset $5;

-- webhook_deliveries.list_by_attempted_at_desc
-- src/db/list-sql.ts
-- takes $1 bigint, $2 text, $3 text, $4 bigint, $5 bigint
-- returns id bigint, sequence bigint, event_id text, type text, status text, attempts integer, status_code integer, problem text, millis integer, answer_bytes integer, created_at timestamp with time zone, attempted_at timestamp with time zone, next_try_at timestamp with time zone, finished_at timestamp with time zone
select d.id, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id, coalesce(e.type, 'webhook.test') as type,
    d.status, d.attempts, d.status_code, d.problem, d.millis, d.answer_bytes, d.created_at, d.attempted_at, d.next_try_at,
    d.finished_at from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
    where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and coalesce(e.type, 'webhook.test') ilike $3 order by d.attempted_at desc nulls last, d.id desc limit $4 offset $5;

-- webhook_deliveries.list_by_id_asc
-- src/db/list-sql.ts
-- takes $1 bigint, $2 text, $3 text, $4 bigint, $5 bigint
-- returns id bigint, sequence bigint, event_id text, type text, status text, attempts integer, status_code integer, problem text, millis integer, answer_bytes integer, created_at timestamp with time zone, attempted_at timestamp with time zone, next_try_at timestamp with time zone, finished_at timestamp with time zone
select d.id, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id, coalesce(e.type, 'webhook.test') as type,
    d.status, d.attempts, d.status_code, d.problem, d.millis, d.answer_bytes, d.created_at, d.attempted_at, d.next_try_at,
    d.finished_at from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
    where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and coalesce(e.type, 'webhook.test') ilike $3 order by d.id asc nulls last, d.id asc limit $4 offset $5;

-- webhook_deliveries.list_by_id_desc
-- src/db/list-sql.ts
-- takes $1 bigint, $2 text, $3 text, $4 bigint, $5 bigint
-- returns id bigint, sequence bigint, event_id text, type text, status text, attempts integer, status_code integer, problem text, millis integer, answer_bytes integer, created_at timestamp with time zone, attempted_at timestamp with time zone, next_try_at timestamp with time zone, finished_at timestamp with time zone
select d.id, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id, coalesce(e.type, 'webhook.test') as type,
    d.status, d.attempts, d.status_code, d.problem, d.millis, d.answer_bytes, d.created_at, d.attempted_at, d.next_try_at,
    d.finished_at from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
    where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and coalesce(e.type, 'webhook.test') ilike $3 order by d.id desc nulls last, d.id desc limit $4 offset $5;

-- webhook_deliveries.list_count
-- src/db/list-sql.ts
-- takes $1 bigint, $2 text, $3 text
-- returns total bigint
select count(*) as total from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
    where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and coalesce(e.type, 'webhook.test') ilike $3;

-- webhook_deliveries.list_due
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, attempts integer, sequence bigint, event_id text, type text, created_at timestamp with time zone, data json
select d.id, d.attempts, d.sequence, coalesce(e.id, 'evt_test_' || d.id) as event_id,
     coalesce(e.type, 'webhook.test') as type, coalesce(e.created_at, d.created_at) as created_at,
     coalesce(e.data, json_build_object('endpoint_id', d.endpoint_id)) as data
   from webhook_deliveries d left join shop_events e on e.sequence = d.sequence
   where d.endpoint_id = $1 and d.status = 'pending' and d.next_try_at <= now()
   order by d.next_try_at, d.id limit $2;

-- webhook_deliveries.look
-- src/modules/webhooks/delivery-store.ts
-- returns has_new boolean, has_due boolean
select exists (select from new_shop_events) as has_new,
     exists (select from webhook_endpoints w
             where w.paused_at is null and (w.retry_at is null or w.retry_at <= now())
               and (w.leased_until is null or w.leased_until < now())
               and exists (select from webhook_deliveries d
                           where d.endpoint_id = w.id and d.status = 'pending' and d.next_try_at <= now())) as has_due;

-- webhook_deliveries.record_failure
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 integer, $5 integer, $6 integer, $7 text, $8 text, $9 text, $10 double precision, $11 double precision
-- returns failures integer, paused_reason text
with recorded as (update webhook_deliveries set
     attempts = attempts + 1, attempted_at = now(), status_code = $4, millis = $5, answer_bytes = $6, problem = $7,
     status = $8, next_try_at = case when $8 = 'pending' then now() + $3 * interval '1 second' end,
     finished_at = case when $8 = 'pending' then null else now() end
   where id = $1 and status = 'pending' and attempts = $2
   returning endpoint_id), judged as (
     select w.id, coalesce($9::text, case when w.failing_since < now() - $11 * interval '1 hour' then 'failing' end) as reason
     from webhook_endpoints w join recorded on w.id = recorded.endpoint_id
   )
   update webhook_endpoints w set
     failures = w.failures + 1, failing_since = coalesce(w.failing_since, now()),
     retry_at = case when $10::double precision > 0 then now() + $10 * interval '1 second' end,
     paused_at = case when judged.reason is null then w.paused_at else coalesce(w.paused_at, now()) end,
     paused_reason = case when judged.reason is null then w.paused_reason else coalesce(w.paused_reason, judged.reason) end
   from judged where w.id = judged.id
   returning w.failures, judged.reason as paused_reason;

-- webhook_deliveries.record_success
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint, $2 integer, $3 double precision, $4 integer, $5 integer, $6 integer, $7 text, $8 text
with recorded as (update webhook_deliveries set
     attempts = attempts + 1, attempted_at = now(), status_code = $4, millis = $5, answer_bytes = $6, problem = $7,
     status = $8, next_try_at = case when $8 = 'pending' then now() + $3 * interval '1 second' end,
     finished_at = case when $8 = 'pending' then null else now() end
   where id = $1 and status = 'pending' and attempts = $2
   returning endpoint_id)
   update webhook_endpoints w set failures = 0, failing_since = null, retry_at = null
   from recorded where w.id = recorded.endpoint_id and w.failures > 0;

-- webhook_deliveries.redeliver
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint
update webhook_deliveries set status = 'pending', next_try_at = now(), finished_at = null, attempts = 0
   where id = $2 and endpoint_id = $1 returning id;

-- webhook_deliveries.release_endpoint
-- src/modules/webhooks/delivery-store.ts
-- takes $1 bigint, $2 integer
update webhook_endpoints set leased_until = null where id = $1 and lease_token = $2;

-- webhook_endpoints.change
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 bigint, $2 text, $3 text, $4 text[], $5 boolean
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
update webhook_endpoints w set url = $2, description = $3, types = $4,
     paused_at = case when $5 then null else coalesce(paused_at, now()) end,
     paused_reason = case when $5 then null else coalesce(paused_reason, 'operator') end,
     failures = case when $5 and (paused_at is not null or url <> $2) then 0 else failures end,
     failing_since = case when $5 and (paused_at is not null or url <> $2) then null else failing_since end,
     retry_at = case when $5 and (paused_at is not null or url <> $2) then null else retry_at end
   where id = $1 and deleted_at is null returning w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at;

-- webhook_endpoints.change_secret
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 bigint, $2 bytea, $3 double precision
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
update webhook_endpoints w set sealed_former_secret = sealed_secret, sealed_secret = $2,
     former_secret_until = now() + $3 * interval '1 hour'
   where id = $1 and deleted_at is null returning w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at;

-- webhook_endpoints.count_paused
-- src/modules/webhooks/endpoint-store.ts
-- returns count integer
select count(*)::int as count from webhook_endpoints where deleted_at is null and paused_reason in ('gone', 'failing');

-- webhook_endpoints.delete
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 bigint
update webhook_endpoints set deleted_at = now(), sealed_secret = null, sealed_former_secret = null,
     former_secret_until = null, paused_at = coalesce(paused_at, now()),
     paused_reason = coalesce(paused_reason, 'operator')
   where id = $1 and deleted_at is null;

-- webhook_endpoints.insert
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 text, $2 text, $3 text[], $4 text, $5 bytea
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
insert into webhook_endpoints as w (url, description, types, reference, sealed_secret)
   values ($1, $2, $3, $4, $5) returning w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at;

-- webhook_endpoints.list_by_created_at_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1) order by w.created_at asc nulls last, w.id asc limit $2 offset $3;

-- webhook_endpoints.list_by_created_at_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1) order by w.created_at desc nulls last, w.id desc limit $2 offset $3;

-- webhook_endpoints.list_by_id_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1) order by w.id asc nulls last, w.id asc limit $2 offset $3;

-- webhook_endpoints.list_by_id_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1) order by w.id desc nulls last, w.id desc limit $2 offset $3;

-- webhook_endpoints.list_by_url_asc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1) order by w.url asc nulls last, w.id asc limit $2 offset $3;

-- webhook_endpoints.list_by_url_desc
-- src/db/list-sql.ts
-- takes $1 text, $2 bigint, $3 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1) order by w.url desc nulls last, w.id desc limit $2 offset $3;

-- webhook_endpoints.list_count
-- src/db/list-sql.ts
-- takes $1 text
-- returns total bigint
select count(*) as total from webhook_endpoints w where w.deleted_at is null and (w.url ilike $1 or w.description ilike $1);

-- webhook_endpoints.lock
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 bigint
-- returns id bigint, url text, description text, types text[], is_active boolean, paused_reason text, paused_at timestamp with time zone, failing_since timestamp with time zone, former_secret_until timestamp with time zone, created_at timestamp with time zone, reference text
select w.id, w.url, w.description, w.types, w.paused_at is null as is_active, w.paused_reason, w.paused_at,
  w.failing_since, w.former_secret_until, w.created_at, w.reference from webhook_endpoints w where w.id = $1 and w.deleted_at is null for update;

-- webhook_endpoints.reseal
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 bigint, $2 bytea, $3 bytea, $4 bytea, $5 bytea
update webhook_endpoints set sealed_secret = $4, sealed_former_secret = $5
   where id = $1 and sealed_secret = $2 and sealed_former_secret is not distinct from $3;

-- webhook_endpoints.sealed_page
-- src/modules/webhooks/endpoint-store.ts
-- takes $1 bigint, $2 bigint
-- returns id bigint, reference text, sealed_secret bytea, sealed_former_secret bytea
select id, reference, sealed_secret, sealed_former_secret from webhook_endpoints
   where id > $1 and sealed_secret is not null order by id limit $2;

-- webhook_events.correct
-- src/modules/payments/events/aside-effects.ts
-- takes $1 text, $2 text, $3 text, $4 text
update webhook_events set outcome = $3, reason = $4,
     applied_at = case when $3 = 'processed' then now() end,
     next_try_at = case when $3 = 'waiting' then now() end
   where provider = $1 and event_id = $2 and (outcome, reason) is distinct from ($3, $4);

-- webhook_events.count_old_waiting
-- src/modules/payments/events/webhook-event-store.ts
-- returns count integer
select count(*)::int as count from webhook_events
   where outcome = 'waiting' and received_at < now() - interval '3 days';

-- webhook_events.find
-- src/modules/payments/events/webhook-event-store.ts
-- takes $1 bigint
-- returns id bigint, source text, outcome text, facts jsonb, attempts integer
select id, source, outcome, facts, attempts from webhook_events where id = $1;

-- webhook_events.list_due
-- src/modules/payments/events/webhook-event-store.ts
-- takes $1 bigint
-- returns id bigint, source text, outcome text, facts jsonb, attempts integer
select id, source, outcome, facts, attempts from webhook_events
   where outcome = 'waiting' and next_try_at <= now() order by next_try_at limit $1;

-- webhook_events.list_waiting
-- src/modules/payments/events/webhook-event-store.ts
-- takes $1 text
-- returns id bigint, source text, outcome text, facts jsonb, attempts integer
select id, source, outcome, facts, attempts from webhook_events
   where outcome = 'waiting' and intent_id = $1 order by id limit 200;

-- webhook_events.park
-- src/modules/payments/events/webhook-event-store.ts
-- takes $1 text, $2 text, $3 text, $4 text, $5 text, $6 text, $7 jsonb, $8 timestamp with time zone
-- returns outcome text, reason text, payment_id bigint, order_id bigint, payment_status text, has_moved boolean, surplus_reason text, has_waiting boolean
with target as (select id, order_id, status from payments where intent_id = $5 for update), stored as (
     insert into webhook_events as e
       (provider, event_id, source, type, kind, intent_id, payment_id, outcome, reason, facts, provider_created_at)
     select $1, $2, $6, $3, $4, $5, (select id from target), 'parked', 'reading_incomplete', $7, $8
     on conflict on constraint webhook_events_once_per_provider_and_id do update set
       outcome = 'parked', reason = 'reading_incomplete', next_try_at = null
       where e.outcome = 'waiting'
     returning e.outcome, e.reason
   )
   select s.outcome, s.reason, t.id as payment_id, t.order_id, t.status as payment_status, false as has_moved,
          null::text as surplus_reason, false as has_waiting
   from (select) one left join stored s on true left join target t on true;

-- webhook_events.take_up_exceeding
-- src/modules/payments/events/aside-effects.ts
-- takes $1 bigint
update webhook_events set outcome = 'waiting', next_try_at = now()
   where payment_id = $1 and outcome = 'parked' and reason = 'refund_exceeds_capture';
