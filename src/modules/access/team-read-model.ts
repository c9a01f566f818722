import { type Queryable, statement } from "../../db/database.js";
import type { Role } from "../../kernel/permissions.js";

const FIND_ROLE = statement(
  "access.role_of_user",
  `select 'member' as kind, role, created_at from team_members where user_id = $1
   union all
   select 'invitation', role, accepted_at from team_invitations where accepted_by = $1
   union all
   select 'api_key', role, created_at from api_keys where created_by = $1
   union all
   select 'second_factor', null, created_at from operator_factors where user_id = $1
   union all
   select 'operator_session', null, opened_at from operator_sessions where user_id = $1
   union all
   select 'second_factor_notice', null, created_at from factor_notices where user_id = $1`,
);

interface TeamRecord {
  readonly kind:
    | "member"
    | "invitation"
    | "api_key"
    | "second_factor"
    | "operator_session"
    | "second_factor_notice";
  /** Null for a key of single permissions, and for what has none. */
  readonly role: Role | null;
  readonly created_at: string;
}

/** What the shop holds about a person as a member of its team, for their export. */
export async function collectTeamOf(db: Queryable, userId: number): Promise<readonly TeamRecord[]> {
  const { rows } = await db.run<TeamRecord>(FIND_ROLE, [userId]);
  return rows;
}
