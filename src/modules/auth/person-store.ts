import type { Act } from "../../db/act.js";
import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";

const RENAME = statement(
  "persons.rename",
  `update users set name = $2 where id = $1 and deleted_at is null and disabled_at is null returning id, email, name`,
);

export interface Person {
  readonly id: number;
  readonly email: string;
  readonly name: string | null;
}

export async function renamePerson(
  db: Queryable,
  userId: number,
  name: string | null,
): Promise<Person | undefined> {
  return (await db.run<Person>(RENAME, [userId, name])).rows[0];
}

const LOCK = statement(
  "persons.lock",
  `select email, disabled_at is not null as is_disabled from users
   where id = $1 and deleted_at is null for update`,
);

/**
 * The person by their row, not by what a process remembers of a session; undefined when deleted. Holds the row: until
 * the transaction ends no order of theirs is made or becomes paid.
 */
export async function lockPerson(
  tx: Tx,
  userId: number,
): Promise<{ readonly email: EmailAddress; readonly isDisabled: boolean } | undefined> {
  const [row] = (await tx.run<{ email: EmailAddress; is_disabled: boolean }>(LOCK, [userId])).rows;
  return row && { email: row.email, isDisabled: row.is_disabled };
}

const ANONYMISE = statement(
  "persons.anonymise",
  `with person as (
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
   select array(select sid::text from ended) as sids`,
);

/** Takes the person out of every row of login; what money rows point to stays. Answers the sessions that it ended. */
export async function anonymisePerson(
  tx: Tx,
  userId: number,
  /** Under which the limits of the day go on (login-secrets.ts). */
  { alias, act }: { readonly alias: string; readonly act: Act },
): Promise<readonly string[]> {
  const after = act.reason === undefined ? null : JSON.stringify({ reason: act.reason });
  const values = [userId, act.requestId, alias, act.actor, after];
  const { rows } = await tx.run<{ sids: string[] }>(ANONYMISE, values);
  return rows[0]?.sids ?? [];
}

const LIVE_SESSIONS = statement(
  "persons.count_live_sessions",
  "select count(*)::integer as count from sessions where user_id = $1 and revoked_at is null and expires_at > now()",
);

export async function countLiveSessions(db: Queryable, userId: number): Promise<number> {
  return (await db.run<{ count: number }>(LIVE_SESSIONS, [userId])).rows[0]?.count ?? 0;
}

const EXPORT = statement(
  "persons.export",
  `select
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
        where actor = 'user:' || $1::bigint or subject = 'user:' || $1::bigint) line), '[]') as acts`,
);

export interface LoginExport {
  readonly person: Record<string, unknown>;
  readonly sessions: readonly Record<string, unknown>[];
  readonly login_codes: readonly Record<string, unknown>[];
  readonly wrong_tries: readonly Record<string, unknown>[];
  /** What the audit log has of the person: done by them, or to their account. */
  readonly acts: readonly Record<string, unknown>[];
}

/** All that login holds about a person; of secrets there are hashes only, and those are left out. */
export async function exportPerson(db: Queryable, userId: number): Promise<LoginExport | undefined> {
  return (await db.run<LoginExport>(EXPORT, [userId])).rows[0];
}

const DISABLE = statement(
  "persons.disable",
  `with changed as (
     update users set disabled_at = now() where id = $1 and disabled_at is null and deleted_at is null returning id
   ), address as (
     insert into disabled_addresses (alias) select $2 from changed on conflict (alias) do nothing
   )
   select from changed`,
);
const ENABLE = statement(
  "persons.enable",
  `with changed as (
     update users set disabled_at = null where id = $1 and disabled_at is not null and deleted_at is null returning id
   ), address as (
     delete from disabled_addresses where alias = $2 and exists (select from changed)
   )
   select from changed`,
);

/**
 * The person, and their address, which stays disabled even if the account is deleted one day. False when nothing
 * changed.
 */
export async function disableIfEnabled(tx: Tx, userId: number, alias: string): Promise<boolean> {
  return (await tx.run(DISABLE, [userId, alias])).count === 1;
}

export async function enableIfDisabled(tx: Tx, userId: number, alias: string): Promise<boolean> {
  return (await tx.run(ENABLE, [userId, alias])).count === 1;
}

const LOGINS = statement(
  "persons.logins",
  `select s.id as session_id, s.created_at, s.last_used_at, s.expires_at, s.revoked_at, s.revoked_because,
     s.kind as session_kind, host(s.ip_address) as ip_address, s.user_agent
   from users u left join sessions s on s.user_id = u.id
   where u.id = $1 order by s.created_at desc, s.id desc limit 200`,
);

export interface LoginLine {
  readonly session_id: number;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
  readonly revoked_because: string | null;
  readonly session_kind: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

/** Undefined where there is no such person; of a deleted one the rows stay for their time. */
export async function findLogins(db: Queryable, userId: number): Promise<readonly LoginLine[] | undefined> {
  const { rows } = await db.run<LoginLine | { readonly session_id: null }>(LOGINS, [userId]);
  if (rows.length === 0) return undefined;
  return rows.filter((row) => row.session_id !== null);
}
