import { type Static, Type } from "typebox";
import { AppError } from "../../../kernel/errors.js";
import type { Decision } from "../decide-parked.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableNumber = Type.Union([Type.Number(), Type.Null()]);

export const AttemptView = Type.Object({
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
  { additionalProperties: false },
);

/** What an operator decides about a parked eSIM or top-up, and why. */
export function decisionOf(body: Static<typeof DecisionBody>): { decision: Decision; reason: string } {
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
