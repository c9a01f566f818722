import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  amountMajor,
  currencyCodes,
  exponentOf,
  formatMoney,
  isCurrencyCode,
  minorFromMajor,
} from "./money.js";

interface Case {
  id: string;
  why: string;
  input: { op: string; currency: string; amount_minor_units: number; amount_major: string };
  expect: { exponent?: number; amount_major?: string; minor?: number; error?: string };
}

const cases = JSON.parse(readFileSync("tests/cases/currencies.json", "utf8")) as Case[];
const of = (op: string) => cases.filter((one) => one.input.op === op);

describe("ISO 4217 exponents", () => {
  test.each(of("iso_exponent"))("$id $input.currency: $why", ({ input, expect: expected }) => {
    expect(exponentOf(input.currency)).toBe(expected.exponent);
  });

  it("knows capitals only, and no metals, test codes or withdrawn currencies", () => {
    for (const code of ["usd", "Usd", "", "XXX", "XTS", "XAU", "HRK", "USDT", "__proto__", "constructor"]) {
      expect(isCurrencyCode(code)).toBe(false);
      expect(() => exponentOf(code)).toThrow(RangeError);
    }
  });

  it("lists no code twice", () => {
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length);
    expect(currencyCodes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });
});

describe("amountMajor", () => {
  test.each(of("amount_major"))("$id: $why", ({ input, expect: expected }) => {
    expect(amountMajor(input.amount_minor_units, input.currency)).toBe(expected.amount_major);
  });

  it("refuses what is not a whole number of minor units", () => {
    for (const minor of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => amountMajor(minor, "USD")).toThrow(RangeError);
    }
  });
});

describe("minorFromMajor", () => {
  test.each(of("to_minor"))("$id: $why", ({ input, expect: expected }) => {
    expect(minorFromMajor(input.amount_major, input.currency)).toMatchObject(
      expected.error === undefined
        ? { ok: true, minor: expected.minor }
        : { ok: false, error: expected.error },
    );
  });

  it.each(["", " 1", "1 ", "1,00", "1e3", "-1", "+1", ".5", "5.", "01", "0x10", "NaN", "１", "1.5.0", "1\n"])(
    "refuses %j",
    (text) => {
      expect(minorFromMajor(text, "USD")).toEqual({ ok: false, error: "not_an_amount" });
    },
  );

  it("says so when the amount is beyond a safe integer or the currency unknown", () => {
    expect(minorFromMajor("90071992547409.91", "USD")).toEqual({ ok: true, minor: Number.MAX_SAFE_INTEGER });
    expect(minorFromMajor("90071992547409.92", "USD")).toEqual({ ok: false, error: "too_large" });
    expect(minorFromMajor("99999999999999999", "USD")).toEqual({ ok: false, error: "too_large" });
    expect(minorFromMajor("1", "XXX")).toEqual({ ok: false, error: "unknown_currency" });
  });
});

describe("both directions", () => {
  const currency = fc.constantFrom(...currencyCodes);
  const minor = fc.maxSafeNat();

  it("text made from minor units reads back as the same minor units, with exactly the currency's decimals", () => {
    fc.assert(
      fc.property(currency, minor, (code, amount) => {
        const text = amountMajor(amount, code);
        expect(text.split(".")[1]?.length ?? 0).toBe(exponentOf(code));
        expect(minorFromMajor(text, code)).toEqual({ ok: true, minor: amount });
      }),
    );
  });

  it("every text that parses writes back as itself, but for the number of zeros at its end", () => {
    fc.assert(
      fc.property(currency, fc.nat(), fc.stringMatching(/^\d{0,5}$/), (code, whole, decimals) => {
        const text = decimals === "" ? String(whole) : `${whole}.${decimals}`;
        const parsed = minorFromMajor(text, code);
        if (!parsed.ok) {
          expect(parsed.error).toBe("too_many_decimals");
          expect(decimals.replace(/0+$/, "").length).toBeGreaterThan(exponentOf(code));
          return;
        }
        const strip = (one: string) => (one.includes(".") ? one.replace(/\.?0+$/, "") : one);
        expect(strip(amountMajor(parsed.minor, code))).toBe(strip(text));
      }),
    );
  });

  it("no text makes the parser throw", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, code) => {
        minorFromMajor(text, code);
      }),
    );
  });
});

describe("formatMoney", () => {
  it("shows a receipt's amount with the currency's ISO decimals, whatever Intl's habits are", () => {
    expect(formatMoney({ currency: "USD", minor: 999 })).toBe("$9.99");
    expect(formatMoney({ currency: "JPY", minor: 1500 })).toBe("¥1,500");
    expect(formatMoney({ currency: "HUF", minor: 350000 })).toMatch(/3,500\.00/);
    expect(formatMoney({ currency: "KWD", minor: 5120 })).toMatch(/5\.120/);
    expect(formatMoney({ currency: "EUR", minor: 999 }, "de")).toMatch(/9,99\s€/);
  });

  it("keeps every digit of a large amount", () => {
    expect(formatMoney({ currency: "USD", minor: 900719925474099 })).toBe("$9,007,199,254,740.99");
  });
});
