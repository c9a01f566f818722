import type { Config } from "../config/config.js";
import { offersIn } from "../config/payment-offers.js";
import type { PriceProblem } from "../modules/catalog/catalog.module.js";
import { stripePriceProblem } from "../providers/payment/stripe/stripe-amount.js";
import { PAYMENT_KINDS } from "./payment-registry.js";

/**
 * Which prices may be entered: those that every provider which is offered for their currency can charge. The mock
 * stands in for Stripe, so a catalogue that is made with the mock is one that can be sold afterwards.
 */
export function makePriceProblem({
  provider,
  offers,
}: Pick<Config["payments"], "provider" | "offers">): PriceProblem {
  return (price) => {
    const names =
      offers === null ? [provider] : offersIn(offers, price.currency).map((offer) => offer.provider);
    for (const name of names) {
      const problem = (PAYMENT_KINDS[name]?.priceProblem ?? stripePriceProblem)(price);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}
