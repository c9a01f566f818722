import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REFUSAL_REASONS } from "../../../providers/esim/refusal-port.js";
import { ATTEMPT_MOVES } from "../esim-state.js";
import type { Attempt, Candidate } from "./choose-supplier.js";
import { type Bought, type Case, type Decision, decide, type Finding, type Search } from "./decide.js";
import { decideNext } from "./next-step.js";

const ATTEMPT: Attempt = {
  id: 1,
  number: 1,
  reference: "R-1",
  supplier: "s",
  packageId: "p",
  status: "unknown",
  supplierOrderId: null,
  reason: null,
  lookups: 2,
  ageMillis: 90_000,
  settlingMillis: 60_000,
  resettlingMillis: 60_000,
  sentAfterMillis: 0,
  askInMillis: null,
  expectedCost: null,
  toldFailure: null,
};
const SETTLED: Case = {
  attempt: ATTEMPT,
  terms: { lookupSettlesAfterSeconds: 60, idempotency: "native", lookup: "by_reference" },
  paceMillis: 1_000,
  retries: 0,
};
const of = (attempt: Partial<Attempt>, idempotency: "native" | "lookup" = "native"): Case => ({
  ...SETTLED,
  attempt: { ...ATTEMPT, ...attempt },
  terms: { ...SETTLED.terms, idempotency },
});
const FRESH = of({ settlingMillis: 59_999, resettlingMillis: 59_999 });
const byMatch = (one: Case): Case => ({
  ...one,
  terms: { ...one.terms, idempotency: "lookup", lookup: "by_match" },
});
const RESENT = of({ resettlingMillis: 10_000 });
const TOLD = of({ toldFailure: { reason: "terminal", detail: "gave up" } });

const bought = (state: Bought<string>["state"]): Bought<string> => ({
  supplierOrderId: "S-1",
  state,
  problem: null,
  askAgainSeconds: null,
  cost: null,
  thing: "eSIM",
});
const done = <Value>(value: Value) => ({ kind: "done", value }) as const;
const no = (reason: (typeof REFUSAL_REASONS)[number], retryAfterSeconds: number | null = null) =>
  ({ kind: "refused", reason, detail: `said ${reason}`, retryAfterSeconds }) as const;
const LOST = { kind: "unknown", cause: "reset" } as const;
const sent = (outcome: Extract<Finding<string>, { kind: "sent" }>["outcome"]): Finding<string> => ({
  kind: "sent",
  outcome,
  callMillis: 5,
});
const again = (
  outcome: Extract<Finding<string>, { kind: "sent" }>["outcome"],
  search: Search<string> | null = null,
): Finding<string> => ({
  kind: "sent_again",
  outcome,
  callMillis: 5,
  search: search === null ? null : done(search),
});
const searched = (search: Search<string>): Finding<string> => ({ kind: "searched", answer: done(search) });
const NONE = { found: "none", isConclusive: true } as const;
const NOT_SHOWN = { found: "none", isConclusive: false } as const;
const ONE = { found: "one", bought: bought("ready") } as const;
const FAILED = { found: "one", bought: bought("failed") } as const;
const SEVERAL = { found: "several", supplierOrderIds: ["a", "b"] } as const;

/** What was decided, in one line. */
const line = (decision: Decision<string>): string => {
  const { do: what } = decision;
  if (what === "wait") return `wait ${decision.status} ${decision.againMillis}`;
  if (what === "refuse") return `refuse ${decision.reason} ${decision.againMillis}`;
  return what === "park" ? `park ${decision.reason}` : what;
};

