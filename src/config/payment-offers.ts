import { isCurrencyCode } from "../kernel/money.js";
import type { VariableReader } from "./variables.js";

/** A provider that is offered for orders in this currency, of plans for this country; null: of every one. */
export interface PaymentOffer {
  readonly provider: string;
  readonly currency: string | null;
  /** ISO 3166, of where the plan is for. */
  readonly country: string | null;
}

const REGIONS = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const isCountryCode = (text: string): boolean => /^[A-Z]{2}$/.test(text) && REGIONS.of(text) !== undefined;

const ITEM = /^([A-Z][A-Z0-9_]*)(?::([A-Z]+))?(?:@([A-Z]+))?$/;

/**
 * PAYMENT_OFFERS: which provider is offered for which currency and which plans, comma-separated as
 * `STRIPE,ADYEN:EUR,ADYEN:GBP@JP`. Payers see them in this order, and the first that fits is taken when they choose
 * none. Null: PAYMENT_PROVIDER alone is offered.
 */
export function readPaymentOffers(
  reader: VariableReader,
  configured: readonly string[],
): readonly PaymentOffer[] | null {
  const text = reader.text("PAYMENT_OFFERS");
  if (text === null) return null;
  return text.split(",").flatMap((item) => {
    const [, provider = "", currency = null, country = null] = ITEM.exec(item.trim().toUpperCase()) ?? [];
    if (provider === "")
      reader.problem(
        "PAYMENT_OFFERS",
        "must be items such as STRIPE, ADYEN:EUR or ADYEN@JP, separated by commas",
      );
    else if (!configured.includes(provider))
      reader.problem("PAYMENT_OFFERS", `names ${provider}, which is not configured`);
    else if (currency !== null && !isCurrencyCode(currency))
      reader.problem("PAYMENT_OFFERS", `names ${currency}, which is no currency in ISO 4217`);
    else if (country !== null && !isCountryCode(country))
      reader.problem("PAYMENT_OFFERS", `names ${country}, which is no country in ISO 3166`);
    return [{ provider, currency, country }];
  });
}

/** What decides of an order which offers fit. A plan for several countries is of none. */
export interface ToBePaid {
  readonly currency: string;
  readonly country: string | null;
}

/** The providers for such an order, in the order of the setting and each once. */
export function offeredFor(
  offers: readonly PaymentOffer[],
  { currency, country }: ToBePaid,
): readonly string[] {
  const fitting = offersIn(offers, currency).filter((one) => one.country === null || one.country === country);
  return [...new Set(fitting.map(({ provider }) => provider))];
}

/** Those for one currency, wherever the plan is for. */
export const offersIn = (offers: readonly PaymentOffer[], currency: string): readonly PaymentOffer[] =>
  offers.filter((offer) => offer.currency === null || offer.currency === currency);
