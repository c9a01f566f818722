import { type Db, statement, type Tx } from "../../db/database.js";
import type { Events } from "../../telemetry/events.js";
import { defineJob } from "../jobs/jobs.module.js";
import { closeUnpaidOrdersOf } from "./order-store.js";

/** Ends an unpaid order at the provider first and then here; see modules/payments/release-unpaid.ts. */
export type ReleaseUnpaid = (
  orderId: number,
  reason: "expired" | "person_gone",
) => Promise<"released" | "paid" | "processing" | "unknown">;

/** Order ids, by what became of each. */
export interface ReleasedOrders {
  readonly released: readonly number[];
  /** The payer was faster. */
  readonly paid: readonly number[];
  /** The money is on its way, or the provider did not answer: the job and the sweep of expired orders ask again. */
  readonly waiting: readonly number[];
}

export type ReleaseOrdersOfPerson = (userId: number) => Promise<ReleasedOrders>;

/**
 * Ends every unpaid order of a person who leaves or is locked out, each with its intent cancelled at the provider
 * first. Safe to repeat. Money that comes all the same is surplus (payment-effects.ts).
 */
export function makeReleaseOrdersOfPerson(deps: {
  db: Db;
  releaseUnpaid: ReleaseUnpaid;
  events: Events;
}): ReleaseOrdersOfPerson {
  return async (userId) => {
    const released: number[] = [];
    const paid: number[] = [];
    const waiting: number[] = [];
    for (const orderId of await closeUnpaidOrdersOf(deps.db, userId)) {
      const outcome = await deps.releaseUnpaid(orderId, "person_gone");
      if (outcome === "released") {
        released.push(orderId);
        deps.events.orderExpired({}, { order_id: orderId });
      } else (outcome === "paid" ? paid : waiting).push(orderId);
    }
    return { released, paid, waiting };
  };
}

/** Ends the unpaid orders of a person who was deleted or disabled. */
export const RELEASE_ORDERS_OF_PERSON = defineJob({
  task: "release_orders_of_person",
  payload: { user_id: "id" },
  key: ["release-person", "user_id"],
});

const ENQUEUE = statement(
  "orders.enqueue_release_of_person",
  `select ${RELEASE_ORDERS_OF_PERSON.enqueue({ user_id: "$1::bigint" })}`,
);

/** In the transaction that deletes or disables the person: their unpaid orders end even if this process does. */
export async function enqueueReleaseOfPerson(tx: Tx, userId: number): Promise<void> {
  await tx.run(ENQUEUE, [userId]);
}
