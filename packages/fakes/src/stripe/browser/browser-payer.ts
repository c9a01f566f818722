import type { FakeBooks } from "../fake-books.js";
import { FakeStripeError, invalidRequest } from "../fake-error.js";
import { objectParam, type Params, textParam } from "../fake-form.js";
import { confirmIntent, succeedIntent } from "../fake-intents.js";
import type { FakeIntent } from "../fake-types.js";

/** docs.stripe.com/testing#cards, those that tell a shop something different. */
export const METHOD_BY_CARD: Readonly<Record<string, string>> = {
  "4242424242424242": "pm_card_visa",
  "5555555555554444": "pm_card_visa",
  "4000000000000002": "pm_card_chargeDeclined",
  "4000000000009995": "pm_card_chargeDeclinedInsufficientFunds",
  "4000000000000069": "pm_card_chargeDeclinedExpiredCard",
  "4000002500003155": "pm_card_authenticationRequired",
  "4000002760003184": "pm_card_authenticationRequired",
};

/** Stripe.js sends its key in the body. */
export const isFromBrowser = (params: Params): boolean => params.key !== undefined;

/** The intent that the client secret names; a publishable key may touch no other. */
export function intentOfSecret(books: FakeBooks, params: Params): FakeIntent {
  const secret = textParam(params, "client_secret") ?? textParam(params, "secret") ?? "";
  const intent = books.intents.get(secret.split("_secret_")[0] ?? "");
  if (intent?.client_secret !== secret)
    throw invalidRequest("The client_secret provided does not match any PaymentIntent.", {
      param: "client_secret",
    });
  return intent;
}

/** What Stripe.js sends: a method that the payer typed, with the publishable key. */
export function confirmFromBrowser(books: FakeBooks, origin: string, params: Params): FakeIntent {
  const intent = intentOfSecret(books, params);
  const data = objectParam(params, "payment_method_data");
  if (textParam(data, "type") === "bank_redirect") return sendToBank(books, intent, origin, params);
  const number = textParam(objectParam(data, "card"), "number") ?? "";
  const method = METHOD_BY_CARD[number];
  if (method === undefined) {
    throw new FakeStripeError(402, {
      type: "card_error",
      code: "incorrect_number",
      message: "Your card number is incorrect.",
    });
  }
  confirmIntent(books, intent.id, method);
  if (intent.status === "requires_action") intent.next_action = { type: "use_stripe_sdk" };
  return intent;
}

function sendToBank(books: FakeBooks, intent: FakeIntent, origin: string, params: Params): FakeIntent {
  confirmIntent(books, intent.id, "pm_card_authenticationRequired");
  const query = new URLSearchParams({
    secret: intent.client_secret,
    return_url: textParam(params, "return_url") ?? "",
  });
  const url = `${origin}/browser/redirect?${query.toString()}`;
  intent.next_action = { type: "redirect_to_url", redirect_to_url: { url } };
  return intent;
}

/** The payer's bank is satisfied or not; a payer who closes its page is one whom it could not ask. */
export function authenticate(books: FakeBooks, params: Params): FakeIntent {
  const intent = intentOfSecret(books, params);
  delete intent.next_action;
  if (textParam(params, "outcome") === "passed") return succeedIntent(books, intent.id);
  const error = {
    type: "card_error" as const,
    code: "payment_intent_authentication_failure",
    message:
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
  };
  intent.status = "requires_payment_method";
  intent.payment_method = null;
  intent.last_payment_error = error;
  books.emit("payment_intent.payment_failed", intent);
  throw new FakeStripeError(402, { ...error, payment_intent: structuredClone(intent) });
}
