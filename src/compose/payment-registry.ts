import type { PriceProblem } from "../modules/catalog/catalog.module.js";
import { makeMockLedger } from "../modules/payments/payments.module.js";
import { adyenPriceProblem } from "../providers/payment/adyen/adyen-amount.js";
import { makeMockProvider } from "../providers/payment/mock/mock-provider.js";
import type { PaymentProvider } from "../providers/payment/port.js";
import { stripePriceProblem } from "../providers/payment/stripe/stripe-amount.js";
import type { Foundation } from "./foundation.js";

interface PaymentKind {
  /** Null when it is not configured, or does not exist here. Adapters are loaded when they are used. */
  make(foundation: Foundation): Promise<PaymentProvider | null>;
  /** Which prices it could never charge. */
  readonly priceProblem?: PriceProblem;
}

const STRIPE_API_ORIGIN = "https://api.stripe.com";

/** The payment providers that there are. A further one is a folder in providers/payment, its settings, and a line here. */
export const PAYMENT_KINDS: Readonly<Record<string, PaymentKind>> = {
  // In production there is no mock: not in a route, not in a command, not in the configuration.
  MOCK: {
    make: async ({ config, reservedDb }) =>
      config.isProduction
        ? null
        : makeMockProvider(makeMockLedger(reservedDb, { confirmsByItself: config.payments.mockAutoConfirm })),
  },
  STRIPE: { make: makeStripe, priceProblem: stripePriceProblem },
  ADYEN: { make: makeAdyen, priceProblem: adyenPriceProblem },
};

async function makeStripe({ config, log }: Foundation): Promise<PaymentProvider | null> {
  const { stripe, isHosted } = config.payments;
  if (stripe === null) return null;
  const { makeStripeProvider } = await import("../providers/payment/stripe/stripe-provider.js");
  const apiBase = stripe.apiBase ?? STRIPE_API_ORIGIN;
  return makeStripeProvider({ ...stripe, apiBase, isHosted, onUnreadable: reporterOf(log, "Stripe") });
}

async function makeAdyen({ config, log }: Foundation): Promise<PaymentProvider | null> {
  const { adyen, isHosted } = config.payments;
  if (adyen === null) return null;
  const { makeAdyenProvider } = await import("../providers/payment/adyen/adyen-provider.js");
  return makeAdyenProvider({ ...adyen, isHosted, onUnreadable: reporterOf(log, "Adyen") });
}

const reporterOf =
  (log: Foundation["log"], provider: string) =>
  (object: string, problem: string): void =>
    log.warn({ object, problem }, `an object at ${provider} could not be read`);
