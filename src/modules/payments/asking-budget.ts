import { limitedError } from "../../http/rate-limit.js";

const ASKS_MAX = 20;
const WINDOW_MILLIS = 60_000;
/** Orders that this process remembers; the one that was asked about longest ago is forgotten first. */
const ORDERS_MAX = 10_000;

/**
 * How often a person may have the payment provider asked how an order stands: a client that asks in a loop would use
 * up the rate that the whole shop has there. Counted by each process for itself, since only the burst matters.
 * Throws `rate_limited`.
 */
export function makeAskingBudget(monotonicMillis = () => performance.now()) {
  const askedAt = new Map<number, readonly number[]>();
  return (orderId: number): void => {
    const now = monotonicMillis();
    const recent = (askedAt.get(orderId) ?? []).filter((at) => at > now - WINDOW_MILLIS);
    const [first] = recent;
    if (first !== undefined && recent.length >= ASKS_MAX) {
      const retrySeconds = Math.max(1, Math.ceil((first + WINDOW_MILLIS - now) / 1000));
      throw limitedError(
        "rate_limited",
        { name: "asks_per_minute", quota: ASKS_MAX, windowSeconds: WINDOW_MILLIS / 1000, retrySeconds },
        "This order is not paid yet, and the payment provider was asked about it many times.",
      );
    }
    askedAt.delete(orderId);
    askedAt.set(orderId, [...recent, now]);
    const [oldest] = askedAt.keys();
    if (askedAt.size > ORDERS_MAX && oldest !== undefined) askedAt.delete(oldest);
  };
}
