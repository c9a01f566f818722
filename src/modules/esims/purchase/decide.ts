/**
 * Every decision of a purchase, without a database and without a supplier: what a supplier said about an attempt gives
 * what becomes of it; `next-step.ts` says the same of a claim. Time is what the claim says has passed.
 */
import type { ExactMoney } from "../../../providers/esim/package-port.js";
import type {
  SupplierAnswer,
  SupplierCapabilities,
  SupplierOutcome,
  SupplierRefused,
} from "../../../providers/esim/port.js";
import { isDefiniteNo } from "../../../providers/esim/refusal-port.js";
import {
  answeredAgain,
  isOutOfPatience,
  pauseMillis,
  type Sending,
  settlesInMillis,
} from "./chain-timing.js";
import type { Attempt } from "./choose-supplier.js";

/** What a supplier has sold. */
export interface Bought<Thing> {
  readonly supplierOrderId: string;
  /** As the port has it; of a top-up "ready" alone. */
  readonly state: "pending" | "ready" | "failed" | "unusable";
  readonly problem: string | null;
  readonly askAgainSeconds: number | null;
  readonly cost: ExactMoney | null;
  readonly thing: Thing;
}

export type Search<Thing> =
  | { readonly found: "one"; readonly bought: Bought<Thing> }
  | { readonly found: "none"; readonly isConclusive: boolean }
  | { readonly found: "several"; readonly supplierOrderIds: readonly string[] };

export type Refusal = Omit<SupplierRefused, "kind">;

export type Finding<Thing> =
  | {
      readonly kind: "sent";
      readonly outcome: SupplierOutcome<Bought<Thing>>;
      readonly callMillis: number;
    }
  /** The same request once more; `search` is what was found after a definite no, null before the search. */
  | {
      readonly kind: "sent_again";
      readonly outcome: SupplierOutcome<Bought<Thing>>;
      readonly callMillis: number;
      readonly search: SupplierAnswer<Search<Thing>> | null;
    }
  | { readonly kind: "searched"; readonly answer: SupplierAnswer<Search<Thing>> }
  | { readonly kind: "looked_up"; readonly answer: SupplierAnswer<Bought<Thing>> };

export interface Wait<Thing> {
  readonly do: "wait";
  readonly status: "unknown" | "accepted";
  readonly supplierOrderId: string | null;
  readonly detail: string | null;
  readonly sent: Sending | null;
  readonly callMillis: number | null;
  readonly againMillis: number;
  readonly bought: Bought<Thing> | null;
}

export interface Refuse {
  readonly do: "refuse";
  readonly reason: string;
  readonly detail: string | null;
  /** What the supplier said by itself about the purchase; null: it follows from what was found. */
  readonly word: Refusal | null;
  /** Of the order that came to nothing: no other purchase is to be taken for it. */
  readonly supplierOrderId: string | null;
  readonly callMillis: number | null;
  /** 0: the next step is due at once. */
  readonly againMillis: number;
}

export interface Park<Thing> {
  readonly do: "park";
  readonly reason: string;
  readonly detail: string | null;
  readonly supplierOrderId: string | null;
  readonly bought: Bought<Thing> | null;
}

export type Decision<Thing> =
  | { readonly do: "deliver"; readonly bought: Bought<Thing>; readonly callMillis: number | null }
  | Refuse
  | Wait<Thing>
  | Park<Thing>
  /** It is in front of an operator, and nothing new is known. */
  | { readonly do: "leave" }
  /** The same request once more is the conclusive question. */
  | { readonly do: "send_again" }
  /** A definite no to the repetition counts together with a search that finds nothing. */
  | { readonly do: "search" };

/** An attempt with what it is decided by. */
export interface Case {
  readonly attempt: Attempt;
  readonly terms: Pick<SupplierCapabilities, "lookupSettlesAfterSeconds" | "idempotency" | "lookup">;
  readonly paceMillis: number;
  /** How often this order was refused with "not now". */
  readonly retries: number;
}

const NO_WORD = {
  do: "refuse",
  word: null,
  supplierOrderId: null,
  callMillis: null,
  againMillis: 0,
} as const;

/** What becomes of an attempt by what the supplier said about it. */
export function decide<Thing>(one: Case, finding: Finding<Thing>): Decision<Thing> {
  switch (finding.kind) {
    case "sent": {
      const { outcome, callMillis } = finding;
      if (outcome.kind === "done") return ofBought(one, outcome.value, callMillis);
      if (outcome.kind === "refused") return refuse(one, outcome, callMillis);
      return wait(one, { detail: outcome.cause, sent: "first_unanswered", callMillis });
    }
    case "sent_again":
      return ofRepetition(one, finding);
    case "searched":
      return ofSearch(one, finding.answer);
    case "looked_up": {
      const { answer } = finding;
      const told = toldRefusal(one, answer.kind === "done" ? answer.value.state : answer.reason);
      if (told !== null) return refuse(one, told, null);
      if (answer.kind === "done") return ofBought(one, answer.value, null);
      return wait(one, { detail: answer.detail, afterSeconds: answer.retryAfterSeconds });
    }
  }
}

