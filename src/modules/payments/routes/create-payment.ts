import { Type } from "typebox";
import { languageOfRequest } from "../../../http/accept-language.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { makeCreatePayment } from "../create-payment.js";

const Body = Type.Object(
  {
    order_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    provider: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 32,
        description:
          "MOCK, STRIPE or ADYEN, in any case. When left out: the one of the payment that was begun, else the first that " +
          "the shop offers for the order's currency and its plan's country",
      }),
    ),
  },
  { title: "NewPayment", additionalProperties: false },
);

const Payment = Type.Object(
  {
    intent_id: Type.String(),
    status: Type.Union([Type.Literal("requires_action"), Type.Literal("succeeded"), Type.Literal("failed")]),
    provider: Type.String({ description: "In capitals, such as STRIPE" }),
    amount_minor_units: Type.Integer(),
    currency: Type.String(),
    client_secret: Type.Optional(
      Type.String({ description: "For the provider's own script in the browser" }),
    ),
    publishable_key: Type.Optional(Type.String()),
    redirect_url: Type.Optional(
      Type.String({
        description:
          "The provider's page on which the payer pays and from which they come back, in place of a client secret; " +
          "`intent_id` is then that page's id",
      }),
    ),
  },
  { title: "Payment", additionalProperties: false },
);

export function registerCreatePayment(
  app: Server,
  deps: { createPayment: ReturnType<typeof makeCreatePayment> },
): void {
  app.post(
    "/payments/create",
    {
      config: {
        access: "user",
        isRepeatable: true,
        problems: [
          "not_found",
          "order_already_paid",
          "order_not_payable",
          "payment_in_progress",
          "provider_unavailable",
          "too_many_declines",
          "unsupported_provider",
        ],
      },
      schema: {
        tags: ["Payments"],
        operationId: "createPayment",
        summary: "Begin to pay an order, or get the payment that was begun",
        description:
          "At most one live payment per order: repeating the call, at any moment and any number of times at once, gives " +
          "the same intent. 409 payment_in_progress: another provider's payment is live. 409 order_already_paid, " +
          "order_not_payable. 429 too_many_declines: payments of this person were declined too often in 24 hours. 503: the provider did not answer; repeat the call.",
        body: Body,
        response: { 200: Payment },
      },
    },
    async (request) => {
      const { order_id: orderId, provider = null } = request.body;
      const { payment, intent, publishableKey } = await deps.createPayment({
        orderId,
        userId: callerOf(request).userId,
        provider,
        language: languageOfRequest(request),
      });
      return {
        intent_id: intent.page?.pageId ?? intent.intentId,
        status: payment.status,
        provider: payment.provider,
        amount_minor_units: payment.amount_minor,
        currency: payment.currency,
        ...(intent.clientSecret === undefined ? {} : { client_secret: intent.clientSecret }),
        ...(publishableKey === null ? {} : { publishable_key: publishableKey }),
        ...(intent.page?.url == null ? {} : { redirect_url: intent.page.url }),
      };
    },
  );
}
