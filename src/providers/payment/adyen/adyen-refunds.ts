import { done, type Outcome, refused } from "../../../kernel/outcome.js";
import type { RefundCommand, RefundRefusal, RefundSnapshot } from "../port.js";
import { toAdyen } from "./adyen-amount.js";
import { type AdyenClient, adyenKey } from "./adyen-client.js";
import { outcomeOfFailure, UnreadableAdyenAnswer } from "./adyen-errors.js";
import { refundReferenceText } from "./adyen-reference.js";

/**
 * Adyen answers `received` and nothing else: whether the money goes, more than the capture included, is told by a
 * notification (docs.adyen.com/online-payments/refund).
 */
export async function createRefund(
  { modifications }: AdyenClient,
  merchantAccount: string,
  command: RefundCommand,
): Promise<Outcome<RefundSnapshot, RefundRefusal>> {
  const amount = toAdyen(command.amount);
  if (!amount.ok) return refused("amount_not_chargeable", amount.error);
  const reference = refundReferenceText(command);
  try {
    const answer = await modifications.refundCapturedPayment(
      command.intentId,
      { merchantAccount, amount: amount.amount, reference },
      { idempotencyKey: adyenKey(command.idempotencyKey) },
    );
    const { pspReference, amount: taken } = answer;
    if (typeof pspReference !== "string" || pspReference === "" || pspReference.length > 100)
      throw new UnreadableAdyenAnswer("missing pspReference");
    const isSame = taken?.value === amount.amount.value && taken.currency === amount.amount.currency;
    // The first answer again, whatever comes with the same key.
    if (!isSame || (answer.reference ?? reference) !== reference)
      return refused("key_reused", "the key was used for another refund");
    return done({
      providerRefundId: pspReference,
      intentId: command.intentId,
      state: "pending",
      amount: command.amount,
      metadata: { shop_id: command.shopId, refund_reference: command.refundReference },
      createdAt: new Date(),
    });
  } catch (error) {
    return outcomeOfFailure(error);
  }
}
