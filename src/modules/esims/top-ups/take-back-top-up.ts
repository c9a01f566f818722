import { type Db, statement } from "../../../db/database.js";
import type { Events } from "../../../telemetry/events.js";
import type { TakenBack } from "../life/take-back-esim.js";
import type { BringOn } from "../purchase/purchase.js";
import { SETTLE_SURPLUS_TOP_UP } from "../purchase/purchase-jobs.js";
import { makeSettleSurplus, type SurplusDeps } from "../purchase/settle-surplus.js";
import { TOP_UP_WARES } from "../purchase/subjects/top-up.js";
import type { TopUpState } from "./top-up-state.js";

export interface TakeBackTopUpDeps {
  readonly db: Db;
  readonly topUpEsim: BringOn;
  readonly events: Events;
}

/** Undefined: the order is not a top-up. */
export type TakeBackTopUp = (
  orderId: number,
  options: { acceptLoss: boolean },
) => Promise<TakenBack | undefined>;

const REQUEST = statement(
  "top_ups.request_take_back",
  `update top_ups t set take_back_requested_at = coalesce(t.take_back_requested_at, now())
   where t.order_id = $1 returning t.id, t.status`,
);
const READ = statement("top_ups.read_take_back", "select id, status from top_ups where order_id = $1");

/** The money is gone and the data are there: a loss that an operator has to see. */
const PARK_REFUNDED = statement(
  "top_ups.park_refunded",
  `update top_ups t set parked_at = coalesce(t.parked_at, now()), parked_reason = 'refunded_top_up_live'
   from orders o where t.order_id = $1 and o.id = t.order_id and o.status = 'refunded' and t.status = 'done'`,
);

const ACCEPT_LOSS = statement(
  "top_ups.accept_loss",
  `update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss', parked_at = null,
     parked_reason = null
   where order_id = $1 and status = 'done' returning id`,
);

const GIVE_UP_PENDING = statement(
  "top_ups.give_up_pending",
  `with cancelled as (
     update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss',
       parked_at = null, parked_reason = null
     where order_id = $1 and status = 'pending'
     returning id
   ), attempt as (
     update provisioning_attempts a set status = 'surplus' from cancelled
     where a.top_up_id = cancelled.id and a.status in ('intended', 'unknown', 'accepted', 'parked')
     returning a.id
   )
   select ${SETTLE_SURPLUS_TOP_UP.enqueue({ attempt_id: "id" })} from attempt`,
);

/**
 * Before the money of a top-up goes back. Nobody takes delivered data back, so that is refunded as a loss only;
 * without an answer yet it is waited for, since it may be delivered.
 */
export function makeTakeBackTopUp(deps: TakeBackTopUpDeps): TakeBackTopUp {
  return async (orderId, { acceptLoss }) => {
    type Row = { readonly id: number; readonly status: TopUpState };
    let [row] = (await deps.db.run<Row>(REQUEST, [orderId])).rows;
    if (row?.status === "pending") {
      // The chain settles what is open, buys nothing more, and cancels the top-up.
      await deps.topUpEsim(orderId, { includesParked: true });
      [row] = (await deps.db.run<Row>(READ, [orderId])).rows;
    }
    switch (row?.status) {
      case undefined:
        return undefined;
      case "failed":
      case "cancelled":
        return "not_delivered";
      case "pending":
        if (!acceptLoss) return "unknown";
        await deps.db.run(GIVE_UP_PENDING, [orderId]);
        return "not_delivered";
      case "done":
        if (acceptLoss) {
          await deps.db.run(ACCEPT_LOSS, [orderId]);
          deps.events.topUpParked({ reason: "refunded_with_loss" }, { order_id: orderId });
        } else await deps.db.run(PARK_REFUNDED, [orderId]);
        return "cannot";
    }
  };
}

/** Refunded as a loss before its outcome was known: whether it was one is looked up, and booked. */
export const makeSettleSurplusTopUp = (deps: SurplusDeps) =>
  makeSettleSurplus(deps, {
    wares: TOP_UP_WARES,
    // Nobody takes data back that a repeated request would add.
    maySendAgain: false,
    takeBack: async () => "cannot",
    saysParked: (reason, ids) => deps.events.topUpParked({ reason }, ids),
  });
