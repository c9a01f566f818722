import type { NotificationRequestItem } from "@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js";
import type { PaymentEvent, WebhookVerdict } from "../port.js";
import { fromAdyen } from "./adyen-amount.js";
import { dateOf, factsOf, isUnknownCode, secondIsWon } from "./adyen-event-facts.js";
import { readReference } from "./adyen-reference.js";
import { isAmbiguous, isSignedItem } from "./adyen-signature.js";

export interface NotificationSettings {
  readonly merchantAccount: string;
  readonly hmacKeys: readonly string[];
}

type Rejected = Extract<WebhookVerdict, { ok: false }>;

const rejected = (reason: Rejected["reason"], detail: string): Rejected => ({ ok: false, reason, detail });

/** More than Adyen puts into one request; each item costs a transaction. */
const ITEMS_MAX = 100;

/**
 * A standard notification (docs.adyen.com/development-resources/webhooks): a batch of items, each with a signature of
 * its own. One that does not hold refuses all of them, so that none is taken without the others.
 */
export function readNotification(
  rawBody: Uint8Array,
  settings: NotificationSettings,
  receivedAtMillis: number,
): WebhookVerdict {
  const body = objectOf(parse(rawBody));
  const wrappers = body?.notificationItems;
  if (body === null || !Array.isArray(wrappers) || wrappers.length === 0)
    return rejected("malformed", "The body is not a notification: it has no notificationItems.");
  if (wrappers.length > ITEMS_MAX)
    return rejected("malformed", `More than ${ITEMS_MAX} items in one notification.`);
  const events: PaymentEvent[] = [];
  for (const wrapper of wrappers) {
    const item = readItem(objectOf(wrapper)?.NotificationRequestItem);
    if (item === null) return rejected("malformed", "An item lacks a member that is signed.");
    if (item.additionalData?.hmacSignature === undefined)
      return rejected("missing_signature", "Missing hmacSignature");
    if (!isSignedItem(item, settings.hmacKeys))
      return rejected("invalid_signature", "No key makes this signature.");
    if (String(item.eventCode) === "") return rejected("malformed", "An item names no event.");
    events.push(...eventsOf(item, String(body.live) === "true", settings.merchantAccount, receivedAtMillis));
  }
  return { ok: true, events };
}

type Json = Readonly<Record<string, unknown>>;

function parse(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(rawBody));
  } catch {
    return null;
  }
}

const objectOf = (value: unknown): Json | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;

/** NUL and lone surrogates cannot be stored in PostgreSQL's text. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
const TEXT_MAX = 300;

const isText = (value: unknown): value is string =>
  typeof value === "string" && value.length <= TEXT_MAX && !UNSTORABLE.test(value);

/** The signed members as they are signed; null when one of them is missing or of another type. */
function readItem(value: unknown): NotificationRequestItem | null {
  const item = objectOf(value);
  const amount = objectOf(item?.amount);
  if (item === null || amount === null) return null;
  const success = String(item.success);
  const texts = [item.pspReference, item.merchantAccountCode, item.eventCode, amount.currency];
  const perhaps = [item.merchantReference ?? "", item.originalReference ?? ""];
  if (!texts.every(isText) || !perhaps.every(isText)) return null;
  if (!Number.isSafeInteger(amount.value) || !["true", "false"].includes(success)) return null;
  return {
    ...item,
    amount: { value: amount.value, currency: amount.currency },
    merchantReference: perhaps[0],
    originalReference: perhaps[1],
    success,
    additionalData: additionalDataOf(item),
  } as NotificationRequestItem;
}

function additionalDataOf(item: Json): Record<string, string> {
  const entries = Object.entries(objectOf(item.additionalData) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => isText(entry[1])));
}

/**
 * Adyen repeats an event with the same event code and pspReference, and with another date; a failed try that succeeds
 * after all comes with another `success`. Only of a chargeback that is reversed the date counts, since the same may be
 * reversed twice: what becomes of a repetition is decided by the state of the dispute. `live` is not signed: an item that came with a false one must not stand in the
 * way of the true one.
 */
const eventIdOf = (
  { eventCode, pspReference, success, amount, eventDate }: NotificationRequestItem,
  livemode: boolean,
): string => {
  const day = String(eventCode) === "CHARGEBACK_REVERSED" ? `:${dateOf(eventDate)?.toISOString() ?? ""}` : "";
  return `${eventCode}:${pspReference}:${success}:${amount.value}${amount.currency}${day}${livemode ? ":live" : ""}`;
};

function eventsOf(
  item: NotificationRequestItem,
  livemode: boolean,
  merchantAccount: string,
  receivedAtMillis: number,
): PaymentEvent[] {
  const { pspReference, eventCode, merchantAccountCode, merchantReference, amount } = item;
  const converted = fromAdyen(amount.value ?? Number.NaN, amount.currency ?? "");
  const money = converted.ok ? converted.money : null;
  const createdAt = dateOf(item.eventDate) ?? new Date(receivedAtMillis);
  const facts = factsOf(item, money, createdAt, livemode);
  const unread = isUnknownCode(String(eventCode)) ? "event_not_known" : null;
  const problem = isAmbiguous(item) ? "ambiguous_signature" : converted.ok ? unread : converted.error;
  const event: PaymentEvent = {
    provider: "ADYEN",
    eventId: eventIdOf(item, livemode),
    type: item.success === "true" ? eventCode : `${eventCode}.failed`,
    ...facts,
    intentId: facts.kind === "ignored" ? item.originalReference || pspReference : facts.intentId,
    problem: facts.kind === "ignored" ? null : problem,
    amount: money,
    livemode,
    // One of another merchant account with the same key is not about this shop.
    account: merchantAccountCode === merchantAccount ? null : merchantAccountCode,
    metadata: readReference(merchantReference),
    createdAt,
  };
  const second = secondIsWon(item, facts);
  return second === null ? [event] : [event, { ...event, ...second, eventId: `${event.eventId}:second` }];
}
