import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { Role } from "../../kernel/permissions.js";

export interface MemberRow {
  readonly id: number;
  readonly user_id: number;
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly created_at: string;
  readonly last_active_at: string | null;
  readonly has_second_factor: boolean;
}

export interface OwnerRow {
  readonly user_id: number;
  readonly email: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly last_active_at: string | null;
  readonly has_second_factor: boolean;
}

const LAST_ACTIVE = `(select max(s.last_used_at) from sessions s where s.user_id = u.id) as last_active_at,
     exists (select from operator_factors f where f.user_id = u.id) as has_second_factor`;

const LIST = statement(
  "access.list_members",
  `select m.id, m.user_id, u.email, u.name, m.role, m.created_at, ${LAST_ACTIVE}
   from team_members m join users u on u.id = m.user_id order by m.id limit 1000`,
);
const OWNERS = statement(
  "access.list_owners_by_address",
  `select u.id as user_id, u.email, u.name, u.created_at, ${LAST_ACTIVE} from users u where u.email = any ($1)`,
);
const FIND = statement(
  "access.find_member",
  `select m.id, m.user_id, u.email, u.name, m.role, m.created_at, ${LAST_ACTIVE}
   from team_members m join users u on u.id = m.user_id where m.id = $1`,
);
const IS_MEMBER = statement(
  "access.has_member",
  "select from team_members m join users u on u.id = m.user_id where u.email = $1",
);

export const listMembers = async (db: Queryable): Promise<readonly MemberRow[]> =>
  (await db.run<MemberRow>(LIST)).rows;

export const listOwnersByAddress = async (
  db: Queryable,
  emails: readonly string[],
): Promise<readonly OwnerRow[]> => (await db.run<OwnerRow>(OWNERS, [emails])).rows;

export const findMember = async (db: Queryable, id: number): Promise<MemberRow | undefined> =>
  (await db.run<MemberRow>(FIND, [id])).rows[0];

export const hasMember = async (db: Queryable, email: string): Promise<boolean> =>
  (await db.run(IS_MEMBER, [email])).count > 0;

const LOCK = statement("access.lock_team", "select pg_advisory_xact_lock(hashtextextended('team', 0))");

/** Changes of the team take turns: two owners who remove each other at once would leave nobody. */
export async function lockTeam(tx: Tx): Promise<void> {
  await tx.run(LOCK);
}

/** $2: people of ADMIN_EMAILS are owners besides, so this one need not stay. */
const NOT_THE_LAST_OWNER = `(m.role <> 'owner' or $2::boolean or exists (
  select from team_members o join users u on u.id = o.user_id
  where o.role = 'owner' and o.id <> m.id and u.disabled_at is null))`;

const CHANGE = statement(
  "access.change_role_unless_last_owner",
  `update team_members m set role = $3 where m.id = $1 and ($3 = 'owner' or ${NOT_THE_LAST_OWNER}) returning m.user_id`,
);
const REMOVE = statement(
  "access.remove_unless_last_owner",
  `delete from team_members m where m.id = $1 and ${NOT_THE_LAST_OWNER} returning m.user_id`,
);

const MEMBERSHIP = statement(
  "access.find_membership",
  `select not ${NOT_THE_LAST_OWNER} as is_last_owner from team_members m where m.user_id = $1`,
);

/** Undefined for who is no member. Certain only while the team is locked. */
export const findMembership = async (
  db: Queryable,
  userId: number,
  hasOtherOwners: boolean,
): Promise<{ readonly is_last_owner: boolean } | undefined> =>
  (await db.run<{ is_last_owner: boolean }>(MEMBERSHIP, [userId, hasOtherOwners])).rows[0];

/** False: it would leave the shop without an owner. The team must be locked. */
export const changeRoleUnlessLastOwner = async (
  tx: Tx,
  id: number,
  role: Role,
  hasOtherOwners: boolean,
): Promise<boolean> => (await tx.run(CHANGE, [id, hasOtherOwners, role])).count === 1;

export const removeUnlessLastOwner = async (tx: Tx, id: number, hasOtherOwners: boolean): Promise<boolean> =>
  (await tx.run(REMOVE, [id, hasOtherOwners])).count === 1;

const HAS_OTHER = statement(
  "access.has_other_of_roles",
  `select where exists (
     select from team_members m join users u on u.id = m.user_id
     where m.role = any ($1) and u.id <> $2 and u.disabled_at is null
   ) or exists (
     select from unnest($3::text[]) owner (email) left join users u on u.email = owner.email
     where u.id is null or (u.id <> $2 and u.disabled_at is null))`,
);

/** People of ADMIN_EMAILS count before they have signed in for the first time. */
export const hasOtherOfRoles = async (
  db: Queryable,
  roles: readonly Role[],
  { userId, ownerEmails }: { readonly userId: number; readonly ownerEmails: readonly string[] },
): Promise<boolean> => (await db.run(HAS_OTHER, [roles, userId, ownerEmails])).count > 0;
