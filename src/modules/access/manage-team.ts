import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";
import { AppError } from "../../kernel/errors.js";
import type { Role } from "../../kernel/permissions.js";
import type { Sealer } from "../../kernel/sealing.js";
import {
  acceptInvitation,
  type InvitationRow,
  insertInvitation,
  listInvitations,
  revokeInvitationIfOpen,
  revokeInvitationsOf,
} from "./invitation-store.js";
import { hashInvitationToken, makeInvitationToken } from "./invitation-token.js";
import { revokeKeysOf } from "./key-store.js";
import {
  changeRoleUnlessLastOwner,
  findMember,
  findMembership,
  hasMember,
  listMembers,
  listOwnersByAddress,
  lockTeam,
  type MemberRow,
  removeUnlessLastOwner,
} from "./team-store.js";

export const INVITATION_HOURS = 7 * 24;
export const sealedFor = (email: string): string => `team invitation ${email}`;

export interface ManageTeamDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  /** Owners whom no route can change. */
  readonly ownerEmails: readonly string[];
  /** Ends every session of a person, as part of the transaction. */
  readonly endSessionsOf: (tx: Tx, userId: number) => Promise<void>;
  /** This process looks the person up anew; others do within the age of what they remember. */
  readonly forgetPerson: (userId: number) => void;
  /** Queues the mail, as part of the transaction. */
  readonly mailInvitation: (tx: Tx, invitationId: number) => Promise<void>;
  readonly wakeWorkers: () => void;
}

export type ManageTeam = ReturnType<typeof makeManageTeam>;

export interface TeamLine extends Omit<MemberRow, "id" | "user_id" | "created_at"> {
  readonly id: number | null;
  readonly user_id: number | null;
  readonly created_at: string | null;
  readonly source: "environment" | "invitation";
}

/** Who works in the administration; every change is audited with its reason, and guarded by the write itself. */
export function makeManageTeam(deps: ManageTeamDeps) {
  const { db, ownerEmails } = deps;
  return {
    list: async () => ({ items: await listTeam(deps), invitations: await listInvitations(db) }),
    invite: (email: EmailAddress, role: Role, reason: string, act: Act) =>
      invite(deps, { email, role, reason, act }),

    async revoke(id: number, act: Act): Promise<void> {
      await db.transactionAs(act, async (tx) => {
        if (!(await revokeInvitationIfOpen(tx, id))) {
          throw new AppError("not_found", "There is no open invitation of this id. Load the team again.");
        }
        await writeAudit(tx, act, { action: "invitation.revoked", subject: `invitation:${id}` });
      });
    },

    accept: (token: string, userId: number, act: Act) => accept(deps, { token, userId, act }),

    async changeRole(id: number, role: Role, reason: string, act: Act): Promise<TeamLine> {
      const changed = await db.transactionAs(act, async (tx) => {
        await lockTeam(tx);
        const before = await getMember(tx, id);
        if (!(await changeRoleUnlessLastOwner(tx, id, role, ownerEmails.length > 0))) throw lastOwner();
        if (before.role === "owner" && role !== "owner")
          await revokeInvitationsOf(tx, `admin:${before.user_id}`);
        await writeAudit(tx, act, {
          action: "member.role_changed",
          subject: `user:${before.user_id}`,
          before: { role: before.role },
          after: { role, reason },
        });
        return { ...before, role };
      });
      deps.forgetPerson(changed.user_id);
      return { ...changed, source: "invitation" };
    },

    async remove(id: number, reason: string, act: Act): Promise<void> {
      const userId = await db.transactionAs(act, async (tx) => {
        await lockTeam(tx);
        const { user_id: user, role } = await getMember(tx, id);
        if (!(await removeUnlessLastOwner(tx, id, ownerEmails.length > 0))) throw lastOwner();
        await revokeInvitationsOf(tx, `admin:${user}`);
        await deps.endSessionsOf(tx, user);
        // Who comes back one day does not bring back what programs were given then.
        for (const key of await revokeKeysOf(tx, user)) {
          const subject = `key:${key}`;
          await writeAudit(tx, act, {
            action: "key.revoked",
            subject,
            after: { reason: "its maker was removed" },
          });
        }
        await writeAudit(tx, act, {
          action: "member.removed",
          subject: `user:${user}`,
          before: { role },
          after: { reason },
        });
        return user;
      });
      deps.forgetPerson(userId);
    },
  };
}

