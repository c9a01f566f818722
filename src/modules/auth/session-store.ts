import { type Queryable, statement } from "../../db/database.js";
import type { OperatorState } from "../../http/caller.js";
import type { Role } from "../../kernel/permissions.js";
import type { LiveSession, SessionKind, SessionLine, SessionState } from "./session-types.js";

const LIVE = "sessions.revoked_at is null and sessions.expires_at > now()";
const OF_ABLE_USER = "users.id = sessions.user_id and users.disabled_at is null and users.deleted_at is null";

// The time of last use is kept to the minute, so that a busy session does not write on every request.
const findStatement = ({ role, columns, join }: OperatorSql) =>
  statement(
    "sessions.find_live",
    `with touched as (
     update sessions set last_used_at = now()
     where sid = $1 and ${LIVE} and last_used_at < now() - interval '1 minute'
   )
   select sessions.id, sessions.user_id, users.email, users.name, sessions.expires_at, ${role} as role, ${columns}
   from sessions join users on ${OF_ABLE_USER} ${join}
   where sessions.sid = $1 and ${LIVE}`,
  );

interface FindRow {
  id: number;
  user_id: number;
  email: string;
  name: string | null;
  expires_at: string;
}

/** SQL of another module, whose the team is: of a row of `sessions` and its row of `users`. */
export interface OperatorSql {
  /** The person's role, null for customers. */
  readonly role: string;
  readonly join: string;
  /** As OperatorColumns. */
  readonly columns: string;
}

/** Whether a person works for the shop: an owner by the environment, or with a role. */
export function makeIsOperator({ role }: Pick<OperatorSql, "role">, ownerEmails: readonly string[]) {
  const find = statement(
    "persons.works_here",
    `select from users where id = $1 and (email = any ($2::text[]) or ${role} is not null)`,
  );
  return async (db: Queryable, userId: number): Promise<boolean> =>
    (await db.run(find, [userId, ownerEmails])).count > 0;
}

interface OperatorColumns {
  operator_session: OperatorState["session"];
  has_factor: boolean;
  factor_is_shown: boolean;
  factor_is_fresh: boolean;
  touch_is_due: boolean;
}

