import { Type } from "typebox";
import { sendJson, streamJson } from "../../../http/send-body.js";
import type { Server } from "../../../http/server.js";
import type { Browsing } from "../browse-catalog.js";
import { PlanView } from "../catalog-views.js";

/** An amount that a person would type; more than this finds everything or nothing anyway. */
const Amount = { minimum: 0, maximum: 1_000_000_000 };

export const CurrencyQuery = Type.Optional(
  Type.String({ pattern: "^[A-Za-z]{3}$", description: "ISO 4217; the shop's own currency by default" }),
);

const Query = Type.Object(
  {
    country: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description:
          "ISO 3166-1 alpha-2, in upper or lower case. Plans of regions that include it are listed too",
      }),
    ),
    min_gb: Type.Optional(
      Type.Number({ ...Amount, description: "Unlimited plans have at least any amount of data" }),
    ),
    max_gb: Type.Optional(Type.Number({ ...Amount, description: "Leaves unlimited plans out" })),
    max_price: Type.Optional(Type.Number({ ...Amount, description: "In major units of the currency" })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650, description: "Exactly so many days" })),
    currency: CurrencyQuery,
  },
  { additionalProperties: false },
);

export function registerListPlans(
  app: Server,
  deps: { readonly browsing: Browsing; readonly defaultCurrency: string },
): void {
  app.get(
    "/plans",
    {
      config: { access: "public", isShedFirst: true },
      schema: {
        tags: ["Catalogue"],
        operationId: "listPlans",
        summary: "Plans on sale, cheapest first",
        description: "Lists the plans that have a price in the currency. An unknown country has none.",
        querystring: Query,
        response: { 200: Type.Array(PlanView) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const plans = await deps.browsing.plans({
        currency: query.currency?.toUpperCase() ?? deps.defaultCurrency,
        country: query.country?.toUpperCase() ?? null,
        minGb: query.min_gb ?? null,
        maxGb: query.max_gb ?? null,
        maxPrice: query.max_price ?? null,
        days: query.days ?? null,
      });
      return "plain" in plans ? sendJson(request, reply, plans) : streamJson(request, reply, plans);
    },
  );
}
