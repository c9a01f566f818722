import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db } from "../../../db/database.js";
import type { RefusedFile, RefusedRow } from "../../../kernel/csv/csv-refusal.js";
import { type CsvFile, readCsv } from "../../../kernel/csv/read-csv.js";
import { isCurrencyCode } from "../../../kernel/money.js";
import {
  decimalText,
  divide,
  isLess,
  largest,
  type Rational,
  rational,
  rationalOf,
} from "../../../kernel/rational.js";
import { trimEndOf } from "../../../kernel/trim-end.js";
import { daysBetween, type RateLimits, type StoredRate } from "./rate-book.js";
import { forgetOtherBases, lockRates, readRates, writeRates } from "./rate-store.js";

export interface ImportRatesCommand {
  readonly bytes: Uint8Array;
  readonly act: Act;
  /** Takes rates that are further from those that are here than RATES_MAX_JUMP_PERCENT. */
  readonly acceptsJump: boolean;
}

export type ImportRatesReport =
  | RefusedFile
  | { readonly kind: "imported"; readonly rates: number; readonly changed: number }
  /** Rates are taken together or not at all. */
  | { readonly kind: "refused_rows"; readonly refused: readonly RefusedRow[] };

interface ReadRate extends StoredRate {
  readonly line: number;
  readonly value: Rational;
}

export type ImportRates = (command: ImportRatesCommand) => Promise<ImportRatesReport>;

/** Brings exchange rates in: each is checked by itself and against the one that is here, and one fault refuses all. */
export function makeImportRates({
  db,
  limits,
}: {
  readonly db: Db;
  readonly limits: RateLimits;
}): ImportRates {
  return async (command) => {
    const file = await readCsv(command.bytes, {
      required: ["base", "currency", "rate", "date"],
      optional: [],
      mayEndEarly: false,
      isSecret: false,
    });
    if (file.kind === "refused_file") return file;
    if (file.rowCount === 0)
      return { kind: "refused_file", line: file.headerLine, reason: "The file holds no rate." };
    return db.transaction(async (tx): Promise<ImportRatesReport> => {
      await lockRates(tx);
      const { rates: known, today } = await readRates(tx);
      const refused: RefusedRow[] = [...file.refused];
      const rates = readRows(file, today, limits, refused);
      const before = inBaseOf(known, rates[0]?.base);
      refused.push(...baseProblems(rates, known, before));
      for (const rate of rates) refused.push(...jumpProblems(rate, before, limits, command.acceptsJump));
      if (refused.length > 0)
        return { kind: "refused_rows", refused: refused.sort((a, b) => a.line - b.line) };
      const rows = rates.map(({ currency, base, rate, as_of }) => ({ currency, base, rate, as_of }));
      await forgetOtherBases(tx, rows[0]?.base ?? "");
      const changed = await writeRates(tx, rows);
      const after = { rates: rows.length, changed, acceptsJump: command.acceptsJump };
      if (changed > 0)
        await writeAudit(tx, command.act, { action: "rates.imported", subject: "rates", after });
      return { kind: "imported", rates: rows.length, changed };
    });
  };
}

function readRows(file: CsvFile, today: string, limits: RateLimits, refused: RefusedRow[]): ReadRate[] {
  const rates: ReadRate[] = [];
  for (const { line, cell } of file.rows) {
    const text = (name: string): string => cell(name).trim();
    const [base, currency] = [text("base").toUpperCase(), text("currency").toUpperCase()];
    const value = rationalOf(text("rate"));
    const refuse = (column: string, reason: string): void => void refused.push({ line, column, reason });
    const age = ageProblem(text("date"), today, limits);
    if (!isCurrencyCode(base)) refuse("base", "is no currency of ISO 4217");
    else if (rates.some((other) => other.base !== base))
      refuse("base", "differs from that of an earlier line");
    else if (!isCurrencyCode(currency)) refuse("currency", "is no currency of ISO 4217");
    else if (currency === base) refuse("currency", "is the base itself");
    else if (rates.some((other) => other.currency === currency))
      refuse("currency", "is in an earlier line already");
    else if (value === undefined || !/^\d{1,11}(\.\d{1,12})?$/.test(text("rate"))) {
      refuse("rate", "is no positive decimal with at most 12 decimals, such as 1.0837");
    } else if (value.numerator === 0n) refuse("rate", "is 0; leave the currency out instead");
    else if (age !== undefined) refuse("date", age);
    else rates.push({ line, base, currency, rate: text("rate"), as_of: text("date"), value });
  }
  return rates;
}

