import { Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import type { Decisions } from "../refunds/decide-refund.js";
import { RefundAnswer, refundOnWire } from "./refund-order.js";

const tags = ["Administration"];
const params = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);
const body = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
);

/** What a second person decides about a refund above the limit. The list is the administration's. */
export function registerRefundApprovals(app: Server, decisions: Decisions): void {
  app.post(
    "/admin/refund-approvals/:id/approve",
    {
      config: {
        access: "admin",
        permission: "refunds.approve",
        problems: [
          "not_found",
          "conflict",
          "esim_not_revocable",
          "refund_exceeds_payment",
          "second_person_required",
        ],
      },
      schema: {
        tags,
        operationId: "approveRefund",
        summary: "Approve a refund that somebody else asked for; it is made at once",
        description:
          "200 when the refund is finished, 202 while it runs; repeating the request carries the same refund on.",
        params,
        body,
        response: { 200: RefundAnswer, 202: RefundAnswer },
      },
    },
    async (request, reply) => {
      const result = await decisions.approve({
        approvalId: request.params.id,
        reason: request.body.reason,
        userId: callerOf(request).userId,
        act: adminAct(request),
      });
      reply.code(result.isFinished ? 200 : 202);
      return refundOnWire(result);
    },
  );
  app.post(
    "/admin/refund-approvals/:id/decline",
    {
      config: { access: "admin", permission: "refunds.approve", problems: ["not_found", "conflict"] },
      schema: {
        tags,
        operationId: "declineRefund",
        summary: "Decline a refund that waits for a second person, one's own too",
        params,
        body,
        response: { 200: Type.Object({ message: Type.Literal("refund_declined") }) },
      },
    },
    async (request) => {
      await decisions.decline({
        approvalId: request.params.id,
        reason: request.body.reason,
        userId: callerOf(request).userId,
        act: adminAct(request),
      });
      return { message: "refund_declined" as const };
    },
  );
}
