import type { Db, Tx } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { Events } from "../../telemetry/events.js";
import {
  anonymisePerson,
  disableIfEnabled,
  enableIfDisabled,
  exportPerson,
  type Person,
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

    /**
     * Inside the caller's transaction, which also writes the audit row. False when the person was disabled already
     * or does not exist. Call `forget` after the commit.
     */
    async disable(tx: Tx, userId: number): Promise<boolean> {
      if (!(await disableIfEnabled(tx, userId))) return false;
      await revokeSessionsOfUser(tx, userId, "user_disabled");
      return true;
    },

    enable: (tx: Tx, userId: number): Promise<boolean> => enableIfDisabled(tx, userId),

    /** So that this process sees a change of the person at once; the others do within 5 s. */
    forget(userId: number): void {
      sessionCache.forgetUser(userId);
    },
  };
}
