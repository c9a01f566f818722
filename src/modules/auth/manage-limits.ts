import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db } from "../../db/database.js";
import type { EmailAddress } from "../../kernel/email-address.js";
import type { EarlyRefusal } from "../../providers/early-refusal/port.js";
import { maskEmail } from "../../telemetry/log.js";
import {
  type BusyAddress,
  findBusiestAddresses,
  findLimited,
  LIMIT_NAMES,
  type Limited,
  type LimitName,
  liftLimit,
} from "./limit-store.js";
import type { LoginSecrets } from "./login-secrets.js";
import type { SendingLimits, TryingLimits } from "./sending-limits.js";

export type { LimitName };

export interface LimitSubject {
  readonly limit: LimitName;
  /** Null for limits of an address alone. */
  readonly email: EmailAddress | null;
  /** Null for limits of an e-mail from anywhere. */
  readonly ip_address: string | null;
}

export interface ManageLimitsDeps {
  readonly db: Db;
  readonly limits: SendingLimits;
  readonly tryingLimits: TryingLimits;
  readonly secrets: LoginSecrets;
  readonly earlyRefusal: EarlyRefusal;
}

export type ManageLimits = ReturnType<typeof makeManageLimits>;

/** For operators: who is limited, by what, since and until when; and taking a limit away. */
export function makeManageLimits(deps: ManageLimitsDeps) {
  const { db, limits, tryingLimits, secrets, earlyRefusal } = deps;
  return {
    limitNames: LIMIT_NAMES,

    /** Those who are refused now, the longest first; at most 1,000. */
    listLimited: (): Promise<readonly Limited[]> => findLimited(db, limits, tryingLimits),

    /** Client addresses of the last 24 hours by codes and wrong tries together. */
    listBusiestAddresses: (limit = 50): Promise<readonly BusyAddress[]> => findBusiestAddresses(db, limit),

    /** Lifts one limit of one subject, named as in the list, with its audit row. Answers how many rows count no more. */
    async lift(subject: LimitSubject, reason: string, act: Act): Promise<number> {
      const rows = await db.transaction(async (tx) => {
        const { limit, email, ip_address: network } = subject;
        const emails = email && [email, secrets.aliasOf(email)];
        const count = await liftLimit(tx, { limit, emails, network });
        await writeAudit(tx, act, {
          action: "limit.lifted",
          subject: `limit:${subject.limit}`,
          before: { email: subject.email && maskEmail(subject.email), ip_address: subject.ip_address },
          after: { rows: count, reason },
        });
        return count;
      });
      // An early "no" only repeats what the database said; what it forgets is asked again.
      await earlyRefusal.forgetAll();
      return rows;
    },
  };
}
