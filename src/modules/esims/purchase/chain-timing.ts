import type { Attempt } from "./choose-supplier.js";

/** How long an open attempt is asked about before an operator hears of it, who is to know within 15 minutes. */
const PATIENCE_MILLIS = 12 * 60_000;
/** After an outage of ours the age alone says nothing: the supplier has not been asked meanwhile. */
const LOOKUPS_MIN = 8;
const DOUBLINGS_MAX = 5;

export const isOutOfPatience = ({ ageMillis, lookups }: Attempt): boolean =>
  ageMillis > PATIENCE_MILLIS && lookups >= LOOKUPS_MIN;

/** How long a purchase waits for a price to be read: the younger the refusal the shorter; undefined: long enough. */
export function pauseForPriceMillis({ ageMillis }: Attempt, paceMillis: number): number | undefined {
  if (ageMillis > PATIENCE_MILLIS) return undefined;
  return Math.min(Math.max(ageMillis, paceMillis), paceMillis * 2 ** DOUBLINGS_MAX);
}

export interface Pause {
  readonly tries: number;
  readonly paceMillis: number;
  /** The supplier's own word, if it gave one. */
  readonly supplierSeconds?: number | null;
  /** Of a search: when finding nothing will say something; 0: it does already. */
  readonly settlesInMillis?: number;
}

/**
 * 1, 2, 4 … 32 times the pace, and not sooner than the supplier said. What is found decides at any time, so looking
 * begins early and grows rarer; one look comes when the settling time is over, since from then on "nothing" counts.
 */
export function pauseMillis({
  tries,
  paceMillis,
  supplierSeconds = null,
  settlesInMillis = 0,
}: Pause): number {
  const own = paceMillis * 2 ** Math.min(tries, DOUBLINGS_MAX);
  const look = settlesInMillis > 0 ? Math.min(own, settlesInMillis) : own;
  return Math.max(look, (supplierSeconds ?? 0) * 1000);
}

/**
 * Finding nothing decides nothing before the supplier's settling time is over, since the request may be under way:
 * "decide" says when all of its sendings have had that time, "repeat" when the first one has.
 */
export function settlesInMillis(attempt: Attempt, settleSeconds: number, to: "decide" | "repeat"): number {
  const passed = to === "decide" ? attempt.resettlingMillis : attempt.settlingMillis;
  return Math.max(0, settleSeconds * 1000 - passed);
}

/**
 * A purchase has just been sent: its first sending had no answer, or a repetition of it had one or none. Where an
 * earlier repetition had none, an answer to a later one leaves that one's time as it was.
 */
export type Sending =
  | "first_unanswered"
  | "again_unanswered"
  | { readonly kind: "again_answered"; readonly earlierUnansweredMillis: number | null };

/**
 * What an answer to a repetition is stored as. Of an earlier repetition nobody may know yet, and nothing is settled
 * before its time is over; that time runs on, however often the same request is sent and answered meanwhile.
 */
export function answeredAgain(
  attempt: Attempt,
  settleSeconds: number,
): { readonly isSettled: boolean; readonly sent: Sending } {
  const isSettled = settlesInMillis(attempt, settleSeconds, "decide") === 0;
  // Half of the time counts as passed: the end of its call is not known.
  const earlierUnansweredMillis = isSettled ? null : 2 * attempt.resettlingMillis;
  return { isSettled, sent: { kind: "again_answered", earlierUnansweredMillis } };
}
