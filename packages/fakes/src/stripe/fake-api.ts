import { confirmFromBrowser, isFromBrowser } from "./browser/browser-payer.js";
import { type FakeBooks, getIntent, getRefund } from "./fake-books.js";
import { missing } from "./fake-error.js";
import type { OperationName } from "./fake-faults.js";
import { listParam, type Params, textParam } from "./fake-form.js";
import { cancelIntent, confirmIntent, createIntent } from "./fake-intents.js";
import { listPage, searchIntents } from "./fake-lists.js";
import { createRefund, type RefundMode } from "./fake-refunds.js";
import { createSession, expireSession, getSession } from "./fake-sessions.js";
import type { FakeDispute } from "./fake-types.js";

/** Settings of the fake's own behaviour, changed by the control. */
export interface FakeSettings {
  refunds: RefundMode;
  searchLagSeconds: number;
  /** Whether the payer's browser has a wallet. */
  hasWallets: boolean;
}

export interface Route {
  readonly operation: OperationName;
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  handle(call: Call): object;
}

export interface Call {
  readonly books: FakeBooks;
  readonly settings: FakeSettings;
  readonly params: Params;
  /** The id in the path; empty where there is none. */
  readonly id: string;
  /** The fake's own. */
  readonly origin: string;
}

const ID = "([A-Za-z0-9_]+)";

function route(
  operation: OperationName,
  method: Route["method"],
  path: string,
  handle: Route["handle"],
): Route {
  return { operation, method, path: new RegExp(`^/v1/${path.replace(":id", ID)}$`), handle };
}

function get<Item>(table: Map<string, Item>, what: string, id: string): Item {
  const item = table.get(id);
  if (item === undefined) throw missing(what, id);
  return item;
}

export const ROUTES: readonly Route[] = [
  route("create_intent", "POST", "payment_intents", ({ books, params }) => createIntent(books, params)),
  route("list_intents", "GET", "payment_intents", ({ books, params }) =>
    listPage(books.intents.values(), params, "/v1/payment_intents"),
  ),
  route("search_intents", "GET", "payment_intents/search", ({ books, params, settings }) =>
    searchIntents(books, params, settings.searchLagSeconds),
  ),
  route("retrieve_intent", "GET", "payment_intents/:id", ({ books, id }) => getIntent(books, id)),
  route("confirm_intent", "POST", "payment_intents/:id/confirm", ({ books, id, params, origin }) =>
    isFromBrowser(params)
      ? confirmFromBrowser(books, origin, params)
      : confirmIntent(books, id, textParam(params, "payment_method") ?? "pm_card_visa"),
  ),
  route("cancel_intent", "POST", "payment_intents/:id/cancel", ({ books, id, params }) =>
    cancelIntent(books, id, textParam(params, "cancellation_reason")),
  ),
  route("create_session", "POST", "checkout/sessions", ({ books, params, origin }) =>
    createSession(books, params, origin),
  ),
  route("list_sessions", "GET", "checkout/sessions", ({ books, params }) =>
    listPage(books.sessions.values(), params, "/v1/checkout/sessions"),
  ),
  route("retrieve_session", "GET", "checkout/sessions/:id", ({ books, id }) => getSession(books, id)),
  route("expire_session", "POST", "checkout/sessions/:id/expire", ({ books, id }) =>
    expireSession(books, id),
  ),
  route("create_refund", "POST", "refunds", ({ books, params, settings }) =>
    createRefund(books, params, settings.refunds),
  ),
  route("list_refunds", "GET", "refunds", ({ books, params }) => {
    const intentId = textParam(params, "payment_intent");
    const chargeId = textParam(params, "charge");
    return listPage(
      books.refunds.values(),
      params,
      "/v1/refunds",
      (refund) =>
        (intentId === null || refund.payment_intent === intentId) &&
        (chargeId === null || refund.charge === chargeId),
    );
  }),
  route("retrieve_refund", "GET", "refunds/:id", ({ books, id }) => getRefund(books, id)),
  route("list_events", "GET", "events", ({ books, params }) => {
    const type = textParam(params, "type");
    const types = listParam(params, "types");
    const isWanted = (event: { readonly type: string }): boolean =>
      (type === null || event.type === type) && (types.length === 0 || types.includes(event.type));
    return listPage(books.events.values(), params, "/v1/events", isWanted);
  }),
  route("retrieve_event", "GET", "events/:id", ({ books, id }) => get(books.events, "event", id)),
  route("list_disputes", "GET", "disputes", ({ books, params }) => {
    const intentId = textParam(params, "payment_intent");
    const isWanted = (dispute: FakeDispute) => intentId === null || dispute.payment_intent === intentId;
    return listPage(books.disputes.values(), params, "/v1/disputes", isWanted);
  }),
  route("retrieve_dispute", "GET", "disputes/:id", ({ books, id }) => get(books.disputes, "dispute", id)),
  route("list_charges", "GET", "charges", ({ books, params }) => {
    const intentId = textParam(params, "payment_intent");
    return listPage(
      books.charges.values(),
      params,
      "/v1/charges",
      (charge) => intentId === null || charge.payment_intent === intentId,
    );
  }),
  route("retrieve_charge", "GET", "charges/:id", ({ books, id }) => get(books.charges, "charge", id)),
  route("list_balance", "GET", "balance_transactions", ({ books, params }) =>
    listPage(books.balance.values(), params, "/v1/balance_transactions"),
  ),
];

export function findRoute(method: string, path: string): { route: Route; id: string } | null {
  for (const candidate of ROUTES) {
    const match = candidate.method === method ? candidate.path.exec(path) : null;
    if (match) return { route: candidate, id: match[1] ?? "" };
  }
  return null;
}
