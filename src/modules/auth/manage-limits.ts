import type { Db, Queryable } from "../../db/database.js";
import type { EarlyRefusal } from "../../providers/early-refusal/port.js";
import {
  type BusyAddress,
  findBusiestAddresses,
  findLimited,
  LIMIT_NAMES,
  type Limited,
  type LimitName,
  liftLimit,
} from "./limit-store.js";
import type { SendingLimits } from "./sending-limits.js";

export type { LimitName };

export interface ManageLimitsDeps {
  readonly db: Db;
  readonly limits: SendingLimits;
  readonly earlyRefusal: EarlyRefusal;
}

export type ManageLimits = ReturnType<typeof makeManageLimits>;

/** For operators: who is limited, by what, since and until when; and taking a limit away. */
export function makeManageLimits({ db, limits, earlyRefusal }: ManageLimitsDeps) {
  return {
    limitNames: LIMIT_NAMES,

    /** Those who are refused now, the longest first; at most 1,000. */
    listLimited: (): Promise<readonly Limited[]> => findLimited(db, limits),

    /** Client addresses of the last 24 hours by codes and wrong tries together. */
    listBusiestAddresses: (limit = 50): Promise<readonly BusyAddress[]> => findBusiestAddresses(db, limit),

    /**
     * Lifts one limit of one subject, named as in the list. Inside the caller's transaction, which also writes the
     * audit row; call `forgetEarlyRefusals` after the commit. Answers how many rows no longer count.
     */
    lift: (
      tx: Queryable,
      subject: {
        readonly limit: LimitName;
        readonly email: string | null;
        readonly ip_address: string | null;
      },
    ): Promise<number> =>
      liftLimit(tx, { limit: subject.limit, email: subject.email, network: subject.ip_address }),

    forgetEarlyRefusals: (): Promise<void> => earlyRefusal.forgetAll(),
  };
}
