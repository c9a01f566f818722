import { type Queryable, statement, type Tx } from "../../db/database.js";
import type { Language } from "../../kernel/language.js";

/** Wrong codes of one person, whichever sessions they come from. A right code gives back its own try and no other. */
export const TRIES = { perQuarter: 5, perDay: 20 } as const;
const QUARTER_SECONDS = 15 * 60;
const DAY_SECONDS = 24 * 3600;

const DAY = "interval '24 hours'";
const OF_DAY = `array(select t from unnest(tries) t where t > now() - ${DAY})`;
const COUNT = (since: string): string => `(select count(*) from unnest(tries) t where t > now() - ${since})`;

/**
 * A try is spent before anything is compared, in the write that hands out what to compare with: however many ask at
 * once, on however many processes, no more than the budget are compared.
 */
const SPEND = statement(
  "access.spend_factor_try",
  `update operator_factors set tries = ${OF_DAY} || greatest(clock_timestamp(), tries[cardinality(tries)] + interval '1 microsecond')
   where user_id = $1 and ${COUNT("interval '15 minutes'")} < ${TRIES.perQuarter} and ${COUNT(DAY)} < ${TRIES.perDay}
   returning sealed_secret, extract(epoch from now())::float8 as now_seconds, tries[cardinality(tries)]::text as tried_at`,
);
const WAIT = statement(
  "access.factor_wait",
  `select greatest(
     (select extract(epoch from t - now()) + ${QUARTER_SECONDS} from unnest(tries) t where t > now() - interval '15 minutes'
      order by t desc offset ${TRIES.perQuarter - 1} limit 1),
     (select extract(epoch from t - now()) + ${DAY_SECONDS} from unnest(tries) t where t > now() - ${DAY}
      order by t desc offset ${TRIES.perDay - 1} limit 1), 1)::float8 as seconds
   from operator_factors where user_id = $1`,
);

export interface SpentTry {
  readonly sealed_secret: Buffer;
  /** The database's time. */
  readonly now_seconds: number;
  /** Names the try; with all its digits. */
  readonly tried_at: string;
}

/** Undefined when the budget is used up, or there is no second factor. */
export const spendTry = async (db: Queryable, userId: number): Promise<SpentTry | undefined> =>
  (await db.run<SpentTry>(SPEND, [userId])).rows[0];

/** How long until a try is there again; undefined without a second factor. */
export const secondsUntilTry = async (db: Queryable, userId: number): Promise<number | undefined> =>
  (await db.run<{ seconds: number }>(WAIT, [userId])).rows[0]?.seconds;

/** The guard is the step: of two requests with one code one takes it, and an older code is taken no more. */
const TAKE_CODE = statement(
  "access.take_factor_code",
  `update operator_factors set last_step = $2, tries = array_remove(tries, $3::timestamptz)
   where user_id = $1 and last_step < $2`,
);
export const takeCodeIfNewer = async (
  tx: Tx,
  userId: number,
  code: { readonly step: number; readonly triedAt: string },
): Promise<boolean> => (await tx.run(TAKE_CODE, [userId, code.step, code.triedAt])).count === 1;

const TAKE_RECOVERY = statement(
  "access.take_recovery_code",
  `with taken as (
     update operator_recovery_codes set used_at = now()
     where user_id = $1 and code_hash = $2 and used_at is null returning user_id
   ), given_back as (
     update operator_factors f set tries = array_remove(f.tries, $3::timestamptz)
     from taken where f.user_id = taken.user_id
   )
   select (select count(*) from operator_recovery_codes c where c.user_id = taken.user_id and c.used_at is null)::integer - 1
     as codes_left
   from taken`,
);
/** Undefined when it is none, or used. */
export const takeRecoveryCodeIfUnused = async (
  tx: Tx,
  userId: number,
  code: { readonly hash: Buffer; readonly triedAt: string },
): Promise<{ readonly codes_left: number } | undefined> =>
  (await tx.run<{ codes_left: number }>(TAKE_RECOVERY, [userId, code.hash, code.triedAt])).rows[0];

/** The person's latest offer alone counts. Without a second factor it takes a sign-in of a moment ago. */
const OFFER = statement(
  "access.offer_factor",
  `insert into operator_factor_offers (user_id, session_id, sealed_secret, expires_at)
   select s.user_id, s.id, $3, now() + interval '15 minutes' from sessions s
   where s.sid = $1 and s.user_id = $2
     and (s.created_at > now() - $4 * interval '1 minute' or exists (select from operator_factors f where f.user_id = $2))
   on conflict (user_id) do update set session_id = excluded.session_id, sealed_secret = excluded.sealed_secret,
     expires_at = excluded.expires_at
   returning expires_at`,
);
export const offerFactor = async (
  db: Queryable,
  of: { readonly sid: string; readonly userId: number },
  sealedSecret: Buffer,
  recentMinutes: number,
): Promise<{ readonly expires_at: string } | undefined> =>
  (await db.run<{ expires_at: string }>(OFFER, [of.sid, of.userId, sealedSecret, recentMinutes])).rows[0];

