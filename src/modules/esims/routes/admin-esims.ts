import { Type } from "typebox";
import type { Db } from "../../../db/database.js";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { DecideParked, Decision } from "../decide-parked.js";
import { listAttempts } from "../esim-admin-read-model.js";
import { EsimId } from "./read-esims.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);

const AttemptView = Type.Object({
  id: Type.Integer(),
  number: Type.Integer(),
  reference: Type.String(),
  supplier: Type.String(),
  package_id: Type.String(),
  status: Type.String(),
  supplier_order_id: NullableText,
  reason: NullableText,
  detail: NullableText,
  lookups: Type.Integer(),
  cost_text: NullableText,
  cost_currency: NullableText,
  call_millis: NullableNumber,
  created_at: Type.String(),
  decided_at: NullableText,
  decided_by: NullableText,
});

const DecisionBody = Type.Object(
  {
    decision: Type.Union([
      Type.Literal("ask_again"),
      Type.Literal("not_bought"),
      Type.Literal("adopt"),
      Type.Literal("refund"),
      Type.Literal("accept_loss"),
    ]),
    supplier_order_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
  },
  { additionalProperties: false },
);

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
      config,
      schema: {
        tags,
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
      config,
      schema: {
        tags,
        summary: "Decide about a parked eSIM",
        description:
          "ask_again: look it up again and forgive earlier refusals. not_bought: nothing was bought, try the next " +
          "supplier. adopt: it is this supplier_order_id. refund: fail it and give the money back. accept_loss: for an " +
          "eSIM that works although its order is refunded.",
        params: EsimId,
        body: DecisionBody,
        response: { 200: Type.Object({ status: Type.Literal("decided") }) },
      },
    },
    async (request) => {
      const { decision, supplier_order_id: supplierOrderId, reason } = request.body;
      if ((decision === "adopt") !== (supplierOrderId !== undefined)) {
        const message = "belongs to the decision adopt, and to it alone";
        throw new AppError("validation_failed", `/supplier_order_id ${message}.`, {
          errors: [{ pointer: "/supplier_order_id", message }],
        });
      }
      const command: Decision =
        decision === "adopt" ? { decision, supplierOrderId: supplierOrderId ?? "" } : { decision };
      const decided = await decideParked(request.params.id, command, reason, adminAct(request));
      if (decided === "nothing_to_decide")
        throw new AppError("conflict", "This eSIM waits for no decision. Look at its attempts again.");
      if (decided === "does_not_fit")
        throw new AppError("conflict", "This decision does not fit what the eSIM waits for.");
      return { status: "decided" as const };
    },
  );
}
