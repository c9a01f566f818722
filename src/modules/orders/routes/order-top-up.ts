import { Type } from "typebox";
import { languageOfRequest } from "../../../http/accept-language.js";
import { callerOf } from "../../../http/caller.js";
import { idempotentRequestOf } from "../../../http/idempotency-key.js";
import type { Server } from "../../../http/server.js";
import type { makeOrderTopUp } from "../order-top-up.js";
import { CreateOrderBody } from "./create-order.js";
import { TopUpOrderWire, topUpOrderOnWire } from "./order-schema.js";

export function registerOrderTopUp(
  app: Server,
  deps: { orderTopUp: ReturnType<typeof makeOrderTopUp>; defaultCurrency: string },
): void {
  app.post(
    "/esims/:id/top-ups",
    {
      config: {
        access: "user",
        problems: [
          "not_found",
          "currency_not_offered",
          "out_of_stock",
          "top_up_not_possible",
          "too_many_orders",
        ],
        takesIdempotencyKey: true,
      },
      schema: {
        tags: ["Orders"],
        operationId: "createTopUpOrder",
        summary: "Order more data for one of my eSIMs",
        description:
          "An order like any other, of kind top_up: pay it with POST /payments/create, and watch it with GET /orders/{id}. " +
          "Once paid it is added by the supplier of the eSIM, and nothing has to be installed; what the supplier refuses " +
          "is refunded. With an Idempotency-Key, repeating the request gives the same order.",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        body: CreateOrderBody,
        response: { 200: TopUpOrderWire },
      },
    },
    async (request, reply) => {
      const { plan_id: planId, currency = deps.defaultCurrency } = request.body;
      const { order, wasReplayed } = await deps.orderTopUp({
        userId: callerOf(request).userId,
        esimId: request.params.id,
        planId,
        currency,
        idempotent: idempotentRequestOf(request),
        language: languageOfRequest(request),
        // It holds nothing that others could have.
        network: null,
      });
      if (wasReplayed) reply.header("idempotent-replayed", "true");
      return topUpOrderOnWire(order);
    },
  );
}
