import { type Queryable, statement, type Tx } from "../../db/database.js";
import { OPERATOR_LIVE } from "./operator-read-model.js";

export interface OperatorTimes {
  /** Without a use it is over. */
  readonly idleMinutes: number;
  /** From the sign-in, whatever is done. */
  readonly sessionMinutes: number;
  /** How long a shown second factor counts as fresh. */
  readonly stepUpMinutes: number;
}

/** A login that is older than an operator's session may get opens none: it may be one that a traveller left behind. */
const OPEN = statement(
  "access.open_operator_session",
  `insert into operator_sessions (session_id, user_id, idle_until, expires_at)
   select s.id, s.user_id, now() + $2 * interval '1 minute', s.created_at + $3 * interval '1 minute'
   from sessions s
   where s.sid = $1 and s.revoked_at is null and s.expires_at > now()
     and s.created_at + $3 * interval '1 minute' > now()
   on conflict (session_id) do nothing`,
);

export async function openOperatorSession(db: Queryable, sid: string, times: OperatorTimes): Promise<void> {
  await db.run(OPEN, [sid, times.idleMinutes, times.sessionMinutes]);
}

const TOUCH = statement(
  "access.touch_operator_session",
  `update operator_sessions o set used_at = now(), idle_until = now() + $2 * interval '1 minute'
   from sessions s where s.sid = $1 and o.session_id = s.id and ${OPERATOR_LIVE}`,
);

/** One that is over stays over. */
export async function touchOperatorSession(db: Queryable, sid: string, times: OperatorTimes): Promise<void> {
  await db.run(TOUCH, [sid, times.idleMinutes]);
}

const SHOW = statement(
  "access.note_shown_factor",
  `with before as (
     select o.session_id, o.factor_at from operator_sessions o join sessions s on s.id = o.session_id
     where s.sid = $1 and o.user_id = $2 for update of o
   )
   update operator_sessions o set factor_at = now(), fresh_until = now() + $3 * interval '1 minute',
     used_at = now(), idle_until = now() + $4 * interval '1 minute'
   from before where o.session_id = before.session_id and ${OPERATOR_LIVE}
   returning before.factor_at is null as is_first`,
);

/** Undefined when the session is over. */
export async function noteShownFactor(
  tx: Tx,
  { sid, userId }: { readonly sid: string; readonly userId: number },
  times: OperatorTimes,
): Promise<{ readonly is_first: boolean } | undefined> {
  const values = [sid, userId, times.stepUpMinutes, times.idleMinutes];
  return (await tx.run<{ is_first: boolean }>(SHOW, values)).rows[0];
}

const END_OTHERS = statement(
  "access.end_other_operator_sessions",
  `update operator_sessions o set ended_at = now(), ended_because = 'factor_changed'
   from sessions s where s.id = o.session_id and o.user_id = $1 and s.sid <> $2 and o.ended_at is null`,
);

/** A new second factor is shown nowhere but here. */
export async function endOtherOperatorSessions(tx: Tx, userId: number, sid: string): Promise<void> {
  await tx.run(END_OTHERS, [userId, sid]);
}

const END = statement(
  "access.end_operator_session",
  `update operator_sessions o set ended_at = now(), ended_because = 'ended_by_operator'
   where o.session_id = $1 and ($2::bigint is null or o.user_id = $2) and ${OPERATOR_LIVE} returning o.user_id`,
);

/** Answers whose it was; undefined when it is not alive, or not the named person's. */
export const endOperatorSession = async (
  tx: Tx,
  sessionId: number,
  userId: number | null,
): Promise<number | undefined> =>
  (await tx.run<{ user_id: number }>(END, [sessionId, userId])).rows[0]?.user_id;
