import { Type } from "typebox";
import type { Server } from "../../../http/server.js";
import { AppError } from "../../../kernel/errors.js";
import { IdParams } from "../admin-views.js";
import type { Browsing } from "../browse-catalog.js";
import { PlanDetailView } from "../catalog-views.js";
import { CurrencyQuery } from "./list-plans.js";

/** In which networks a plan works, as far as its supplier says. */
export type NetworksOf = (planId: number) => Promise<PlanDetailView["networks"]>;

const Query = Type.Object({ currency: CurrencyQuery }, { additionalProperties: false });

export function registerShowPlan(
  app: Server,
  deps: {
    readonly browsing: Browsing;
    readonly defaultCurrency: string;
    readonly networksOf: NetworksOf;
  },
): void {
  app.get(
    "/plans/:id",
    {
      config: { access: "public", problems: ["not_found"], isShedFirst: true },
      schema: {
        tags: ["Catalogue"],
        operationId: "getPlan",
        summary: "One plan",
        description: "Priced in the currency or, when the plan has no such price, in one that it has.",
        params: IdParams,
        querystring: Query,
        response: { 200: PlanDetailView },
      },
    },
    async ({ params, query }) => {
      const currency = query.currency?.toUpperCase() ?? deps.defaultCurrency;
      const plan = await deps.browsing.plan(params.id, currency);
      if (plan === undefined) throw new AppError("not_found", "Plan not found");
      return { ...plan, networks: await deps.networksOf(plan.id) };
    },
  );
}
