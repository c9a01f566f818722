import type { SupplierAnswer, SupplierCapabilities } from "../../../providers/esim/port.js";
import type { Attempt } from "./choose-supplier.js";
import type { Restoration } from "./claim.js";
import type { Search } from "./decide.js";

/** Each refusal made an attempt of its own; as many lost ones are looked for, and the one that bought was the last. */
const LOST_ATTEMPTS_MAX = 8;

type Terms = Pick<SupplierCapabilities, "lookup" | "idempotency" | "lookupSettlesAfterSeconds">;

export type LookBack =
  /** Nothing of ours is there. */
  | { readonly do: "go_on" }
  /** The supplier cannot say now. */
  | { readonly do: "wait"; readonly millis: number }
  /** There is a purchase; `parking`: it may be ours, and a person decides. */
  | { readonly do: "found"; readonly parking: { readonly reason: string; readonly detail: string } | null };

/** The numbers that attempts may have had whose rows are gone. A search that takes no reference finds all at once. */
export function lostNumbers(attempts: readonly Attempt[], { lookup }: Terms): readonly number[] {
  const first = (attempts.at(-1)?.number ?? 0) + 1;
  return Array.from({ length: lookup === "by_match" ? 1 : LOST_ATTEMPTS_MAX }, (_, index) => first + index);
}

/** What a supplier's books say of a purchase that the database may have lost. */
export function decideLookBack(
  terms: Terms,
  restoration: Restoration,
  answer: SupplierAnswer<Search<unknown>>,
): LookBack {
  if (answer.kind === "refused") return { do: "wait", millis: (answer.retryAfterSeconds ?? 0) * 1000 };
  const search = answer.value;
  if (search.found === "several") return doubtful(search.supplierOrderIds);
  if (search.found === "one") {
    if (search.bought.state === "failed") return nothing(terms, restoration);
    // By package and time alone it may as well be the purchase of an order that is gone with the backup.
    return terms.lookup === "by_match"
      ? doubtful([search.bought.supplierOrderId])
      : { do: "found", parking: null };
  }
  // Where the supplier knows a reference again, sending it again makes no second order.
  if (search.isConclusive || terms.idempotency === "native") return nothing(terms, restoration);
  const detail = "after a restored backup: the supplier's books do not say that nothing was bought";
  return { do: "found", parking: { reason: "outcome_unknown", detail } };
}

/** What was sent last before the restore may not show yet. It is looked for ever more rarely until it would. */
function nothing({ lookupSettlesAfterSeconds }: Terms, { agoMillis }: Restoration): LookBack {
  const settlesInMillis = lookupSettlesAfterSeconds * 1000 - agoMillis;
  if (settlesInMillis <= 0) return { do: "go_on" };
  return { do: "wait", millis: Math.min(settlesInMillis, agoMillis / 2) };
}

function doubtful(supplierOrderIds: readonly string[]): LookBack {
  const ids = supplierOrderIds.slice(0, 10).join(", ");
  const detail = `after a restored backup, candidates at the supplier: ${ids}`;
  return { do: "found", parking: { reason: "several_orders", detail } };
}
