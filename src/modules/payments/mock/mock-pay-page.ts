import { amountMajor } from "../../../kernel/money.js";
import type { PaymentRow } from "../payment-store.js";

/** What the mock provider's pay page shows; the storefront draws it in the shop's look. */
export interface MockPayment {
  readonly kind: "mock-payment";
  readonly intentId: string;
  readonly orderId: number;
  readonly amount: {
    readonly currency: string;
    readonly amount_minor_units: number;
    readonly amount_major: string;
  };
  readonly status: PaymentRow["status"];
}

export type DrawMockPayment = (
  payment: MockPayment,
  options: { readonly path: string; readonly language: "en" | "es" },
) => Promise<{ readonly html: string; readonly policy: string }>;

export const mockPaymentOf = (payment: PaymentRow): MockPayment => ({
  kind: "mock-payment",
  intentId: payment.intent_id ?? "",
  orderId: payment.order_id,
  amount: {
    currency: payment.currency,
    amount_minor_units: payment.amount_minor,
    amount_major: amountMajor(payment.amount_minor, payment.currency),
  },
  status: payment.status,
});
