import { makeScriptedFaults, type ScriptedFaults } from "../payment/scripted-faults.js";

/**
 * - timeout_before, drop_before: no effect and no answer; error_500_before, rate_limit, unauthorized, forbidden: no
 *   effect, and an answer that says so
 * - error_500_kept: no effect, and a 500 that the key answers from then on
 * - timeout_after_success, drop_after_success, half_answer, error_500_after_success: the effect, and no whole answer; the
 *   same key gives the answer afterwards
 * - in_progress: as if the same key were being worked on
 * - delay: the effect and the answer, `delayMillis` later
 */
export const ADYEN_FAULTS = [
  "timeout_before",
  "drop_before",
  "error_500_before",
  "rate_limit",
  "unauthorized",
  "forbidden",
  "error_500_kept",
  "in_progress",
  "timeout_after_success",
  "drop_after_success",
  "half_answer",
  "error_500_after_success",
  "delay",
] as const;

export const ADYEN_OPERATIONS = [
  "list_methods",
  "create_session",
  "create_refund",
  "download_report",
] as const;
export type AdyenOperation = (typeof ADYEN_OPERATIONS)[number];

export interface AdyenFault {
  /** `*` is any. */
  readonly operation: AdyenOperation | "*";
  readonly fault: (typeof ADYEN_FAULTS)[number];
  /** How many calls it hits; 1 by default. */
  readonly times?: number;
  readonly delayMillis?: number;
}

export type AdyenFaults = ScriptedFaults<AdyenOperation, AdyenFault>;

export const makeAdyenFaults = (): AdyenFaults => makeScriptedFaults<AdyenOperation, AdyenFault>();
