import { type Schemas, type Tribi, TribiError } from "@tribi/client";

type Order = Schemas["Order"];

/** How an order is, as the store reads it. */
export type Followed =
  | { readonly kind: "checking" }
  | {
      readonly kind: "unpaid" | "preparing" | "failed" | "undelivered" | "refunded" | "slow";
      readonly order: Order;
    };

const LOOK_MILLIS = 700;
const LOOK_MILLIS_MAX = 5_000;
/** After so many looks without a payment the person is asked whether there was one. */
const LOOKS_BEFORE_ASKING = 3;
/** The store reads the payment at the provider at these looks: the provider's word may be late or lost. */
const rereadsAt = (look: number): boolean => look === 1 || look % 4 === 0;
const FOLLOWED_MILLIS = 10 * 60_000;

/**
 * Looks at an order until there is nothing more to wait for, and says each state as it comes. Gives the eSIM to show,
 * or null when the order ended without one.
 */
export async function followOrder(
  tribi: Tribi,
  orderId: number,
  signal: AbortSignal,
  say: (followed: Followed) => void,
): Promise<number | null> {
  say({ kind: "checking" });
  let waited = 0;
  for (let look = 1; ; look += 1) {
    let order = await tribi.orders.get(orderId, { signal });
    if (order.status === "created" && rereadsAt(look)) {
      await reread(tribi, orderId, signal);
      order = await tribi.orders.get(orderId, { signal });
    }
    const outcome = outcomeOf(order, look);
    if (typeof outcome === "number") return outcome;
    say(outcome);
    if (["failed", "refunded", "undelivered"].includes(outcome.kind)) return null;
    if (waited > FOLLOWED_MILLIS) {
      say({ kind: "slow", order });
      return null;
    }
    const millis = Math.min(LOOK_MILLIS_MAX, LOOK_MILLIS * 1.3 ** (look - 1));
    waited += millis;
    await pause(millis, signal);
  }
}

/** Makes the store look at the provider. That there is nothing to pay any more is no news. */
async function reread(tribi: Tribi, orderId: number, signal: AbortSignal): Promise<void> {
  try {
    await tribi.payments.create({ order_id: orderId }, { signal });
  } catch (error) {
    if (!(error instanceof TribiError) || error.code === "cancelled" || error.status === 401) throw error;
  }
}

/** The eSIM's id when it is there to be shown. */
function outcomeOf(order: Order, look: number): Followed | number {
  switch (order.status) {
    case "created":
      return look < LOOKS_BEFORE_ASKING ? { kind: "checking" } : { kind: "unpaid", order };
    case "failed":
      return { kind: "failed", order };
    case "refunded":
      return { kind: "refunded", order };
    case "paid": {
      if (order.top_up !== undefined) return outcomeOfTopUp(order, order.top_up);
      const profile = order.esim_profile;
      if (profile?.status === "failed") return { kind: "undelivered", order };
      return profile === undefined || profile.status === "pending"
        ? { kind: "preparing", order }
        : profile.id;
    }
  }
}

function outcomeOfTopUp(order: Order, topUp: NonNullable<Order["top_up"]>): Followed | number {
  if (topUp.status === "failed") return { kind: "undelivered", order };
  return topUp.done_at === null ? { kind: "preparing", order } : topUp.esim_id;
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new TribiError({ code: "cancelled", detail: "The page was left." }));
    });
  });
}
