import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { Events } from "../../telemetry/events.js";
import { type DeletePersonDeps, getCustomer, type OrdersOfPerson } from "./delete-person.js";
import type { LoginSecrets } from "./login-secrets.js";
import {
  disableIfEnabled,
  enableIfDisabled,
  exportPerson,
  findLogins,
  type LoginLine,
  lockPerson,
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
  readonly secrets: LoginSecrets;
  readonly orders: OrdersOfPerson;
  readonly personalData: readonly PersonalDataSource[];
  readonly isOperator: DeletePersonDeps["isOperator"];
}

export type ManagePerson = ReturnType<typeof makeManagePerson>;

/** A person's own rights, and what an operator may do with a person. */
export function makeManagePerson(deps: ManagePersonDeps) {
  const { db, sessionCache, events, secrets, orders, personalData } = deps;
  const change = async (
    userId: number,
    act: Act,
    { action, reason, write }: { action: string; reason: string; write: typeof disableIfEnabled },
  ): Promise<void> => {
    const sids = await db.transaction(async (tx) => {
      // A login or an order that is under way holds the person's row, so this waits for it and then ends it too.
      const person = await lockPerson(tx, userId);
      if (person === undefined) throw new AppError("not_found", "User not found");
      // An owner by ADMIN_EMAILS cannot be locked out, and of the team only an owner decides.
      if (action === "user.disabled") await getCustomer(tx, userId, deps);
      if (!(await write(tx, userId, secrets.aliasOf(person.email)))) {
        throw new AppError("conflict", "This user is in that state already. Load the list again.");
      }
      await writeAudit(tx, act, { action, subject: `user:${userId}`, after: { reason } });
      if (action !== "user.disabled") return [];
      await orders.enqueueRelease(tx, userId);
      return revokeSessionsOfUser(tx, userId, "user_disabled");
    });
    sessionCache.forgetUser(userId);
    for (const _ of sids) events.sessionRevoked({ reason: "user_disabled" });
  };
  const exportAll = async (userId: number): Promise<Record<string, unknown>> => {
    const login = await exportPerson(db, userId);
    const parts: [string, unknown][] = [];
    for (const { name, collect } of personalData) parts.push([name, await collect(userId)]);
    return withWireTimes({ ...login, ...Object.fromEntries(parts) }) as Record<string, unknown>;
  };

  return {
    async rename(userId: number, name: string | null): Promise<Person> {
      const person = await renamePerson(db, userId, name);
      if (person === undefined) throw new AppError("invalid_credentials", "Invalid token");
      sessionCache.forgetUser(userId);
      return person;
    },

    exportAll,

    /** The same for an operator, whom the person asked for it; written down before anything is read. */
    async exportFor(userId: number, act: Act): Promise<Record<string, unknown>> {
      await db.transaction(async (tx) => {
        if ((await lockPerson(tx, userId)) === undefined) throw new AppError("not_found", "User not found");
        const after = { reason: act.reason };
        await writeAudit(tx, act, { action: "user.exported", subject: `user:${userId}`, after });
      });
      return exportAll(userId);
    },

    /** Ends every session and unpaid order, and codes open nothing any more. Throws `not_found`, or `conflict` when it is done already. */
    disable: (userId: number, reason: string, act: Act): Promise<void> =>
      change(userId, act, { action: "user.disabled", reason, write: disableIfEnabled }),

    enable: (userId: number, reason: string, act: Act): Promise<void> =>
      change(userId, act, { action: "user.enabled", reason, write: enableIfDisabled }),

    /** A person's logins of the last 90 days, newest first; looking is written down too. Throws `not_found`. */
    async listLogins(userId: number, act: Act): Promise<readonly LoginLine[]> {
      return db.transaction(async (tx) => {
        const logins = await findLogins(tx, userId);
        if (logins === undefined) throw new AppError("not_found", "User not found");
        await writeAudit(tx, act, { action: "user.logins_viewed", subject: `user:${userId}` });
        return logins;
      });
    },
  };
}

/** A time as PostgreSQL writes it into JSON; sessions run in UTC. */
const SQL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?\+00:00$/;

/** Every time with a Z, as everywhere on the wire. */
function withWireTimes(value: unknown): unknown {
  if (typeof value === "string") return SQL_TIME.test(value) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map(withWireTimes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withWireTimes(member)]));
}
