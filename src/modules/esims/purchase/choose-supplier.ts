import type { ExactMoney } from "../../../providers/esim/package-port.js";
import type { RefusalReason } from "../../../providers/esim/refusal-port.js";
import type { AttemptState } from "../esim-state.js";

/** A purchase attempt as the claim shows it. Times are by the database's clock. */
export interface Attempt {
  readonly id: number;
  readonly number: number;
  readonly reference: string;
  readonly supplier: string;
  readonly packageId: string;
  readonly status: AttemptState;
  readonly supplierOrderId: string | null;
  readonly reason: string | null;
  readonly lookups: number;
  readonly ageMillis: number;
  /** What has passed of the supplier's settling time since the request was sent first. */
  readonly settlingMillis: number;
  /** The same since it was sent last without having an answer. */
  readonly resettlingMillis: number;
  /** Milliseconds since the epoch when the row was written, before the call. */
  readonly sentAfterMillis: number;
  /** Negative or null: now. */
  readonly askInMillis: number | null;
  /** What the request said; the same request says the same again. */
  readonly expectedCost: ExactMoney | null;
  /** The supplier has said by itself, signed, that it gave up on it. */
  readonly toldFailure: { readonly reason: RefusalReason; readonly detail: string } | null;
}

export interface Candidate {
  readonly supplier: string;
  readonly packageId: string;
  readonly costText: string | null;
  readonly costCurrency: string | null;
  readonly costMinor: number | null;
  /** Why it is not sold from; null: it is. */
  readonly pausedReason: string | null;
  /** It costs more than the customer paid. */
  readonly isAbovePaid: boolean;
}

export type Choice =
  | { readonly kind: "buy"; readonly candidate: Candidate }
  | { readonly kind: "wait"; readonly millis: number }
  /** The only ones left have another price than we said, and it has not been read yet since this attempt. */
  | { readonly kind: "wait_for_price"; readonly since: Attempt }
  /** Every supplier refused for good. */
  | { readonly kind: "fail"; readonly reason: string }
  /** What is missing is the operator's to mend (money at the supplier, credentials, a price). */
  | { readonly kind: "park"; readonly reason: string };

/** Refusals that an operator can cure, or time; without another supplier the order waits for them. */
const CURABLE: ReadonlySet<string> = new Set([
  "no_funds",
  "auth",
  "price_changed",
  "retryable",
  "never_arrived",
  "duplicate",
]);
/** Nothing was bought, and the same supplier may be asked again this often in all; a changed price once for each cost. */
const TRIES_MAX: Readonly<Record<string, number>> = { retryable: 8, never_arrived: 3, duplicate: 3 };
const ATTEMPTS_MAX = 20;

/**
 * Who is asked next, given every attempt so far (none of them open). Candidates come cheapest first. Another
 * supplier is tried only after a definite no of the one before. One that asks another price is asked again at it when
 * it has been read; a supplier that delivers at once is not kept waiting for that.
 */
export function chooseSupplier(attempts: readonly Attempt[], candidates: readonly Candidate[]): Choice {
  const reasons: string[] = [];
  let repriced: Attempt | undefined;
  if (attempts.length >= ATTEMPTS_MAX) return { kind: "park", reason: "too_many_attempts" };
  for (const candidate of candidates) {
    const own = attempts.filter(
      (one) => one.supplier === candidate.supplier && one.packageId === candidate.packageId,
    );
    const last = own.at(-1);
    if (last === undefined) {
      if (candidate.pausedReason === null) return { kind: "buy", candidate };
      continue;
    }
    const reason = last.reason ?? "terminal";
    if (reason === "price_changed" && hasNewCost(candidate, last)) return { kind: "buy", candidate };
    if (candidate.pausedReason === "price_changed") repriced ??= last;
    const tries = own.filter((one) => one.reason === reason).length;
    if (tries < (TRIES_MAX[reason] ?? 1)) {
      const millis = last.askInMillis ?? 0;
      return millis > 0 ? { kind: "wait", millis } : { kind: "buy", candidate };
    }
    reasons.push(reason);
  }
  if (repriced !== undefined) return { kind: "wait_for_price", since: repriced };
  const curable = reasons.find((reason) => CURABLE.has(reason));
  if (curable !== undefined) return { kind: "park", reason: curable };
  return { kind: "fail", reason: reasons.at(-1) ?? "no_supplier" };
}

/** The price has been read since it was refused, and the customer paid as much or more. */
const hasNewCost = ({ costText, pausedReason, isAbovePaid }: Candidate, { expectedCost }: Attempt): boolean =>
  pausedReason === null && !isAbovePaid && costText !== (expectedCost?.amountText ?? null);

/** What the purchase is expected to cost, as the supplier states it; null where it costs nothing. */
export function expectedCostOf({ costText, costCurrency, costMinor }: Candidate): ExactMoney | null {
  if (costText === null || costCurrency === null) return null;
  return { amountText: costText, currency: costCurrency, amountMinor: costMinor };
}
