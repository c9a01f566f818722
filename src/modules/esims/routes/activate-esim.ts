import { Type } from "typebox";
import { languageOfRequest } from "../../../http/accept-language.js";
import { callerOf } from "../../../http/caller.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ActivateEsim } from "../activate-esim.js";
import { type EsimOnWire, EsimWire } from "../esim-view.js";
import type { ShowEsim } from "../show-esims.js";
import { ownerOf } from "./owner.js";

const Body = Type.Object(
  { order_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);

export function registerActivateEsim(
  app: Server,
  deps: { activateEsim: ActivateEsim; showEsim: ShowEsim; esimOnWire: EsimOnWire },
): void {
  const { esimOnWire } = deps;
  app.post(
    "/esims/activate",
    {
      config: {
        access: "user",
        isRepeatable: true,
        problems: ["not_found", "order_not_paid", "provisioning_failed", "conflict", "rate_limited"],
      },
      schema: {
        tags: ["eSIMs"],
        operationId: "activateEsim",
        summary: "Get the eSIM of a paid order",
        description:
          "Provisioning starts with the payment; this joins it or starts it again. 202 while a supplier works: poll " +
          "GET /esims/{id}. Repeating it gives the same eSIM.",
        body: Body,
        response: { 200: EsimWire, 202: EsimWire },
      },
    },
    async (request, reply) => {
      const userId = callerOf(request).userId;
      const activation = await deps.activateEsim({
        userId,
        orderId: request.body.order_id,
        language: languageOfRequest(request),
      });
      switch (activation.kind) {
        case "not_found":
          throw new AppError("not_found", "Order not found");
        case "top_up":
          throw new AppError(
            "conflict",
            `This order adds to eSIM ${activation.esimId}; there is nothing to activate. GET /orders/{id} shows how far it is.`,
          );
        case "not_paid":
          throw new AppError("order_not_paid", "Order must be paid before activating eSIM");
        case "failed":
          throw new AppError("provisioning_failed", "Unable to provision eSIM");
        case "pending":
          return reply.code(202).send(esimOnWire(activation.row, null));
        case "settled": {
          const { row, secrets } = await deps.showEsim(activation.row, ownerOf(request, "api"));
          return esimOnWire(row, secrets);
        }
      }
    },
  );
}
