import { type Queryable, statement } from "../../db/database.js";

/** Still good for operators' work; `o` is a row of `operator_sessions`. */
export const OPERATOR_LIVE = "o.ended_at is null and o.expires_at > now() and o.idle_until > now()";

/** SQL: what the statement that finds a session asks of the team, of rows of `sessions` and `users`. */
export const OPERATOR_SQL = {
  role: "(select m.role from team_members m where m.user_id = users.id)",
  join: "left join operator_sessions o on o.session_id = sessions.id",
  columns: `case when o.session_id is null then 'none' when ${OPERATOR_LIVE} then 'live' else 'over' end as operator_session,
     exists (select from operator_factors f where f.user_id = users.id) as has_factor,
     o.factor_at is not null as factor_is_shown, coalesce(o.fresh_until > now(), false) as factor_is_fresh,
     coalesce(o.used_at < now() - interval '30 seconds', false) as touch_is_due`,
};

export interface OperatorSessionRow {
  readonly id: number;
  readonly sid: string;
  readonly user_id: number;
  readonly email: string;
  readonly opened_at: string;
  readonly used_at: string;
  readonly idle_until: string;
  readonly expires_at: string;
  readonly factor_at: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

const LIST = statement(
  "access.list_operator_sessions",
  `select s.id, s.sid, u.id as user_id, u.email, o.opened_at, o.used_at, o.idle_until, o.expires_at, o.factor_at,
     host(s.ip_address) as ip_address, s.user_agent
   from operator_sessions o join sessions s on s.id = o.session_id join users u on u.id = o.user_id
   where ${OPERATOR_LIVE} and s.revoked_at is null and s.expires_at > now() and ($1::bigint is null or o.user_id = $1)
     and u.disabled_at is null
   order by o.used_at desc, s.id desc limit 200`,
);

/** Of everybody when no person is named. */
export const listOperatorSessions = async (
  db: Queryable,
  userId: number | null,
): Promise<readonly OperatorSessionRow[]> => (await db.run<OperatorSessionRow>(LIST, [userId])).rows;
