import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { PaymentProvider } from "../../../providers/payment/port.js";
import type { ReceiveWebhook } from "../events/receive-webhook.js";
import { mockPayPage, PAY_PAGE_POLICY } from "../mock/mock-pay-page.js";
import type { PaymentRow } from "../payment-store.js";

const Params = Type.Object(
  { intent: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
);
const Form = Type.Object(
  { status: Type.Union([Type.Literal("succeeded"), Type.Literal("failed")]) },
  { additionalProperties: false },
);

export interface MockPayDeps {
  readonly mock: PaymentProvider;
  readonly receiveWebhook: ReceiveWebhook;
  readonly findPayment: (intentId: string) => Promise<PaymentRow | undefined>;
}

/** The mock provider's pay page: what its webhook does, by two buttons. Development only. */
export function registerMockPay(app: Server, { mock, receiveWebhook, findPayment }: MockPayDeps): void {
  const get = async (intentId: string): Promise<PaymentRow> => {
    const payment = await findPayment(intentId);
    if (payment === undefined || payment.provider !== "MOCK")
      throw new AppError("not_found", "Payment not found");
    return payment;
  };
  app.get(
    "/dev/pay/:intent",
    { config: { access: "dev", isInternal: true }, schema: { params: Params } },
    async (request, reply) => {
      const payment = await get(request.params.intent);
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", PAY_PAGE_POLICY)
        .send(mockPayPage(payment));
    },
  );
  app.post(
    "/dev/pay/:intent",
    {
      config: { access: "dev", isInternal: true, consumes: "form" },
      schema: { params: Params, body: Form },
    },
    async (request, reply) => {
      // A page of another site may post a form here; its browser says where it came from.
      const { "sec-fetch-site": site, origin, host } = request.headers;
      // This page's own form says "null", since no page of ours tells a referrer.
      const isForeign =
        origin !== undefined && !["null", `http://${host}`, `https://${host}`].includes(origin);
      if (isForeign || site === "cross-site" || site === "same-site") {
        throw new AppError("cross_site_request", "Press the button on this page itself.");
      }
      const payment = await get(request.params.intent);
      const notice = { intent_id: payment.intent_id, status: request.body.status };
      await receiveWebhook(mock, {
        rawBody: Buffer.from(JSON.stringify(notice)),
        headers: {},
        receivedAtMillis: Date.now(),
        requestId: request.id,
      });
      return reply.redirect(`/dev/pay/${encodeURIComponent(request.params.intent)}`, 303);
    },
  );
}
