/** What a receiver gets from the request: header names in lower case. */
export interface ReceivedWebhook {
  /** The bytes as they came; a parsed and written body has another signature. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface VerifyOptions {
  /** `whsec_…`; several while they are rotated. */
  readonly secrets: readonly string[];
  readonly toleranceSeconds?: number;
  readonly nowMillis?: () => number;
}

/**
 * The event of a request that this store signed (Standard Webhooks 1.0), parsed; undefined for anything else: a wrong
 * signature, another body, a time that is too far away.
 */
export async function verifyWebhook(received: ReceivedWebhook, options: VerifyOptions): Promise<unknown> {
  const { body, headers } = received;
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  const seconds = Number(timestamp);
  const now = (options.nowMillis ?? Date.now)() / 1_000;
  const isFresh = Math.abs(now - seconds) <= (options.toleranceSeconds ?? 300);
  if (id === "" || !/^\d{1,12}$/.test(timestamp) || !isFresh) return undefined;
  const signatures = (headers["webhook-signature"] ?? "")
    .split(" ")
    .flatMap((part) => (part.startsWith("v1,") ? [part.slice(3)] : []));
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const secret of options.secrets) {
    const key = await keyOf(secret);
    for (const signature of signatures) {
      const bytes = bytesOf(signature);
      if (
        key !== undefined &&
        bytes !== undefined &&
        (await crypto.subtle.verify("HMAC", key, bytes, signed))
      )
        return JSON.parse(body);
    }
  }
  return undefined;
}

async function keyOf(secret: string) {
  const bytes = bytesOf(secret.replace(/^whsec_/, ""));
  if (bytes === undefined || bytes.length === 0) return undefined;
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
