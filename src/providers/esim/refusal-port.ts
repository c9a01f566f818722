/** Why a supplier said no. Part of port.ts. */

/** A definite no: nothing was bought. What the shop does about each is the table in docs/write-a-supplier.md. */
export const REFUSAL_REASONS = [
  /** The supplier has none left: next supplier, stop selling the plan from this one. */
  "out_of_stock",
  /** Our prepaid balance is too low: next supplier, else hold the order and page. */
  "no_funds",
  /** The package is unknown or no longer sold: next supplier, re-sync the catalogue. */
  "bad_package",
  /** The price is not the one we expected: re-sync, order again at the new cost if it is not above our price. */
  "price_changed",
  /** Our credentials, clock or address were refused, also after one renewal: alert; never the customer's fault. */
  "auth",
  /** Not now, and nothing happened: the same call may be repeated, not before `retryAfterSeconds`. */
  "retryable",
  /** The supplier does not know the order or eSIM that was asked about. */
  "not_found",
  /** The supplier has no such function (see capabilities). */
  "unsupported",
  /** Every other refusal: next supplier, else the profile fails and the money goes back. */
  "terminal",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** False: the refusal is about this moment or about our credentials, and another call may fare otherwise. */
export const isDefiniteNo = (reason: RefusalReason): boolean => reason !== "retryable" && reason !== "auth";
