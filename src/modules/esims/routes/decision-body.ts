import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import { idempotentRequestOf } from "../../../http/idempotency-key.js";
import { AppError } from "../../../kernel/errors.js";
import type { Decision, DecisionCommand } from "../provisioning/decide-parked.js";
import type { Decided } from "../provisioning/decision-keys.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);

export const AttemptView = Type.Object(
  {
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
  },
  { title: "PurchaseAttempt" },
);

export const DecisionBody = Type.Object(
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
  { title: "Decision", additionalProperties: false },
);

export const DecisionAnswer = Type.Object({ status: Type.Literal("decided") }, { title: "DecisionResult" });

/** What an operator decides about a parked eSIM or top-up, and why. */
export function decisionCommandOf(
  request: FastifyRequest,
  id: number,
  body: Static<typeof DecisionBody>,
): DecisionCommand {
  return {
    id,
    ...decisionOf(body),
    act: adminAct(request),
    idempotent: idempotentRequestOf(request),
  };
}

/** `noun` is what was decided about, for the person who reads the refusal. */
export function answerDecided(reply: FastifyReply, decided: Decided, noun: "eSIM" | "top-up") {
  switch (decided) {
    case "nothing_to_decide":
      throw new AppError("conflict", `This ${noun} waits for no decision. Look at its attempts again.`);
    case "does_not_fit":
      throw new AppError("conflict", `This decision does not fit what the ${noun} waits for.`);
    case "owned_by_another":
      throw new AppError(
        "conflict",
        "Another purchase has this supplier_order_id. Look it up again in the supplier's list and name the one of this " +
          `${noun}.`,
      );
    case "another_is_open":
      throw new AppError(
        "conflict",
        "This supplier keeps no reference of ours, and another purchase of the same package there is open: one could be " +
          "taken for the other. Decide that one first, or try again in a quarter of an hour.",
      );
    case "key_reused":
      throw new AppError(
        "idempotency_key_reused",
        "This Idempotency-Key belongs to another decision of yours. Use a new key for a new decision.",
      );
    case "replayed":
      reply.header("idempotent-replayed", "true");
      return { status: "decided" as const };
    case "decided":
      return { status: "decided" as const };
  }
}

function decisionOf(body: Static<typeof DecisionBody>): { decision: Decision; reason: string } {
  const { decision, supplier_order_id: supplierOrderId, reason } = body;
  if ((decision === "adopt") !== (supplierOrderId !== undefined)) {
    const message = "belongs to the decision adopt, and to it alone";
    throw new AppError("validation_failed", `/supplier_order_id ${message}.`, {
      errors: [{ pointer: "/supplier_order_id", message }],
    });
  }
  return {
    decision: decision === "adopt" ? { decision, supplierOrderId: supplierOrderId ?? "" } : { decision },
    reason,
  };
}
