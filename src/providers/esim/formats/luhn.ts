/** The Luhn check digit of ISO/IEC 7812-1 annex B, over decimal text of any length. */

const DECIMAL = /^[0-9]+$/;

/** The digit to append. Throws RangeError when the text is not decimal. */
export function luhnDigit(payload: string): string {
  if (!DECIMAL.test(payload)) throw new RangeError("Luhn works on decimal digits");
  let sum = 0;
  for (let index = 0; index < payload.length; index += 1) {
    const digit = Number(payload[payload.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

/** False for anything that is not decimal or too short to have a check digit. */
export function isLuhnValid(digits: string): boolean {
  return digits.length > 1 && DECIMAL.test(digits) && luhnDigit(digits.slice(0, -1)) === digits.slice(-1);
}
