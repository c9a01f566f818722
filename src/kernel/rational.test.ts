import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  decimalText,
  divide,
  isLess,
  multiply,
  rational,
  rationalOf,
  roundedUp,
  shareOf,
  subtract,
} from "./rational.js";

const anyRational = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([numerator, denominator]) => rational(numerator, denominator));

describe("a fraction", () => {
  it("reads plain decimals exactly, and nothing else", () => {
    expect(rationalOf("3.50")).toEqual({ numerator: 7n, denominator: 2n });
    expect(shareOf("2.9")).toEqual({ numerator: 29n, denominator: 1_000n });
    for (const text of ["", "-1", "+1", "1e3", "1,5", ".5", "5.", " 1", "NaN", "0x1"]) {
      expect([text, rationalOf(text)]).toEqual([text, undefined]);
    }
    expect(() => rational(1, 0)).toThrow(RangeError);
    expect(() => divide(rational(1), rational(0))).toThrow(RangeError);
  });

  it("keeps the rules of arithmetic", () => {
    fc.assert(
      fc.property(anyRational, anyRational, anyRational, (a, b, c) => {
        expect(subtract(add(a, b), b)).toEqual(a);
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
        if (b.numerator !== 0n) expect(multiply(divide(a, b), b)).toEqual(a);
        const up = rational(roundedUp(a));
        expect(isLess(up, a)).toBe(false);
        expect(isLess(subtract(up, a), rational(1))).toBe(true);
      }),
    );
  });

  it.each([
    ["0.5", 0, "0"],
    ["1.5", 0, "2"],
    ["2.5", 0, "2"],
    ["2.675", 2, "2.68"],
    ["2.665", 2, "2.66"],
    ["0.004", 2, "0.00"],
    ["12", 2, "12.00"],
  ])("%s with %i decimals is shown as %s: a half goes to the even digit", (text, decimals, shown) => {
    expect(decimalText(rationalOf(text) ?? rational(0), decimals)).toBe(shown);
  });

  it("shows what is below zero with its sign", () => {
    expect(decimalText(rational(-7, 2), 0)).toBe("-4");
    expect(decimalText(rational(-1, 3), 3)).toBe("-0.333");
  });
});
