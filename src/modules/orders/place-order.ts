import { randomBytes } from "node:crypto";
import { type Db, violatedConstraint } from "../../db/database.js";
import type { IdempotentRequest } from "../../http/idempotency-key.js";
import { limitedError } from "../../http/rate-limit.js";
import { AppError } from "../../kernel/errors.js";
import type { Language } from "../../kernel/language.js";
import type { Events } from "../../telemetry/events.js";
import { failpoint } from "../../telemetry/failpoints.js";
import { HOLDING_LIMIT_CONSTRAINTS } from "../esims/esims.module.js";
import type { KeysAtWork } from "./keys-at-work.js";
import type { OrderOfKey, OrderReads, OrderView } from "./order-read-model.js";
import type {
  CapReached,
  NewOrder,
  OrderCaps,
  OrderPlacingStore,
  PlacedOrder,
  WhyNotPlaced,
} from "./order-store.js";

export interface PlaceOrder {
  readonly userId: number;
  readonly planId: number;
  readonly currency: string;
  readonly idempotent: IdempotentRequest | null;
  /** What the buyer reads, for the mails about the order's eSIM. */
  readonly language: Language | null;
  /** Of the client, IPv6 as its /64. */
  readonly network: string | null;
}

export interface Placement<Order> {
  readonly order: Order;
  readonly wasReplayed: boolean;
}
export type OrderPlacement = Placement<OrderView>;

type KnownOrder = Pick<OrderOfKey, "id" | "currency" | "request_fingerprint">;

/** Rounds of "the winner's order is not visible yet"; each waits for the winner's commit, so one is enough in practice. */
export const ROUNDS_MAX = 5;
/** Without vowels and look-alikes, so that a reference can be read out and spells nothing. */
const REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ";

export interface PlaceOrderDeps {
  readonly db: Db;
  readonly store: OrderPlacingStore;
  readonly findOrderByKey: OrderReads["findOrderByKey"];
  readonly keys: KeysAtWork;
  readonly events: Events;
  /** How long it waits for its payment, asked for each order: operators change it. */
  readonly ttlMinutes: () => number | Promise<number>;
  readonly caps: OrderCaps;
}

/**
 * Makes an order, or finds the one that this user made with this key. Any number of simultaneous calls with one key
 * make one order and all get it. A retry mostly comes to the process that made the order: there it is found by a
 * small read instead of the large statement, which decides in every other case.
 */
export function makePlaceOrder(deps: PlaceOrderDeps) {
  return async function placeOrder(command: PlaceOrder): Promise<OrderPlacement> {
    const { userId, idempotent } = command;
    if (idempotent === null) return placeOrFind(deps, command);
    const name = `${userId} ${idempotent.key}`;
    if (await deps.keys.hasOrder(name)) {
      const known = await deps.findOrderByKey(userId, idempotent.key);
      if (known !== undefined) return replayOf(deps.events, known, idempotent);
    }
    return deps.keys.during(name, () => placeOrFind(deps, command));
  };
}

async function placeOrFind(deps: PlaceOrderDeps, command: PlaceOrder): Promise<OrderPlacement> {
  const order = newOrderOf(command, await deps.ttlMinutes());
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const placed = await placeUnlessHoldingTooMuch(deps.store, deps.db, order);
    if (placed === "holding_limit") {
      deps.events.orderRefused({ reason: placed });
      throw refusalOf(placed, order.currency);
    }
    if (placed !== undefined) return placementOf(deps.events, placed, command.idempotent);
    const reason = await deps.store.whyNotPlaced(deps.db, order);
    if (reason === "placed_meanwhile") continue;
    if (typeof reason === "object") {
      deps.events.orderRefused({ reason: reason.refused_by });
      throw tooManyOrders(reason, deps.caps);
    }
    deps.events.orderRefused({ reason });
    throw refusalOf(reason, order.currency);
  }
  throw stillPlacing();
}

export const newOrderOf = (command: PlaceOrder, ttlMinutes: number): NewOrder => ({
  reference: makeReference(),
  userId: command.userId,
  planId: command.planId,
  currency: command.currency,
  idempotencyKey: command.idempotent?.key ?? null,
  fingerprint: command.idempotent?.fingerprint ?? null,
  ttlMinutes,
  language: command.language,
  network: command.network,
});

export const stillPlacing = (): AppError =>
  new AppError(
    "overloaded",
    "The order could not be made right now. Send it again with the same Idempotency-Key.",
  );

/** 429, with the wait after which one more is taken. */
export function tooManyOrders({ refused_by: name, retry_seconds }: CapReached, caps: OrderCaps): AppError {
  const quota = name === "orders_open" ? caps.openMax : caps.perHourMax;
  return limitedError("too_many_orders", {
    name,
    quota,
    windowSeconds: name === "orders_open" ? retry_seconds : 3600,
    retrySeconds: retry_seconds,
  });
}

/** Few unpaid orders of a user hold stock, so that one person cannot keep a plan from all others. */
async function placeUnlessHoldingTooMuch(
  store: OrderPlacingStore,
  db: Db,
  order: NewOrder,
): Promise<PlacedOrder | "holding_limit" | undefined> {
  try {
    return await store.placeOrFindOrder(db, order);
  } catch (error) {
    const violated: string | undefined = violatedConstraint(error);
    if (HOLDING_LIMIT_CONSTRAINTS.some((one) => one === violated)) return "holding_limit";
    throw error;
  }
}

/** What is answered for an order that was made now, or found by its key. */
export async function placementOf<Placed extends KnownOrder & Pick<PlacedOrder, "was_known">>(
  events: Events,
  placed: Placed,
  idempotent: IdempotentRequest | null,
): Promise<Placement<Placed>> {
  if (!placed.was_known) {
    await failpoint("s5.after_commit_before_reply");
    events.orderPlaced({ currency: placed.currency }, { order_id: placed.id });
    return { order: placed, wasReplayed: false };
  }
  return replayOf(events, placed, idempotent);
}

function replayOf<Known extends KnownOrder>(
  events: Events,
  known: Known,
  idempotent: IdempotentRequest | null,
): Placement<Known> {
  if (idempotent === null || known.request_fingerprint?.equals(idempotent.fingerprint) !== true) {
    events.orderRefused({ reason: "idempotency_key_reused" });
    throw new AppError(
      "idempotency_key_reused",
      "This Idempotency-Key belongs to another order of yours. Use a new key for a new order.",
    );
  }
  events.orderReplayed({}, { order_id: known.id });
  return { order: known, wasReplayed: true };
}

function refusalOf(
  reason: Exclude<WhyNotPlaced, "placed_meanwhile" | CapReached> | "holding_limit",
  currency: string,
): AppError {
  switch (reason) {
    case "person_gone":
      return new AppError("invalid_credentials", "Invalid token");
    case "plan_unknown":
      return new AppError("not_found", "Plan not found");
    case "currency_not_offered":
      return new AppError(
        "currency_not_offered",
        `This plan has no price in ${currency}. Choose a currency of the plan's list.`,
      );
    case "holding_limit":
      return new AppError(
        "out_of_stock",
        "Unpaid orders of yours, or from your network, hold as many eSIMs of this kind as they may. Pay one of them, or wait until one has expired.",
      );
    case "plan_paused":
    case "out_of_stock":
      return new AppError("out_of_stock", "This plan cannot be delivered right now. Choose another plan.");
  }
}

function makeReference(): string {
  const letters = [...randomBytes(10)].map((byte) => REFERENCE_LETTERS[byte % REFERENCE_LETTERS.length]);
  return `TRB-${letters.join("")}`;
}
