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

export interface AdyenFaults {
  add(fault: AdyenFault): void;
  clear(): void;
  take(operation: AdyenOperation): AdyenFault | null;
}

export function makeAdyenFaults(): AdyenFaults {
  let scripted: { fault: AdyenFault; left: number }[] = [];
  return {
    add: (fault) => {
      scripted.push({ fault, left: fault.times ?? 1 });
    },
    clear: () => {
      scripted = [];
    },
    take: (operation) => {
      const hit = scripted.find(({ fault }) => fault.operation === "*" || fault.operation === operation);
      if (hit === undefined) return null;
      hit.left -= 1;
      if (hit.left <= 0) scripted = scripted.filter((one) => one !== hit);
      return hit.fault;
    },
  };
}
