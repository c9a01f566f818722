import { Type } from "typebox";
import type { Db } from "../../../../db/database.js";
import type { Server } from "../../../../http/server.js";
import { listTopUpAttempts } from "../../esim-admin-read-model.js";
import type { DecideParked } from "../../provisioning/decide-parked.js";
import {
  AttemptView,
  answerDecided,
  DecisionAnswer,
  DecisionBody,
  decisionCommandOf,
} from "../../routes/decision-body.js";

const TopUpId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

export function registerAdminTopUps(app: Server, deps: { db: Db; decideTopUp: DecideParked }): void {
  const config = { access: "admin" } as const;
  const tags = ["Administration: eSIMs"];
  app.get(
    "/admin/top-ups/:id/attempts",
    {
      config: { ...config, permission: "esims.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "listTopUpAttempts",
        summary: "Every purchase that was begun for a top-up, with its evidence",
        params: TopUpId,
        response: { 200: Type.Array(AttemptView) },
      },
    },
    async ({ params }) => (await listTopUpAttempts(deps.db, params.id)) as never,
  );
  app.post(
    "/admin/top-ups/:id/decision",
    {
      config: {
        ...config,
        permission: "esims.decide",
        problems: ["not_found", "conflict"],
        takesIdempotencyKey: true,
      },
      schema: {
        tags,
        operationId: "decideTopUp",
        summary: "Decide about a parked top-up",
        description:
          "ask_again: look it up again and forgive earlier refusals. not_bought: nothing was bought, ask the supplier for " +
          "it again. adopt: it was bought under this supplier_order_id. refund: fail it and give the money back. " +
          "accept_loss: for one that was added although its order is refunded.",
        params: TopUpId,
        body: DecisionBody,
        response: { 200: DecisionAnswer },
      },
    },
    async (request, reply) =>
      answerDecided(
        reply,
        await deps.decideTopUp(decisionCommandOf(request, request.params.id, request.body)),
        "top-up",
      ),
  );
}
