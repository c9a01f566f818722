import { isCurrencyCode } from "../kernel/money.js";
import { LIMIT_OFF, type VariableReader } from "./variables.js";

const NAME = "REFUND_NEEDS_SECOND_ABOVE";

/**
 * Above so many minor units a refund needs a second person. One number holds for every currency; with a list of
 * currencies, one that is not listed has the limit 0. Null is off.
 */
export interface SecondPersonAbove {
  readonly everywhere: number | null;
  readonly byCurrency: Readonly<Record<string, number | null>>;
}

const limitOf = (text: string): number | null => (Number(text) === LIMIT_OFF ? null : Number(text));

export function readSecondPerson(reader: VariableReader): SecondPersonAbove {
  const text = reader.textOr(NAME, String(LIMIT_OFF));
  if (/^\d{1,12}$/.test(text)) return { everywhere: limitOf(text), byCurrency: {} };
  const byCurrency: Record<string, number | null> = {};
  for (const item of text.split(",")) {
    const [, currency, amount] = /^([A-Z]{3})=(\d{1,12})$/.exec(item.trim()) ?? [];
    if (currency === undefined || amount === undefined || !isCurrencyCode(currency)) {
      reader.problem(
        NAME,
        "must be a whole number of minor units, or one for each currency such as EUR=20000,JPY=30000; 999999 is off",
      );
      break;
    }
    byCurrency[currency] = limitOf(amount);
  }
  return { everywhere: 0, byCurrency };
}
