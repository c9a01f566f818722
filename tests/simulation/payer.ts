import type { FakeStripe } from "@tribi/fakes/stripe/fake-server";
import { payAtAdyen, payLaterAtAdyen } from "./adyen-payer.js";
import type { Seen } from "./buyer.js";
import { insist } from "./insist.js";
import type { Random } from "./random.js";
import type { Deed, PaymentScript } from "./script.js";
import type { World } from "./world.js";

export interface Payment {
  readonly intentId: string;
  readonly amountMinor: number;
}

/** What still happens to a payment when the round heals. */
export interface Open {
  readonly refundId?: { readonly id: string; readonly becomes: "succeeded" | "failed" };
  readonly disputeId?: { readonly id: string; readonly becomes: "won" | "lost" };
  readonly refundAfter?: Payment;
}

/** The payer acts at the provider. What the provider refuses in its present state did not happen. */
export async function pay(
  world: World,
  route: Random,
  seen: Seen,
  { script, payment, isThere }: { script: PaymentScript; payment: Payment; isThere: () => boolean },
): Promise<void> {
  if (script.provider === "MOCK") {
    const body = { intent_id: payment.intentId, status: script.pays ? "succeeded" : "failed" };
    const told = await Promise.all(
      Array.from({ length: script.copies }, () =>
        insist(world, route, "POST", "/payments/webhook/mock", { body }),
      ),
    );
    if (isThere() && !told.some(({ status }) => status === 200))
      seen.violations.push(`webhook: ${told[0]?.text}`);
    return;
  }
  if (script.provider === "ADYEN") return payAtAdyen(world, script, payment);
  const { control } = world.stripe;
  if (script.heard !== null) control.mute(payment.intentId, script.heard);
  if (!script.pays) return attempt(() => control.decline(payment.intentId));
  attempt(() => {
    control.approve(payment.intentId);
    // In the same moment: no event of the payment can have been delivered before.
    if (script.deed.kind !== "none" && script.deed.when === "unheard")
      world.openEnds.push(...happen(world.stripe, script.deed, payment));
  });
}

/** What happens at the provider's own pages or at the payer's bank after the shop has heard of the payment. */
export function payLater(world: World, script: PaymentScript, payment: Payment): void {
  if (script.provider === "ADYEN") {
    payLaterAtAdyen(world, script, payment);
    return;
  }
  const { deed } = script;
  if (deed.kind === "none" || deed.when !== "later") return;
  attempt(() => world.openEnds.push(...happen(world.stripe, deed, payment)));
}

function happen({ control }: FakeStripe, deed: Deed, payment: Payment): Open[] {
  if (deed.kind === "none") return [];
  if (deed.kind === "refund") {
    const amount = deed.part === "all" ? payment.amountMinor : Math.ceil(payment.amountMinor / 2);
    if (deed.pendingUntil === null) {
      control.refund(payment.intentId, amount);
      return [];
    }
    const { id } = control.refund(payment.intentId, amount, "pending");
    return [{ refundId: { id, becomes: deed.pendingUntil } }];
  }
  if (deed.refund === "before")
    attempt(() => control.refund(payment.intentId, Math.ceil(payment.amountMinor / 2)));
  const { id } = control.openDispute(payment.intentId, deed.isInquiry);
  const after = deed.refund === "after" ? [{ refundAfter: payment }] : [];
  if (deed.closesLate) return [{ disputeId: { id, becomes: deed.end } }, ...after];
  control.closeDispute(id, deed.end);
  return after;
}

/** Whatever was under way at the provider comes to its end. */
export function endWhatIsOpen({ stripe: { control }, openEnds }: World): void {
  for (const { refundId, disputeId, refundAfter } of openEnds.splice(0)) {
    if (refundId !== undefined)
      attempt(() =>
        refundId.becomes === "succeeded"
          ? control.succeedRefund(refundId.id)
          : control.failRefund(refundId.id),
      );
    if (disputeId !== undefined) attempt(() => control.closeDispute(disputeId.id, disputeId.becomes));
    if (refundAfter !== undefined) attempt(() => control.refund(refundAfter.intentId));
  }
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // The fake says no, as the provider would.
  }
}
