import type { IncomingMessage, ServerResponse } from "node:http";
import { FAKE_ADYEN_API_VERSION } from "./adyen-words.js";
import { type FakeBooks, need } from "./fake-books.js";
import { FakeAdyenError, invalid } from "./fake-error.js";
import type { AdyenFault, AdyenFaults, AdyenOperation } from "./fake-faults.js";
import { decideRefund, receiveRefund } from "./fake-payments.js";
import type { FakeAmount, FakeSession } from "./fake-types.js";

/** One line of the call log. */
export interface AdyenCall {
  readonly operation: AdyenOperation;
  readonly idempotencyKey: string | null;
  /** What was answered; null when the fault left the caller without. */
  readonly status: number | null;
  readonly wasReplayed: boolean;
  readonly fault: string | null;
}

export interface AdyenWorld {
  readonly books: FakeBooks;
  readonly faults: AdyenFaults;
  readonly calls: AdyenCall[];
  /** What was answered to a key. */
  readonly keys: Map<string, Answer>;
}

export interface Answer {
  readonly status: number;
  readonly body: object | string;
}

export interface Call {
  readonly operation: AdyenOperation;
  readonly id: string;
  readonly body: Json;
  readonly key: string | null;
  readonly origin: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Answers a call to the Checkout API or for a report; false for a path that is neither. */
export async function handleApi(
  world: AdyenWorld,
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? "/", "http://fake.invalid");
  const found = routeOf(request.method ?? "", pathname);
  if (found === null) return false;
  const key = request.headers["idempotency-key"];
  const call: Call = {
    ...found,
    body: readJson(text),
    key: typeof key === "string" ? key : null,
    origin: `http://${request.headers.host ?? ""}`,
  };
  const fault = world.faults.take(call.operation);
  const log = (status: number | null, wasReplayed = false) =>
    world.calls.push({
      operation: call.operation,
      idempotencyKey: call.key,
      status,
      wasReplayed,
      fault: fault?.fault ?? null,
    });
  if (fault !== null && failBefore(fault, response)) {
    log(response.headersSent ? response.statusCode : null);
    return true;
  }
  const replayed = call.key === null ? undefined : world.keys.get(call.key);
  if (fault?.fault === "delay") await new Promise((resolve) => setTimeout(resolve, fault.delayMillis ?? 500));
  const answer = replayed ?? answerTo(world, call, request.headers["x-api-key"], fault);
  const isSilent = fault !== null && failAfter(fault, response, answer);
  log(isSilent ? (response.headersSent ? response.statusCode : null) : answer.status, replayed !== undefined);
  if (!isSilent) send(response, answer);
  return true;
}

function routeOf(method: string, path: string): Pick<Call, "operation" | "id"> | null {
  const of = `^(?:/checkout)?/${FAKE_ADYEN_API_VERSION}`;
  if (method === "POST" && new RegExp(`${of}/sessions$`).test(path))
    return { operation: "create_session", id: "" };
  if (method === "POST" && new RegExp(`${of}/paymentMethods$`).test(path))
    return { operation: "list_methods", id: "" };
  const refund = new RegExp(`${of}/payments/([^/]+)/refunds$`).exec(path)?.[1];
  if (method === "POST" && refund !== undefined)
    return { operation: "create_refund", id: decodeURIComponent(refund) };
  const report = /^\/reports\/download\/MerchantAccount\/([^/]+\/[^/]+)$/.exec(path)?.[1];
  return method === "GET" && report !== undefined ? { operation: "download_report", id: report } : null;
}

