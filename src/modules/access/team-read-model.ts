import { type Queryable, statement } from "../../db/database.js";
import type { Role } from "../../kernel/permissions.js";

/** SQL: the role of a row of `users`, null for customers; part of the statement that finds a session. */
export const ROLE_OF_USER = "(select m.role from team_members m where m.user_id = users.id)";

const FIND_ROLE = statement(
  "access.role_of_user",
  `select 'member' as kind, role, created_at from team_members where user_id = $1
   union all
   select 'invitation', role, accepted_at from team_invitations where accepted_by = $1
   union all
   select 'api_key', role, created_at from api_keys where created_by = $1`,
);

interface TeamRecord {
  readonly kind: "member" | "invitation" | "api_key";
  /** Null for a key of single permissions. */
  readonly role: Role | null;
  readonly created_at: string;
}

/** What the shop holds about a person as a member of its team, for their export. */
export async function collectTeamOf(db: Queryable, userId: number): Promise<readonly TeamRecord[]> {
  const { rows } = await db.run<TeamRecord>(FIND_ROLE, [userId]);
  return rows;
}
