import type { IncomingMessage, ServerResponse } from "node:http";
import { isFromBrowser } from "./browser/browser-payer.js";
import { type FakeSettings, findRoute, type Route } from "./fake-api.js";
import type { FakeBooks } from "./fake-books.js";
import { FakeStripeError, invalidRequest } from "./fake-error.js";
import type { FakeFaults, Fault, OperationName } from "./fake-faults.js";
import { type Params, parseForm } from "./fake-form.js";
import type { Answer, FakeIdempotency } from "./fake-idempotency.js";
import { expand } from "./fake-lists.js";
import type { FakeWebhooks } from "./fake-webhooks.js";

export interface FakeWorld {
  readonly books: FakeBooks;
  readonly settings: FakeSettings;
  readonly faults: FakeFaults;
  readonly idempotency: FakeIdempotency;
  readonly webhooks: FakeWebhooks;
  readonly calls: FakeCall[];
}

/** One line of the call log. */
export interface FakeCall {
  readonly operation: OperationName;
  readonly idempotencyKey: string | null;
  /** What was answered; null when the fault left the caller without. */
  readonly status: number | null;
  readonly wasReplayed: boolean;
  readonly fault: string | null;
}

/** Answers one call to /v1. */
export async function handleApiRequest(
  world: FakeWorld,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake.invalid");
  const requestId = world.books.newId("req");
  response.setHeader("request-id", requestId);
  try {
    const found = findRoute(request.method ?? "", url.pathname);
    if (!found) {
      throw new FakeStripeError(404, {
        type: "invalid_request_error",
        message: `Unrecognized request URL (${request.method}: ${url.pathname}).`,
      });
    }
    const params = parseForm(request.method === "GET" ? url.search.slice(1) : body);
    if (isFromBrowser(params)) checkPublishable(params, found.route.operation);
    else checkKey(request);
    const key = request.method === "POST" ? (headerOf(request, "idempotency-key") ?? null) : null;
    await runCall(world, response, {
      ...found,
      params,
      key,
      path: url.pathname,
      requestId,
      origin: `http://${request.headers.host ?? ""}`,
    });
  } catch (error) {
    if (!(error instanceof FakeStripeError)) throw error;
    send(response, { status: error.status, body: { error: error.body } });
  }
}

interface RunningCall {
  readonly route: Route;
  readonly id: string;
  readonly params: Params;
  readonly key: string | null;
  readonly path: string;
  readonly requestId: string;
  readonly origin: string;
}

async function runCall(world: FakeWorld, response: ServerResponse, call: RunningCall): Promise<void> {
  const { operation } = call.route;
  const fault = world.faults.take(operation);
  const log = (status: number | null, wasReplayed = false) =>
    world.calls.push({
      operation,
      idempotencyKey: call.key,
      status,
      wasReplayed,
      fault: fault?.fault ?? null,
    });

  if (fault && failBefore(fault, response)) {
    log(response.headersSent ? response.statusCode : null);
    return;
  }
  const fingerprint = JSON.stringify([call.path, call.params]);
  const replay = call.key === null ? null : claimOrLog(world, call.key, fingerprint, log);
  if (replay) {
    response.setHeader("idempotent-replayed", "true");
    log(replay.status, true);
    send(response, replay);
    return;
  }
  if (fault?.fault === "delay") await wait(fault.delayMillis ?? 1_000, response);
  const answer = KEPT_WITHOUT_EFFECT[fault?.fault ?? ""] ?? execute(world, call);
  const told = fault?.fault === "error_500_after_success" && answer.status === 200 ? INTERNAL_ERROR : answer;
  if (call.key !== null) {
    // 402 is an answer of the work itself; other 4xx came before it began.
    const isKept =
      told.status === 200 || told.status === 402 || told.status >= 500 || fault?.fault === "refused_and_kept";
    if (isKept) world.idempotency.keep(call.key, told);
    else world.idempotency.release(call.key);
  }
  if (world.webhooks.mode.beforeResponse) await world.webhooks.firstAttempts();
  const isSilent = failAfter(fault, response, told);
  log(isSilent ? null : told.status);
  if (!isSilent) send(response, told);
}

