import type { Attempt } from "./choose-supplier.js";

/** How long an open attempt is asked about before an operator hears of it; requirements R61 allow 15 minutes. */
const PATIENCE_MILLIS = 12 * 60_000;
const DOUBLINGS_MAX = 5;

export const isOutOfPatience = (attempt: Attempt): boolean => attempt.ageMillis > PATIENCE_MILLIS;

/** 1, 2, 4 … 32 times the pace; a supplier's own word wins when it is longer. */
export function pauseMillis(tries: number, paceMillis: number, supplierSeconds: number | null): number {
  const own = paceMillis * 2 ** Math.min(tries, DOUBLINGS_MAX);
  return Math.max(own, (supplierSeconds ?? 0) * 1000);
}

/** Nothing decides before the supplier's own settling time is over: the request may still be under way. */
export function settlesInMillis(attempt: Attempt, settleSeconds: number): number {
  return Math.max(0, settleSeconds * 1000 - attempt.ageMillis);
}