function ageProblem(date: string, today: string, { maxAgeDays }: RateLimits): string | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date) {
    return "is no date such as 2026-11-30";
  }
  const days = daysBetween(date, today);
  if (days < -1) return "is in the future";
  if (days > maxAgeDays) return `is ${days} days ago; RATES_MAX_AGE_DAYS allows ${maxAgeDays}`;
  return undefined;
}

interface KnownRate {
  readonly currency: string;
  readonly value: Rational;
  readonly as_of: string;
}

/** The rates that are here, of another base by their quotients; undefined where they have no rate of it. */
function inBaseOf(known: readonly StoredRate[], base: string | undefined): readonly KnownRate[] | undefined {
  const rates = known.map(({ currency, rate, as_of }) => ({
    currency,
    value: rationalOf(rate) ?? rational(1),
    as_of,
  }));
  const own = known[0]?.base;
  if (own === undefined || base === undefined || own === base) return rates;
  const via = rates.find(({ currency }) => currency === base);
  if (via === undefined) return undefined;
  return [...rates, { currency: own, value: rational(1), as_of: via.as_of }]
    .filter(({ currency }) => currency !== base)
    .map(({ currency, value, as_of }) => ({
      currency,
      value: divide(value, via.value),
      as_of: [as_of, via.as_of].sort()[0] ?? as_of,
    }));
}

/** A file of another base takes the place of all that is here, so it has to know all of it. */
function baseProblems(
  rates: readonly ReadRate[],
  known: readonly StoredRate[],
  before: readonly KnownRate[] | undefined,
): RefusedRow[] {
  const [first] = rates;
  const own = known[0]?.base;
  if (first === undefined || own === undefined || own === first.base) return [];
  const missing =
    before === undefined
      ? [first.base]
      : before
          .map(({ currency }) => currency)
          .filter((code) => !rates.some((rate) => rate.currency === code));
  if (missing.length === 0) return [];
  const why =
    before === undefined
      ? `and there is no rate of ${first.base} to compare with; import one with the base ${own} first`
      : `and a file of another base must have every currency that is here: ${missing.join(", ")} is missing`;
  return [
    {
      line: first.line,
      column: "base",
      reason: `is not ${own}, the base of the rates that are here, ${why}`,
    },
  ];
}

function jumpProblems(
  rate: ReadRate,
  known: readonly KnownRate[] | undefined,
  { maxJumpPercent }: RateLimits,
  acceptsJump: boolean,
): RefusedRow[] {
  const { line } = rate;
  const before = known?.find(({ currency }) => currency === rate.currency);
  if (before === undefined) return [];
  if (rate.as_of < before.as_of) {
    return [{ line, column: "date", reason: `is before ${before.as_of}, the date of the rate that is here` }];
  }
  const old = before.value;
  const factor = largest(divide(rate.value, old), divide(old, rate.value));
  if (acceptsJump || !isLess(rational(100 + maxJumpPercent, 100), factor)) return [];
  const here = trimEndOf(trimEndOf(decimalText(old, 12), "0"), ".");
  const reason = `is more than ${maxJumpPercent} % from ${here}, the rate of ${before.as_of}; if it is right, import with --accept-jump`;
  return [{ line, column: "rate", reason }];
}
