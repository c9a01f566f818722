import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { Events } from "../../telemetry/events.js";
import {
  anonymisePerson,
  disableIfEnabled,
  enableIfDisabled,
  exportPerson,
  findLogins,
  type LoginLine,
  type Person,
  personExists,
  renamePerson,
} from "./person-store.js";
import type { SessionCache } from "./session-cache.js";
import { revokeSessionsOfUser } from "./session-store.js";

/** What another room holds about a person, under its name in the export. */
export interface PersonalDataSource {
  readonly name: string;
  collect(userId: number): Promise<unknown>;
}

export interface ManagePersonDeps {
  readonly db: Db;
  readonly sessionCache: SessionCache;
  readonly events: Events;
  readonly personalData: readonly PersonalDataSource[];
}

export type ManagePerson = ReturnType<typeof makeManagePerson>;

/** A person's own rights, and what an operator may do with a person. */
export function makeManagePerson({ db, sessionCache, events, personalData }: ManagePersonDeps) {
  const change = async (
    userId: number,
    act: Act,
    {
      action,
      reason,
      write,
    }: { action: string; reason: string; write: (tx: Tx, id: number) => Promise<boolean> },
  ): Promise<void> => {
    const sids = await db.transaction(async (tx) => {
      if (!(await write(tx, userId))) throw await whyUnchanged(tx, userId);
      await writeAudit(tx, act, { action, subject: `user:${userId}`, after: { reason } });
      // A statement of its own, after the row is ours: it sees the session of a login that was under way.
      return action === "user.disabled" ? revokeSessionsOfUser(tx, userId, "user_disabled") : [];
    });
    sessionCache.forgetUser(userId);
    for (const _ of sids) events.sessionRevoked({ reason: "user_disabled" });
  };

  return {
    async rename(userId: number, name: string | null): Promise<Person> {
      const person = await renamePerson(db, userId, name);
      if (person === undefined) throw new AppError("invalid_credentials", "Invalid token");
      sessionCache.forgetUser(userId);
      return person;
    },

    /** Anonymises the person and ends every session; money rows stay and point to nobody. */
    async remove(userId: number, requestId: string): Promise<void> {
      const sids = await anonymisePerson(db, userId, requestId);
      sessionCache.forgetUser(userId);
      for (const _ of sids ?? []) events.sessionRevoked({ reason: "user_deleted" });
    },

    async exportAll(userId: number): Promise<Record<string, unknown>> {
      const login = await exportPerson(db, userId);
      const parts: [string, unknown][] = [];
      for (const { name, collect } of personalData) parts.push([name, await collect(userId)]);
      return { ...login, ...Object.fromEntries(parts) };
    },

    /** Ends every session, and codes open none any more. Throws `not_found`, or `conflict` when it is done already. */
    disable: (userId: number, reason: string, act: Act): Promise<void> =>
      change(userId, act, { action: "user.disabled", reason, write: disableIfEnabled }),

    enable: (userId: number, reason: string, act: Act): Promise<void> =>
      change(userId, act, { action: "user.enabled", reason, write: enableIfDisabled }),

    /** A person's logins of the last 90 days, newest first; looking is written down too. */
    async listLogins(userId: number, act: Act): Promise<readonly LoginLine[]> {
      return db.transaction(async (tx) => {
        await writeAudit(tx, act, { action: "user.logins_viewed", subject: `user:${userId}` });
        return findLogins(tx, userId);
      });
    },
  };
}

async function whyUnchanged(tx: Tx, userId: number): Promise<AppError> {
  return (await personExists(tx, userId))
    ? new AppError("conflict", "This user is in that state already. Load the list again.")
    : new AppError("not_found", "User not found");
}
