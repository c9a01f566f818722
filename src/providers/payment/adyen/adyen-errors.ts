import { NOT_SENT } from "../../../kernel/not-sent.js";
import { type Outcome, refused, unknown } from "../../../kernel/outcome.js";
import type { WriteRefusal } from "../port.js";
import { AdyenCallFailed } from "./adyen-client.js";

/** An answer of success that is not what was asked for, or cannot be read. */
export class UnreadableAdyenAnswer extends Error {
  override readonly name = "UnreadableAdyenAnswer";
}

/** A call with the same key is under way, and its result is not known yet. */
const IN_PROGRESS = "704";

const REFUSAL_BY_CODE: ReadonlyMap<string, WriteRefusal> = new Map([
  // No such payment: "Original pspReference required for this operation".
  ["167", "not_found"],
  ["137", "amount_not_chargeable"],
  ["138", "amount_not_chargeable"],
  ["100", "amount_not_chargeable"],
  ["901", "credentials_refused"],
]);

/**
 * What a failed call says about its effect (docs.adyen.com/development-resources/error-codes). A 4xx is Adyen's own no;
 * a 5xx, a broken or half-read connection or a time-out leaves it open.
 */
export function outcomeOfFailure<Value, Refusal extends string>(
  error: unknown,
): Outcome<Value, Refusal | WriteRefusal> {
  if (error instanceof UnreadableAdyenAnswer) return unknown(`answer not understood: ${error.message}`);
  if (!(error instanceof AdyenCallFailed)) throw error;
  const { status, code, message } = error;
  const said = [status === null ? "no answer" : `HTTP ${status}`, code, message].filter(Boolean).join(" · ");
  if (status === null) {
    return code !== null && NOT_SENT.has(code) ? refused("unavailable", said) : unknown(said);
  }
  if (status === 429) return refused("unavailable", said);
  if (status < 400 || status >= 500 || status === 409 || code === IN_PROGRESS) return unknown(said);
  if (status === 401 || status === 403) return refused("credentials_refused", said);
  if (status === 404) return refused("not_found", said);
  return refused(REFUSAL_BY_CODE.get(code ?? "") ?? "not_allowed", said);
}
