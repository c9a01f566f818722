import type { Random } from "./random.js";

/**
 * What one buyer will do and what will happen to their money, drawn before anything is sent: answers, retries and the
 * clock change nothing of it, so that a round can be seen again.
 */
export interface BuyerScript {
  /** Which of the customers who are always there; somebody who leaves comes for this round alone. */
  readonly customer: number;
  readonly leaving: Leaving | null;
  readonly plan: number;
  readonly payment: PaymentScript;
  readonly activations: number;
  readonly installs: boolean;
  readonly topUp: TopUpScript | null;
  readonly refund: { readonly acceptsLoss: boolean } | null;
}

export interface TopUpScript {
  /** Of the eSIM that is bought in this round, or of one that the buyer has from before anything went wrong. */
  readonly of: "new" | "owned";
  readonly clicks: number;
  readonly payment: PaymentScript;
}

export const STAGES = [
  "ordered",
  "payment_begun",
  "while_paying",
  "paid",
  "activated",
  "while_topping_up",
  "topped_up",
] as const;
export type Stage = (typeof STAGES)[number];

export interface Leaving {
  /** By their own wish, or by an operator's. */
  readonly how: "deleted" | "disabled";
  readonly at: Stage;
}

export interface PaymentScript {
  readonly provider: "MOCK" | "STRIPE" | "ADYEN";
  readonly pays: boolean;
  /** Of the mock's webhook; at Adyen 3 is money that is taken twice in one session. */
  readonly copies: number;
  readonly deed: Deed;
  /** Only these kinds of the provider's events about it arrive; null: all. */
  readonly heard: readonly string[] | null;
}

/** What becomes of the money at the provider's own pages and at the payer's bank. */
export type Deed =
  | { readonly kind: "none" }
  | {
      readonly kind: "refund";
      /** In the same moment as the payment, before anybody has heard of it; or later. */
      readonly when: "unheard" | "later";
      readonly part: "all" | "half";
      /** Null: it is done at once. Otherwise it is under way until the round heals, and then ends so. */
      readonly pendingUntil: "succeeded" | "failed" | null;
    }
  | {
      readonly kind: "dispute";
      readonly when: "unheard" | "later";
      readonly isInquiry: boolean;
      /** When the round heals; null: soon. */
      readonly closesLate: boolean;
      readonly end: "won" | "lost";
      readonly refund: "before" | "after" | null;
    };

const HEARD: readonly (readonly string[] | null)[] = [
  null,
  null,
  [],
  ["charge.refunded"],
  ["refund.created"],
  ["charge.dispute.created"],
  ["charge.dispute.closed"],
];
/** Of what was done before anybody heard: a success that arrives alone would be believed, and rightly. */
const HEARD_OF_UNHEARD: readonly (readonly string[])[] = [
  [],
  ["charge.refunded"],
  ["refund.created"],
  ["charge.dispute.created"],
];

/** `leaves`: some of the buyers are drawn to leave, or none. */
export function drawScript(random: Random): BuyerScript {
  const leaving: Leaving | null = random.chance(0.25)
    ? { how: random.chance(0.5) ? "deleted" : "disabled", at: random.pick(STAGES) }
    : null;
  const topUp: TopUpScript = {
    of: random.chance(0.7) ? "owned" : "new",
    clicks: 1 + random.integer(2),
    payment: drawPayment(random),
  };
  return {
    customer: random.integer(1_000),
    leaving,
    plan: random.integer(1_000),
    payment: drawPayment(random),
    activations: random.integer(4),
    installs: random.chance(0.1),
    topUp: random.chance(0.4) ? topUp : null,
    refund: random.chance(0.12) ? { acceptsLoss: random.chance(0.5) } : null,
  };
}

const PROVIDERS = [
  "STRIPE",
  "STRIPE",
  "STRIPE",
  "STRIPE",
  "ADYEN",
  "ADYEN",
  "ADYEN",
  "MOCK",
  "MOCK",
] as const;

function drawPayment(random: Random): PaymentScript {
  const provider = random.pick(PROVIDERS);
  const deed = provider === "MOCK" ? ({ kind: "none" } as const) : drawDeed(random);
  const isUnheard = deed.kind !== "none" && deed.when === "unheard";
  return {
    provider,
    pays: !random.chance(0.08),
    copies: 1 + random.integer(3),
    deed,
    heard: random.pick(isUnheard ? HEARD_OF_UNHEARD : HEARD),
  };
}

function drawDeed(random: Random): Deed {
  const draw = random.next();
  const when = random.chance(0.5) ? "unheard" : "later";
  if (draw < 0.55) return { kind: "none" };
  if (draw < 0.8) {
    return {
      kind: "refund",
      when,
      part: random.chance(0.7) ? "all" : "half",
      pendingUntil: random.chance(0.6) ? null : random.chance(0.5) ? "succeeded" : "failed",
    };
  }
  return {
    kind: "dispute",
    when,
    isInquiry: random.chance(0.2),
    closesLate: random.chance(0.6),
    end: random.chance(0.5) ? "won" : "lost",
    refund: random.pick([null, null, "before", "after"] as const),
  };
}
