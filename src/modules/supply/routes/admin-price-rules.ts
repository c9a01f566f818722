import { type Static, Type } from "typebox";
import { adminAct } from "../../../http/act.js";
import type { Server } from "../../../http/server.js";
import { type ManageRules, ruleNotes } from "../pricing/manage-rules.js";
import { PriceRules } from "../pricing/price-rules.js";
import type { RuleSet } from "../pricing/rule-store.js";
import type { Simulation } from "../pricing/simulate-rules.js";
import type { RateRow } from "../rates/rate-store.js";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableAmount = Type.Union([Type.Integer(), Type.Null()]);
const Version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const RuleSetView = Type.Object(
  {
    version: Type.Integer({ description: "0: there are no rules yet" }),
    currencies: Type.Array(Type.String()),
    fees: PriceRules.properties.fees,
    rules: Type.Array(PriceRules.properties.rules.items),
    changed_by: NullableText,
    changed_at: NullableText,
    notes: Type.Array(Type.String(), { description: "What may be meant so, and should be known" }),
  },
  { title: "PriceRuleSet" },
);

const Body = Type.Object(
  { version: Version, ...PriceRules.properties },
  { additionalProperties: false, description: "`version` is the one that was read" },
);

const SimulationView = Type.Object(
  {
    plans: Type.Integer(),
    without_cost: Type.Integer({
      description: "Plans that no supplier with a known cost sells; rules leave them alone",
    }),
    up: Type.Integer(),
    down: Type.Integer(),
    equal: Type.Integer(),
    offered: Type.Integer({ description: "Prices in a currency in which the plan has none now" }),
    refused: Type.Object({}, { additionalProperties: Type.Integer(), description: "By reason" }),
    margins: Type.Array(Type.Object({ from_percent: Type.Integer(), count: Type.Integer() }), {
      description: "How many prices leave from so many to ten percent more as profit",
    }),
    by_rule: Type.Object({}, { additionalProperties: Type.Integer() }),
    changes: Type.Array(
      Type.Object({
        plan_id: Type.Integer(),
        sku: Type.String(),
        name: Type.String(),
        currency: Type.String(),
        before_minor_units: NullableAmount,
        after_minor_units: NullableAmount,
        rule: NullableText,
        profit_percent: NullableText,
        refused: Type.Union([Type.Object({ code: Type.String(), why: Type.String() }), Type.Null()]),
      }),
      { description: "The first 200" },
    ),
    change_count: Type.Integer(),
    notes: Type.Array(Type.String()),
  },
  { title: "PriceSimulation" },
);

const RatesView = Type.Array(
  Type.Object({
    base: Type.String(),
    currency: Type.String(),
    rate: Type.String({ description: "1 base is so many of the currency" }),
    as_of: Type.String(),
    imported_at: Type.String(),
    is_fresh: Type.Boolean({ description: "False: no price is made with it" }),
  }),
  { title: "ExchangeRates" },
);

export interface AdminPriceRulesDeps {
  readonly manage: ManageRules;
  simulate(rules: PriceRules): Promise<Simulation>;
  listRates(): Promise<readonly (RateRow & { readonly isFresh: boolean })[]>;
}

const tags = ["Administration: catalogue"];
const reads = { access: "admin", permission: "catalogue.read" } as const;
const writes = { access: "admin", permission: "catalogue.write" } as const;

export function registerAdminPriceRules(app: Server, deps: AdminPriceRulesDeps): void {
  app.get(
    "/admin/price-rules",
    {
      config: reads,
      schema: {
        tags,
        operationId: "getPriceRules",
        summary: "The rules by which prices are made",
        response: { 200: RuleSetView },
      },
    },
    async () => ruleSetView(await deps.manage.read()),
  );
  app.put(
    "/admin/price-rules",
    {
      config: { ...writes, problems: ["conflict", "validation_failed"] },
      schema: {
        tags,
        operationId: "replacePriceRules",
        summary: "Replace the price rules",
        description:
          "Rules that contradict each other are refused with each place. Published prices change with the next " +
          "synchronisation, not by this.",
        body: Body,
        response: { 200: RuleSetView },
      },
    },
    async (request) => {
      const { version, ...rules } = request.body;
      return ruleSetView(await deps.manage.replace(rules, version, adminAct(request)));
    },
  );
  app.post(
    "/admin/price-rules/simulate",
    {
      config: { ...reads, problems: ["validation_failed"] },
      schema: {
        tags,
        operationId: "simulatePriceRules",
        summary: "What rules would do to the whole catalogue",
        description: "Changes nothing.",
        body: PriceRules,
        response: { 200: SimulationView },
      },
    },
    async (request) => simulationView(await deps.simulate(request.body)),
  );
  app.get(
    "/admin/exchange-rates",
    {
      config: reads,
      schema: {
        tags,
        operationId: "listExchangeRates",
        summary: "Exchange rates and their age",
        description: "They are brought in by the command tribi rates import.",
        response: { 200: RatesView },
      },
    },
    async () => (await deps.listRates()).map(({ isFresh, ...rate }) => ({ ...rate, is_fresh: isFresh })),
  );
}

function ruleSetView({ version, rules, changedBy, changedAt }: RuleSet): Static<typeof RuleSetView> {
  const notes =
    version === 0 ? ["There are no rules yet: prices are what operators enter."] : ruleNotes(rules);
  return { version, ...rules, changed_by: changedBy, changed_at: changedAt, notes };
}

function simulationView(simulation: Simulation): Static<typeof SimulationView> {
  const { withoutCost, byRule, changeCount, margins, changes, refused, notes, ...counts } = simulation;
  return {
    ...counts,
    without_cost: withoutCost,
    by_rule: { ...byRule },
    change_count: changeCount,
    refused: { ...refused },
    notes: [...notes],
    margins: margins.map(({ fromPercent, count }) => ({ from_percent: fromPercent, count })),
    changes: changes.map((change) => ({
      plan_id: change.planId,
      sku: change.sku,
      name: change.name,
      currency: change.currency,
      before_minor_units: change.beforeMinor,
      after_minor_units: change.afterMinor,
      rule: change.rule,
      profit_percent: change.profitPercent,
      refused: change.refusal,
    })),
  };
}