describe("what a supplier says decides", () => {
  it.each<[string, Case, Finding<string>, string]>([
    ["sold", FRESH, sent(done(bought("ready"))), "deliver"],
    ["accepted", FRESH, sent(done(bought("pending"))), "wait accepted 4000"],
    ["given up", FRESH, sent(done(bought("failed"))), "refuse terminal 0"],
    ["not installable", FRESH, sent(done(bought("unusable"))), "park unusable"],
    ["a definite no", FRESH, sent(no("out_of_stock")), "refuse out_of_stock 0"],
    ["not now", FRESH, sent(no("retryable", 7)), "refuse retryable 7000"],
    ["no answer", FRESH, sent(LOST), "wait unknown 4000"],
    ["found", FRESH, searched(ONE), "deliver"],
    ["found several", SETTLED, searched(SEVERAL), "park several_orders"],
    ["found as failed", FRESH, searched(FAILED), "refuse terminal 0"],
    ["a failed one of its package found, not settled", byMatch(FRESH), searched(FAILED), "wait unknown 1"],
    ["a failed one of its package found, settled", byMatch(SETTLED), searched(FAILED), "refuse terminal 0"],
    ["not found yet", FRESH, searched(NONE), "wait unknown 1"],
    ["not found, settled", SETTLED, searched(NONE), "refuse never_arrived 0"],
    ["not shown, settled", SETTLED, searched(NOT_SHOWN), "send_again"],
    ["not shown, not settled", FRESH, searched(NOT_SHOWN), "wait unknown 1"],
    ["not shown, no native key", of({}, "lookup"), searched(NOT_SHOWN), "wait unknown 4000"],
    ["not found, a repetition is not settled", RESENT, searched(NONE), "wait unknown 4000"],
    ["not found, and the supplier has said that it failed", TOLD, searched(NOT_SHOWN), "refuse terminal 0"],
    ["found although it has said so", TOLD, searched(ONE), "deliver"],
    ["the search is refused", SETTLED, { kind: "searched", answer: no("retryable", 9) }, "wait unknown 9000"],
    ["not asked, and it has said so", TOLD, { kind: "searched", answer: no("auth") }, "wait unknown 4000"],
    ["sold again", SETTLED, again(done(bought("ready"))), "deliver"],
    ["no answer again", SETTLED, again(LOST), "wait unknown 4000"],
    ["no again", SETTLED, again(no("no_funds")), "search"],
    ["no again, and not found", SETTLED, again(no("no_funds"), NONE), "refuse no_funds 0"],
    ["no again, and found", SETTLED, again(no("no_funds"), ONE), "deliver"],
    ["no again, and several", SETTLED, again(no("no_funds"), SEVERAL), "park several_orders"],
    ["not now again", SETTLED, again(no("retryable", 9)), "wait unknown 9000"],
    ["credentials again", SETTLED, again(no("auth")), "wait unknown 4000"],
    ["no again, an earlier repetition is not settled", RESENT, again(no("no_funds")), "wait unknown 4000"],
    [
      "out of patience",
      of({ ageMillis: 800_000, lookups: 8, resettlingMillis: 0 }),
      searched(NONE),
      "park outcome_unknown",
    ],
    ["parked, nothing new", of({ status: "parked", resettlingMillis: 0 }), searched(NONE), "leave"],
    ["parked, found", of({ status: "parked" }), searched(ONE), "deliver"],
    [
      "accepted, still not there",
      of({ supplierOrderId: "S-1", status: "accepted" }),
      { kind: "looked_up", answer: done(bought("pending")) },
      "wait accepted 4000",
    ],
    [
      "accepted, and stuck",
      of({ supplierOrderId: "S-1", status: "accepted", ageMillis: 800_000, lookups: 8 }),
      { kind: "looked_up", answer: no("not_found") },
      "park stuck_at_supplier",
    ],
  ])("%s", (_, one, finding, expected) => {
    expect(line(decide(one, finding))).toBe(expected);
  });
});

