import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { languageOfRequest } from "../../../http/accept-language.js";
import { callerOf } from "../../../http/caller.js";
import type { ClientAddress } from "../../../http/client-address.js";
import { idempotentRequestOf } from "../../../http/idempotency-key.js";
import type { Server } from "../../../http/server.js";
import type { makePlaceOrder } from "../place-order.js";
import { OrderWire, orderOnWire } from "./order-schema.js";

export const CreateOrderBody = Type.Object(
  {
    plan_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Type.Optional(
      Type.String({ minLength: 1, maxLength: 16, description: "ISO 4217; DEFAULT_CURRENCY when left out" }),
    ),
  },
  { title: "NewOrder", additionalProperties: false },
);

export function registerCreateOrder(
  app: Server,
  deps: {
    placeOrder: ReturnType<typeof makePlaceOrder>;
    defaultCurrency: string;
    clientOf: (request: FastifyRequest) => ClientAddress;
  },
): void {
  app.post(
    "/orders",
    {
      config: {
        access: "user",
        problems: ["not_found", "currency_not_offered", "out_of_stock", "too_many_orders"],
        takesIdempotencyKey: true,
      },
      schema: {
        tags: ["Orders"],
        operationId: "createOrder",
        summary: "Order a plan",
        description:
          "The price is the plan's price in the currency, frozen into the order. With an Idempotency-Key, repeating the " +
          "request gives the same order; without one, each request is a new order, so a double click is two orders.",
        body: CreateOrderBody,
        response: { 200: OrderWire },
      },
    },
    async (request, reply) => {
      const { plan_id: planId, currency = deps.defaultCurrency } = request.body;
      const idempotent = idempotentRequestOf(request);
      const { order, wasReplayed } = await deps.placeOrder({
        userId: callerOf(request).userId,
        planId,
        currency,
        idempotent,
        language: languageOfRequest(request),
        network: deps.clientOf(request).network,
      });
      if (wasReplayed) reply.header("idempotent-replayed", "true");
      return orderOnWire(order);
    },
  );
}
