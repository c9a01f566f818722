/** What suppliers tell by themselves. Part of port.ts. */

import type { RefusalReason } from "./refusal-port.js";

export interface WebhookRequest {
  /** The body as it came over the wire; signatures are over bytes. */
  readonly rawBody: Uint8Array;
  /** Lower-case names. A header that came twice is refused by the caller. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The client address of the HTTP layer; checked where the supplier publishes its senders. */
  readonly clientAddress: string;
}

export type WebhookReading =
  | { readonly verdict: "accepted"; readonly events: readonly SupplierEvent[] }
  /** Missing or wrong signature, wrong sender: answer 401, change nothing. */
  | { readonly verdict: "forged"; readonly why: string }
  /** Authentic but not readable: answer 200, park it. */
  | { readonly verdict: "unreadable"; readonly why: string };

/**
 * A reason to ask the supplier, never a truth by itself: the caller finds the order or eSIM named here and calls
 * `getOrder` or `getStatus`. That keeps unsigned, repeated and reordered events harmless.
 */
export interface SupplierEvent {
  /** The same for every delivery of the same event, unique within the supplier. */
  readonly dedupKey: string;
  readonly kind:
    | "order_changed"
    | "esim_changed"
    | "usage_notice"
    | "expiry_notice"
    | "balance_notice"
    | "probe"
    | "other";
  /** ISO 8601 UTC with Z, or null. */
  readonly occurredAt: string | null;
  readonly reference: string | null;
  readonly supplierOrderId: string | null;
  readonly supplierReference: string | null;
  readonly iccid: string | null;
  /**
   * The supplier says that it gave up on the order and keeps no money. Only where webhookAuth is "native"; it decides
   * an order that `getOrder` still calls pending or does not know.
   */
  readonly orderFailure: { readonly reason: RefusalReason; readonly detail: string } | null;
  /** Share of the allowance that is left in a usage notice, percent 0 to 100. */
  readonly remainingPercent: number | null;
}
