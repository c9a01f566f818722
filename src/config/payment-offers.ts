import { isCurrencyCode } from "../kernel/money.js";
import type { VariableReader } from "./variables.js";

/** A provider that is offered for orders in this currency; null: in every one. */
export interface PaymentOffer {
  readonly provider: string;
  readonly currency: string | null;
}

/**
 * PAYMENT_OFFERS: which provider is offered for which currency, comma-separated as `STRIPE,ADYEN:EUR,ADYEN:GBP`. Payers
 * see them in this order, and the first that fits is taken when they choose none. Null: PAYMENT_PROVIDER alone is offered.
 */
export function readPaymentOffers(
  reader: VariableReader,
  configured: readonly string[],
): readonly PaymentOffer[] | null {
  const text = reader.text("PAYMENT_OFFERS");
  if (text === null) return null;
  return text.split(",").flatMap((item) => {
    const [provider = "", currency = null, ...more] = item.trim().toUpperCase().split(":");
    if (more.length > 0 || provider === "")
      reader.problem("PAYMENT_OFFERS", "must be items such as STRIPE or ADYEN:EUR, separated by commas");
    else if (!configured.includes(provider))
      reader.problem("PAYMENT_OFFERS", `names ${provider}, which is not configured`);
    else if (currency !== null && !isCurrencyCode(currency))
      reader.problem("PAYMENT_OFFERS", `names ${currency}, which is no currency in ISO 4217`);
    return [{ provider, currency }];
  });
}

/** The providers for an order in this currency, in the order of the setting and each once. */
export function offeredFor(offers: readonly PaymentOffer[], currency: string): readonly string[] {
  const fitting = offers.filter((offer) => offer.currency === null || offer.currency === currency);
  return [...new Set(fitting.map(({ provider }) => provider))];
}
