import type { FakeBooks } from "../fake-books.js";
import { FakeStripeError } from "../fake-error.js";
import { confirmIntent } from "../fake-intents.js";
import { completeSession, getSession, intentOfSession } from "../fake-sessions.js";
import type { FakeSession } from "../fake-types.js";
import { escapeHtml, STYLE } from "./browser-pages.js";
import { METHOD_BY_CARD } from "./browser-payer.js";

/** What the payer's browser is given: a page, or another address. */
type HostedAnswer = { readonly html: string } | { readonly location: string };

/** Stripe's own payment page as its payers see it: pay, be declined, or go back to the shop. */
export function showHostedPage(books: FakeBooks, id: string): HostedAnswer {
  const session = getSession(books, id);
  if (session.status === "complete") return { location: session.success_url };
  return { html: session.status === "open" ? payPage(session, null) : overPage(session) };
}

export function payOnHostedPage(books: FakeBooks, id: string, form: URLSearchParams): HostedAnswer {
  const session = getSession(books, id);
  // Pressed twice, or in a second tab: it has been paid.
  if (session.status !== "open") return showHostedPage(books, id);
  const method = METHOD_BY_CARD[(form.get("number") ?? "").replace(/\D/g, "")];
  if (method === undefined) return { html: payPage(session, "Your card number is incorrect.") };
  try {
    const intent = intentOfSession(books, session);
    confirmIntent(books, intent.id, method === "pm_card_authenticationRequired" ? "pm_card_visa" : method);
  } catch (error) {
    if (!(error instanceof FakeStripeError)) throw error;
    return { html: payPage(session, error.body.message) };
  }
  completeSession(books, session);
  return { location: session.success_url };
}

const page = (content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Stripe Checkout</title><style>${STYLE}</style></head><body class="bank">${content}</body></html>`;

const overPage = (session: FakeSession): string =>
  page(`<h1>This page has expired</h1><a href="${escapeHtml(session.cancel_url)}">Back to the shop</a>`);

const payPage = (session: FakeSession, problem: string | null): string =>
  page(`<form method="post"><h1>${escapeHtml(session.title)}</h1>
<p>${session.amount_total} ${escapeHtml(session.currency)}</p>${problem === null ? "" : `<p role="alert">${escapeHtml(problem)}</p>`}
<label>Card number<input name="number" inputmode="numeric" autocomplete="cc-number"></label>
<button>Pay</button><a href="${escapeHtml(session.cancel_url)}">Back to the shop</a></form>`);
