import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import { idempotentRequestOf } from "../../../http/idempotency-key.js";
import type { Server } from "../../../http/server.js";
import { amountMajor } from "../../../kernel/money.js";
import type { RefundRow } from "../refund-store.js";
import type { makeRefundOwnOrder } from "../refunds/refund-own-order.js";

const Params = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);

const Refund = Type.Object(
  {
    id: Type.Integer(),
    status: Type.Enum(["running", "succeeded"] as const),
    amount_minor_units: Type.Integer(),
    currency: Type.String(),
  },
  { title: "MyRefund" },
);

const Offer = Type.Object(
  {
    is_possible: Type.Boolean(),
    until: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
      description: "Until when, while the eSIM is not used",
    }),
    amount_minor_units: Type.Integer({ description: "What goes back" }),
    amount_major: Type.String({ description: "Decimal text with exactly the currency's decimals" }),
    currency: Type.String(),
    refund: Type.Union([Refund, Type.Null()]),
  },
  { title: "ReturnOffer" },
);

export function registerRefundOwnOrder(app: Server, deps: ReturnType<typeof makeRefundOwnOrder>): void {
  app.get(
    "/orders/:id/refund",
    {
      config: { access: "user", problems: ["not_found"], isShedFirst: true },
      schema: {
        tags: ["Orders"],
        operationId: "getReturnOffer",
        summary: "Whether I can give the eSIM of an order back, and what became of it",
        params: Params,
        response: { 200: Offer },
      },
    },
    async (request) => {
      const shown = await deps.showReturn(request.params.id, callerOf(request).userId);
      return {
        is_possible: shown.is_possible,
        until: shown.is_possible ? shown.until : null,
        amount_minor_units: shown.left_minor,
        amount_major: amountMajor(shown.left_minor, shown.currency),
        currency: shown.currency,
        refund: shown.refund === undefined ? null : onWire(shown.refund),
      };
    },
  );
  app.post(
    "/orders/:id/refund",
    {
      config: {
        access: "user",
        problems: ["not_found", "refund_not_possible", "esim_not_revocable", "idempotency_key_reused"],
        takesIdempotencyKey: true,
        isRepeatable: true,
      },
      schema: {
        tags: ["Orders"],
        operationId: "returnEsim",
        summary: "Give an unused eSIM back",
        description:
          "By the rule of the shop. The eSIM is taken back first and cannot be installed any more; then the price goes back. 200 when it has, 202 while it runs; repeating the request gives the same refund.",
        params: Params,
        response: { 200: Refund, 202: Refund },
      },
    },
    async (request, reply) => {
      const result = await deps.refundOwnOrder({
        orderId: request.params.id,
        userId: callerOf(request).userId,
        idempotent: idempotentRequestOf(request),
        requestId: request.id,
      });
      if (result.wasReplayed) reply.header("idempotent-replayed", "true");
      reply.code(result.isFinished ? 200 : 202);
      return onWire(result.refund);
    },
  );
}

/** What an operator or the provider said about it is theirs. */
const onWire = (refund: RefundRow) => ({
  id: refund.id,
  status: refund.status === "succeeded" ? ("succeeded" as const) : ("running" as const),
  amount_minor_units: refund.amount_minor,
  currency: refund.currency,
});
