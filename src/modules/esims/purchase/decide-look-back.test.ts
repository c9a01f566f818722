import { describe, expect, it } from "vitest";
import type { Attempt } from "./choose-supplier.js";
import type { Bought } from "./decide.js";
import { decideLookBack, lostNumbers } from "./decide-look-back.js";

const TERMS = { lookup: "by_reference", idempotency: "lookup", lookupSettlesAfterSeconds: 60 } as const;
const BY_MATCH = { ...TERMS, lookup: "by_match" } as const;
const NATIVE = { ...TERMS, idempotency: "native" } as const;
const LONG_AGO = { backupMillis: 0, agoMillis: 60_000 };
const bought = { supplierOrderId: "S-1", state: "ready" } as Bought<unknown>;
const done = <Value>(value: Value) => ({ kind: "done", value }) as const;
const nothing = (isConclusive: boolean) => done({ found: "none", isConclusive } as const);
const one = done({ found: "one", bought } as const);
const failed = done({ found: "one", bought: { ...bought, state: "failed" } } as const);
const several = done({ found: "several", supplierOrderIds: ["S-1", "S-2"] } as const);
const later = { kind: "refused", reason: "retryable", detail: "429", retryAfterSeconds: 7 } as const;

describe("looking back after a restored backup", () => {
  it.each([
    ["a conclusive nothing", TERMS, nothing(true), { do: "go_on" }],
    ["nothing, but the same request makes no second order", NATIVE, nothing(false), { do: "go_on" }],
    ["nothing that proves nothing", TERMS, nothing(false), { parking: { reason: "outcome_unknown" } }],
    ["our reference", TERMS, one, { do: "found", parking: null }],
    ["our reference, and the supplier gave up", TERMS, failed, { do: "go_on" }],
    ["our package and time", BY_MATCH, one, { parking: { reason: "several_orders" } }],
    ["more than one", TERMS, several, { parking: { detail: expect.stringContaining("S-1, S-2") } }],
    ["not now", TERMS, later, { do: "wait", millis: 7_000 }],
  ] as const)("%s", (_, terms, answer, expected) => {
    expect(decideLookBack(terms, LONG_AGO, answer)).toMatchObject(expected);
  });

  it("finding nothing counts once what was sent last has had its settling time; finding it counts at once", () => {
    const since = (agoMillis: number) => ({ backupMillis: 0, agoMillis });
    for (const terms of [TERMS, NATIVE]) {
      expect(decideLookBack(terms, since(20_000), nothing(true))).toEqual({ do: "wait", millis: 10_000 });
      expect(decideLookBack(terms, since(59_000), nothing(true))).toEqual({ do: "wait", millis: 1_000 });
      expect(decideLookBack(terms, since(0), one)).toEqual({ do: "found", parking: null });
    }
  });

  it("looks for the numbers after the last one that is known, and once where no reference is kept", () => {
    const known = [{ number: 1 }, { number: 2 }] as Attempt[];
    expect(lostNumbers(known, TERMS)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(lostNumbers([], BY_MATCH)).toEqual([1]);
  });
});