function ofSearch<Thing>(one: Case, answer: SupplierAnswer<Search<Thing>>): Decision<Thing> {
  const books = answer.kind === "done" ? foundBy(answer.value) : "not_asked";
  const told = toldRefusal(one, books);
  if (told !== null) return refuse(one, told, null);
  if (answer.kind === "refused")
    return wait(one, { detail: answer.detail, afterSeconds: answer.retryAfterSeconds });
  const search = answer.value;
  const { lookupSettlesAfterSeconds, idempotency, lookup } = one.terms;
  if (search.found === "one") {
    // By package and time it may as well be another purchase's, and this one's is not listed yet.
    const mayBeAnothers = search.bought.state === "failed" && lookup === "by_match";
    if (mayBeAnothers && settlesInMillis(one.attempt, lookupSettlesAfterSeconds, "decide") > 0)
      return wait(one, {});
    return ofBought(one, search.bought, null);
  }
  if (search.found === "several") return several(search.supplierOrderIds);
  if (search.isConclusive && settlesInMillis(one.attempt, lookupSettlesAfterSeconds, "decide") === 0) {
    const detail = "the supplier has no such order";
    return { ...NO_WORD, reason: "never_arrived", detail };
  }
  const mayRepeat = settlesInMillis(one.attempt, lookupSettlesAfterSeconds, "repeat") === 0;
  if (mayRepeat && !search.isConclusive && idempotency === "native") return { do: "send_again" };
  return wait(one, {});
}

/**
 * Where the supplier knows a reference again, sending the very same request is the conclusive question: the answer is
 * the order that there is, or the one that this makes. "Not now" says nothing about the first sending, so the attempt
 * stays open. Nor does a definite no alone: the supplier may look at stock or balance before it looks at the
 * reference. Together with a search that finds nothing, both after the settling time, it is one.
 */
function ofRepetition<Thing>(
  one: Case,
  { outcome, callMillis, search }: Extract<Finding<Thing>, { kind: "sent_again" }>,
): Decision<Thing> {
  if (outcome.kind === "done") return ofBought(one, outcome.value, callMillis);
  if (outcome.kind === "unknown")
    return wait(one, { detail: outcome.cause, sent: "again_unanswered", callMillis });
  const { isSettled, sent } = answeredAgain(one.attempt, one.terms.lookupSettlesAfterSeconds);
  const answered = { sent, callMillis };
  const { detail, retryAfterSeconds: afterSeconds } = outcome;
  if (!isSettled || !isDefiniteNo(outcome.reason)) return wait(one, { detail, afterSeconds, ...answered });
  if (search === null) return { do: "search" };
  if (search.kind === "refused") return wait(one, { detail: search.detail, ...answered });
  if (search.value.found === "one") return ofBought(one, search.value.bought, callMillis);
  if (search.value.found === "several") return several(search.value.supplierOrderIds);
  return refuse(one, outcome, callMillis);
}

/** The supplier has it. */
function ofBought<Thing>(one: Case, bought: Bought<Thing>, callMillis: number | null): Decision<Thing> {
  const { supplierOrderId, problem: detail } = bought;
  switch (bought.state) {
    case "ready":
      return { do: "deliver", bought, callMillis };
    case "failed": {
      const why = detail ?? "the supplier gave up";
      return { ...NO_WORD, reason: "terminal", detail: why, supplierOrderId, callMillis };
    }
    case "unusable":
      return { do: "park", reason: "unusable", detail, supplierOrderId, bought };
    case "pending":
      return wait(one, { bought, detail, afterSeconds: bought.askAgainSeconds, callMillis });
  }
}

/** A definite no to a purchase: nothing was bought. */
function refuse(one: Case, word: Refusal, callMillis: number | null): Refuse {
  const { reason, detail, retryAfterSeconds: supplierSeconds } = word;
  const { retries: tries, paceMillis } = one;
  const againMillis = reason === "retryable" ? pauseMillis({ tries, paceMillis, supplierSeconds }) : 0;
  return { do: "refuse", reason, detail, word, supplierOrderId: null, callMillis, againMillis };
}

const several = (supplierOrderIds: readonly string[]): Park<never> => ({
  do: "park",
  reason: "several_orders",
  detail: `candidates at the supplier: ${supplierOrderIds.slice(0, 10).join(", ")}`,
  supplierOrderId: null,
  bought: null,
});

/** Nothing new. The chain asks again, until it has waited long enough for an operator to hear of it. */
function wait<Thing>(
  { attempt, terms, paceMillis }: Case,
  news: {
    bought?: Bought<Thing>;
    detail?: string | null;
    afterSeconds?: number | null;
    sent?: Sending;
    callMillis?: number | null;
  },
): Decision<Thing> {
  const { bought = null, detail = null, afterSeconds = null, sent = null, callMillis = null } = news;
  const supplierOrderId = bought?.supplierOrderId ?? attempt.supplierOrderId;
  const isKnown = supplierOrderId !== null;
  if (attempt.status === "parked" && supplierOrderId === attempt.supplierOrderId) return { do: "leave" };
  if (isOutOfPatience(attempt)) {
    const reason = isKnown ? "stuck_at_supplier" : "outcome_unknown";
    return { do: "park", reason, detail, supplierOrderId, bought };
  }
  const asSent = sent === "first_unanswered" ? { ...attempt, settlingMillis: 0 } : attempt;
  const settles = isKnown ? 0 : settlesInMillis(asSent, terms.lookupSettlesAfterSeconds, "repeat");
  return {
    do: "wait",
    status: isKnown ? "accepted" : "unknown",
    supplierOrderId,
    detail,
    sent,
    callMillis,
    againMillis: pauseMillis({
      tries: attempt.lookups,
      paceMillis,
      supplierSeconds: afterSeconds,
      settlesInMillis: settles,
    }),
    bought,
  };
}

const foundBy = <Thing>(search: Search<Thing>) =>
  search.found === "one" ? search.bought.state : search.found;

/** The supplier's own word ends a purchase that its books do not show, or do not show as delivered. */
function toldRefusal({ attempt: { toldFailure } }: Case, books: string): Refusal | null {
  if (toldFailure === null || !["none", "not_found", "pending", "failed"].includes(books)) return null;
  return { ...toldFailure, retryAfterSeconds: null };
}
