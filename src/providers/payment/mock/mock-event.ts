import { createHash } from "node:crypto";
import { isCurrencyCode, type Money } from "../../../kernel/money.js";
import type { PaymentEvent, WebhookVerdict } from "../port.js";
import type { MockIntent } from "./mock-ledger-port.js";

/** What somebody says about a mock intent in `POST /payments/webhook`. */
export interface MockNotice {
  readonly intentId: string;
  readonly outcome: "succeeded" | "failed";
  /** Absent members mean the intent's own. */
  readonly amountMinor: number | null;
  readonly currency: string | null;
}

type Rejected = Extract<WebhookVerdict, { ok: false }>;

const rejected = (reason: Rejected["reason"], detail: string): Rejected => ({ ok: false, reason, detail });

/** NUL and lone surrogates cannot be stored in PostgreSQL's text. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
const TEXT_MAX = 255;

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= TEXT_MAX && !UNSTORABLE.test(value);
}

const OUTCOME_BY_WORD: Readonly<Record<string, MockNotice["outcome"]>> = {
  succeeded: "succeeded",
  succeed: "succeeded",
  failed: "failed",
  fail: "failed",
};

function outcomeOf(value: unknown): MockNotice["outcome"] | null {
  return typeof value === "string" && Object.hasOwn(OUTCOME_BY_WORD, value)
    ? (OUTCOME_BY_WORD[value] ?? null)
    : null;
}

function parseJson(rawBody: Uint8Array): { value: unknown } | null {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(rawBody)) };
  } catch {
    return null;
  }
}

/** Reads the body. `status` and `action` are two spellings of the same thing; without either it is a success. */
export function readMockNotice(rawBody: Uint8Array): MockNotice | Rejected {
  const parsed = parseJson(rawBody);
  if (!parsed) return rejected("malformed", "The body is not valid JSON.");
  const body = parsed.value;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return rejected("invalid", "Send a JSON object with intent_id and status.");
  }
  const { intent_id, status, action, amount_minor_units, currency } = body as Record<string, unknown>;
  if (intent_id === undefined || intent_id === null || intent_id === "") {
    return rejected("missing_intent_id", "Missing intent_id");
  }
  if (!isText(intent_id)) return rejected("invalid", "intent_id must be text.");
  const said = [status, action].filter((word) => word !== undefined && word !== null);
  const outcomes = new Set(said.map(outcomeOf));
  if (outcomes.has(null) || outcomes.size > 1) {
    return rejected("invalid", 'Say status "succeeded" or "failed", or action "succeed" or "fail".');
  }
  const amountMinor = amount_minor_units ?? null;
  if (amountMinor !== null && !(Number.isSafeInteger(amountMinor) && (amountMinor as number) >= 0)) {
    return rejected("invalid", "amount_minor_units must be a whole number of minor units.");
  }
  if (currency !== undefined && currency !== null && !isText(currency)) {
    return rejected("invalid", "currency must be an ISO 4217 code.");
  }
  return {
    intentId: intent_id,
    outcome: [...outcomes][0] ?? "succeeded",
    amountMinor: amountMinor as number | null,
    currency: typeof currency === "string" ? currency.toUpperCase() : null,
  };
}

/** The amount that the notice speaks of; null when it names none and the intent is unknown. */
export function claimedAmount(notice: MockNotice, intent: MockIntent | null): Money | null {
  const currency = notice.currency ?? intent?.amount.currency;
  const minor = notice.amountMinor ?? intent?.amount.minor;
  return currency === undefined || minor === undefined ? null : { currency, minor };
}

/**
 * The same notice twice is the same event: its id is a digest of what it says, so a repetition is a duplicate and a
 * correction is not.
 */
export function mockEvent(notice: MockNotice, intent: MockIntent | null, createdAt: Date): PaymentEvent {
  const amount = claimedAmount(notice, intent);
  const digest = createHash("sha256")
    .update(JSON.stringify([notice.intentId, notice.outcome, amount?.minor, amount?.currency]))
    .digest("hex");
  const isKnownCurrency = amount === null || isCurrencyCode(amount.currency);
  return {
    provider: "MOCK",
    eventId: `mock_evt_${digest.slice(0, 32)}`,
    type: `mock.intent.${notice.outcome}`,
    kind: notice.outcome === "succeeded" ? "intent_succeeded" : "intent_canceled",
    problem: isKnownCurrency ? null : "unknown_currency",
    intentId: notice.intentId,
    amount: isKnownCurrency ? amount : null,
    livemode: false,
    account: null,
    metadata:
      intent === null
        ? {}
        : {
            order_id: String(intent.orderId),
            shop_id: intent.shopId,
            payment_reference: intent.paymentReference,
          },
    decline: null,
    refund: null,
    dispute: null,
    createdAt,
  };
}
