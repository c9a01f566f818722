import { AppError, type ErrorCode } from "../../../kernel/errors.js";
import type { PaymentProvider, WebhookHeaders, WebhookRejection } from "../../../providers/payment/port.js";
import type { Events } from "../../../telemetry/events.js";
import { failpoint } from "../../../telemetry/failpoints.js";
import type { PaymentState } from "../payment-state.js";
import type { Applied, ApplyReading } from "./apply-reading.js";

export interface Delivery {
  readonly rawBody: Uint8Array;
  readonly headers: WebhookHeaders;
  /** When the request arrived: freshness is judged by it. */
  readonly receivedAtMillis: number;
  readonly requestId: string;
}

export interface WebhookAnswer {
  readonly status: "processed" | "ignored" | "duplicate" | "parked";
  readonly intent_status: PaymentState | null;
}

export type ReceiveWebhook = (provider: PaymentProvider, delivery: Delivery) => Promise<WebhookAnswer>;

const REJECTED: Readonly<Record<WebhookRejection, ErrorCode>> = {
  missing_signature: "invalid_webhook_signature",
  invalid_signature: "invalid_webhook_signature",
  malformed: "malformed_json",
  missing_intent_id: "bad_request",
  invalid: "validation_failed",
};

const titleOf = (provider: string): string => provider.slice(0, 1) + provider.slice(1).toLowerCase();

/**
 * Takes what a provider delivers. What is not signed by it has no effect and is not stored. Everything else is
 * stored once and answered 200, so that the provider stops repeating it; if it cannot be stored the answer is 5xx,
 * so that the provider repeats it.
 */
export function makeReceiveWebhook(deps: { applyReading: ApplyReading; events: Events }): ReceiveWebhook {
  return async (provider, delivery) => {
    const { rawBody, headers, receivedAtMillis, requestId } = delivery;
    const verdict = await provider.verifyWebhook(rawBody, headers, receivedAtMillis);
    if (!verdict.ok) {
      const { reason, detail } = verdict;
      deps.events.webhookRejected({ provider: provider.name, reason }, { detail, request_id: requestId });
      // What exactly was wrong is for our log: it would help whoever tries to forge one.
      throw new AppError(
        REJECTED[reason],
        reason === "invalid_signature" ? `Invalid ${titleOf(provider.name)} webhook signature` : detail,
      );
    }
    await failpoint("s7.after_verify");
    const applied: Applied[] = [];
    // Each on its own: where one cannot be stored the whole delivery comes again, and the others are duplicates then.
    for (const event of verdict.events) {
      const reading = { events: [event], isWhole: false };
      applied.push(...(await deps.applyReading(reading, { source: "webhook", requestId })));
    }
    if (applied.length !== verdict.events.length) throw new Error("An event was not applied");
    // The mock knows its own intents; an event about any other is a mistake of the caller and was not stored.
    if (provider.name === "MOCK" && applied.some(({ hasPayment }) => !hasPayment))
      throw new AppError("not_found", "Payment not found");
    return answerOf(applied);
  };
}

/** Of a batch: what needs an operator is said first, then what had an effect. */
function answerOf(applied: readonly Applied[]): WebhookAnswer {
  // One that waits for its payment is on the operator's list until it finds it.
  const said = applied.map(({ status }) => (status === "waiting" ? "parked" : status));
  const status = ANSWERS.find((one) => said.includes(one)) ?? "ignored";
  return { status, intent_status: applied.length === 1 ? (applied[0]?.paymentStatus ?? null) : null };
}

const ANSWERS = ["parked", "processed", "duplicate", "ignored"] as const;
