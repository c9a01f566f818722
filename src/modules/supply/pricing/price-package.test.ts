import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLess, multiply, rational, rationalOf, subtract, ZERO } from "../../../kernel/rational.js";
import { makeRateBook } from "../rates/rate-book.js";
import type { PricedPackage } from "./match-rule.js";
import { highestFee, inCurrency, type Pricing, pricePackage } from "./price-package.js";
import type { PriceRule, PriceRules } from "./price-rules.js";
import { ruleNotes, ruleProblems } from "./rule-findings.js";

const TODAY = "2026-11-30";
const rates = makeRateBook(
  [
    { base: "EUR", currency: "USD", rate: "1.16", as_of: "2026-11-28" },
    { base: "EUR", currency: "JPY", rate: "180.5", as_of: "2026-11-28" },
    { base: "EUR", currency: "KWD", rate: "0.35617", as_of: "2026-11-28" },
    { base: "EUR", currency: "GBP", rate: "0.87", as_of: "2026-11-09" },
  ],
  TODAY,
  7,
);
const all: PriceRule = { name: "all", when: {}, result: { margin_percent: "30" } };
const rulesOf = (rules: PriceRule[], over: Partial<PriceRules> = {}): PriceRules => ({
  currencies: ["USD", "EUR", "JPY", "KWD"],
  fees: [{ provider: "STRIPE", percent: "2.9", fixed: { USD: 30, EUR: 25, JPY: 40, KWD: 100 } }],
  rules,
  ...over,
});
const pricingOf = (rules: PriceRules): Pricing => ({ rules, rates, priceProblem: () => undefined });
const one = (over: Partial<PricedPackage> = {}): PricedPackage => ({
  supplier: "airalo",
  countryCodes: ["ES"],
  region: null,
  thousandthsGb: 5_000,
  days: 30,
  cost: { amountText: "3.50", currency: "USD" },
  minimumRetail: null,
  ...over,
});

