import type { Db } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { Events } from "../../telemetry/events.js";
import type { TopUpOrderView } from "./order-read-model.js";
import type { OrderCaps } from "./order-store.js";
import {
  newOrderOf,
  type Placement,
  type PlaceOrder,
  placementOf,
  ROUNDS_MAX,
  stillPlacing,
  tooManyOrders,
} from "./place-order.js";
import type { NewTopUpOrder, PlacedTopUpOrder, TopUpOrderStore, WhyNoTopUp } from "./top-up-order-store.js";

export interface OrderTopUp extends PlaceOrder {
  readonly esimId: number;
}

/** Orders more data for an eSIM, or finds the order that this user made with this key: placeOrder's rules. */
export function makeOrderTopUp(deps: {
  db: Db;
  store: TopUpOrderStore;
  events: Events;
  ttlMinutes: () => number | Promise<number>;
  caps: OrderCaps;
}) {
  return async function orderTopUp(command: OrderTopUp): Promise<Placement<TopUpOrderView>> {
    const ttlMinutes = await deps.ttlMinutes();
    const order: NewTopUpOrder = { ...newOrderOf(command, ttlMinutes), esimId: command.esimId };
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      const placed = await deps.store.placeOrFindTopUp(deps.db, order);
      if (placed !== undefined) return placementOf(deps.events, asReplay(placed, order), command.idempotent);
      const reason = await deps.store.whyNoTopUp(deps.db, order);
      if (reason.why === "placed_meanwhile") continue;
      deps.events.orderRefused({ reason: reasonOf(reason) });
      if (reason.why === "cap") throw tooManyOrders(reason.cap, deps.caps);
      throw refusalOf(reason, order.currency);
    }
    throw stillPlacing();
  };
}

/** The eSIM stands in the path, which the fingerprint does not cover: a key of another eSIM is a reused key. */
function asReplay(placed: PlacedTopUpOrder, order: NewTopUpOrder): PlacedTopUpOrder {
  return placed.top_up_of_profile_id === order.esimId ? placed : { ...placed, request_fingerprint: null };
}

function reasonOf(reason: WhyNoTopUp): string {
  if (reason.why === "cap") return reason.cap.refused_by;
  return reason.why === "esim" ? reason.problem : reason.why;
}

function refusalOf(reason: Exclude<WhyNoTopUp, { why: "cap" }>, currency: string): AppError {
  switch (reason.why) {
    case "person_gone":
      return new AppError("invalid_credentials", "Invalid token");
    case "esim_unknown":
      return new AppError("not_found", "eSIM not found");
    case "plan_unknown":
      return new AppError("not_found", "Plan not found");
    case "currency_not_offered":
      return new AppError(
        "currency_not_offered",
        `This plan has no price in ${currency}. Choose a currency of the plan's list.`,
      );
    case "esim":
      return new AppError("top_up_not_possible", reason.words);
    case "not_addable":
      return new AppError(
        "top_up_not_possible",
        "This plan cannot be added to this eSIM. GET /esims/{id}/top-ups lists what can.",
      );
    case "not_now":
    case "placed_meanwhile":
      return new AppError("out_of_stock", "This plan cannot be added right now. Choose another one.");
  }
}
