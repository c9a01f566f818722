/**
 * Exact fractions of whole numbers, for prices: nothing is rounded until somebody says how. The denominator is positive
 * and the fraction in lowest terms, so equal values have equal members.
 */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Throws RangeError for a denominator of 0. */
export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  let [n, d] = [BigInt(numerator), BigInt(denominator)];
  if (d === 0n) throw new RangeError("A fraction has no denominator of 0");
  if (d < 0n) [n, d] = [-n, -d];
  const common = gcd(n, d);
  return common === 1n
    ? { numerator: n, denominator: d }
    : { numerator: n / common, denominator: d / common };
}

export const ZERO = rational(0);

const DECIMAL = /^(\d{1,30})(?:\.(\d{1,30}))?$/;

/** "3.50" is 7/2; undefined for what is not a plain decimal without a sign. */
export function rationalOf(text: string): Rational | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = "0", decimals = ""] = match;
  return rational(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

/** The percentage as a share: "2.9" is 29/1000. Throws RangeError for what is no decimal. */
export function shareOf(percent: string): Rational {
  const value = rationalOf(percent);
  if (value === undefined) throw new RangeError(`Not a percentage: ${percent}`);
  return divide(value, rational(100));
}

export const add = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const subtract = (a: Rational, b: Rational): Rational =>
  add(a, { numerator: -b.numerator, denominator: b.denominator });

export const multiply = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator);

/** Throws RangeError when `b` is 0. */
export const divide = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator, a.denominator * b.numerator);

export function isLess(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator < b.numerator * a.denominator;
}

export const largest = (first: Rational, ...others: readonly Rational[]): Rational =>
  others.reduce((most, one) => (isLess(most, one) ? one : most), first);

/** The least whole number that is not below it. */
export function roundedUp({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator % denominator > 0n ? quotient + 1n : quotient;
}

/** To the nearest whole number, a half to the even one: no side is favoured over many amounts. */
export function roundedHalfEven({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = 2n * (rest < 0n ? -rest : rest);
  const away = numerator < 0n ? -1n : 1n;
  if (twice > denominator) return quotient + away;
  if (twice === denominator && quotient % 2n !== 0n) return quotient + away;
  return quotient;
}

/** For people: so many decimals, a half to the even digit. Never computed with. */
export function decimalText(value: Rational, decimals: number): string {
  const scaled = roundedHalfEven(multiply(value, rational(10n ** BigInt(decimals))));
  const sign = scaled < 0n ? "-" : "";
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, "0");
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
