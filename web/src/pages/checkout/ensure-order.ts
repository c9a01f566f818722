import type { Schemas, Tribi } from "@tribi/client";
import { makeIdempotencyKey } from "@tribi/client";

export interface Wanted {
  readonly personId: number;
  readonly planId: number;
  readonly currency: string;
  /** The eSIM that data is added to; null for a new eSIM. */
  readonly esimId: number | null;
}

export type PlacedOrder = Schemas["Order"];

/** A key is no secret: with it the same person finds the same order again, in any tab and after any reload. */
const nameOf = ({ personId, planId, currency, esimId }: Wanted): string =>
  `tribi-order ${personId} ${planId} ${currency}${esimId === null ? "" : ` ${esimId}`}`;

/**
 * The order of this person for this plan: the one that was begun, or a new one. Two tabs, a reload and a double click
 * find the same order, because its key is stored before the first request.
 */
export function ensureOrder(tribi: Tribi, wanted: Wanted): Promise<PlacedOrder> {
  return oneAtATime(nameOf(wanted), async () => {
    const key = localStorage.getItem(nameOf(wanted)) ?? makeIdempotencyKey();
    localStorage.setItem(nameOf(wanted), key);
    const body = { plan_id: wanted.planId, currency: wanted.currency };
    return wanted.esimId === null
      ? tribi.orders.create(body, { idempotencyKey: key })
      : tribi.esims.orderTopUp(wanted.esimId, body, { idempotencyKey: key });
  });
}

/** The next order for this plan is a new one. */
export function forgetOrder(wanted: Wanted): void {
  localStorage.removeItem(nameOf(wanted));
}

interface Locks {
  request<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

function oneAtATime<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  const { locks } = navigator as { locks?: Locks };
  return locks === undefined ? work() : locks.request(name, work);
}
