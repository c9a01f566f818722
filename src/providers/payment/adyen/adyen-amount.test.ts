import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyCodes } from "../../../kernel/money.js";
import { adyenPriceProblem, fromAdyen, toAdyen } from "./adyen-amount.js";

describe("amounts at Adyen", () => {
  it.each([
    ["USD", 999, 999],
    ["JPY", 1500, 1500],
    ["KWD", 1234, 1234],
    ["ISK", 2790, 279_000],
    ["CLP", 5000, 500_000],
    ["IDR", 1_500_000, 15_000],
    ["CVE", 50_000, 500],
  ])("%s: %i of ours are %i there", (currency, minor, value) => {
    expect(toAdyen({ currency, minor })).toEqual({ ok: true, amount: { currency, value } });
    expect(fromAdyen(value, currency)).toEqual({ ok: true, money: { currency, minor } });
  });

  it("goes there and back for every currency, or not at all", () => {
    const amounts = fc.record({
      currency: fc.constantFrom(...currencyCodes),
      minor: fc.integer({ min: 0, max: 10 ** 12 }),
    });
    fc.assert(
      fc.property(amounts, (money) => {
        const sent = toAdyen(money);
        if (sent.ok) expect(fromAdyen(sent.amount.value, sent.amount.currency)).toEqual({ ok: true, money });
      }),
    );
  });

  it.each([
    ["IDR", 150_001, /no decimals; enter 1501\.00/],
    ["MGA", 500, /does not take MGA/],
    ["XXX", 500, /no amount of a currency/],
  ])("%s %i is refused when the price is entered", (currency, minor, problem) => {
    expect(adyenPriceProblem({ currency, minor })).toMatch(problem);
  });

  it("parks what has no counterpart: a fraction of a króna", () => {
    expect(fromAdyen(50, "ISK")).toEqual({ ok: false, error: "not_representable" });
    expect(fromAdyen(1.5, "USD")).toEqual({ ok: false, error: "not_an_amount" });
  });
});