function readJson(text: string): Json {
  if (text === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

/** What is answered to a call whose idempotency key was not used before. */
export function answerTo(
  world: AdyenWorld,
  call: Call,
  apiKey: string | string[] | undefined,
  fault: AdyenFault | null,
): Answer {
  let answer: Answer;
  try {
    checkKey(apiKey);
    if ((call.key?.length ?? 0) > 64) throw invalid("800", "Idempotency-Key is longer than 64 characters");
    answer = fault?.fault === "error_500_kept" ? INTERNAL_ERROR : execute(world, call);
  } catch (error) {
    if (!(error instanceof FakeAdyenError)) throw error;
    answer = { status: error.status, body: error.body };
  }
  const isKept = answer.status < 300 || answer.status >= 500;
  if (call.key !== null && isKept) world.keys.set(call.key, answer);
  return answer;
}

function checkKey(key: string | string[] | undefined): void {
  if (typeof key !== "string" || !/^AQE/.test(key))
    throw new FakeAdyenError(401, "000", "HTTP Status Response - Unauthorized", "security");
}

function execute({ books }: AdyenWorld, { operation, id, body, origin }: Call): Answer {
  switch (operation) {
    case "list_methods":
      checkAccount(books, body);
      return { status: 200, body: { paymentMethods: [{ name: "Cards", type: "scheme" }] } };
    case "create_session":
      return { status: 201, body: createSession(books, body, origin) };
    case "create_refund":
      return { status: 201, body: createRefund(books, id, body) };
    case "download_report": {
      const [account, name] = id.split("/");
      const csv = account === books.merchantAccount ? books.reports.get(name ?? "") : undefined;
      if (csv === undefined) throw new FakeAdyenError(404, "404", "No such report");
      return { status: 200, body: csv };
    }
  }
}

const DAY_MILLIS = 86_400_000;
const REFERENCE_MAX = 80;

function createSession(books: FakeBooks, body: Json, origin: string): object {
  checkAccount(books, body);
  const amount = readAmount(body.amount);
  const reference = textOf(body, "reference", "130");
  if (reference.length > REFERENCE_MAX) throw invalid("132", "Reference is too long");
  const returnUrl = textOf(body, "returnUrl", "14_030");
  const expiresAt =
    typeof body.expiresAt === "string" ? Date.parse(body.expiresAt) : books.now() + DAY_MILLIS / 24;
  if (Number.isNaN(expiresAt) || expiresAt <= books.now() || expiresAt > books.now() + DAY_MILLIS)
    throw invalid("14_0319", "expiresAt must be within 24 hours");
  const session: FakeSession = {
    id: `CS${books.newReference()}`,
    merchantReference: reference,
    amount,
    expiresAt,
    returnUrl,
    mode: body.mode === "hosted" ? "hosted" : "embedded",
    metadata: (body.metadata ?? {}) as Record<string, string>,
    captureDelayHours: typeof body.captureDelayHours === "number" ? body.captureDelayHours : null,
    status: "active",
  };
  for (const [name, value] of Object.entries(session.metadata)) {
    if (name.length > 20) throw invalid("178", "Metadata key size exceeds limit");
    if (String(value).length > REFERENCE_MAX) throw invalid("179", "Metadata value size exceeds limit");
  }
  books.sessions.set(session.id, session);
  return {
    amount,
    expiresAt: new Date(expiresAt).toISOString(),
    id: session.id,
    merchantAccount: books.merchantAccount,
    mode: session.mode,
    reference,
    returnUrl,
    ...(session.mode === "hosted"
      ? { url: `${origin}/browser/session/${session.id}` }
      : { sessionData: `Ab02b4c0!${session.id}` }),
  };
}

function createRefund(books: FakeBooks, paymentPspReference: string, body: Json): object {
  checkAccount(books, body);
  const { value, currency } = readAmount(body.amount);
  const payment = need(books.payments, paymentPspReference);
  if (currency !== payment.amount.currency)
    throw invalid("139", "Original currency differs from the refund's");
  const reference = typeof body.reference === "string" ? body.reference : "";
  const refund = receiveRefund(books, paymentPspReference, value, reference);
  // After the answer, as a rule; a caller must not count on it.
  const { refundsEnd } = books.settings;
  if (refundsEnd !== "hold") setImmediate(() => decideRefund(books, refund.pspReference, refundsEnd));
  return {
    merchantAccount: books.merchantAccount,
    paymentPspReference,
    pspReference: refund.pspReference,
    reference,
    status: "received",
    amount: refund.amount,
  };
}

function checkAccount(books: FakeBooks, body: Json): void {
  if (body.merchantAccount !== books.merchantAccount)
    throw new FakeAdyenError(403, "901", "Invalid Merchant Account", "security");
}

/** Of these Adyen has no decimals of its own. */
const UNKNOWN_CURRENCIES = new Set(["MGA", "AFN", "BIF", "UYI"]);

function readAmount(value: unknown): FakeAmount {
  const { value: number, currency } = (value ?? {}) as Partial<FakeAmount>;
  if (!Number.isSafeInteger(number) || (number ?? 0) < 1) throw invalid("137", "Invalid amount specified");
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency) || UNKNOWN_CURRENCIES.has(currency))
    throw invalid("138", "Unsupported currency specified");
  return { value: number as number, currency };
}

function textOf(body: Json, name: string, errorCode: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw invalid(errorCode, `Required field '${name}'`);
  return value;
}

const INTERNAL_ERROR: Answer = {
  status: 500,
  body: { status: 500, errorCode: "905", message: "Internal error (scripted)", errorType: "internal" },
};

const REFUSALS: Readonly<Record<string, Answer>> = {
  error_500_before: INTERNAL_ERROR,
  rate_limit: {
    status: 429,
    body: { status: 429, errorCode: "429", message: "Too many requests", errorType: "validation" },
  },
  unauthorized: {
    status: 401,
    body: {
      status: 401,
      errorCode: "000",
      message: "HTTP Status Response - Unauthorized",
      errorType: "security",
    },
  },
  forbidden: {
    status: 403,
    body: { status: 403, errorCode: "901", message: "Invalid Merchant Account", errorType: "security" },
  },
  in_progress: {
    status: 422,
    body: {
      status: 422,
      errorCode: "704",
      message: "request already processed or in progress",
      errorType: "validation",
    },
  },
};

/** True when the call ends here, without an effect. */
function failBefore({ fault }: AdyenFault, response: ServerResponse): boolean {
  if (fault === "timeout_before") return true;
  if (fault === "drop_before") {
    response.destroy();
    return true;
  }
  const refusal = REFUSALS[fault];
  if (refusal === undefined) return false;
  send(response, refusal);
  return true;
}

/** True when the caller gets no whole answer, although the work is done. */
function failAfter({ fault }: AdyenFault, response: ServerResponse, answer: Answer): boolean {
  if (fault === "timeout_after_success") return true;
  if (fault === "drop_after_success") {
    response.destroy();
    return true;
  }
  if (fault === "error_500_after_success") {
    send(response, INTERNAL_ERROR);
    return true;
  }
  if (fault !== "half_answer") return false;
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
  return true;
}

export function send(response: ServerResponse, { status, body }: Answer): void {
  const isText = typeof body === "string";
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": isText ? "text/csv; charset=utf-8" : "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
