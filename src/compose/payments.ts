/** The payments module with its providers; part of the composition root. */

import { makeDevGuard, makeIsLocal } from "../http/local-guard.js";
import {
  deliveriesWaitForMoney,
  ESIM_IS_UNUSED,
  provisioningFollowsPayment,
  type TakeBackEsim,
  takeBackFollowsRefund,
  topUpFollowsPayment,
} from "../modules/esims/esims.module.js";
import { orderFollowsPayment, orderFollowsRefund } from "../modules/orders/orders.module.js";
import {
  makeMockLedger,
  makePaymentsModule,
  type PaymentsDeps,
  type PaymentsModule,
} from "../modules/payments/payments.module.js";
import { makeMockProvider } from "../providers/payment/mock/mock-provider.js";
import type { PaymentProvider } from "../providers/payment/port.js";
import type { Foundation } from "./foundation.js";

const STRIPE_API_ORIGIN = "https://api.stripe.com";

export async function composePayments(
  foundation: Foundation,
  takeBackEsim: TakeBackEsim,
  drawMockPayment: PaymentsDeps["drawMockPayment"],
  hasOtherApprover: PaymentsDeps["hasOtherApprover"],
): Promise<PaymentsModule> {
  const { isProduction, http } = foundation.config;
  return makePaymentsModule({
    ...foundation,
    providers: await providersOf(foundation),
    followUps: [orderFollowsPayment, provisioningFollowsPayment, topUpFollowsPayment],
    refundFollowUps: [orderFollowsRefund, takeBackFollowsRefund, ...deliveriesWaitForMoney],
    takeBackEsim,
    hasOtherApprover,
    esimIsUnused: ESIM_IS_UNUSED,
    drawMockPayment,
    devGuard: makeDevGuard({ isProduction, devToken: http.devToken, isLocal: makeIsLocal(http) }),
  });
}

/** In production there is no mock: not in a route, not in a command, not in the configuration. */
async function providersOf({ config, reservedDb, log }: Foundation): Promise<PaymentProvider[]> {
  const { mockAutoConfirm, stripe, isHosted } = config.payments;
  const providers: PaymentProvider[] = [];
  if (!config.isProduction) {
    providers.push(makeMockProvider(makeMockLedger(reservedDb, { confirmsByItself: mockAutoConfirm })));
  }
  if (stripe !== null) {
    const onUnreadable = (object: string, problem: string): void =>
      log.warn({ object, problem }, "an object at Stripe could not be read");
    const { makeStripeProvider } = await import("../providers/payment/stripe/stripe-provider.js");
    const apiBase = stripe.apiBase ?? STRIPE_API_ORIGIN;
    providers.push(makeStripeProvider({ ...stripe, apiBase, isHosted, onUnreadable }));
  }
  return providers;
}
