import type { PaymentEvent, PaymentProvider } from "../../src/providers/payment/port.js";
import { NOBODY } from "./outside.js";
import { beyondTheShop } from "./scheduler.js";
import { virtualMicros } from "./virtual-time.js";
import type { World } from "./world.js";

const TRIES = 4;
const SECOND = 1_000_000;

interface Webhook {
  readonly provider: PaymentProvider;
  readonly body: Buffer;
  /** What it is about. */
  readonly of: string;
  /** The shop learns of it without this as well. */
  readonly isLookedAfter: boolean;
}

export function deliverEvent(world: World, provider: PaymentProvider, event: PaymentEvent, of: string): void {
  const body = Buffer.from(JSON.stringify(event));
  deliverWebhook(world, { provider, body, of, isLookedAfter: isLookedAfter(event) });
}

/** The provider tells the shop, and again where nobody took it; some are lost, doubled, late, or cut off on the way. */
export function deliverWebhook(world: World, webhook: Webhook): void {
  const scheduler = world.scheduler();
  const { body, of } = webhook;
  // Whoever made it happen does not wait for it.
  void beyondTheShop(() =>
    scheduler.start(`webhook ${of}`, NOBODY, async () => {
      const fault = await scheduler.step("webhook", async () => world.faults().decide("webhook", "webhook"));
      if (fault === "lost" && webhook.isLookedAfter) return;
      if (fault === "delayed")
        await scheduler.sleep(virtualMicros() + Math.ceil(world.choices().of("late", of) * 7_200) * SECOND);
      const copies = fault === "doubled" ? 2 : 1;
      await Promise.all(
        Array.from({ length: copies }, () =>
          deliver(world, webhook, fault === "truncated" ? body.subarray(0, 40) : body),
        ),
      );
      if (fault === "truncated") await deliver(world, webhook, body);
    }),
  ).catch(() => undefined);
}

const LOOKED_AFTER_MICROS = 2.5 * 86_400 * SECOND;
/** The books are compared for three days back; of what is older the provider's repetitions are relied upon. */
function isLookedAfter({ refund, dispute }: PaymentEvent): boolean {
  const since = (refund ?? dispute)?.createdAt.getTime();
  return since === undefined || virtualMicros() - since * 1_000 < LOOKED_AFTER_MICROS;
}

async function deliver(world: World, { provider, of }: Webhook, rawBody: Buffer): Promise<void> {
  const scheduler = world.scheduler();
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const name = `takes webhook ${of} ${attempt}`;
    const { number, shop } = world.processOf(name);
    const isTaken = await scheduler
      .start(name, number, () =>
        shop.payments.receiveWebhook(provider, {
          rawBody,
          headers: {},
          receivedAtMillis: Date.now(),
          requestId: "simulate",
        }),
      )
      .then(
        () => true,
        (error: { code?: unknown }) => error.code === "malformed_json",
      );
    if (isTaken) return;
    await scheduler.sleep(virtualMicros() + 60 * SECOND * 2 ** attempt);
  }
}
