import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import Stripe from "stripe";
import { type Outcome, unknown } from "../../../kernel/outcome.js";

/**
 * Pinned, so that an upgrade of the account at Stripe does not change what our translators read. It is the version
 * that the SDK's types describe; change both together.
 */
export const STRIPE_API_VERSION = "2026-10-28.endive";

export interface StripeClientOptions {
  readonly secretKey: string;
  /** An origin such as https://api.stripe.com; a local fake's in development and tests. */
  readonly apiBase: string;
  /** How long a call waits for bytes. */
  readonly timeoutMillis: number;
}

const SOCKETS_MAX = 50;

/**
 * Writes are never tried again by the SDK: an unknown outcome is ours to settle. (A connection that was closed on
 * us is the one exception that the SDK makes by itself, once; our idempotency key makes that harmless.)
 */
export function makeStripeClient(options: StripeClientOptions): Stripe {
  const base = new URL(options.apiBase);
  if (base.origin !== options.apiBase.replace(/\/$/, "") || !["http:", "https:"].includes(base.protocol)) {
    throw new Error("STRIPE_API_BASE must be an origin such as https://api.stripe.com, without a path.");
  }
  const isPlain = base.protocol === "http:";
  const agentOptions = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return new Stripe(options.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    host: base.hostname,
    port: base.port === "" ? (isPlain ? 80 : 443) : Number(base.port),
    protocol: isPlain ? "http" : "https",
    timeout: options.timeoutMillis,
    maxNetworkRetries: 0,
    httpAgent: isPlain
      ? new HttpAgent(agentOptions)
      : // Whatever the process's environment says about certificates.
        new HttpsAgent({ ...agentOptions, rejectUnauthorized: true }),
    telemetry: false,
  });
}

/** For each call that only reads: it may be repeated freely. */
export const READING = { maxNetworkRetries: 2 };

/**
 * The SDK's time-out is about silence on the socket; an answer that trickles could last for ever. After this
 * deadline the outcome is unknown, whatever still arrives.
 */
export async function withDeadline<Value, Refusal>(
  millis: number,
  call: Promise<Outcome<Value, Refusal>>,
): Promise<Outcome<Value, Refusal>> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<Outcome<Value, Refusal>>((resolve) => {
    timer = setTimeout(() => resolve(unknown(`no complete answer within ${millis} ms`)), millis);
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
