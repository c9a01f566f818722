import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdyenWorld } from "../fake-api.js";
import { FakeAdyenError } from "../fake-error.js";
import { authorise, refuse } from "../fake-payments.js";

const asset = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");

/** Pays with this number, is refused with the other; every other one is refused as well. */
const GOOD_CARD = "4111111111111111";

/** The half of the fake that lives in the payer's browser: Drop-in's stand-in and the hosted page. */
export function handleAdyenBrowser(
  world: AdyenWorld,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): boolean {
  const { pathname } = new URL(request.url ?? "/", "http://fake.invalid");
  if (pathname === "/adyen.js") return reply(response, 200, "text/javascript", asset("adyen.js"));
  if (pathname === "/adyen.css") return reply(response, 200, "text/css", "");
  const paying = /^\/browser\/pay\/(\w+)$/.exec(pathname)?.[1];
  if (paying !== undefined) {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "content-type");
    if (request.method === "OPTIONS") return reply(response, 204, "text/plain", "");
    const said = pay(world, paying, new URLSearchParams(body).get("number") ?? "");
    return reply(response, 200, "application/json", JSON.stringify(said));
  }
  const hosted = /^\/browser\/session\/(\w+)$/.exec(pathname)?.[1];
  if (hosted === undefined) return false;
  const session = world.books.sessions.get(hosted);
  if (session === undefined) return reply(response, 404, "text/html", "No such session");
  if (request.method !== "POST") return reply(response, 200, "text/html", hostedPage(session.amount));
  const { resultCode } = pay(world, hosted, new URLSearchParams(body).get("number") ?? "");
  if (resultCode === "Refused")
    return reply(response, 200, "text/html", hostedPage(session.amount, "The payment was refused."));
  const back = new URL(session.returnUrl);
  back.searchParams.set("sessionId", hosted);
  back.searchParams.set("sessionResult", "of-the-fake");
  response.writeHead(303, { location: back.href }).end();
  return true;
}

function pay(
  { books }: AdyenWorld,
  sessionId: string,
  number: string,
): { resultCode: string; message?: string } {
  try {
    if (number.replaceAll(" ", "") === GOOD_CARD) {
      authorise(books, sessionId);
      return { resultCode: "Authorised" };
    }
    refuse(books, sessionId, "Refused");
    return { resultCode: "Refused" };
  } catch (error) {
    if (!(error instanceof FakeAdyenError)) throw error;
    return { resultCode: "Error", message: error.message };
  }
}

const hostedPage = ({ value, currency }: { value: number; currency: string }, problem = ""): string =>
  `<!doctype html><title>Adyen (fake)</title><h1>${value} ${currency}</h1><p role="alert">${problem}</p>` +
  '<form method="post"><label>Card <input name="number" autocomplete="off"></label><button>Pay</button></form>';

function reply(response: ServerResponse, status: number, type: string, text: string): true {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
  response.end(text);
  return true;
}
