import { AppError, type FieldProblem } from "../../../kernel/errors.js";
import { isCurrencyCode } from "../../../kernel/money.js";
import { findIsoCountry } from "../country-names.js";
import type { Trip } from "./plan-trip.js";

/** Twelve countries are 4,096 combinations; more would be no trip but a catalogue. */
export const TRIP_COUNTRIES_MAX = 12;
export const TRIP_DAYS_MAX = 365;
export const TRIP_GB_MAX = 10_000;

export interface TripQuery {
  readonly countries: readonly string[];
  readonly days: number;
  readonly gb: number;
  readonly currency: string;
}

export interface AskedTrip extends Trip {
  readonly currency: string;
}

/** The trip that a query means; throws validation_failed with each member that means none. */
export function readTrip(query: TripQuery): AskedTrip {
  const errors: FieldProblem[] = [];
  const countries = [...new Set(query.countries.map((code) => code.toUpperCase()))];
  for (const [index, code] of query.countries.entries()) {
    if (findIsoCountry(code.toUpperCase()) === undefined) {
      errors.push({ pointer: `/query/country/${index}`, message: "is no country of ISO 3166-1 (ES, MA)" });
    }
  }
  const currency = query.currency.toUpperCase();
  if (!isCurrencyCode(currency))
    errors.push({ pointer: "/query/currency", message: "is no currency of ISO 4217" });
  const [first] = errors;
  if (first !== undefined) {
    throw new AppError("validation_failed", `${first.pointer} ${first.message}. Correct it and send again.`, {
      errors,
    });
  }
  return { countries, days: query.days, thousandthsGb: thousandthsOf(query.gb), currency };
}

/** Rounded up: 8.0001 GB are more than 8.000 GB. Through text, because 8.001 * 1000 is 8001.000000000001. */
export function thousandthsOf(gb: number): number {
  const [whole = "0", decimals = ""] = gb.toFixed(10).split(".");
  const thousandths = Number(whole) * 1_000 + Number(decimals.slice(0, 3));
  return /[1-9]/.test(decimals.slice(3)) ? thousandths + 1 : thousandths;
}

/** 8001 thousandths are "8.001". */
export const gbText = (thousandths: number): string => String(thousandths / 1_000);
