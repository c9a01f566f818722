/** A limit on sending (docs/auth-and-orders.md), named as in `RateLimit-Policy`. */
export type SendingLimit =
  | "codes_per_minute"
  | "codes_per_day"
  | "codes_per_address"
  | "codes_per_network"
  | "codes_per_email"
  | "codes_overall";
/** A budget of wrong tries (docs/auth-and-orders.md). */
export type TriesBudget =
  | "tries_per_challenge"
  | "tries_per_pair"
  | "tries_per_email"
  | "tries_from_elsewhere"
  | "tried_emails_per_address"
  | "tries_overall";

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
  /** Of an IPv6 /48; IPv4 has no such layer. */
  readonly codesPerNetworkPerDay: number;
  readonly codesPerEmailPerDay: number;
  /** Over all e-mails and addresses. */
  readonly codesPerHour: number;
}

/** What may be tried wrongly; a budget of 999999 is off. */
export interface TryingLimits {
  /** For one challenge. */
  readonly attemptsMax: number;
  /** Different e-mails with wrong tries from one client address in 24 h; from an IPv6 /48 four times that. */
  readonly wrongEmailsPerAddress: number;
  /** Wrong tries over all e-mails and addresses. */
  readonly wrongTriesPerHour: number;
}

/** Of the daily limit per e-mail, this many are kept for known addresses and devices. */
const KEPT_FOR_KNOWN = 5;

/** What everybody may use of it. */
export const openCodesPerEmail = ({ codesPerEmailPerDay }: SendingLimits): number =>
  Math.max(1, codesPerEmailPerDay - KEPT_FOR_KNOWN);
