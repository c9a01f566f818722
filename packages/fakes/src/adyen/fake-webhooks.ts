import { makeStopping, pause, postOnce, RETRY_DELAYS_MILLIS } from "../payment/deliver.js";
import { signItem } from "./adyen-words.js";
import type { FakeAdyenShapes } from "./fake-shapes.js";
import type { FakeItem } from "./fake-types.js";

export interface AdyenTarget {
  readonly url: string;
  /** Hex. Adyen signs with one; another one can be on its way in. */
  readonly hmacKey: string;
}

export interface AdyenWebhookMode {
  /** Items are written down and never sent. */
  off: boolean;
  /** Items wait for release(). */
  hold: boolean;
  /** How often each is sent; copies have another date. */
  copies: number;
  delayMillis: number;
  /** Left away: the signature; or made with another key. */
  signature: "right" | "missing" | "wrong";
}

export interface AdyenDelivery {
  readonly events: readonly string[];
  readonly attempt: number;
  /** HTTP status, or why there was none. */
  readonly result: number | string;
}

export interface AdyenWebhooks {
  readonly mode: AdyenWebhookMode;
  readonly deliveries: readonly AdyenDelivery[];
  setTarget(target: AdyenTarget | null): void;
  /** Of items about this payment only those event codes are sent by themselves from now on. */
  mute(merchantReference: string, exceptCodes: readonly string[]): void;
  onItem(item: FakeItem): void;
  release(order: "as_is" | "reverse"): Promise<void>;
  redeliver(item: FakeItem): Promise<void>;
  /** Resolves when nothing is under way and no retry is due. */
  settled(): Promise<void>;
  stop(): void;
}

export function makeAdyenWebhooks(
  shapes: FakeAdyenShapes,
  /** Adyen tries again after 2, 5, 10, 15, 30 minutes and on for days. */
  retryDelaysMillis: readonly number[] = RETRY_DELAYS_MILLIS,
): AdyenWebhooks {
  const mode: AdyenWebhookMode = { off: false, hold: false, copies: 1, delayMillis: 0, signature: "right" };
  const deliveries: AdyenDelivery[] = [];
  const running = new Set<Promise<void>>();
  const muted = new Map<string, readonly string[]>();
  const stopping = makeStopping();
  let held: FakeItem[] = [];
  let waiting: FakeItem[] = [];
  let target: AdyenTarget | null = null;

  const attempt = async (items: readonly FakeItem[], number: number): Promise<boolean> => {
    if (target === null || stopping.signal.aborted) return true;
    const body = bodyOf(items, target, mode.signature);
    const result = await postOnce(
      target.url,
      body,
      { "user-agent": "Adyen HttpClient 1.0" },
      stopping.signal,
    );
    deliveries.push({ events: items.map(({ eventCode }) => eventCode), attempt: number, result });
    return typeof result === "number" && result >= 200 && result < 300;
  };
  const deliver = async (items: readonly FakeItem[], delayMillis: number): Promise<void> => {
    await pause(delayMillis, stopping.signal);
    if (await attempt(items, 1)) return;
    for (const [index, delay] of retryDelaysMillis.entries()) {
      await pause(delay, stopping.signal);
      if (stopping.signal.aborted || (await attempt(items, index + 2))) return;
    }
  };
  const start = (items: readonly FakeItem[], delayMillis: number): Promise<void> => {
    const promise = deliver(items, delayMillis);
    running.add(promise);
    void promise.finally(() => running.delete(promise));
    return promise;
  };
  const send = (items: readonly FakeItem[], delayMillis: number): Promise<void>[] =>
    Array.from({ length: mode.copies }, (_, copy) =>
      start(copy === 0 ? items : items.map(later), delayMillis),
    );
  const flush = (): void => {
    const items = waiting;
    waiting = [];
    if (items.length > 0) void Promise.all(send(items, mode.delayMillis));
  };

  return {
    mode,
    deliveries,
    setTarget: (next) => {
      target = next;
    },
    mute: (merchantReference, exceptCodes) => {
      muted.set(merchantReference, exceptCodes);
    },
    onItem: (item) => {
      if (mode.off || muted.get(item.merchantReference)?.includes(item.eventCode) === false) return;
      if (mode.hold) {
        held.push(item);
        return;
      }
      waiting.push(item);
      if (waiting.length >= shapes.batch) flush();
    },
    release: async (order) => {
      const items = order === "reverse" ? held.toReversed() : held;
      held = [];
      for (let index = 0; index < items.length; index += shapes.batch)
        await Promise.all(send(items.slice(index, index + shapes.batch), 0));
    },
    redeliver: (item) => start([later(item)], 0),
    settled: async () => {
      flush();
      while (running.size > 0) await Promise.all(running);
    },
    stop: () => stopping.abort(),
  };
}

/** A repetition has another date, which is not signed. */
const later = (item: FakeItem): FakeItem => ({ ...item, eventDate: "2030-01-01T00:00:00+00:00" });

/** A notification of these items, each of them signed. */
export function bodyOf(
  items: readonly FakeItem[],
  { hmacKey }: Pick<AdyenTarget, "hmacKey">,
  signature: AdyenWebhookMode["signature"],
): Buffer {
  const keys = { right: hmacKey, wrong: "00".repeat(32), missing: null };
  const key = keys[signature];
  const notificationItems = items.map((item) => ({
    NotificationRequestItem: {
      ...item,
      additionalData: {
        ...item.additionalData,
        ...(key === null ? {} : { hmacSignature: signItem(item, key) }),
      },
    },
  }));
  return Buffer.from(JSON.stringify({ live: "false", notificationItems }));
}
