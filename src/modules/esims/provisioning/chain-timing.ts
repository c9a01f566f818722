import type { Attempt } from "./choose-supplier.js";

/** How long an open attempt is asked about before an operator hears of it; requirements R61 allow 15 minutes. */
const PATIENCE_MILLIS = 12 * 60_000;
/** After an outage of ours the age alone says nothing: the supplier has not been asked meanwhile. */
const LOOKUPS_MIN = 8;
const DOUBLINGS_MAX = 5;

export const isOutOfPatience = ({ ageMillis, lookups }: Attempt): boolean =>
  ageMillis > PATIENCE_MILLIS && lookups >= LOOKUPS_MIN;

/** 1, 2, 4 … 32 times the pace; a supplier's own word wins when it is longer. */
export function pauseMillis(tries: number, paceMillis: number, supplierSeconds: number | null): number {
  const own = paceMillis * 2 ** Math.min(tries, DOUBLINGS_MAX);
  return Math.max(own, (supplierSeconds ?? 0) * 1000);
}

/**
 * The pause after a look-up that found nothing. What is found decides at any time, so looking begins early and grows
 * rarer; and one look comes when the settling time is over, since from then on "nothing" says something too.
 */
export function pauseOfSearchMillis(tries: number, paceMillis: number, settleMillis: number): number {
  const pause = pauseMillis(tries, paceMillis, null);
  return settleMillis > 0 ? Math.min(pause, settleMillis) : pause;
}

/** Finding nothing decides nothing before the supplier's settling time is over: the request may be under way. */
export function settlesInMillis(attempt: Attempt, settleSeconds: number): number {
  const { ageMillis, sinceCallMillis } = attempt;
  // A call may have taken several requests (a check, a new token), and the purchase was the last of them. Where its end
  // is not known, because the process died, as long again is allowed for it; no supplier sends later than that.
  const left =
    sinceCallMillis === null ? 2 * settleSeconds * 1000 - ageMillis : settleSeconds * 1000 - sinceCallMillis;
  return Math.max(0, left);
}
