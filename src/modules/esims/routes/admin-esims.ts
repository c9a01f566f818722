import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import type { Server } from "../../../http/server.js";
import { listAttempts } from "../esim-admin-read-model.js";
import type { DecideParked } from "../provisioning/decide-parked.js";
import {
  AttemptView,
  answerDecided,
  DecisionAnswer,
  DecisionBody,
  decisionCommandOf,
} from "./decision-body.js";
import { EsimId } from "./read-esims.js";

export interface AdminEsimsDeps {
  readonly db: Db;
  readonly decideParked: DecideParked;
}

export function registerAdminEsims(app: Server, { db, decideParked }: AdminEsimsDeps): void {
  const config = { access: "admin" } as const;
  const tags = ["Administration: eSIMs"];

  app.get(
    "/admin/esims/:id/attempts",
    {
      config: { ...config, permission: "esims.read", problems: ["not_found"] },
      schema: {
        tags,
        operationId: "listEsimAttempts",
        summary: "Every purchase that was begun for an eSIM, with its evidence",
        params: EsimId,
        response: { 200: Type.Array(AttemptView) },
      },
    },
    async ({ params }) => (await listAttempts(db, params.id)) as never,
  );
  app.post(
    "/admin/esims/:id/decision",
    {
      config: {
        ...config,
        permission: "esims.decide",
        problems: ["not_found", "conflict"],
        takesIdempotencyKey: true,
      },
      schema: {
        tags,
        operationId: "decideEsim",
        summary: "Decide about a parked eSIM",
        description:
          "ask_again: look it up again and forgive earlier refusals. not_bought: nothing was bought, try the next " +
          "supplier. adopt: it is this supplier_order_id. refund: fail it and give the money back. accept_loss: for an " +
          "eSIM that works although its order is refunded.",
        params: EsimId,
        body: DecisionBody,
        response: { 200: DecisionAnswer },
      },
    },
    async (request, reply) =>
      answerDecided(
        reply,
        await decideParked(decisionCommandOf(request, request.params.id, request.body)),
        "eSIM",
      ),
  );
}
