import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
/** Standard Webhooks 1.0 asks for 24 to 64. */
const SECRET_BYTES = 32;

export const makeWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString("base64");

export interface SignedParts {
  readonly id: string;
  /** Seconds since 1970; a receiver refuses what is minutes away from its own clock. */
  readonly timestamp: number;
  readonly body: string;
}

/** The three headers of Standard Webhooks 1.0. While a secret is changed both sign, and either is enough. */
export function signMessage(
  { id, timestamp, body }: SignedParts,
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
