import { divide, type Rational, rational, rationalOf } from "../../../kernel/rational.js";

export interface StoredRate {
  readonly currency: string;
  /** 1 `base` is so many `currency`; a plain decimal. */
  readonly rate: string;
  readonly base: string;
  /** YYYY-MM-DD */
  readonly as_of: string;
}

export interface RateLimits {
  readonly maxAgeDays: number;
  readonly maxJumpPercent: number;
}

export type FoundRate =
  /** `asOf` is the older of the two dates; null where both are one currency. */
  | { readonly kind: "rate"; readonly rate: Rational; readonly asOf: string | null }
  | { readonly kind: "none"; readonly currency: string }
  | { readonly kind: "too_old"; readonly asOf: string; readonly days: number };

export interface RateBook {
  /** How many `to` one `from` is. */
  find(from: string, to: string): FoundRate;
}

const DAY_MILLIS = 86_400_000;

export const daysBetween = (earlier: string, later: string): number =>
  Math.round((Date.parse(`${later}T00:00:00Z`) - Date.parse(`${earlier}T00:00:00Z`)) / DAY_MILLIS);

/** The rates of one base; a rate between two other currencies is the exact quotient. `today` is YYYY-MM-DD in UTC. */
export function makeRateBook(rates: readonly StoredRate[], today: string, maxAgeDays: number): RateBook {
  const known = new Map<string, { rate: Rational; asOf: string | null }>();
  for (const { currency, rate, base, as_of: asOf } of rates) {
    const value = rationalOf(rate);
    known.set(base, { rate: rational(1), asOf: null });
    if (value !== undefined && value.numerator > 0n) known.set(currency, { rate: value, asOf });
  }
  return {
    find(from, to) {
      if (from === to) return { kind: "rate", rate: rational(1), asOf: null };
      const [a, b] = [known.get(from), known.get(to)];
      if (a === undefined) return { kind: "none", currency: from };
      if (b === undefined) return { kind: "none", currency: to };
      const [asOf = today] = [a.asOf, b.asOf].filter((date) => date !== null).sort();
      const days = daysBetween(asOf, today);
      if (days > maxAgeDays) return { kind: "too_old", asOf, days };
      return { kind: "rate", rate: divide(b.rate, a.rate), asOf };
    },
  };
}
