import { makeScriptedFaults, type ScriptedFaults } from "../payment/scripted-faults.js";

/**
 * - timeout_before: no effect, no answer, the connection stays open
 * - drop_before: no effect, the connection is cut
 * - error_500_before, rate_limit, unauthorized: no effect, and an answer that says so
 * - error_500_kept, refused_and_kept: no effect, and an answer that the idempotency key replays: once the work has
 *   begun, Stripe keeps whatever came of it
 * - timeout_after_success, drop_after_success: the effect, then silence or a cut
 * - error_500_after_success: the effect, and a 500 that the idempotency key replays as Stripe does
 * - half_answer: the effect, and half of its answer
 * - delay: the effect and the answer, `delayMillis` later; the key is in use meanwhile
 */
export const FAULTS = [
  "timeout_before",
  "drop_before",
  "error_500_before",
  "rate_limit",
  "unauthorized",
  "error_500_kept",
  "refused_and_kept",
  "timeout_after_success",
  "drop_after_success",
  "error_500_after_success",
  "half_answer",
  "delay",
] as const;

export type FaultName = (typeof FAULTS)[number];

export const OPERATIONS = [
  "create_intent",
  "retrieve_intent",
  "confirm_intent",
  // The payer's bank, asked by the challenge page.
  "authenticate",
  "cancel_intent",
  "list_intents",
  "search_intents",
  "create_session",
  "retrieve_session",
  "expire_session",
  "list_sessions",
  "create_refund",
  "retrieve_refund",
  "list_refunds",
  "list_events",
  "retrieve_event",
  "list_disputes",
  "retrieve_dispute",
  "list_charges",
  "retrieve_charge",
  "list_balance",
] as const;

export type OperationName = (typeof OPERATIONS)[number];

export interface Fault {
  /** `*` is any. */
  readonly operation: OperationName | "*";
  readonly fault: FaultName;
  /** How many calls it hits; 1 by default. */
  readonly times?: number;
  readonly delayMillis?: number;
}

export type FakeFaults = ScriptedFaults<OperationName, Fault>;

export const makeFakeFaults = (): FakeFaults => makeScriptedFaults<OperationName, Fault>();
