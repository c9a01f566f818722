import type { Money } from "../../../kernel/money.js";

/**
 * Where the mock provider keeps its side of the books: a ledger apart from our payments, as a real provider has,
 * so that a lost webhook, a crash between two writes and a late success behave as they do in earnest. It lives in
 * our own database (two tables that only its store touches), hence it survives SIGKILL and serves many processes.
 * Times are set by the database's clock.
 */
export interface MockLedger {
  /** Inserts unless the key is there; answers with the row that is there afterwards, whoever wrote it. */
  addIntent(intent: NewMockIntent): Promise<MockIntent>;
  findIntent(intentId: string): Promise<MockIntent | null>;
  findIntentOfPayment(shopId: string, paymentReference: string): Promise<MockIntent | null>;
  /** One guarded update. Answers with the row as it is afterwards, moved or not; null when there is none. */
  moveIntent(
    intentId: string,
    from: readonly MockIntentState[],
    to: MockIntentState,
  ): Promise<MockIntent | null>;
  /**
   * Inserts unless the key is there, holding the intent's row lock so that the sum of refunds never exceeds the
   * capture. A repeated key answers with the refund that is there, also when the capture is used up by now.
   */
  addRefund(refund: NewMockRefund): Promise<MockRefund | MockRefundProblem>;
  findRefund(shopId: string, refundReference: string): Promise<MockRefund | null>;
  refundsOf(intentId: string): Promise<readonly MockRefund[]>;
  /** Newest first, created at or after `since`. */
  intentsSince(since: Date): Promise<readonly MockIntent[]>;
  refundsSince(since: Date): Promise<readonly MockRefund[]>;
}

export type MockIntentState = "requires_action" | "succeeded" | "canceled";

export interface NewMockIntent {
  readonly intentId: string;
  /** Unique. */
  readonly idempotencyKey: string;
  readonly shopId: string;
  readonly paymentReference: string;
  readonly orderId: number;
  readonly amount: Money;
}

export interface MockIntent extends NewMockIntent {
  readonly state: MockIntentState;
  /** Sum of its refunds, in the intent's minor units. */
  readonly refundedMinor: number;
  readonly createdAt: Date;
}

export interface NewMockRefund {
  readonly providerRefundId: string;
  /** Unique. */
  readonly idempotencyKey: string;
  readonly shopId: string;
  readonly refundReference: string;
  readonly intentId: string;
  readonly amount: Money;
  readonly reason: string;
}

export interface MockRefund extends NewMockRefund {
  readonly createdAt: Date;
}

export type MockRefundProblem = "not_found" | "not_captured" | "exceeds_capture";
