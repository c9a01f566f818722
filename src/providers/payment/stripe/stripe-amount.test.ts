import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { currencyCodes } from "../../../kernel/money.js";
import { fromStripe, toStripe } from "./stripe-amount.js";

interface Case {
  id: string;
  why: string;
  input: {
    op: string;
    currency: string;
    amount_minor_units: number;
    stripe_currency: string;
    stripe_amount: number;
  };
  expect: {
    stripe_amount?: number;
    stripe_currency?: string;
    minor?: number;
    currency?: string;
    error?: string;
    nearest?: number[];
  };
}

const cases = JSON.parse(readFileSync("tests/cases/currencies.json", "utf8")) as Case[];
const of = (op: string) => cases.filter((one) => one.input.op === op);

describe("toStripe", () => {
  test.each(of("to_stripe"))("$id: $why", ({ input, expect: expected }) => {
    const sent = toStripe({ currency: input.currency, minor: input.amount_minor_units });
    if (expected.error !== undefined) {
      expect(sent).toMatchObject({ ok: false, ...expected });
      return;
    }
    expect(sent).toEqual({ ok: true, amount: expected.stripe_amount, currency: expected.stripe_currency });
  });

  it.each(["IQD", "LYD", "CLF", "UYW", "UYI"])("offers no %s, for which no rule is known", (currency) => {
    expect(toStripe({ currency, minor: 1000 })).toEqual({ ok: false, error: "currency_not_supported" });
  });
});

describe("fromStripe", () => {
  test.each(of("from_stripe"))("$id: $why", ({ input, expect: expected }) => {
    const read = fromStripe(input.stripe_amount, input.stripe_currency);
    if (expected.error !== undefined) {
      expect(read).toMatchObject({ ok: false, error: expected.error });
      return;
    }
    expect(read).toEqual({ ok: true, minor: expected.minor, currency: expected.currency });
  });

  it("takes no fraction, no unknown code and no UGX", () => {
    expect(fromStripe(1.5, "usd")).toEqual({ ok: false, error: "not_an_amount" });
    expect(fromStripe(100, "xxx")).toEqual({ ok: false, error: "unknown_currency" });
    expect(fromStripe(500, "ugx")).toEqual({ ok: false, error: "stripe_rule_unconfirmed" });
  });
});

describe("both directions", () => {
  const currency = fc.constantFrom(...currencyCodes);

  it("what is sent to Stripe comes back as the same money", () => {
    fc.assert(
      fc.property(currency, fc.maxSafeNat(), (code, minor) => {
        const sent = toStripe({ currency: code, minor });
        if (!sent.ok) return;
        expect(Number.isSafeInteger(sent.amount)).toBe(true);
        expect(fromStripe(sent.amount, sent.currency)).toEqual({ ok: true, minor, currency: code });
      }),
    );
  });

  it("what Stripe reports goes back as the same number, wherever a charge of it is allowed", () => {
    fc.assert(
      fc.property(currency, fc.maxSafeNat(), (code, amount) => {
        const read = fromStripe(amount, code.toLowerCase());
        if (!read.ok) return;
        const sent = toStripe(read);
        if (sent.ok) expect(sent.amount).toBe(amount);
        else expect(sent.error).toBe("last_digit_must_be_zero");
      }),
    );
  });

  it("nearest names the two neighbours that Stripe takes", () => {
    fc.assert(
      fc.property(fc.constantFrom("BHD", "JOD", "KWD", "OMR", "TND"), fc.nat(), (code, minor) => {
        const sent = toStripe({ currency: code, minor });
        if (sent.ok || sent.error !== "last_digit_must_be_zero") return;
        const [below, above] = sent.nearest;
        expect(below).toBeLessThan(minor);
        expect(above).toBeGreaterThan(minor);
        for (const near of sent.nearest) expect(toStripe({ currency: code, minor: near }).ok).toBe(true);
      }),
    );
  });
});
