import { type Queryable, statement, type Tx } from "../../db/database.js";

const RENAME = statement(
  "persons.rename",
  `update users set name = $2 where id = $1 and deleted_at is null returning id, email, name`,
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

const ANONYMISE = statement(
  "persons.anonymise",
  `with person as (
     select id, email, 'deleted-' || id || '@deleted.invalid' as alias
     from users where id = $1 and deleted_at is null for update
   ), codes as (
     -- The rows stay, for they count for the address that asked; whose they were does not.
     update auth_codes set email = person.alias, sealed_code = null, replaced_at = coalesce(replaced_at, now())
     from person where auth_codes.email = person.email
   ), tries as (
     update auth_tries set email = person.alias from person where auth_tries.email = person.email
   ), ended as (
     update sessions set ip_address = null, user_agent = null, device_hash = null,
       revoked_at = coalesce(revoked_at, now()), revoked_because = coalesce(revoked_because, 'user_deleted')
     from person where sessions.user_id = person.id
     returning sid
   ), audited as (
     insert into audit_log (actor, action, subject, request_id)
     select 'user:' || id, 'user.deleted', 'user:' || id, $2 from person
   ), gone as (
     update users set email = person.alias, name = null, deleted_at = now()
     from person where users.id = person.id
     returning users.id
   )
   select (select count(*) from gone)::integer as gone, array(select sid::text from ended) as sids`,
);

/**
 * Takes the person out of every row of login; what money rows point to stays. Answers the sessions that it ended,
 * or undefined when there is no such person (any more).
 */
export async function anonymisePerson(
  db: Queryable,
  userId: number,
  requestId: string,
): Promise<readonly string[] | undefined> {
  const { rows } = await db.run<{ gone: number; sids: string[] }>(ANONYMISE, [userId, requestId]);
  const [row] = rows;
  return row?.gone === 1 ? row.sids : undefined;
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
        select auth_codes.created_at, expires_at, sent_at, used_at, host(ip_address) as ip_address
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
  "update users set disabled_at = now() where id = $1 and disabled_at is null and deleted_at is null",
);
const ENABLE = statement(
  "persons.enable",
  "update users set disabled_at = null where id = $1 and disabled_at is not null and deleted_at is null",
);

/** False when nothing changed. A login that is under way holds the person's row, so this waits for it. */
export async function disableIfEnabled(tx: Tx, userId: number): Promise<boolean> {
  return (await tx.run(DISABLE, [userId])).count === 1;
}

export async function enableIfDisabled(tx: Tx, userId: number): Promise<boolean> {
  return (await tx.run(ENABLE, [userId])).count === 1;
}

const EXISTS = statement("persons.exists", "select from users where id = $1 and deleted_at is null");

export async function personExists(db: Queryable, userId: number): Promise<boolean> {
  return (await db.run(EXISTS, [userId])).count === 1;
}

const LOGINS = statement(
  "persons.logins",
  `select id as session_id, created_at, last_used_at, expires_at, revoked_at, revoked_because,
     kind as session_kind, host(ip_address) as ip_address, user_agent
   from sessions where user_id = $1 order by created_at desc, id desc limit 200`,
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

export async function findLogins(db: Queryable, userId: number): Promise<readonly LoginLine[]> {
  return (await db.run<LoginLine>(LOGINS, [userId])).rows;
}
