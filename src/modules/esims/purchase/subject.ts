import type { Db } from "../../../db/database.js";
import type { EsimRef, EsimSupplier, SupplierAnswer, SupplierOutcome } from "../../../providers/esim/port.js";
import type { Attempt, Candidate } from "./choose-supplier.js";
import type { Claim } from "./claim.js";
import type { Bought, Refusal, Search } from "./decide.js";
import type { PurchaseStore } from "./purchase-store.js";

/** What the supplier is asked for: the attempt, and for a top-up the eSIM that it is for. */
export interface Purchase {
  readonly attempt: Attempt;
  readonly esim: EsimRef | null;
}

/** How a kind of thing is bought and found again through the supplier port. `ask-supplier.ts` alone calls it. */
export interface Wares<Thing> {
  /** Of the events and the audit of a purchase that was looked at apart from its chain. */
  readonly kind: "esim" | "top_up";
  send(supplier: EsimSupplier, purchase: Purchase): Promise<SupplierOutcome<Bought<Thing>>>;
  find(
    supplier: EsimSupplier,
    purchase: Purchase,
    knownIds: readonly string[],
  ): Promise<SupplierAnswer<Search<Thing>>>;
  /** Null: the port has no question about one that is known; it is searched for. */
  readonly look:
    | ((
        supplier: EsimSupplier,
        purchase: Purchase,
        supplierOrderId: string,
      ) => Promise<SupplierAnswer<Bought<Thing>>>)
    | null;
}

/**
 * duplicate: somebody else has a code or number of it; `isOurOwn`: of our own making, so that the next attempt makes
 * others. unusable: why nobody could install it (any more). done: stored, or the lease is lost, or a refund wants it back and it is surplus.
 */
export type Delivered =
  | "done"
  | { readonly unusable: string }
  | { readonly duplicate: string; readonly isOurOwn: boolean };

/** One kind of purchase. Another kind is another file like subjects/top-up.ts. */
export interface Subject<C extends Claim, Thing> {
  readonly wares: Wares<Thing>;
  readonly store: PurchaseStore<C>;
  esimOf(claim: C): EsimRef | null;
  candidatesOf(claim: C): readonly Candidate[];
  /** What it was bought as before the backup of that time; null: one supplier alone can have sold it. */
  formerOf(db: Db, claim: C, backupMillis: number): Promise<readonly Candidate[] | null>;
  /** Without a configured supplier: the order fails and is refunded, or waits for an operator. */
  readonly withoutSupplier: "fail" | "park";
  /** Why nothing is to be bought any more; null: it is. */
  unwantedBecause(claim: C): string | null;
  deliver(db: Db, claim: C, attempt: Attempt, sold: Sold<Thing>): Promise<Delivered>;
  /** What a supplier's definite no says about the next order. */
  onRefusal(claim: C, attempt: Attempt, refusal: Refusal): Promise<void>;
  /** The claim as that refusal has changed it. */
  afterRefusal(claim: C, attempt: Attempt, reason: string): C;
  readonly says: {
    failed(claim: C, reason: string): void;
    parked(reason: string, ids: Readonly<Record<string, number>>): void;
  };
}

export interface Sold<Thing> {
  readonly bought: Bought<Thing>;
  readonly callMillis: number | null;
}
