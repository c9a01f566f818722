import { Type } from "typebox";
import { callerOf } from "../../../http/caller.js";
import { sendJsonText } from "../../../http/send-json-text.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { OrderReads } from "../order-read-model.js";
import { AnyOrderWire } from "./order-schema.js";

const LIMIT_MAX = 200;

const Page = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "The id of the last order of the page before",
      }),
    ),
  },
  { additionalProperties: false },
);

const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

export function registerReadOrders(app: Server, reads: OrderReads): void {
  app.get(
    "/orders/mine",
    {
      config: { access: "user", isShedFirst: true },
      schema: {
        tags: ["Orders"],
        operationId: "listMyOrders",
        summary: "My orders, newest first",
        querystring: Page,
        response: { 200: Type.Array(AnyOrderWire) },
      },
    },
    async (request, reply) => {
      const { limit = LIMIT_MAX, before } = request.query;
      return sendJsonText(reply, await reads.listOrdersOf(callerOf(request).userId, { limit, before }));
    },
  );
  app.get(
    "/orders/:id",
    {
      config: { access: "user", problems: ["not_found"], isShedFirst: true },
      schema: {
        tags: ["Orders"],
        operationId: "getOrder",
        summary: "One of my orders",
        params: Id,
        response: { 200: AnyOrderWire },
      },
    },
    async (request, reply) => {
      const order = await reads.findOrderOf(callerOf(request).userId, request.params.id);
      if (order === undefined) throw new AppError("not_found", "Order not found");
      return sendJsonText(reply, order);
    },
  );
}
