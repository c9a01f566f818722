/** A limit on sending (CONTRACT §2), named as in `RateLimit-Policy`. */
export type SendingLimit = "codes_per_minute" | "codes_per_day" | "codes_per_address" | "codes_per_email";
/** A budget of wrong tries (CONTRACT §2). */
export type TriesBudget =
  | "tries_per_challenge"
  | "tries_per_pair"
  | "tries_per_email"
  | "tries_from_elsewhere";

export type Refusal<Limit extends string> = {
  readonly kind: "refused";
  readonly limit: Limit;
  readonly retrySeconds: number;
  /** Where asking again doubles the wait: when that ends. */
  readonly doublesForSeconds?: number;
};

export interface SendingLimits {
  readonly codesPerMinute: number;
  readonly windowSeconds: number;
  readonly codesPerDay: number;
  readonly windowHours: number;
  readonly codesPerAddressPerDay: number;
  readonly codesPerEmailPerDay: number;
}

/** Of the daily limit per e-mail, this many are kept for known addresses and devices. */
const KEPT_FOR_KNOWN = 5;

/** What everybody may use of it. */
export const openCodesPerEmail = ({ codesPerEmailPerDay }: SendingLimits): number =>
  Math.max(1, codesPerEmailPerDay - KEPT_FOR_KNOWN);