function claimOrLog(
  world: FakeWorld,
  key: string,
  fingerprint: string,
  log: (status: number) => void,
): Answer | null {
  try {
    return world.idempotency.claim(key, fingerprint);
  } catch (error) {
    if (error instanceof FakeStripeError) log(error.status);
    throw error;
  }
}

function execute(world: FakeWorld, call: RunningCall): Answer {
  const { books, settings } = world;
  books.setOrigin({ requestId: call.requestId, idempotencyKey: call.key });
  try {
    const result = call.route.handle({
      books,
      settings,
      params: call.params,
      id: call.id,
      origin: call.origin,
    });
    return { status: 200, body: expand(books, result, call.params) };
  } catch (error) {
    if (!(error instanceof FakeStripeError)) throw error;
    return { status: error.status, body: { error: error.body } };
  } finally {
    books.setOrigin({ requestId: null, idempotencyKey: null });
  }
}

const INTERNAL_ERROR: Answer = {
  status: 500,
  body: { error: { type: "api_error", message: "An unknown error occurred. (scripted)" } },
};

const KEPT_WITHOUT_EFFECT: Readonly<Record<string, Answer>> = {
  error_500_kept: INTERNAL_ERROR,
  refused_and_kept: {
    status: 400,
    body: {
      error: {
        type: "invalid_request_error",
        code: "balance_insufficient",
        message: "Insufficient funds in your Stripe balance to refund this amount.",
      },
    },
  },
};

/** True when the call ends here, without an effect. */
export function failBefore(fault: Fault, response: ServerResponse): boolean {
  switch (fault.fault) {
    case "timeout_before":
      return true;
    case "drop_before":
      response.destroy();
      return true;
    case "error_500_before":
      send(response, INTERNAL_ERROR);
      return true;
    case "rate_limit":
      send(response, {
        status: 429,
        body: {
          error: { type: "invalid_request_error", code: "rate_limit", message: "Too many requests." },
        },
      });
      return true;
    case "unauthorized":
      send(response, { status: 401, body: { error: UNAUTHORIZED } });
      return true;
    case "timeout_after_success":
    case "drop_after_success":
    case "error_500_after_success":
    case "error_500_kept":
    case "refused_and_kept":
    case "half_answer":
    case "delay":
      return false;
  }
}

/** True when the caller gets no whole answer, although the work is done. */
export function failAfter(fault: Fault | null, response: ServerResponse, answer: Answer): boolean {
  if (fault?.fault === "timeout_after_success") return true;
  if (fault?.fault === "drop_after_success") {
    response.destroy();
    return true;
  }
  if (fault?.fault !== "half_answer") return false;
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
  return true;
}

/** A publishable key confirms, and nothing else. */
function checkPublishable(params: Params, operation: OperationName): void {
  if (!/^pk_\w+$/.test(String(params.key)) || operation !== "confirm_intent")
    throw new FakeStripeError(401, UNAUTHORIZED);
}

const UNAUTHORIZED = { type: "invalid_request_error", message: "Invalid API Key provided." };

function checkKey(request: IncomingMessage): void {
  const authorization = headerOf(request, "authorization") ?? "";
  if (!/^Bearer (sk|rk)_\w+$/.test(authorization)) throw new FakeStripeError(401, UNAUTHORIZED);
  const type = headerOf(request, "content-type") ?? "";
  if (request.method === "POST" && !type.startsWith("application/x-www-form-urlencoded")) {
    throw invalidRequest("Invalid request: use application/x-www-form-urlencoded.");
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

export function send(response: ServerResponse, answer: Answer): void {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Ends early when the caller goes away. */
export function wait(millis: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
