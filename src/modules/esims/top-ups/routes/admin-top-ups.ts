import { Type } from "typebox";
import type { Db } from "../../../../db/database.js";
import { adminAct } from "../../../../http/act.js";
import type { Server } from "../../../../http/server.js";
import { AppError } from "../../../../kernel/errors.js";
import { listTopUpAttempts } from "../../esim-admin-read-model.js";
import { AttemptView, DecisionBody, decisionOf } from "../../routes/decision-body.js";
import type { DecideTopUp } from "../decide-top-up.js";

const TopUpId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

export function registerAdminTopUps(app: Server, deps: { db: Db; decideTopUp: DecideTopUp }): void {
  const config = { access: "admin" } as const;
  const tags = ["Administration: eSIMs"];
  app.get(
    "/admin/top-ups/:id/attempts",
    {
      config,
      schema: {
        tags,
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
      config,
      schema: {
        tags,
        summary: "Decide about a parked top-up",
        description:
          "ask_again: look it up again and forgive earlier refusals. not_bought: nothing was bought, ask the supplier for " +
          "it again. adopt: it was bought under this supplier_order_id. refund: fail it and give the money back. " +
          "accept_loss: for one that was added although its order is refunded.",
        params: TopUpId,
        body: DecisionBody,
        response: { 200: Type.Object({ status: Type.Literal("decided") }) },
      },
    },
    async (request) => {
      const { decision, reason } = decisionOf(request.body);
      const decided = await deps.decideTopUp(request.params.id, decision, reason, adminAct(request));
      if (decided === "nothing_to_decide")
        throw new AppError("conflict", "This top-up waits for no decision. Look at its attempts again.");
      if (decided === "does_not_fit")
        throw new AppError("conflict", "This decision does not fit what the top-up waits for.");
      return { status: "decided" as const };
    },
  );
}