export function makeFindLiveSession(sql: OperatorSql) {
  const find = findStatement(sql);
  return async (db: Queryable, sid: string): Promise<LiveSession | undefined> => {
    const { rows } = await db.run<FindRow & OperatorColumns & { role: Role | null }>(find, [sid]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { id, user_id: userId, email, name, role } = row;
    const operator = {
      session: row.operator_session,
      hasFactor: row.has_factor,
      isShown: row.factor_is_shown,
      isFresh: row.factor_is_fresh,
      isTouchDue: row.touch_is_due,
    };
    return { id, userId, email, name, role, operator, expiresAtMillis: Date.parse(row.expires_at) };
  };
}

/**
 * One guarded update decides, on the row as it is once its lock is held: the live token rotates; its parent gets
 * the same child again for 10 s of the database's clock, unless the child was used meanwhile (then the parent is no
 * longer the last one); any older token ends the family.
 */
const REFRESH = statement(
  "sessions.refresh",
  `update sessions set
     refresh_generation = refresh_generation + (refresh_hash = $2)::integer,
     refresh_parent_hash = case when refresh_hash = $2 then $2 else refresh_parent_hash end,
     refresh_rotated_at = case when refresh_hash = $2 then now() else refresh_rotated_at end,
     refresh_hash = case when refresh_hash = $2 then $3 else refresh_hash end,
     last_used_at = now(),
     revoked_at = case when ${isReuse()} then now() end,
     revoked_because = case when ${isReuse()} then 'refresh_reused' end
   from users
   where sessions.sid = $1 and ${LIVE} and ${OF_ABLE_USER}
   returning sessions.id, sessions.user_id, users.email, users.name, sessions.kind, sessions.expires_at,
     sessions.revoked_at is not null as was_reused,
     coalesce(refresh_parent_hash = $2, false) as is_granted`,
);

function isReuse(): string {
  return `(refresh_hash <> $2 and refresh_generation > $4
    and not coalesce(refresh_parent_hash = $2 and refresh_rotated_at > now() - interval '10 seconds', false))`;
}

export type RefreshVerdict =
  | { readonly kind: "granted"; readonly session: SessionState; readonly sessionKind: SessionKind }
  | { readonly kind: "reused"; readonly userId: number; readonly sessionId: number }
  /** The family is dead, or never had this token. */
  | { readonly kind: "dead" };

export async function rotateRefreshToken(
  db: Queryable,
  shown: {
    readonly sid: string;
    readonly generation: number;
    readonly hash: Buffer;
    readonly childHash: Buffer;
  },
): Promise<RefreshVerdict> {
  const { rows } = await db.run<FindRow & { kind: SessionKind; was_reused: boolean; is_granted: boolean }>(
    REFRESH,
    [shown.sid, shown.hash, shown.childHash, shown.generation],
  );
  const [row] = rows;
  if (row?.was_reused === true) return { kind: "reused", userId: row.user_id, sessionId: row.id };
  if (row?.is_granted !== true) return { kind: "dead" };
  const { id, user_id: userId, email, name, expires_at: expiresAt } = row;
  const session = { id, userId, email, name, expiresAtMillis: Date.parse(expiresAt) };
  return { kind: "granted", session, sessionKind: row.kind };
}

export type RevocationReason =
  | "logged_out"
  | "ended_by_user"
  | "user_disabled"
  | "user_deleted"
  | "left_team"
  | "factor_reset";

const REVOKE = {
  bySids: statement(
    "sessions.revoke_sids",
    `update sessions set revoked_at = now(), revoked_because = $2
     where sid = any ($1::uuid[]) and revoked_at is null returning sid, user_id`,
  ),
  // A session that has ended already names nobody else's, nor the person's others.
  everywhere: statement(
    "sessions.revoke_everywhere",
    `update sessions set revoked_at = now(), revoked_because = $2
     where revoked_at is null and user_id in (
       select user_id from sessions where sid = any ($1::uuid[]) and ${LIVE})
     returning sid, user_id`,
  ),
  byUser: statement(
    "sessions.revoke_user",
    `update sessions set revoked_at = now(), revoked_because = $2
     where user_id = $1 and revoked_at is null returning sid`,
  ),
  one: statement(
    "sessions.revoke_one",
    `update sessions set revoked_at = now(), revoked_because = $3
     where id = $1 and user_id = $2 and ${LIVE} returning sid`,
  ),
};

export interface EndedSession {
  readonly sid: string;
  readonly user_id: number;
}

/** The named sessions, or all of the people whose live sessions are named. Answers those that ended now. */
export async function revokeSessions(
  db: Queryable,
  sids: readonly string[],
  { everywhere }: { readonly everywhere: boolean },
): Promise<readonly EndedSession[]> {
  const query = everywhere ? REVOKE.everywhere : REVOKE.bySids;
  return (await db.run<EndedSession>(query, [sids, "logged_out"])).rows;
}

/** Each of these answers the sids that ended now. */
export async function revokeSessionsOfUser(
  db: Queryable,
  userId: number,
  reason: RevocationReason,
): Promise<string[]> {
  return (await db.run<{ sid: string }>(REVOKE.byUser, [userId, reason])).rows.map(({ sid }) => sid);
}

/** Empty when the session is not this user's or not alive. */
export async function revokeOwnSession(db: Queryable, sessionId: number, userId: number): Promise<string[]> {
  const { rows } = await db.run<{ sid: string }>(REVOKE.one, [sessionId, userId, "ended_by_user"]);
  return rows.map(({ sid }) => sid);
}

const LIST = statement(
  "sessions.list_live",
  `select id, sid, created_at, last_used_at, expires_at, host(ip_address) as ip_address, user_agent
   from sessions where user_id = $1 and ${LIVE}
   order by last_used_at desc, id desc limit 200`,
);

export async function listLiveSessions(db: Queryable, userId: number): Promise<readonly SessionLine[]> {
  return (await db.run<SessionLine>(LIST, [userId])).rows;
}

const PURGE = statement(
  "sessions.purge",
  `delete from sessions where id in (
     select id from sessions
     where created_at < now() - interval '90 days' and (expires_at <= now() or revoked_at is not null)
     order by id limit $1)`,
);

/** After 90 days a session neither lives nor makes an address or device known. Answers how many went. */
export async function purgeSessions(db: Queryable, batch: number): Promise<number> {
  return (await db.run(PURGE, [batch])).count;
}
