import type { Db } from "../../../db/database.js";
import type { IdempotentRequest } from "../../../http/idempotency-key.js";
import { AppError } from "../../../kernel/errors.js";
import { findRefund, findRefundByKey, listRefundsOfOrder, type RefundRow } from "../refund-store.js";
import { makeOwnRefundStore, type ReturnOffer, type ReturnRule } from "./own-refund-store.js";
import type { ProceedRefund } from "./proceed-refund.js";

export interface RefundOwnOrder {
  readonly orderId: number;
  readonly userId: number;
  readonly idempotent: IdempotentRequest | null;
  readonly requestId: string;
}

export interface OwnRefund {
  readonly refund: RefundRow;
  readonly isFinished: boolean;
  readonly wasReplayed: boolean;
}

export interface ShownReturn extends ReturnOffer {
  /** The one that gives the order's money back, if there is one. */
  readonly refund: RefundRow | undefined;
}

export interface RefundOwnOrderDeps {
  readonly db: Db;
  readonly proceedRefund: ProceedRefund;
  readonly rule: ReturnRule;
}

/**
 * A customer gives an unused eSIM back, by the shop's rule. It is an operator's refund of the whole price without
 * `accept_loss`: the money goes when the supplier has confirmed that the eSIM is taken back, and not before. An order
 * is given back once, so repeating the request gives the same refund, with and without an Idempotency-Key.
 */
export function makeRefundOwnOrder({ db, proceedRefund, rule }: RefundOwnOrderDeps) {
  const store = makeOwnRefundStore(rule);
  const offerOf = async (orderId: number, userId: number, days: number): Promise<ReturnOffer> => {
    const offer = await store.findReturnOffer(db, orderId, days);
    if (offer?.user_id !== userId) throw new AppError("not_found", "Order not found");
    return offer;
  };
  return {
    async showReturn(orderId: number, userId: number): Promise<ShownReturn> {
      const offer = await offerOf(orderId, userId, await rule.withinDays());
      return { ...offer, refund: await findLive(db, orderId) };
    },
    async refundOwnOrder(command: RefundOwnOrder): Promise<OwnRefund> {
      const { orderId, userId, idempotent, requestId } = command;
      const withinDays = await rule.withinDays();
      await offerOf(orderId, userId, withinDays);
      const actor = `user:${userId}`;
      const carryOn = async (refund: RefundRow, wasReplayed: boolean): Promise<OwnRefund> => {
        if ((await proceedRefund(refund.id, actor)) === "esim_cannot") throw notRevocable();
        const now = await findRefund(db, refund.id);
        if (now === undefined) throw new Error(`Refund ${refund.id} has vanished`);
        if (now.status === "failed") throw notRevocable();
        return { refund: now, isFinished: now.status === "succeeded", wasReplayed };
      };
      const known = (await findOfKey(db, command)) ?? (await findLive(db, orderId));
      if (known !== undefined) return carryOn(known, true);
      const made = await db.transactionAs({ actor, requestId }, (tx) =>
        store.insertIfReturnable(tx, {
          orderId,
          userId,
          withinDays,
          key: idempotent?.key ?? null,
          fingerprint: idempotent?.fingerprint ?? null,
        }),
      );
      if (made !== undefined) return carryOn(made, false);
      const winner = (await findOfKey(db, command)) ?? (await findLive(db, orderId));
      if (winner !== undefined) return carryOn(winner, true);
      throw new AppError("refund_not_possible", whyNot(withinDays));
    },
  };
}

/** Money of this order that is on its way back, or has gone back: whole, so that there is nothing left to ask for. */
async function findLive(db: Db, orderId: number): Promise<RefundRow | undefined> {
  const refunds = await listRefundsOfOrder(db, orderId);
  return refunds.find(({ origin, status }) => origin === "customer" && status !== "failed");
}

async function findOfKey(
  db: Db,
  { orderId, userId, idempotent }: RefundOwnOrder,
): Promise<RefundRow | undefined> {
  if (idempotent === null) return undefined;
  const known = await findRefundByKey(db, userId, idempotent.key);
  if (known === undefined) return undefined;
  const isSame =
    known.order_id === orderId && known.request_fingerprint?.equals(idempotent.fingerprint) === true;
  if (isSame) return known;
  throw new AppError(
    "idempotency_key_reused",
    "This Idempotency-Key belongs to another refund. Use a new key for a new refund.",
  );
}

const notRevocable = (): AppError =>
  new AppError(
    "esim_not_revocable",
    "The eSIM cannot be taken back any more, so its price was not refunded. Write to the shop if it does not work.",
  );

function whyNot(withinDays: number): string {
  if (withinDays === 0) return "This shop takes no eSIM back by itself. Write to the shop.";
  return `Only a paid eSIM that was not installed, and to which nothing was added, can be given back, within ${withinDays} days. Write to the shop if yours does not work.`;
}
