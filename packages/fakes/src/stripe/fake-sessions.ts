import { type FakeBooks, getIntent } from "./fake-books.js";
import { invalidRequest, missing } from "./fake-error.js";
import {
  integerParam,
  metadataParam,
  objectParam,
  type Params,
  refuseUnknown,
  textParam,
} from "./fake-form.js";
import { createIntent } from "./fake-intents.js";
import type { FakeIntent, FakeSession } from "./fake-types.js";

/** docs.stripe.com/api/checkout/sessions/create, what a shop that sells one thing at a time sends. */
const CREATE_PARAMS = [
  "adaptive_pricing",
  "cancel_url",
  "client_reference_id",
  "customer_email",
  "expand",
  "expires_at",
  "line_items",
  "locale",
  "metadata",
  "mode",
  "payment_intent_data",
  "success_url",
];

const HALF_AN_HOUR = 1_800;
const DAY = 86_400;

export function createSession(books: FakeBooks, params: Params, origin: string): FakeSession {
  refuseUnknown(params, CREATE_PARAMS);
  if (textParam(params, "mode") !== "payment")
    throw invalidRequest("Invalid mode: must be payment here.", { param: "mode" });
  const { name, amount, currency } = lineOf(params);
  const expiresAt = integerParam(params, "expires_at") ?? books.now() + DAY;
  if (expiresAt < books.now() + HALF_AN_HOUR || expiresAt > books.now() + DAY) {
    throw invalidRequest(
      "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.",
      { param: "expires_at" },
    );
  }
  const id = books.newId("cs_test");
  const session: FakeSession = {
    id,
    object: "checkout.session",
    amount_total: amount,
    cancel_url: urlOf(params, "cancel_url"),
    created: books.now(),
    currency,
    expires_at: expiresAt,
    livemode: books.livemode,
    locale: textParam(params, "locale"),
    metadata: metadataParam(params),
    mode: "payment",
    payment_intent: null,
    payment_status: "unpaid",
    status: "open",
    success_url: urlOf(params, "success_url"),
    // As long as the real ones, which carry what the page needs.
    url: `${origin}/browser/checkout/${id}#${"fid".repeat(200)}`,
    title: name,
    intent_metadata: metadataParam(objectParam(params, "payment_intent_data")),
  };
  books.sessions.set(id, session);
  return session;
}

function lineOf(params: Params): { name: string; amount: number; currency: string } {
  const { line_items: lines } = params;
  const line = Array.isArray(lines) ? lines[0] : undefined;
  if (typeof line !== "object" || Array.isArray(line))
    throw invalidRequest("Missing required param: line_items.", { param: "line_items" });
  const data = objectParam(line, "price_data");
  const name = textParam(objectParam(data, "product_data"), "name");
  const amount = integerParam(data, "unit_amount");
  const currency = textParam(data, "currency")?.toLowerCase();
  if (name === null || amount === null || currency === undefined)
    throw invalidRequest("Missing required param: line_items[0][price_data].", { param: "line_items" });
  return { name, amount: amount * (integerParam(line, "quantity") ?? 1), currency };
}

function urlOf(params: Params, name: string): string {
  const url = textParam(params, name);
  if (url === null || !URL.canParse(url))
    throw invalidRequest("Not a valid URL", { code: "url_invalid", param: name });
  return url;
}

/** A session that is past its time has ended, whoever looks. */
export function getSession(books: FakeBooks, id: string): FakeSession {
  const session = books.sessions.get(id);
  if (session === undefined) throw missing("checkout.session", id);
  if (session.status === "open" && session.expires_at <= books.now()) end(books, session);
  return session;
}

export function expireSession(books: FakeBooks, id: string): FakeSession {
  const session = getSession(books, id);
  if (session.status !== "open") {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  end(books, session);
  return session;
}

function end(books: FakeBooks, session: FakeSession): void {
  session.status = "expired";
  session.url = null;
  books.emit("checkout.session.expired", session);
}

/** The payer presses Pay for the first time: now there is an intent. */
export function intentOfSession(books: FakeBooks, session: FakeSession): FakeIntent {
  if (session.payment_intent !== null) return getIntent(books, session.payment_intent);
  const intent = createIntent(books, {
    amount: String(session.amount_total),
    currency: session.currency,
    automatic_payment_methods: { enabled: "true" },
    metadata: session.intent_metadata,
  });
  session.payment_intent = intent.id;
  return intent;
}

/** The payer is done: the page is closed, and says so. */
export function completeSession(books: FakeBooks, session: FakeSession): void {
  const intent = intentOfSession(books, session);
  session.status = "complete";
  session.url = null;
  session.payment_status = intent.status === "succeeded" ? "paid" : "unpaid";
  books.emit("checkout.session.completed", session);
}
