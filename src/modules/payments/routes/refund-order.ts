import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import { idempotentRequestOf } from "../../../http/idempotency-key.js";
import type { Server } from "../../../http/server.js";
import { amountMajor } from "../../../kernel/money.js";
import type { makeRefundOrder, OrderRefund } from "../refunds/refund-order.js";

const Params = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);

const Body = Type.Object(
  {
    amount_minor_units: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "All that is left when absent",
      }),
    ),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
    accept_loss: Type.Optional(
      Type.Boolean({ description: "Refund although the delivered eSIM cannot be taken back" }),
    ),
  },
  { additionalProperties: false },
);

export const RefundAnswer = Type.Object(
  {
    refund: Type.Object(
      {
        id: Type.Integer(),
        status: Type.Union([
          Type.Literal("requested"),
          Type.Literal("parked"),
          Type.Literal("pending"),
          Type.Literal("succeeded"),
          Type.Literal("failed"),
        ]),
        amount_minor_units: Type.Integer(),
        currency: Type.String(),
        reason: Type.String(),
        failure_reason: Type.Union([Type.String(), Type.Null()]),
      },
      { additionalProperties: false },
    ),
    order: Type.Object(
      {
        id: Type.Integer(),
        reference: Type.String(),
        status: Type.String(),
        currency: Type.String(),
        amount_minor_units: Type.Integer(),
        amount_major: Type.String(),
        captured_minor_units: Type.Integer(),
        refunded_minor_units: Type.Integer(),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

export function registerRefundOrder(
  app: Server,
  deps: { refundOrder: ReturnType<typeof makeRefundOrder> },
): void {
  app.post(
    "/admin/orders/:id/refund",
    {
      config: {
        access: "admin",
        permission: "refunds.create",
        problems: [
          "not_found",
          "conflict",
          "idempotency_key_required",
          "refund_exceeds_payment",
          "esim_not_revocable",
          "order_not_paid",
          "second_person_required",
        ],
        takesIdempotencyKey: true,
      },
      schema: {
        tags: ["Administration"],
        operationId: "refundOrder",
        summary: "Give money back",
        description:
          "200 when it is finished, 202 while it runs; repeat the request to see how it stands. A partial refund needs an " +
          "Idempotency-Key. A delivered eSIM that cannot be taken back: 409 esim_not_revocable, unless accept_loss. " +
          "Above REFUND_NEEDS_SECOND_ABOVE, summed per order and per person and 24 hours: 409 second_person_required, and the " +
          "refund waits in /admin/refund-approvals.",
        params: Params,
        body: Body,
        response: { 200: RefundAnswer, 202: RefundAnswer },
      },
    },
    async (request, reply) => {
      const { amount_minor_units, reason, accept_loss } = request.body;
      const result = await deps.refundOrder({
        orderId: request.params.id,
        amountMinor: amount_minor_units ?? null,
        reason,
        acceptsLoss: accept_loss === true,
        adminId: callerOf(request).userId,
        actor: adminAct(request).actor,
        idempotent: idempotentRequestOf(request),
        requestId: request.id,
      });
      if (result.wasReplayed) reply.header("idempotent-replayed", "true");
      reply.code(result.isFinished ? 200 : 202);
      return refundOnWire(result);
    },
  );
}

export function refundOnWire({ refund, order }: OrderRefund) {
  return {
    refund: {
      id: refund.id,
      status: refund.status,
      amount_minor_units: refund.amount_minor,
      currency: refund.currency,
      reason: refund.reason,
      failure_reason: refund.failure_reason,
    },
    order: {
      id: order.id,
      reference: order.reference,
      status: order.status,
      currency: order.currency,
      amount_minor_units: order.amount_minor,
      amount_major: amountMajor(order.amount_minor, order.currency),
      captured_minor_units: order.captured_minor,
      refunded_minor_units: order.refunded_minor,
    },
  };
}