describe("a price by rule", () => {
  it("covers cost, margin and card fee, is rounded up, and says how it came about", () => {
    // 3.50 + 30 % = 4.55; (4.55 + 0.30) / 0.971 = 4.99485, which is above 4.99.
    const rule: PriceRule = { ...all, result: { margin_percent: "30", endings: { USD: "99" } } };
    expect(pricePackage(pricingOf(rulesOf([rule])), one(), "USD")).toEqual({
      kind: "priced",
      minor: 599,
      explanation: {
        currency: "USD",
        supplier: "airalo",
        cost: { amount: "3.50", currency: "USD" },
        rate: null,
        cost_in_currency: "3.50",
        minimum_retail: null,
        rule: { position: 1, name: "all" },
        margin: "1.05",
        fee: { provider: "STRIPE", amount: "0.4737" },
        before_rounding: "4.9949",
        rounding: "up to the next price that ends in 99",
        price: "5.99",
        profit: "2.0163",
        profit_percent: "33.7",
      },
    });
  });

  it.each<[string, PriceRule["result"], string, number]>([
    ["whole yen", { margin_percent: "30" }, "JPY", 771],
    ["yen that end in 00", { margin_percent: "30", endings: { JPY: "00" } }, "JPY", 800],
    ["euros that end in 90", { margin_percent: "30", endings: { EUR: "90" } }, "EUR", 490],
    ["three decimals, of which cards know two", { margin_percent: "30" }, "KWD", 1_550],
    ["steps of 50 cents", { margin_percent: "30", round_to: { USD: 50 } }, "USD", 500],
    ["at least an amount", { margin_percent: "0", margin_at_least: { USD: 500 } }, "USD", 907],
    ["a minimum price", { margin_percent: "30", minimum_price: { USD: 900 } }, "USD", 900],
    [
      "a fixed price",
      { margin_percent: "30", fixed_price: { USD: 777 }, minimum_price: { USD: 500 } },
      "USD",
      777,
    ],
  ])("%s", (_name, result, currency, minor) => {
    const outcome = pricePackage(pricingOf(rulesOf([{ ...all, result }])), one(), currency);
    expect(outcome).toMatchObject({ kind: "priced", minor });
  });

  it.each<[string, PriceRule["result"], Partial<PricedPackage>, string, string]>([
    [
      "a fixed price below cost and fee",
      { margin_percent: "30", fixed_price: { USD: 380 } },
      {},
      "USD",
      "below_cost",
    ],
    [
      "a rate that is three weeks old",
      { margin_percent: "30" },
      { cost: { amountText: "3", currency: "GBP" } },
      "USD",
      "rate_too_old",
    ],
    ["no rate", { margin_percent: "30" }, { cost: { amountText: "3", currency: "CHF" } }, "USD", "no_rate"],
    [
      "a cost that is no amount",
      { margin_percent: "30" },
      { cost: { amountText: "-3", currency: "USD" } },
      "USD",
      "cost_unreadable",
    ],
    [
      "a currency that is none",
      { margin_percent: "30" },
      { cost: { amountText: "3", currency: "XXX" } },
      "USD",
      "cost_unreadable",
    ],
    [
      "a price below the supplier's minimum",
      { margin_percent: "1", fixed_price: { USD: 500 } },
      { minimumRetail: { amountText: "6", currency: "USD" } },
      "USD",
      "below_supplier_minimum",
    ],
    [
      "a price beyond every card",
      { margin_percent: "9999" },
      { cost: { amountText: "999999999", currency: "USD" } },
      "USD",
      "not_chargeable",
    ],
  ])("is refused, with what to do, for %s", (_name, result, over, currency, code) => {
    const outcome = pricePackage(pricingOf(rulesOf([{ ...all, result }])), one(over), currency);
    expect(outcome).toMatchObject({ kind: "refused", code, why: expect.stringMatching(/\.$/) });
  });

  it("is refused when no rule matches, and decided by the first that does unless another fixes the price", () => {
    const spain: PriceRule = {
      name: "spain",
      when: { countries: ["ES", "PT"] },
      result: { margin_percent: "50" },
    };
    const fixed: PriceRule = {
      name: "fixed",
      when: { days: { max: 30 } },
      result: { margin_percent: "1", fixed_price: { EUR: 999 } },
    };
    const pricing = pricingOf(rulesOf([spain, all, fixed]));
    expect(pricePackage(pricing, one(), "USD").explanation.rule?.name).toBe("spain");
    expect(pricePackage(pricing, one({ countryCodes: ["ES", "FR"] }), "USD").explanation.rule?.name).toBe(
      "all",
    );
    expect(pricePackage(pricing, one(), "EUR").explanation.rule?.name).toBe("fixed");
    expect(pricePackage(pricingOf(rulesOf([spain])), one({ countryCodes: ["FR"] }), "USD")).toMatchObject({
      code: "no_rule",
    });
  });
});

const percent = fc
  .integer({ min: 0, max: 3_000 })
  .map((tenths) => `${Math.floor(tenths / 10)}.${tenths % 10}`);
const amount = fc.integer({ min: 1, max: 50_000 });
const currency = fc.constantFrom("USD", "EUR", "JPY", "KWD");
const costText = fc
  .integer({ min: 0, max: 99_999_999 })
  .map((units) => `${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, "0")}`);
