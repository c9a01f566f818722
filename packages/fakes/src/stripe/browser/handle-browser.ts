import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { FakeStripeError } from "../fake-error.js";
import { parseForm } from "../fake-form.js";
import type { Answer } from "../fake-idempotency.js";
import { type FakeWorld, failAfter, failBefore, send, wait } from "../fake-request.js";
import { cardPage, challengePage, redirectPage, walletPage } from "./browser-pages.js";
import { authenticate } from "./browser-payer.js";
import { payOnHostedPage, showHostedPage } from "./hosted-page.js";

const asset = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");

/** The half of the fake that lives in the payer's browser; false for paths that are not of it. */
export function handleBrowserRequest(
  world: FakeWorld,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): boolean {
  const url = new URL(request.url ?? "/", "http://fake.invalid");
  const script = { "/stripe.js": "stripe.js", "/browser/frame.js": "frame.js" }[url.pathname];
  if (script !== undefined) return reply(response, "text/javascript", asset(script));
  const sessionId = /^\/browser\/checkout\/(\w+)$/.exec(url.pathname)?.[1];
  if (sessionId !== undefined) return replyHosted(world, response, sessionId, request.method, body);
  switch (`${request.method ?? ""} ${url.pathname}`) {
    case "GET /browser/card":
      return reply(response, "text/html", cardPage());
    case "GET /browser/wallet":
      return reply(response, "text/html", walletPage(world.settings.hasWallets));
    case "GET /browser/challenge":
      return reply(response, "text/html", challengePage());
    case "GET /browser/redirect":
      return reply(response, "text/html", redirectPage(url.searchParams));
    case "POST /browser/authenticate":
      void answerOfBank(world, response, body);
      return true;
    case "POST /browser/redirect":
      return sendBack(world, response, body);
    default:
      return false;
  }
}

function replyHosted(
  { books }: FakeWorld,
  response: ServerResponse,
  sessionId: string,
  method: string | undefined,
  body: string,
): boolean {
  if (!books.sessions.has(sessionId)) return false;
  const answer =
    method === "POST"
      ? payOnHostedPage(books, sessionId, new URLSearchParams(body))
      : showHostedPage(books, sessionId);
  if ("html" in answer) return reply(response, "text/html", answer.html);
  response.writeHead(303, { location: answer.location }).end();
  return true;
}

function reply(response: ServerResponse, type: string, text: string): true {
  response
    .writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" })
    .end(text);
  return true;
}

/** A bank that is slow, or whose answer is lost, is scripted as the API's calls are. */
async function answerOfBank(world: FakeWorld, response: ServerResponse, body: string): Promise<void> {
  const fault = world.faults.take("authenticate");
  if (fault !== null && failBefore(fault, response)) return;
  if (fault?.fault === "delay") await wait(fault.delayMillis ?? 1_000, response);
  const answer = answerOf(() => authenticate(world.books, parseForm(body)));
  if (!failAfter(fault, response, answer)) send(response, answer);
}

function answerOf(work: () => object): Answer {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (!(error instanceof FakeStripeError)) throw error;
    return { status: error.status, body: { error: error.body } };
  }
}

/** Back to the shop, with the parameters that Stripe adds; a shop that believes them is mistaken. */
function sendBack(world: FakeWorld, response: ServerResponse, body: string): true {
  const form = new URLSearchParams(body);
  let status = "succeeded";
  try {
    authenticate(world.books, parseForm(body));
  } catch (error) {
    if (!(error instanceof FakeStripeError)) throw error;
    status = "failed";
  }
  const target = new URL(form.get("return_url") ?? "");
  const secret = form.get("secret") ?? "";
  target.searchParams.set("payment_intent", secret.split("_secret_")[0] ?? "");
  target.searchParams.set("payment_intent_client_secret", secret);
  target.searchParams.set("redirect_status", status);
  response.writeHead(303, { location: target.href }).end();
  return true;
}
