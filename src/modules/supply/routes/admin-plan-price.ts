import { type Static, Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import type { ExplainedPrice, ExplainPlanPrice } from "../pricing/explain-price.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const PlanId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

const ExplanationView = Type.Object(
  {
    currency: Type.String(),
    supplier: Type.String(),
    cost: Type.Object({ amount: Type.String(), currency: Type.String() }),
    rate: Type.Union([Type.Object({ value: Type.String(), as_of: Type.String() }), Type.Null()]),
    cost_in_currency: NullableText,
    minimum_retail: Type.Union([Type.String(), Type.Null()], {
      description: "The least that the supplier allows to ask for it; null: it sets nothing",
    }),
    rule: Type.Union([Type.Object({ position: Type.Integer(), name: Type.String() }), Type.Null()]),
    margin: NullableText,
    fee: Type.Union([Type.Object({ provider: Type.String(), amount: Type.String() }), Type.Null()]),
    before_rounding: NullableText,
    rounding: NullableText,
    price: NullableText,
    profit: NullableText,
    profit_percent: NullableText,
  },
  { title: "PriceExplanation" },
);

const PlanPriceView = Type.Object(
  {
    plan_id: Type.Integer(),
    rules_version: Type.Integer(),
    prices: Type.Array(
      Type.Object({
        currency: Type.String(),
        published: Type.Union([
          Type.Object({
            amount_minor_units: Type.Integer(),
            profit: NullableText,
            is_below_cost: Type.Union([Type.Boolean(), Type.Null()]),
            is_below_supplier_minimum: Type.Union([Type.Boolean(), Type.Null()]),
          }),
          Type.Null(),
        ]),
        by_rule: Type.Union([
          Type.Object({
            amount_minor_units: Type.Union([Type.Integer(), Type.Null()]),
            refused: Type.Union([Type.Object({ code: Type.String(), why: Type.String() }), Type.Null()]),
            explanation: ExplanationView,
          }),
          Type.Null(),
        ]),
      }),
    ),
  },
  { title: "PlanPrice" },
);

export function registerAdminPlanPrice(app: Server, explain: ExplainPlanPrice): void {
  app.get(
    "/admin/plans/:id/price",
    {
      config: { access: "admin", permission: "catalogue.read", problems: ["not_found"] },
      schema: {
        tags: ["Administration: catalogue"],
        operationId: "explainPlanPrice",
        summary: "How the price of a plan comes about",
        description:
          "Per currency: the price that is published and what it leaves after card fee and cost, and the price by the " +
          "rules with cost, rate and its date, the supplier's minimum retail price, rule, margin, fee and rounding, or why there is none.",
        params: PlanId,
        response: { 200: PlanPriceView },
      },
    },
    async ({ params }) => {
      const found = await explain(params.id);
      if (found === undefined) throw new AppError("not_found", "Plan not found");
      return { plan_id: found.plan.id, rules_version: found.version, prices: found.prices.map(priceRow) };
    },
  );
}

function priceRow({
  currency,
  published,
  byRule,
}: ExplainedPrice): Static<typeof PlanPriceView>["prices"][number] {
  return {
    currency,
    published:
      published === null
        ? null
        : {
            amount_minor_units: published.minor,
            profit: published.profit,
            is_below_cost: published.isBelowCost,
            is_below_supplier_minimum: published.isBelowSupplierMinimum,
          },
    by_rule:
      byRule === null
        ? null
        : {
            amount_minor_units: byRule.kind === "priced" ? byRule.minor : null,
            refused: byRule.kind === "refused" ? { code: byRule.code, why: byRule.why } : null,
            explanation: byRule.explanation,
          },
  };
}
