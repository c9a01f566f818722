import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { StoredRate } from "./rate-book.js";

export interface RateRow extends StoredRate {
  readonly imported_at: string;
}

const LIST = statement(
  "supply.list_rates",
  `select r.currency, r.base, trim_scale(r.rate)::text as rate, r.as_of::text as as_of, r.imported_at,
     (now() at time zone 'utc')::date::text as today
   from exchange_rates r order by r.currency`,
);

const TODAY = statement("supply.today", "select (now() at time zone 'utc')::date::text as today");

/** All rates and the day it is by the database's clock. */
export async function readRates(
  db: Queryable,
): Promise<{ readonly rates: readonly RateRow[]; readonly today: string }> {
  const { rows } = await db.run<RateRow & { today: string }>(LIST);
  const today = rows[0]?.today ?? (await db.run<{ today: string }>(TODAY)).rows[0]?.today ?? "";
  return { today, rates: rows.map(({ today: _today, ...rate }) => rate) };
}

// Two imports at once take turns, so that each compares with what the other wrote.
const LOCK = statement("supply.lock_rates", "lock table exchange_rates in share row exclusive mode");

export async function lockRates(tx: Tx): Promise<void> {
  await tx.run(LOCK, []);
}

const FORGET = statement("supply.forget_other_bases", "delete from exchange_rates where base <> $1");

/** All rates have one base. */
export async function forgetOtherBases(tx: Tx, base: string): Promise<void> {
  await tx.run(FORGET, [base]);
}

const WRITE = statement(
  "supply.write_rates",
  `insert into exchange_rates as r (currency, base, rate, as_of)
   select currency, base, rate, as_of
   from jsonb_to_recordset($1::jsonb) as given (currency text, base text, rate numeric, as_of date)
   on conflict (currency) do update set
     base = excluded.base, rate = excluded.rate, as_of = excluded.as_of, imported_at = now()
   where (r.base, r.rate, r.as_of) is distinct from (excluded.base, excluded.rate, excluded.as_of)`,
);

/** Returns how many are new or changed. */
export async function writeRates(tx: Tx, rates: readonly StoredRate[]): Promise<number> {
  return (await tx.run(WRITE, [JSON.stringify(rates)])).count;
}