describe("whatever is found and said", () => {
  const millis = fc.integer({ min: 0, max: 1_000_000 });
  const anyCase: fc.Arbitrary<Case> = fc.record({
    attempt: fc
      .record({
        status: fc.constantFrom("intended", "unknown", "accepted", "parked", "surplus"),
        known: fc.boolean(),
        lookups: fc.integer({ min: 0, max: 40 }),
        ageMillis: millis,
        settlingMillis: millis,
        resettlingMillis: millis,
        isTold: fc.boolean(),
      })
      .map(({ known, isTold, ...attempt }) => ({
        ...ATTEMPT,
        ...attempt,
        resettlingMillis: Math.min(attempt.resettlingMillis, attempt.settlingMillis),
        supplierOrderId: known || attempt.status === "accepted" ? "S-1" : null,
        toldFailure: isTold ? ({ reason: "terminal", detail: "told" } as const) : null,
      })),
    terms: fc.record({
      lookup: fc.constantFrom("by_reference", "by_match"),
      lookupSettlesAfterSeconds: fc.integer({ min: 0, max: 900 }),
      idempotency: fc.constantFrom("native", "lookup"),
    }),
    paceMillis: fc.integer({ min: 1, max: 10_000 }),
    retries: fc.integer({ min: 0, max: 20 }),
  });
  const anyBought = fc.constantFrom("pending", "ready", "failed", "unusable").map((state) => bought(state));
  const anyRefusal = fc
    .tuple(fc.constantFrom(...REFUSAL_REASONS), fc.option(fc.integer({ min: 1, max: 600 })))
    .map(([reason, seconds]) => no(reason, reason === "retryable" ? seconds : null));
  const anySearch: fc.Arbitrary<Search<string>> = fc.oneof(
    anyBought.map((one) => ({ found: "one", bought: one }) as const),
    fc.boolean().map((isConclusive) => ({ found: "none", isConclusive }) as const),
    fc.constant(SEVERAL),
  );
  const anySearchAnswer = fc.oneof(anySearch.map(done), anyRefusal);
  const anyOutcome = fc.oneof(anyBought.map(done), anyRefusal, fc.constant(LOST));
  const anyFinding: fc.Arbitrary<Finding<string>> = fc.oneof(
    anyOutcome.map((outcome) => sent(outcome)),
    fc.record({
      kind: fc.constant("sent_again" as const),
      outcome: anyOutcome,
      callMillis: fc.constant(5),
      search: fc.option(anySearchAnswer),
    }),
    anySearchAnswer.map((answer) => ({ kind: "searched", answer }) as const),
    fc.oneof(anyBought.map(done), anyRefusal).map((answer) => ({ kind: "looked_up", answer }) as const),
  );
  const holds = (law: (one: Case, finding: Finding<string>, decision: Decision<string>) => void) =>
    fc.assert(
      fc.property(anyCase, anyFinding, (one, finding) => law(one, finding, decide(one, finding))),
      { numRuns: 3_000 },
    );
  const searchOf = (finding: Finding<string>): Search<string> | undefined => {
    if (finding.kind === "searched" && finding.answer.kind === "done") return finding.answer.value;
    if (finding.kind !== "sent_again" || finding.outcome.kind !== "refused") return undefined;
    return finding.search?.kind === "done" ? finding.search.value : undefined;
  };

  it("what is delivered was shown as ready", () => {
    holds((_, __, decision) => {
      if (decision.do === "deliver") expect(decision.bought.state).toBe("ready");
    });
  });

  it("silence is a no only after the settling time of every sending, and only where it is conclusive or told", () => {
    holds((one, finding, decision) => {
      const search = searchOf(finding);
      if (decision.do !== "refuse" || search?.found !== "none" || one.attempt.toldFailure !== null) return;
      const settles = one.terms.lookupSettlesAfterSeconds * 1000;
      expect(one.attempt.resettlingMillis).toBeGreaterThanOrEqual(settles);
      if (finding.kind === "searched") expect(search.isConclusive).toBe(true);
    });
  });

  it("an answer to a repetition refuses nothing without a search that finds nothing", () => {
    holds((_, finding, decision) => {
      if (finding.kind !== "sent_again" || decision.do !== "refuse" || finding.outcome.kind !== "refused")
        return;
      const search = searchOf(finding);
      if (search?.found === "one") expect(search.bought.state).toBe("failed");
      else expect(search?.found).toBe("none");
    });
  });

  it("the same request is sent again only where the supplier knows it again, and after the settling time", () => {
    holds((one, _, decision) => {
      if (decision.do !== "send_again") return;
      expect(one.terms.idempotency).toBe("native");
      expect(one.attempt.settlingMillis).toBeGreaterThanOrEqual(one.terms.lookupSettlesAfterSeconds * 1000);
    });
  });

  it("a pause is never shorter than the supplier's word, and no decision moves an attempt where it may not go", () => {
    const moves: ReadonlySet<string> = new Set(ATTEMPT_MOVES);
    const STATE = { deliver: "delivered", refuse: "refused", park: "parked" } as const;
    holds(({ attempt }, finding, decision) => {
      if (decision.do === "wait" && finding.kind === "searched" && finding.answer.kind === "refused")
        expect(decision.againMillis).toBeGreaterThanOrEqual((finding.answer.retryAfterSeconds ?? 0) * 1000);
      if (attempt.status === "surplus") return;
      const to =
        decision.do === "wait"
          ? decision.status
          : decision.do in STATE && STATE[decision.do as keyof typeof STATE];
      if (to && to !== attempt.status) expect(moves).toContain(`${attempt.status}>${to}`);
    });
  });
});

