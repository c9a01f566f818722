import { CreateCheckoutSessionRequest } from "@adyen/api-library/lib/src/typings/checkout/createCheckoutSessionRequest.js";
import type { CreateCheckoutSessionResponse } from "@adyen/api-library/lib/src/typings/checkout/createCheckoutSessionResponse.js";
import { done, type Outcome, refused } from "../../../kernel/outcome.js";
import type { CreateIntent, IntentSnapshot, PaymentPage, WriteRefusal } from "../port.js";
import { type AdyenAmount, toAdyen } from "./adyen-amount.js";
import { type AdyenClient, adyenKey } from "./adyen-client.js";
import { outcomeOfFailure, UnreadableAdyenAnswer } from "./adyen-errors.js";
import { paymentReferenceText, readReference } from "./adyen-reference.js";

export interface SessionSettings {
  readonly merchantAccount: string;
  readonly isHosted: boolean;
  readonly livemode: boolean;
}

const LOCALES = { en: "en-US", es: "es-ES" } as const;

/**
 * A payment session (docs.adyen.com/online-payments/build-your-integration/sessions-flow): Drop-in pays it in the page
 * by its `sessionData`, or Adyen's own page by its address. Each try to pay has a reference of its own there; the
 * session's id stands for the intent until one has succeeded.
 */
export async function createSession(
  { payments }: AdyenClient,
  settings: SessionSettings,
  command: CreateIntent,
): Promise<Outcome<IntentSnapshot, WriteRefusal>> {
  const amount = toAdyen(command.amount);
  if (!amount.ok) return refused("amount_not_chargeable", amount.error);
  if (command.page === undefined) return refused("not_allowed", "a session needs an address to come back to");
  const sent = requestOf(settings, command, command.page, amount.amount);
  try {
    const session = await payments.sessions(sent, { idempotencyKey: adyenKey(command.idempotencyKey) });
    // Adyen gives the first answer again, whatever comes with the same key.
    const isOther = session.reference !== sent.reference || !isSameAmount(session.amount, amount.amount);
    if (isOther && isWhole(session)) return refused("key_reused", "the key was used for another session");
    return done(readSession(settings, command, session));
  } catch (error) {
    return outcomeOfFailure(error);
  }
}

function requestOf(
  { merchantAccount, isHosted }: SessionSettings,
  command: CreateIntent,
  page: PaymentPage,
  amount: AdyenAmount,
): CreateCheckoutSessionRequest {
  const { orderId, shopId, paymentReference } = command;
  return {
    merchantAccount,
    amount,
    reference: paymentReferenceText(command),
    returnUrl: page.returnUrl,
    channel: CreateCheckoutSessionRequest.ChannelEnum.Web,
    mode: isHosted
      ? CreateCheckoutSessionRequest.ModeEnum.Hosted
      : CreateCheckoutSessionRequest.ModeEnum.Embedded,
    shopperLocale: LOCALES[page.language],
    // An authorisation is the sale: it is captured at once, whatever the account's own setting is.
    captureDelayHours: 0,
    // A gift card pays a part and leaves the rest to another try: such parts are never the payment.
    blockedPaymentMethods: ["giftcard"],
    // A session cannot be ended, so it ends with its order.
    expiresAt: page.orderExpiresAt,
    metadata: { order_id: String(orderId), shop_id: shopId, payment_reference: paymentReference },
  };
}

const isSameAmount = (a: { value?: number; currency?: string } | undefined, b: AdyenAmount): boolean =>
  a?.value === b.value && a.currency === b.currency;

const isWhole = (session: CreateCheckoutSessionResponse): boolean =>
  typeof session.id === "string" &&
  typeof session.reference === "string" &&
  typeof session.amount === "object";

function readSession(
  { isHosted, livemode }: SessionSettings,
  command: CreateIntent,
  session: CreateCheckoutSessionResponse,
): IntentSnapshot {
  const { id, sessionData, url } = session;
  if (typeof id !== "string" || id === "" || id.length > 100) throw new UnreadableAdyenAnswer("missing id");
  if (isHosted && !isWebAddress(url)) throw new UnreadableAdyenAnswer("missing url");
  if (!isHosted && typeof sessionData !== "string") throw new UnreadableAdyenAnswer("missing sessionData");
  return {
    intentId: id,
    state: "requires_action",
    amount: command.amount,
    amountReceivedMinor: 0,
    amountRefundedMinor: 0,
    livemode,
    metadata: readReference(session.reference),
    createdAt: new Date(),
    page: { pageId: id, url: isHosted ? (url ?? null) : null },
    ...(isHosted || sessionData === undefined ? {} : { clientSecret: sessionData }),
  };
}

const isWebAddress = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
