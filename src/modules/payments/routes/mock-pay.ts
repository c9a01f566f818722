import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { PaymentProvider } from "../../../providers/payment/port.js";
import type { ReceiveWebhook } from "../events/receive-webhook.js";
import { type DrawMockPayment, mockPaymentOf } from "../mock/mock-pay-page.js";
import type { PaymentRow } from "../payment-store.js";

const pathOf = ({ intent_id: intentId }: PaymentRow): string =>
  `/dev/pay/${encodeURIComponent(intentId ?? "")}`;

const Params = Type.Object(
  { intent: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
);
const Language = Type.Union([Type.Literal("en"), Type.Literal("es")]);
const Query = Type.Object({ language: Type.Optional(Language) }, { additionalProperties: false });
const Form = Type.Object(
  {
    status: Type.Union([Type.Literal("succeeded"), Type.Literal("failed"), Type.Literal("left")]),
    language: Type.Optional(Language),
  },
  { additionalProperties: false },
);

export interface MockPayDeps {
  readonly mock: PaymentProvider;
  readonly receiveWebhook: ReceiveWebhook;
  readonly findPayment: (intentId: string) => Promise<PaymentRow | undefined>;
  readonly draw: DrawMockPayment;
}

/** The mock provider's pay page: what its webhook does, by three buttons. Development only. */
export function registerMockPay(app: Server, { mock, receiveWebhook, findPayment, draw }: MockPayDeps): void {
  const get = async (intentId: string): Promise<PaymentRow> => {
    const payment = await findPayment(intentId);
    if (payment === undefined || payment.provider !== "MOCK")
      throw new AppError("not_found", "Payment not found");
    return payment;
  };
  app.get(
    "/dev/pay/:intent",
    { config: { access: "dev", isInternal: true }, schema: { params: Params, querystring: Query } },
    async (request, reply) => {
      const payment = await get(request.params.intent);
      const { language = "en" } = request.query;
      const page = await draw(mockPaymentOf(payment), { path: pathOf(payment), language });
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", page.policy)
        .send(page.html);
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
      const { status, language = "en" } = request.body;
      const notice = { intent_id: payment.intent_id, status };
      // Who leaves has said nothing to the provider.
      if (status !== "left")
        await receiveWebhook(mock, {
          rawBody: Buffer.from(JSON.stringify(notice)),
          headers: {},
          receivedAtMillis: Date.now(),
          requestId: request.id,
        });
      const prefix = language === "en" ? "" : `/${language}`;
      return reply.redirect(`${prefix}/checkout/${payment.order_id}/return`, 303);
    },
  );
}