describe("the next step of a claim", () => {
  const CANDIDATE: Candidate = {
    supplier: "s",
    packageId: "p",
    costText: null,
    costCurrency: null,
    costMinor: null,
    pausedReason: null,
    isAbovePaid: false,
  };
  const STANDING = {
    claim: { forgiven_attempts: 0, is_parked: false, is_take_back_requested: false, restoration: null },
    attempts: [],
    candidates: [CANDIDATE],
    withoutSupplier: "fail",
    unwantedBecause: null,
    paceMillis: 1_000,
  } as const;
  const RESTORED = { ...STANDING.claim, restoration: { backupMillis: 0, agoMillis: 60_000 } };
  const refusedAs = (reason: string): Attempt => ({ ...ATTEMPT, status: "refused", reason });

  it.each([
    ["nothing was tried", {}, { do: "buy", candidate: CANDIDATE }],
    ["an attempt is open", { attempts: [ATTEMPT] }, { do: "settle", attempt: ATTEMPT }],
    ["a backup was put back", { claim: RESTORED }, { do: "look_back", restoration: RESTORED.restoration }],
    [
      "a backup was put back, and by what is known nobody sells it",
      { claim: RESTORED, candidates: [] },
      { do: "look_back", restoration: RESTORED.restoration },
    ],
    [
      "a backup was put back, and an attempt is open",
      { claim: RESTORED, attempts: [ATTEMPT] },
      { do: "settle", attempt: ATTEMPT },
    ],
    [
      "a backup was put back, and a refund wants it",
      { claim: { ...RESTORED, is_take_back_requested: true } },
      { do: "cancel" },
    ],
    [
      "a refund wants it, and an attempt is open",
      { attempts: [ATTEMPT], claim: { ...STANDING.claim, is_take_back_requested: true } },
      { do: "settle", attempt: ATTEMPT },
    ],
    [
      "a refund wants it",
      { claim: { ...STANDING.claim, is_take_back_requested: true, is_parked: true } },
      { do: "cancel" },
    ],
    ["its eSIM is gone", { unwantedBecause: "esim_not_alive" }, { do: "fail", reason: "esim_not_alive" }],
    [
      "an operator decides",
      { claim: { ...STANDING.claim, is_parked: true } },
      { do: "release", againMillis: null },
    ],
    ["nobody sells it", { candidates: [] }, { do: "fail", reason: "no_supplier" }],
    [
      "its one supplier is not configured",
      { candidates: [], withoutSupplier: "park" },
      { do: "park", reason: "supplier_not_configured" },
    ],
    ["refused for good", { attempts: [refusedAs("terminal")] }, { do: "fail", reason: "terminal" }],
    [
      "refused for what can be mended",
      { attempts: [refusedAs("no_funds")] },
      { do: "park", reason: "no_funds" },
    ],
    [
      "refused, and forgiven",
      { attempts: [refusedAs("terminal")], claim: { ...STANDING.claim, forgiven_attempts: 1 } },
      { do: "buy", candidate: CANDIDATE },
    ],
  ] as const)("%s", (_, change, expected) => {
    expect(decideNext({ ...STANDING, ...change })).toEqual(expected);
  });
});
