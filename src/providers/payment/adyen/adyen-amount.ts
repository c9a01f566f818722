import { amountMajor, exponentOf, isCurrencyCode, type Money } from "../../../kernel/money.js";

/**
 * The currencies of Adyen's API by the decimals that its integers have there
 * (docs.adyen.com/development-resources/currency-codes, November 2026). Four differ from ISO 4217: CLP and ISK have two
 * more, CVE and IDR two fewer. A currency that is not in that table is not charged.
 */
const CODES_BY_DECIMALS: ReadonlyArray<readonly [decimals: number, codes: string]> = [
  [0, "CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"],
  [
    2,
    "AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY COP CRC CUP CZK DKK " +
      "DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF ILS INR ISK JMD KES KGS KHR KYD KZT " +
      "LAK LBP LKR MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR " +
      "PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SVC SZL THB TOP TRY TTD TWD TZS UAH USD UYU UZS " +
      "WST XCD YER ZAR ZMW",
  ],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
];

const DECIMALS: ReadonlyMap<string, number> = new Map(
  CODES_BY_DECIMALS.flatMap(([decimals, codes]) => codes.split(" ").map((code) => [code, decimals] as const)),
);

type AdyenAmountProblem =
  | "unknown_currency"
  | "currency_not_supported"
  | "not_an_amount"
  | "not_representable";

export interface AdyenAmount {
  readonly currency: string;
  readonly value: number;
}

export type ToAdyen =
  | { readonly ok: true; readonly amount: AdyenAmount }
  | { readonly ok: false; readonly error: AdyenAmountProblem };

export type FromAdyen =
  | { readonly ok: true; readonly money: Money }
  | { readonly ok: false; readonly error: AdyenAmountProblem };

/** ISO minor units -> Adyen. Never rounds: a fraction of a rupiah is refused when the price is entered. */
export function toAdyen({ currency, minor }: Money): ToAdyen {
  const shift = shiftOf(currency);
  if (typeof shift === "string") return { ok: false, error: shift };
  const moved = shifted(minor, shift);
  return typeof moved === "string"
    ? { ok: false, error: moved }
    : { ok: true, amount: { currency, value: moved } };
}

/** Adyen -> ISO minor units. What has no exact counterpart is an error that parks the event. */
export function fromAdyen(value: number, currency: string): FromAdyen {
  const shift = shiftOf(currency);
  if (typeof shift === "string") return { ok: false, error: shift };
  const moved = shifted(value, -shift);
  return typeof moved === "string"
    ? { ok: false, error: moved }
    : { ok: true, money: { currency, minor: moved } };
}

/** How many decimals Adyen has more than ISO 4217. */
function shiftOf(currency: string): number | AdyenAmountProblem {
  if (!isCurrencyCode(currency)) return "unknown_currency";
  const decimals = DECIMALS.get(currency);
  return decimals === undefined ? "currency_not_supported" : decimals - exponentOf(currency);
}

function shifted(amount: number, decimals: number): number | AdyenAmountProblem {
  if (!Number.isSafeInteger(amount)) return "not_an_amount";
  const factor = 10 ** Math.abs(decimals);
  const moved = decimals >= 0 ? amount * factor : amount / factor;
  return Number.isSafeInteger(moved) ? moved : "not_representable";
}

/** Why Adyen could never charge this price, with what to enter instead; undefined when it can. */
export function adyenPriceProblem(price: Money): string | undefined {
  const sent = toAdyen(price);
  if (sent.ok) return undefined;
  switch (sent.error) {
    case "not_representable": {
      const whole = Math.ceil(price.minor / 100) * 100;
      return `cannot be charged: card payments in ${price.currency} have no decimals; enter ${amountMajor(whole, price.currency)}`;
    }
    case "currency_not_supported":
      return `cannot be charged: the payment provider does not take ${price.currency}; enter a price in another currency`;
    case "unknown_currency":
    case "not_an_amount":
      return "cannot be charged: it is no amount of a currency";
  }
}
