import { makeStopping, pause, postOnce, RETRY_DELAYS_MILLIS } from "../payment/deliver.js";
import type { FakeEvent } from "./fake-types.js";
import { signStripePayload } from "./stripe-words.js";

export interface WebhookTarget {
  readonly url: string;
  /** Two during a rotation: Stripe then signs with both. */
  readonly secrets: readonly string[];
}

export interface WebhookMode {
  /** Events are recorded and never sent. */
  off: boolean;
  /** Events wait for release(). */
  hold: boolean;
  /** How often each event is sent; 1 is once. */
  copies: number;
  delayMillis: number;
  /** The API call that caused an event answers only when the event has been delivered. */
  beforeResponse: boolean;
}

export type ReleaseOrder = "as_is" | "reverse" | { readonly shuffleSeed: number };

export interface Delivery {
  readonly eventId: string;
  readonly type: string;
  readonly attempt: number;
  /** HTTP status, or why there was none. */
  readonly result: number | string;
}

export interface FakeWebhooks {
  readonly mode: WebhookMode;
  readonly deliveries: readonly Delivery[];
  setTarget(target: WebhookTarget | null): void;
  /** Of events about this intent, its refunds and disputes only those types are sent by themselves from now on. */
  mute(intentId: string, exceptTypes: readonly string[]): void;
  onEvent(event: FakeEvent): void;
  /** Sends what was held, one after the other in that order, each awaited once. */
  release(order: ReleaseOrder): Promise<void>;
  /** Sends an event again, whatever the mode. */
  redeliver(event: FakeEvent): Promise<void>;
  /** Resolves when each event so far has been tried once. */
  firstAttempts(): Promise<void>;
  /** Resolves when nothing is under way and no retry is due. */
  settled(): Promise<void>;
  stop(): void;
}

export function makeFakeWebhooks(now: () => number, retryDelaysMillis = RETRY_DELAYS_MILLIS): FakeWebhooks {
  const mode: WebhookMode = { off: false, hold: false, copies: 1, delayMillis: 0, beforeResponse: false };
  const deliveries: Delivery[] = [];
  const held: FakeEvent[] = [];
  const muted = new Map<string, readonly string[]>();
  const firsts = new Set<Promise<void>>();
  const running = new Set<Promise<void>>();
  const stopping = makeStopping();
  let target: WebhookTarget | null = null;

  const track = (set: Set<Promise<void>>, promise: Promise<void>) => {
    set.add(promise);
    void promise.finally(() => set.delete(promise));
    return promise;
  };

  const attemptOnce = async (event: FakeEvent, attempt: number): Promise<boolean> => {
    if (!target || stopping.signal.aborted) return true;
    const body = Buffer.from(JSON.stringify(event));
    const signature = signStripePayload(body, target.secrets, now());
    const result = await postOnce(
      target.url,
      body,
      { "stripe-signature": signature, "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)" },
      stopping.signal,
    );
    deliveries.push({ eventId: event.id, type: event.type, attempt, result });
    return typeof result === "number" && result >= 200 && result < 300;
  };

  const retry = async (event: FakeEvent): Promise<void> => {
    for (const [index, delay] of retryDelaysMillis.entries()) {
      await pause(delay, stopping.signal);
      if (stopping.signal.aborted || (await attemptOnce(event, index + 2))) return;
    }
  };

  /** Resolves after the first attempt; retries go on by themselves. */
  const send = async (event: FakeEvent, delayMillis: number): Promise<void> => {
    await pause(delayMillis, stopping.signal);
    const isDelivered = await attemptOnce(event, 1);
    if (!isDelivered) void track(running, retry(event));
  };

  const start = (event: FakeEvent, delayMillis: number) =>
    track(firsts, track(running, send(event, delayMillis)));

  return {
    mode,
    deliveries,
    setTarget: (next) => {
      target = next;
    },
    mute: (intentId, exceptTypes) => {
      muted.set(intentId, exceptTypes);
    },
    onEvent: (event) => {
      const isMuted = muted.get(intentOf(event))?.includes(event.type) === false;
      if (mode.off || isMuted) return;
      if (mode.hold) {
        held.push(event);
        return;
      }
      for (let copy = 0; copy < mode.copies; copy += 1) void start(event, mode.delayMillis);
    },
    release: async (order) => {
      const events = ordered(held.splice(0), order);
      for (const event of events) {
        for (let copy = 0; copy < mode.copies; copy += 1) await start(event, 0);
      }
    },
    redeliver: (event) => start(event, 0),
    firstAttempts: async () => {
      await Promise.all(firsts);
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    stop: () => stopping.abort(),
  };
}

function intentOf({ data: { object } }: FakeEvent): string {
  return ("payment_intent" in object ? object.payment_intent : null) ?? object.id;
}

function ordered(events: FakeEvent[], order: ReleaseOrder): FakeEvent[] {
  if (order === "as_is") return events;
  if (order === "reverse") return events.reverse();
  // A linear congruential generator is enough for an order that a printed seed brings back.
  let state = order.shuffleSeed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return events
    .map((event) => ({ event, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ event }) => event);
}
