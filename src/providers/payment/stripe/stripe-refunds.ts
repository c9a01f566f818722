import type Stripe from "stripe";
import { done, refused } from "../../../kernel/outcome.js";
import type { PaymentProvider } from "../port.js";
import { toStripe } from "./stripe-amount.js";
import { READING, withDeadline } from "./stripe-client.js";
import { outcomeOfError, readRefusal, refundRefusal } from "./stripe-errors.js";
import { objectOf } from "./stripe-json.js";
import { readRefund } from "./stripe-objects.js";
import { isPageId } from "./stripe-pages.js";

export function makeRefundCalls(
  stripe: Stripe,
  deadlineMillis: number,
): Pick<PaymentProvider, "refund" | "findRefund"> {
  const refund: PaymentProvider["refund"] = async (command) => {
    const amount = toStripe(command.amount);
    if (!amount.ok) return refused("amount_not_chargeable", amount.error);
    if (isPageId(command.intentId)) return refused("not_captured", "Nobody has paid on this page.");
    try {
      const made = await stripe.refunds.create(
        {
          payment_intent: command.intentId,
          amount: amount.amount,
          metadata: {
            refund_reference: command.refundReference,
            shop_id: command.shopId,
            reason: command.reason.slice(0, 500),
          },
        },
        { idempotencyKey: command.idempotencyKey },
      );
      return done(readRefund(objectOf(made)));
    } catch (error) {
      return outcomeOfError(error, refundRefusal);
    }
  };

  const findRefund: PaymentProvider["findRefund"] = async ({ refundReference, shopId, intentId }) => {
    try {
      const refunds = stripe.refunds.list({ payment_intent: intentId, limit: 100 }, READING);
      for await (const found of refunds) {
        const isOurs =
          found.metadata?.refund_reference === refundReference && found.metadata.shop_id === shopId;
        if (isOurs) return done(readRefund(objectOf(found)));
      }
      return refused("not_found", `no refund with refund_reference ${refundReference} of ${intentId}`);
    } catch (error) {
      return outcomeOfError(error, readRefusal);
    }
  };

  return { refund: (command) => withDeadline(deadlineMillis, refund(command)), findRefund };
}
