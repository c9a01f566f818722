import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import type { RefundPreview } from "../preview-refund.js";
import { flag, id, integerOrNull, minor, text, textOrNull, timeOrNull } from "../screens/column-types.js";

const Preview = Type.Object(
  {
    order_id: id,
    payment_id: integerOrNull,
    provider: textOrNull,
    currency: text,
    captured_minor_units: minor,
    refunded_minor_units: minor,
    refundable_minor_units: minor,
    amount_minor_units: minor,
    is_whole: flag,
    refusal: Type.Union([Type.String(), Type.Null()], {
      description: "order_not_paid, refund_exceeds_payment, or null",
    }),
    delivery: Type.Object({
      kind: textOrNull,
      id: integerOrNull,
      status: textOrNull,
      installed_at: timeOrNull,
      effect: Type.String({
        description: "none, is_taken_back, is_asked_back, stays, is_stopped, was_not_delivered",
      }),
    }),
    needs_accept_loss: flag,
    needs_idempotency_key: flag,
    sentences: Type.Array(text),
  },
  { title: "RefundPreview" },
);

export function registerPreviewRefund(
  app: Server,
  deps: { previewRefund: (orderId: number, amountMinor: number | null) => Promise<RefundPreview> },
): void {
  app.get(
    "/admin/orders/:id/refund-preview",
    {
      config: { access: "admin", permission: "orders.read", problems: ["not_found"] },
      schema: {
        tags: ["Administration"],
        operationId: "previewRefund",
        summary: "What a refund would do to the eSIM and to the money, before it is made",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        querystring: Type.Object(
          {
            amount_minor_units: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Preview },
      },
    },
    async ({ params, query }) => deps.previewRefund(params.id, query.amount_minor_units ?? null),
  );
}
