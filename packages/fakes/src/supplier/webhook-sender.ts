import type { Ledger } from "./ledger.js";

/** How a fake tells: before it answers the call that caused the event, after, never, twice, or only as a forgery. */
export type WebhookMode = "after" | "before_answer" | "never" | "twice" | "forged_only";

export interface WebhookMessage {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends once and notes the result in the ledger; never throws. */
export async function deliver(ledger: Ledger, message: WebhookMessage): Promise<number | null> {
  try {
    const response = await fetch(message.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...message.headers },
      body: message.body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    ledger.deliveries.push({ url: message.url, body: message.body, result: String(response.status) });
    return response.status;
  } catch (error) {
    ledger.deliveries.push({ url: message.url, body: message.body, result: String(error) });
    return null;
  }
}
