import type { DisputeState, RefundState } from "../../src/providers/payment/port.js";
import type { SimAdyen } from "./sim-adyen.js";
import type { SimProvider } from "./sim-provider.js";

/** The hands of payers, of their banks, and of people at a provider's own pages; a payment is named as the shop names it. */
export interface SimBank {
  /** What may have refunds. */
  ids(): readonly string[];
  /** What the payer does on the page. */
  act(id: string, what: "pays" | "is_declined" | "starts"): void;
  /** A person refunds at the provider's own pages. */
  refundByHand(id: string, share: number): void;
  /** A person makes a refund of ours by hand, under our name for it. */
  refundAs(id: string, reference: string, amountMinor: number, state: RefundState): void;
  /** What the bank says of refunds that were on their way, or had arrived. */
  settleRefunds(
    id: string,
    to: (refund: { readonly state: RefundState }, at: number) => RefundState | undefined,
  ): void;
  dispute(id: string, state: DisputeState): void;
}

/** All providers' at once: each has ids of its own. */
export function makeSimBanks(stripe: SimProvider, adyen: SimAdyen): SimBank {
  const of = (id: string): SimBank => (adyen.has(id) ? adyen.bank : stripe);
  return {
    ids: () => [...stripe.ids(), ...adyen.bank.ids()],
    act: (id, what) => of(id).act(id, what),
    refundByHand: (id, share) => of(id).refundByHand(id, share),
    refundAs: (id, ...refund) => of(id).refundAs(id, ...refund),
    settleRefunds: (id, to) => of(id).settleRefunds(id, to),
    dispute: (id, state) => of(id).dispute(id, state),
  };
}
