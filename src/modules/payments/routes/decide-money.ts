import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { Applied } from "../events/apply-reading.js";
import type { RefundRow } from "../refund-store.js";

const Params = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);

const Replayed = Type.Object({
  status: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
  intent_status: Type.Union([Type.String(), Type.Null()]),
});

const Retried = Type.Object({
  id: Type.Integer(),
  status: Type.String(),
  amount_minor_units: Type.Integer(),
  failure_reason: Type.Union([Type.String(), Type.Null()]),
});

export interface DecideMoneyDeps {
  readonly replayEvent: (eventRowId: number, requestId: string) => Promise<Applied | undefined>;
  readonly retryRefund: (refundId: number, adminId: number) => Promise<RefundRow | undefined>;
}

/** What an operator does about parked events and refunds. */
export function registerDecideMoney(app: Server, deps: DecideMoneyDeps): void {
  app.post(
    "/admin/webhook-events/:id/replay",
    {
      config: { access: "admin", permission: "money.decide", problems: ["not_found", "conflict"] },
      schema: {
        tags: ["Administration"],
        operationId: "replayWebhookEvent",
        summary: "Look at a parked or waiting event again; one that was applied stays as it is",
        params: Params,
        response: { 200: Replayed },
      },
    },
    async (request) => {
      const applied = await deps.replayEvent(request.params.id, request.id);
      if (applied === undefined) throw new AppError("not_found", "Webhook event not found");
      return { status: applied.status, reason: applied.reason, intent_status: applied.paymentStatus };
    },
  );
  app.post(
    "/admin/refunds/:id/retry",
    {
      config: { access: "admin", permission: "money.decide", problems: ["not_found", "conflict"] },
      schema: {
        tags: ["Administration"],
        operationId: "retryRefund",
        summary: "Carry a parked refund out after all",
        params: Params,
        response: { 200: Retried, 202: Retried },
      },
    },
    async (request, reply) => {
      const refund = await deps.retryRefund(request.params.id, callerOf(request).userId);
      if (refund === undefined) throw new AppError("not_found", "Refund not found");
      reply.code(refund.status === "succeeded" || refund.status === "failed" ? 200 : 202);
      return {
        id: refund.id,
        status: refund.status,
        amount_minor_units: refund.amount_minor,
        failure_reason: refund.failure_reason,
      };
    },
  );
}
