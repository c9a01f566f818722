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
  makePaymentsModule,
  type PaymentsDeps,
  type PaymentsModule,
} from "../modules/payments/payments.module.js";
import type { PaymentProvider } from "../providers/payment/port.js";
import type { Foundation } from "./foundation.js";
import { PAYMENT_KINDS } from "./payment-registry.js";

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

/** Those of the registry that are configured. */
async function providersOf(foundation: Foundation): Promise<PaymentProvider[]> {
  const made = await Promise.all(Object.values(PAYMENT_KINDS).map((kind) => kind.make(foundation)));
  return made.filter((provider) => provider !== null);
}
