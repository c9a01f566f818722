import { createHmac, timingSafeEqual } from "node:crypto";

/** Seconds that a signature's time may be away from the arrival, in either direction (docs.stripe.com/webhooks). */
export const FRESHNESS_SECONDS = 300;

export type SignatureVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: "missing_signature" | "invalid_signature";
      readonly detail: string;
    };

/**
 * Checks a `Stripe-Signature` header (`t=…,v1=…[,v1=…]`) over the raw bytes: HMAC-SHA256 of `t.body`. Done here and
 * not by the SDK's constructEvent, because that one takes a single secret, accepts times in the future and decodes
 * the bytes before it signs them. Only scheme v1 counts.
 */
export function verifyStripeSignature(
  rawBody: Uint8Array,
  header: string | readonly string[] | undefined,
  secrets: readonly string[],
  receivedAtMillis: number,
): SignatureVerdict {
  if (header === undefined || header === "") {
    return { ok: false, reason: "missing_signature", detail: "Missing Stripe-Signature header" };
  }
  const parsed = typeof header === "string" ? parseHeader(header) : null;
  if (!parsed) return invalid("the header has not exactly one t and at least one v1");
  if (Math.abs(Math.floor(receivedAtMillis / 1000) - parsed.seconds) > FRESHNESS_SECONDS) {
    return invalid(`t is more than ${FRESHNESS_SECONDS} s away from the arrival`);
  }
  return matchesAny(rawBody, parsed, secrets) ? { ok: true } : invalid("no v1 matches any secret");
}

/** Makes a header as Stripe does. */
export function signStripePayload(
  rawBody: Uint8Array,
  secrets: readonly string[],
  atSeconds: number,
): string {
  const signatures = secrets.map(
    (secret) => `v1=${digest(secret, String(atSeconds), rawBody).toString("hex")}`,
  );
  return [`t=${atSeconds}`, ...signatures].join(",");
}

interface ParsedHeader {
  /** As written: it is part of what was signed. */
  readonly time: string;
  readonly seconds: number;
  readonly signatures: readonly Buffer[];
}

const invalid = (detail: string): SignatureVerdict => ({ ok: false, reason: "invalid_signature", detail });

function digest(secret: string, time: string, rawBody: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(`${time}.`).update(rawBody).digest();
}

function parseHeader(header: string): ParsedHeader | null {
  const times: string[] = [];
  const signatures: Buffer[] = [];
  for (const part of header.split(",")) {
    const [scheme, value = ""] = part.trim().split("=", 2);
    if (scheme === "t" && /^\d{1,15}$/.test(value)) times.push(value);
    if (scheme === "v1" && /^[0-9a-f]{64}$/.test(value)) signatures.push(Buffer.from(value, "hex"));
  }
  const [time] = times;
  if (time === undefined || times.length > 1 || signatures.length === 0) return null;
  return { time, seconds: Number(time), signatures };
}

/** Tries every signature against every secret and never stops early, so that the time taken tells nothing. */
function matchesAny(rawBody: Uint8Array, header: ParsedHeader, secrets: readonly string[]): boolean {
  let isMatch = false;
  for (const secret of secrets) {
    const expected = digest(secret, header.time, rawBody);
    for (const signature of header.signatures) {
      isMatch = timingSafeEqual(expected, signature) || isMatch;
    }
  }
  return isMatch;
}