async function accept(
  deps: ManageTeamDeps,
  { token, userId, act }: { readonly token: string; readonly userId: number; readonly act: Act },
): Promise<Role> {
  const hash = hashInvitationToken(token);
  const member =
    hash === undefined
      ? undefined
      : await deps.db.transactionAs(act, async (tx) => {
          await lockTeam(tx);
          const joined = await acceptInvitation(tx, hash, userId);
          if (joined === undefined) return undefined;
          const { role } = joined;
          await writeAudit(tx, act, {
            action: "member.joined",
            subject: `user:${userId}`,
            after: { role },
          });
          return joined;
        });
  if (member === undefined) {
    throw new AppError(
      "invitation_invalid",
      "This invitation is not valid for you: it is used, revoked, too old, or for another address. Ask for a new one.",
    );
  }
  deps.forgetPerson(userId);
  return member.role;
}

/**
 * Before a person deletes their own account. The team is locked first, by members alone, as in every change of it; its
 * rows go with the account.
 */
export function makeLeaveTeam({ ownerEmails }: Pick<ManageTeamDeps, "ownerEmails">) {
  const assertMayLeave = async (tx: Tx, userId: number): Promise<void> => {
    const hasOtherOwners = ownerEmails.length > 0;
    if ((await findMembership(tx, userId, hasOtherOwners)) === undefined) return;
    await lockTeam(tx);
    const membership = await findMembership(tx, userId, hasOtherOwners);
    if (membership?.is_last_owner === true) throw lastOwner();
  };
  return {
    /** Throws `last_owner`. */
    assertMayLeave,
    /** The same, and what they have offered to others is worth nothing any more. */
    async leave(tx: Tx, userId: number): Promise<void> {
      await assertMayLeave(tx, userId);
      await revokeInvitationsOf(tx, `admin:${userId}`);
    },
  };
}

const lastOwner = (): AppError =>
  new AppError("last_owner", "This is the last owner of the shop. Make somebody else an owner first.");

async function getMember(tx: Tx, id: number): Promise<MemberRow> {
  const member = await findMember(tx, id);
  if (member === undefined) {
    throw new AppError(
      "not_found",
      "There is no member of this id. Owners of ADMIN_EMAILS are changed in the environment.",
    );
  }
  return member;
}

async function listTeam({ db, ownerEmails }: ManageTeamDeps): Promise<TeamLine[]> {
  const known = await listOwnersByAddress(db, ownerEmails);
  const owners = ownerEmails.map((email): TeamLine => {
    const person = known.find((one) => one.email === email);
    const nobody = {
      user_id: null,
      name: null,
      created_at: null,
      last_active_at: null,
      has_second_factor: false,
    };
    return { ...nobody, ...person, id: null, email, role: "owner", source: "environment" };
  });
  const members = (await listMembers(db)).filter(({ email }) => !ownerEmails.includes(email));
  return [...owners, ...members.map((row) => ({ ...row, source: "invitation" as const }))];
}

async function invite(
  deps: ManageTeamDeps,
  command: {
    readonly email: EmailAddress;
    readonly role: Role;
    readonly reason: string;
    readonly act: Act;
  },
): Promise<InvitationRow> {
  const { email, role, reason, act } = command;
  const token = makeInvitationToken();
  const tokenHash = hashInvitationToken(token);
  if (tokenHash === undefined) throw new Error("A token was made that is none");
  const sealedToken = deps.sealer.seal(sealedFor(email), token);
  const invitation = await deps.db.transactionAs(act, async (tx) => {
    await lockTeam(tx);
    if (deps.ownerEmails.includes(email) || (await hasMember(tx, email))) {
      throw new AppError("conflict", "This person is in the team already. Change their role instead.");
    }
    const row = await insertInvitation(tx, {
      email,
      role,
      tokenHash,
      sealedToken,
      ttlHours: INVITATION_HOURS,
      invitedBy: act.actor,
    });
    await deps.mailInvitation(tx, row.id);
    const subject = `invitation:${row.id}`;
    await writeAudit(tx, act, { action: "member.invited", subject, after: { role, reason } });
    return row;
  });
  deps.wakeWorkers();
  return invitation;
}