const FORGET_OFFERS = statement(
  "access.forget_factor_offers",
  "delete from operator_factor_offers where expires_at < now()",
);
export async function forgetOldOffers(db: Queryable): Promise<void> {
  await db.run(FORGET_OFFERS);
}

const LOCK_OFFER = statement(
  "access.lock_factor_offer",
  `select o.sealed_secret, extract(epoch from now())::float8 as now_seconds
   from operator_factor_offers o join sessions s on s.id = o.session_id
   where o.user_id = $1 and s.sid = $2 and o.expires_at > now() for update of o`,
);
export const lockOffer = async (
  tx: Tx,
  of: { readonly sid: string; readonly userId: number },
): Promise<Omit<SpentTry, "tried_at"> | undefined> =>
  (await tx.run<Omit<SpentTry, "tried_at">>(LOCK_OFFER, [of.userId, of.sid])).rows[0];

const SET = statement(
  "access.set_factor",
  `with gone as (delete from operator_factor_offers where user_id = $1),
     former as (delete from operator_recovery_codes where user_id = $1)
   insert into operator_factors (user_id, sealed_secret, last_step, language) values ($1, $2, $3, $4)
   on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, last_step = excluded.last_step,
     language = excluded.language, created_at = now()`,
);
const ADD_RECOVERY = statement(
  "access.add_recovery_codes",
  "insert into operator_recovery_codes (user_id, code_hash) select $1, h from unnest($2::bytea[]) h",
);
export async function setFactor(
  tx: Tx,
  userId: number,
  factor: {
    readonly sealedSecret: Buffer;
    /** Of the code that confirmed it, which is used up. */
    readonly step: number;
    readonly language: Language | null;
    readonly recoveryHashes: readonly Buffer[];
  },
): Promise<void> {
  await tx.run(SET, [userId, factor.sealedSecret, factor.step, factor.language]);
  await tx.run(ADD_RECOVERY, [userId, factor.recoveryHashes]);
}

const RESET = statement(
  "access.reset_factor",
  `with offer as (delete from operator_factor_offers where user_id = $1)
   delete from operator_factors where user_id = $1 returning language`,
);
/** Undefined when there was none. */
export const resetFactor = async (
  tx: Tx,
  userId: number,
): Promise<{ readonly language: string | null } | undefined> =>
  (await tx.run<{ language: string | null }>(RESET, [userId])).rows[0];

const LIST_SEALED = statement(
  "access.list_sealed_factors",
  "select user_id, sealed_secret from operator_factors where user_id > $1 order by user_id limit $2",
);
/** The guard is the ciphertext that was read: a factor that was set anew meanwhile stays. */
const RESEAL = statement(
  "access.reseal_factor",
  "update operator_factors set sealed_secret = $3 where user_id = $1 and sealed_secret = $2",
);
const PAGE_ROWS = 100;

/** Seals every secret anew; answers how many. An offer lives minutes and is left to its key. */
export async function resealFactors(
  db: Queryable,
  reseal: (userId: number, sealed: Buffer) => Buffer,
): Promise<number> {
  let resealed = 0;
  for (let after = 0; ; ) {
    const { rows } = await db.run<{ user_id: number; sealed_secret: Buffer }>(LIST_SEALED, [
      after,
      PAGE_ROWS,
    ]);
    for (const { user_id: userId, sealed_secret: sealed } of rows) {
      resealed += (await db.run(RESEAL, [userId, sealed, reseal(userId, sealed)])).count;
      after = userId;
    }
    if (rows.length < PAGE_ROWS) return resealed;
  }
}

const SHOW = statement(
  "access.show_factor",
  `select f.created_at, (select count(*) from operator_recovery_codes c where c.user_id = f.user_id and c.used_at is null)::integer
     as recovery_codes_left
   from operator_factors f where f.user_id = $1`,
);
export interface FactorRow {
  readonly created_at: string;
  readonly recovery_codes_left: number;
}
export const findFactor = async (db: Queryable, userId: number): Promise<FactorRow | undefined> =>
  (await db.run<FactorRow>(SHOW, [userId])).rows[0];
