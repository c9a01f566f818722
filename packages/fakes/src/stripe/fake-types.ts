/** Stripe's objects as the fake keeps and sends them: only the members that an integration like ours reads. */

export interface FakeIntent {
  id: string;
  object: "payment_intent";
  amount: number;
  amount_received: number;
  automatic_payment_methods: { enabled: boolean } | null;
  canceled_at: number | null;
  cancellation_reason: string | null;
  client_secret: string;
  created: number;
  currency: string;
  description: string | null;
  last_payment_error: FakeCardError | null;
  latest_charge: string | null;
  livemode: boolean;
  metadata: Record<string, string>;
  /** What the payer has to do, for Stripe.js. */
  next_action?: { type: "use_stripe_sdk" } | { type: "redirect_to_url"; redirect_to_url: { url: string } };
  payment_method: string | null;
  status:
    | "requires_payment_method"
    | "requires_confirmation"
    | "requires_action"
    | "processing"
    | "succeeded"
    | "canceled";
}

export interface FakeCardError {
  type: "card_error";
  code: string;
  decline_code?: string;
  message: string;
}

export interface FakeCharge {
  id: string;
  object: "charge";
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  balance_transaction: string | null;
  captured: boolean;
  created: number;
  currency: string;
  disputed: boolean;
  failure_code: string | null;
  livemode: boolean;
  metadata: Record<string, string>;
  paid: boolean;
  payment_intent: string;
  refunded: boolean;
  status: "succeeded" | "failed" | "pending";
}

export interface FakeRefund {
  id: string;
  object: "refund";
  amount: number;
  balance_transaction: string | null;
  charge: string;
  created: number;
  currency: string;
  failure_reason?: string;
  metadata: Record<string, string>;
  payment_intent: string;
  reason: string | null;
  status: "pending" | "succeeded" | "failed" | "canceled";
}

export interface FakeDispute {
  id: string;
  object: "dispute";
  amount: number;
  balance_transactions: FakeBalanceTransaction[];
  charge: string;
  created: number;
  currency: string;
  evidence_details: {
    due_by: number | null;
    has_evidence: boolean;
    past_due: boolean;
    submission_count: number;
  };
  livemode: boolean;
  metadata: Record<string, string>;
  payment_intent: string;
  reason: string;
  status:
    | "warning_needs_response"
    | "warning_under_review"
    | "warning_closed"
    | "needs_response"
    | "under_review"
    | "appeal_under_review"
    | "prevented"
    | "won"
    | "lost";
}

export interface FakeBalanceTransaction {
  id: string;
  object: "balance_transaction";
  amount: number;
  available_on: number;
  created: number;
  currency: string;
  /** From the charge's currency into this one; null where they are the same. */
  exchange_rate: number | null;
  fee: number;
  fee_details: FakeFeeDetail[];
  net: number;
  reporting_category: string;
  source: string;
  status: "available";
  type: "charge" | "refund" | "refund_failure" | "adjustment";
}

export interface FakeFeeDetail {
  amount: number;
  application: null;
  currency: string;
  description: string;
  type: "stripe_fee";
}

/** Stripe's payment page for one payment. */
export interface FakeSession {
  id: string;
  object: "checkout.session";
  amount_total: number;
  cancel_url: string;
  created: number;
  currency: string;
  expires_at: number;
  livemode: boolean;
  locale: string | null;
  metadata: Record<string, string>;
  mode: "payment";
  /** Null until the payer has pressed Pay (since API version 2022-08-01). */
  payment_intent: string | null;
  payment_status: "paid" | "unpaid";
  status: "open" | "complete" | "expired";
  success_url: string;
  /** Null once it is not open any more. */
  url: string | null;
  /** The fake's own: what its page shows, and what the intent will say. */
  title: string;
  intent_metadata: Record<string, string>;
}

export type FakeObject =
  | FakeSession
  | FakeIntent
  | FakeCharge
  | FakeRefund
  | FakeDispute
  | FakeBalanceTransaction;

export interface FakeEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: FakeObject };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}
