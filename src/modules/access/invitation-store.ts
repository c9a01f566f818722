import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { Role } from "../../kernel/permissions.js";

export interface InvitationRow {
  readonly id: number;
  readonly email: string;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string;
  readonly invited_by: string;
}

const COLUMNS = "id, email, role, created_at, expires_at, invited_by";
const OPEN = "accepted_at is null and revoked_at is null";
const ENDED = "revoked_at = now(), email = null, sealed_token = null";

const LIST = statement(
  "access.list_invitations",
  `select ${COLUMNS} from team_invitations where ${OPEN} and expires_at > now() order by id desc limit 200`,
);
const REPLACE = statement(
  "access.revoke_invitations_of_address",
  `update team_invitations set ${ENDED} where email = $1 and ${OPEN}`,
);
const INSERT = statement(
  "access.insert_invitation",
  `insert into team_invitations (email, role, token_hash, sealed_token, expires_at, invited_by)
   values ($1, $2, $3, $4, now() + $5 * interval '1 hour', $6) returning ${COLUMNS}`,
);
const REVOKE = statement(
  "access.revoke_invitation",
  `update team_invitations set ${ENDED} where id = $1 and ${OPEN} returning id`,
);
const REVOKE_OF_INVITER = statement(
  "access.revoke_invitations_of_inviter",
  `update team_invitations set ${ENDED} where invited_by = $1 and ${OPEN}`,
);

export const listInvitations = async (db: Queryable): Promise<readonly InvitationRow[]> =>
  (await db.run<InvitationRow>(LIST)).rows;

/** Replaces an earlier one for the same address: only the newest link works. */
export async function insertInvitation(
  tx: Tx,
  invitation: {
    readonly email: string;
    readonly role: Role;
    readonly tokenHash: Buffer;
    readonly sealedToken: Buffer;
    readonly ttlHours: number;
    readonly invitedBy: string;
  },
): Promise<InvitationRow> {
  const { email, role, tokenHash, sealedToken, ttlHours, invitedBy } = invitation;
  await tx.run(REPLACE, [email]);
  const { rows } = await tx.run<InvitationRow>(INSERT, [
    email,
    role,
    tokenHash,
    sealedToken,
    ttlHours,
    invitedBy,
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error("The invitation was not written");
  return row;
}

export const revokeInvitationIfOpen = async (tx: Tx, id: number): Promise<boolean> =>
  (await tx.run(REVOKE, [id])).count === 1;

/** What somebody who left the owners had offered is worth nothing any more. */
export async function revokeInvitationsOf(tx: Tx, actor: string): Promise<void> {
  await tx.run(REVOKE_OF_INVITER, [actor]);
}

/** One statement decides: the token, its time, and that it is this person's own address. */
const ACCEPT = statement(
  "access.accept_invitation",
  `with used as (
     update team_invitations i set accepted_at = now(), accepted_by = u.id, email = null, sealed_token = null
     from users u
     where i.token_hash = $1 and i.${OPEN.replace(" and ", " and i.")} and i.expires_at > now()
       and u.id = $2 and u.email = i.email and u.disabled_at is null and u.deleted_at is null
     returning i.id, i.role, i.invited_by
   )
   insert into team_members (user_id, role, created_by) select $2, role, invited_by from used
   on conflict on constraint team_members_one_per_user do update set role = excluded.role, created_by = excluded.created_by
   returning id, role`,
);

/** Undefined: unknown, used, revoked, too late, or for another address. */
export async function acceptInvitation(
  tx: Tx,
  tokenHash: Buffer,
  userId: number,
): Promise<{ readonly id: number; readonly role: Role } | undefined> {
  return (await tx.run<{ id: number; role: Role }>(ACCEPT, [tokenHash, userId])).rows[0];
}

const FORGET = statement(
  "access.forget_invitations",
  `delete from team_invitations where expires_at < now() - interval '30 days'`,
);

export async function forgetOldInvitations(db: Queryable): Promise<void> {
  await db.run(FORGET);
}
