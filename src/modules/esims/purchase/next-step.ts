import { isOpen } from "../esim-state.js";
import { pauseForPriceMillis } from "./chain-timing.js";
import { type Attempt, type Candidate, chooseSupplier } from "./choose-supplier.js";
import type { Restoration } from "./claim.js";

export type Next =
  | { readonly do: "settle"; readonly attempt: Attempt }
  | { readonly do: "buy"; readonly candidate: Candidate }
  /** Asks the suppliers' books before anything is bought. */
  | { readonly do: "look_back"; readonly restoration: Restoration }
  /** Gives the lease up; null: whoever parked it enqueues the next run. */
  | { readonly do: "release"; readonly againMillis: number | null }
  | { readonly do: "park"; readonly reason: string }
  | { readonly do: "fail"; readonly reason: string }
  | { readonly do: "cancel" };

export interface Standing {
  readonly claim: {
    readonly forgiven_attempts: number;
    readonly is_parked: boolean;
    readonly is_take_back_requested: boolean;
    readonly restoration: Restoration | null;
  };
  readonly attempts: readonly Attempt[];
  readonly candidates: readonly Candidate[];
  readonly withoutSupplier: "fail" | "park";
  /** Why nothing is to be bought any more; null: it is. */
  readonly unwantedBecause: string | null;
  readonly paceMillis: number;
}

/**
 * An open attempt is settled first. Nothing new is bought for what a refund has asked for, for what is not wanted any
 * more, or while an operator is to decide; after a restored backup the suppliers' books come next; else the next
 * supplier is chosen.
 */
export function decideNext(standing: Standing): Next {
  const { claim, attempts, candidates } = standing;
  const open = attempts.find((one) => isOpen(one.status));
  if (open !== undefined) return { do: "settle", attempt: open };
  if (claim.is_take_back_requested) return { do: "cancel" };
  if (standing.unwantedBecause !== null) return { do: "fail", reason: standing.unwantedBecause };
  if (claim.is_parked) return { do: "release", againMillis: null };
  if (claim.restoration !== null) return { do: "look_back", restoration: claim.restoration };
  if (candidates.length === 0 && standing.withoutSupplier === "park")
    return { do: "park", reason: "supplier_not_configured" };
  const unforgiven = attempts.filter((one) => one.number > claim.forgiven_attempts);
  const choice = chooseSupplier(unforgiven, candidates);
  switch (choice.kind) {
    case "buy":
      return { do: "buy", candidate: choice.candidate };
    case "wait":
      return { do: "release", againMillis: choice.millis };
    case "wait_for_price": {
      const againMillis = pauseForPriceMillis(choice.since, standing.paceMillis);
      return againMillis === undefined
        ? { do: "park", reason: "price_changed" }
        : { do: "release", againMillis };
    }
    case "park":
      return { do: "park", reason: choice.reason };
    case "fail":
      return { do: "fail", reason: choice.reason };
  }
}