const result = fc.record(
  {
    margin_percent: percent,
    margin_at_least: fc.record({ USD: amount, EUR: amount }),
    minimum_price: fc.record({ USD: amount, JPY: amount }),
    endings: fc.record({
      USD: fc.constantFrom("99", "90", "00", "9", "950"),
      KWD: fc.constantFrom("00", "950"),
    }),
    round_to: fc.record({ EUR: fc.integer({ min: 1, max: 500 }), JPY: fc.constantFrom(1, 10, 100) }),
    fixed_price: fc.record({ EUR: amount }),
  },
  { requiredKeys: ["margin_percent"] },
);
const anyRules = fc
  .tuple(
    fc.array(
      fc.record({
        result,
        max: fc.integer({ min: 1, max: 60 }),
        suppliers: fc.subarray(["airalo", "esim-go"], { minLength: 1 }),
      }),
      { maxLength: 4 },
    ),
    result,
    fc.array(
      fc.record({
        percent: fc.integer({ min: 0, max: 99 }).map(String),
        fixed: fc.record({ USD: fc.nat(200), EUR: fc.nat(200), JPY: fc.nat(200), KWD: fc.nat(200) }),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([some, last, fees]) =>
    rulesOf(
      [
        ...some.map(({ result, max, suppliers }, index) => ({
          name: `r${index}`,
          when: { days: { max }, suppliers },
          result,
        })),
        { name: "last", when: {}, result: last },
      ],
      { fees: fees.map((fee, index) => ({ provider: `P${index}`, ...fee })) },
    ),
  );
const anyPackage = fc
  .record({
    supplier: fc.constantFrom("airalo", "esim-go"),
    days: fc.integer({ min: 1, max: 90 }),
    cost: fc.record({ amountText: costText, currency: fc.constantFrom("USD", "EUR", "JPY") }),
  })
  .map((over) => one(over));

describe("every price", () => {
  it("leaves the cost after the highest fee of any provider, exactly, or is refused", () => {
    fc.assert(
      fc.property(anyRules, anyPackage, currency, (rules, priced, wanted) => {
        const outcome = pricePackage(pricingOf(rules), priced, wanted);
        if (outcome.kind === "refused") return;
        const cost = inCurrency(rates, priced.cost, wanted);
        if ("code" in cost) throw new Error("priced without a cost");
        const fee = highestFee(rules.fees, BigInt(outcome.minor), wanted)?.amount ?? ZERO;
        expect(isLess(subtract(rational(outcome.minor), fee), cost.minor)).toBe(false);
        expect(Number.isSafeInteger(outcome.minor) && outcome.minor > 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("rises with the cost, is the same when it is made again, and follows one rule only", () => {
    fc.assert(
      fc.property(anyRules, anyPackage, costText, currency, (rules, priced, other, wanted) => {
        const pricing = pricingOf(rules);
        const outcome = pricePackage(pricing, priced, wanted);
        expect(pricePackage(pricing, priced, wanted)).toEqual(outcome);
        const dearer = pricePackage(
          pricing,
          { ...priced, cost: { ...priced.cost, amountText: other } },
          wanted,
        );
        if (outcome.kind === "refused" || dearer.kind === "refused") return;
        const [a, b] = [rationalOf(priced.cost.amountText) ?? ZERO, rationalOf(other) ?? ZERO];
        if (isLess(a, b)) expect(dearer.minor).toBeGreaterThanOrEqual(outcome.minor);
        // Without the rules behind the deciding one the price is the same: the order is total.
        const position = outcome.explanation.rule?.position ?? 0;
        const fixes = rules.rules.some(({ result }) => result.fixed_price?.[wanted] !== undefined);
        if (!fixes) {
          const shorter = { ...rules, rules: rules.rules.slice(0, position) };
          expect(pricePackage(pricingOf(shorter), priced, wanted)).toEqual(outcome);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("ends as the rule says and is the least such price", () => {
    fc.assert(
      fc.property(costText, fc.constantFrom("99", "90", "00", "9", "950"), (text, ending) => {
        const cost = { amountText: text, currency: "USD" };
        const plain = pricePackage(pricingOf(rulesOf([all])), one({ cost }), "USD");
        const ended = pricePackage(
          pricingOf(rulesOf([{ ...all, result: { margin_percent: "30", endings: { USD: ending } } }])),
          one({ cost }),
          "USD",
        );
        if (plain.kind === "refused" || ended.kind === "refused") throw new Error("not priced");
        expect(String(ended.minor).padStart(4, "0").endsWith(ending)).toBe(true);
        expect(ended.minor).toBeGreaterThanOrEqual(plain.minor);
        expect(ended.minor - plain.minor).toBeLessThan(10 ** ending.length);
      }),
    );
  });

  it("converts exactly between two currencies of one base", () => {
    const found = rates.find("USD", "JPY");
    if (found.kind !== "rate") throw new Error(found.kind);
    expect(multiply(found.rate, rational(116, 100))).toEqual(rational(1_805, 10));
    expect(found.asOf).toBe("2026-11-28");
  });
});

describe("rules that contradict", () => {
  const eu: PriceRule = {
    name: "eu",
    when: { countries: ["ES", "FR"], days: { min: 7 } },
    result: { margin_percent: "20" },
  };
  it.each<[string, PriceRule[], Partial<PriceRules>, string, RegExp]>([
    ["a rule behind one that matches everything", [all, eu], {}, "/rules/1", /contradicts rule 1 \(all\)/],
    [
      "a narrower rule behind a wider one",
      [eu, { ...eu, name: "es", when: { countries: ["ES"], days: { min: 8, max: 9 } } }, all],
      {},
      "/rules/1",
      /rule 1 \(eu\)/,
    ],
    [
      "a fixed price below its own minimum",
      [{ ...all, result: { margin_percent: "1", fixed_price: { USD: 1 }, minimum_price: { USD: 2 } } }],
      {},
      "/rules/0/result/fixed_price",
      /contradicts/,
    ],
    [
      "an ending and a step",
      [{ ...all, result: { margin_percent: "1", endings: { USD: "99" }, round_to: { USD: 5 } } }],
      {},
      "/rules/0/result/endings",
      /one of the two/,
    ],
    [
      "a range that is empty",
      [{ ...all, when: { days: { min: 9, max: 8 } } }],
      {},
      "/rules/0/when/days",
      /above its maximum/,
    ],
    [
      "a cost range that is empty",
      [{ ...all, when: { cost: { currency: "USD", min: "2", below: "2.0" } } }],
      {},
      "/rules/0/when/cost",
      /not below/,
    ],
    [
      "a price in a currency that is not offered",
      [{ ...all, result: { margin_percent: "1", fixed_price: { CHF: 1 } } }],
      {},
      "/rules/0/result/fixed_price",
      /CHF/,
    ],
    [
      "a fee that says nothing of a currency",
      [all],
      { fees: [{ provider: "STRIPE", percent: "3", fixed: { USD: 30 } }] },
      "/fees/0/fixed",
      /EUR/,
    ],
    [
      "a fee of everything",
      [all],
      { currencies: ["USD"], fees: [{ provider: "STRIPE", percent: "100", fixed: { USD: 0 } }] },
      "/fees/0/percent",
      /below 100/,
    ],
    ["a currency that is none", [all], { currencies: ["XXX"], fees: [] }, "/currencies/0", /ISO 4217/],
  ])("%s", (_name, rules, over, pointer, message) => {
    expect(ruleProblems(rulesOf(rules, over))).toContainEqual({
      pointer,
      message: expect.stringMatching(message),
    });
  });

  it("are not those that merely overlap, or a fixed price behind a wider rule", () => {
    const fixed: PriceRule = {
      name: "offer",
      when: { countries: ["ES"] },
      result: { margin_percent: "1", fixed_price: { USD: 900 } },
    };
    const small: PriceRule = {
      name: "small",
      when: { data_gb: { max: 1 } },
      result: { margin_percent: "40" },
    };
    expect(ruleProblems(rulesOf([eu, small, all, fixed]))).toEqual([]);
    expect(ruleNotes(rulesOf([eu, all]))).toEqual([]);
    expect(ruleNotes(rulesOf([eu]))).toHaveLength(1);
  });

  it("a rule that a test calls unreachable decides no price, whatever the package", () => {
    const places = fc.subarray(["ES", "FR", "PT"], { minLength: 1 });
    const range = fc.record(
      { min: fc.integer({ min: 1, max: 20 }), max: fc.integer({ min: 20, max: 40 }) },
      { requiredKeys: [] },
    );
    const rule = fc.record({ countries: places, days: range, data_gb: range }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 2, maxLength: 5 }),
        places,
        fc.integer({ min: 1, max: 45 }),
        fc.option(fc.integer({ min: 1, max: 45 })),
        (whens, codes, days, gb) => {
          const rules = rulesOf(
            whens.map((when, index) => ({ name: `r${index}`, when, result: { margin_percent: "1" } })),
          );
          const hidden = new Set(ruleProblems(rules).map(({ pointer }) => Number(pointer.split("/")[2]) + 1));
          const priced = one({ countryCodes: codes, days, thousandthsGb: gb === null ? null : gb * 1_000 });
          const { rule: decided } = pricePackage(pricingOf(rules), priced, "USD").explanation;
          if (decided !== null) expect(hidden).not.toContain(decided.position);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
