import { divide, multiply, type Rational, rational, roundedHalfEven } from "../../../kernel/rational.js";
import type { SupplierPackage } from "../../../providers/esim/package-port.js";
import { findIsoCountry, gbText } from "../../catalog/catalog.module.js";

/** What a traveller gets, whoever sells it: packages of one key become one plan. */
export interface Product {
  readonly key: string;
  /** ISO 3166-1 alpha-2, sorted. */
  readonly countries: readonly string[];
  /** Null is unlimited. */
  readonly thousandthsGb: number | null;
  readonly days: number;
  /** What is called unlimited is something else when it is slowed down or cut after a fair use. */
  readonly hasFairUseLimit: boolean;
}

export type Undecided =
  | "unknown_country"
  | "no_country"
  | "daily_allowance"
  | "needs_identity"
  | "voice_or_texts"
  | "odd_data"
  | "odd_days"
  | "unnamed_region"
  | "listed_twice"
  | "sold_by_hand";

/** A package as it is kept: JSON has no bigint. */
export interface KeptPackage extends Omit<SupplierPackage, "data" | "countryCodes"> {
  readonly data: { readonly bytes: string; readonly base: 1000 | 1024 } | null;
  readonly countryCodes: readonly string[];
}

export function keptPackage(one: SupplierPackage): KeptPackage {
  const { data, countryCodes, ...rest } = one;
  const codes = [...new Set(countryCodes.map((code) => code.toUpperCase()))].sort();
  return {
    ...rest,
    countryCodes: codes,
    data: data === null ? null : { bytes: data.bytes.toString(), base: data.base },
  };
}

const THOUSANDTHS_MAX = 100_000_000;

/**
 * The product of a package: same countries, data and days, with a limit of fair use or without. A gigabyte is what the supplier calls one (1000 or 1024 to
 * the power of three bytes), because that is what a traveller reads. What a plan cannot say is left to a person.
 */
export function productOf(
  one: KeptPackage,
): Product | { readonly undecided: Undecided; readonly why: string } {
  const undecided = (code: Undecided, why: string) => ({ undecided: code, why });
  if (one.countryCodes.length === 0) return undecided("no_country", "The supplier names no country.");
  const unknown = one.countryCodes.find((code) => findIsoCountry(code) === undefined);
  if (unknown !== undefined) return undecided("unknown_country", `${unknown} is no country of ISO 3166-1.`);
  if (one.isKycRequired) return undecided("needs_identity", "The supplier wants the traveller's identity.");
  if (one.hasVoiceOrTexts === true) {
    return undecided("voice_or_texts", "It has minutes or texts beside the data, which a plan cannot say.");
  }
  if (one.dataPeriod === "daily" && !one.isUnlimited) {
    return undecided("daily_allowance", "The data is an amount for each day, which a plan cannot say.");
  }
  if (!Number.isSafeInteger(one.durationDays) || one.durationDays < 1 || one.durationDays > 3_650) {
    return undecided("odd_days", `${one.durationDays} days are none that a plan can have.`);
  }
  const thousandthsGb = one.isUnlimited || one.data === null ? null : thousandthsOfData(one.data);
  if (!one.isUnlimited && (thousandthsGb === null || thousandthsGb < 1 || thousandthsGb > THOUSANDTHS_MAX)) {
    return undecided("odd_data", "The amount of data is none that a plan can have.");
  }
  const data = thousandthsGb === null ? "unlimited" : String(thousandthsGb);
  const hasFairUseLimit = one.hasFairUseLimit === true;
  return {
    key: `${one.countryCodes.join(",")}|${data}|${one.durationDays}${hasFairUseLimit ? "|fair use" : ""}`,
    countries: one.countryCodes,
    thousandthsGb,
    days: one.durationDays,
    hasFairUseLimit,
  };
}

function thousandthsOfData({ bytes, base }: { readonly bytes: string; readonly base: number }): number {
  const gigabytes: Rational = divide(rational(BigInt(bytes)), rational(BigInt(base) ** 3n));
  return Number(roundedHalfEven(multiply(gigabytes, rational(1_000))));
}

export function dataWords({ thousandthsGb, hasFairUseLimit }: Product): string {
  const data = thousandthsGb === null ? "unlimited" : `${gbText(thousandthsGb)} GB`;
  return hasFairUseLimit ? `${data} with fair use` : data;
}
