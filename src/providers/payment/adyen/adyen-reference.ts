import type { IntentMetadata, PaymentReference, RefundReference } from "../port.js";

/**
 * Adyen signs eight members of a notification, our reference among them and metadata not. So everything that ties a
 * notification to our rows stands in the reference: `shop.order.payment`, or `shop.r.refund`.
 */
const LENGTH_MAX = 80;

export const paymentReferenceText = ({ shopId, orderId, paymentReference }: PaymentReference): string =>
  withinLimit(`${shopId}.${orderId}.${paymentReference}`);

export const refundReferenceText = ({
  shopId,
  refundReference,
}: Pick<RefundReference, "shopId" | "refundReference">): string =>
  withinLimit(`${shopId}.r.${refundReference}`);

function withinLimit(text: string): string {
  if (text.length > LENGTH_MAX)
    throw new Error(`A reference at Adyen has at most ${LENGTH_MAX} characters: ${text}`);
  return text;
}

const REFERENCE = /^(.+)\.(\d{1,16}|r)\.([A-Za-z0-9-]{1,40})$/;

/** What a reference of ours names; empty for one that is not ours. */
export function readReference(text: string): IntentMetadata {
  const [, shop_id, what, name] = REFERENCE.exec(text) ?? [];
  if (shop_id === undefined || what === undefined || name === undefined || text.length > LENGTH_MAX)
    return {};
  return what === "r"
    ? { shop_id, refund_reference: name }
    : { shop_id, order_id: what, payment_reference: name };
}
