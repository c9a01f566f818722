import { type Static, Type } from "typebox";
import { amountMajor, isCurrencyCode, type Money } from "../../kernel/money.js";

/** One line without blanks around it: what a name in a list, a mail and a CSV cell can be. */
const LINE = "^\\S(?:.*\\S)?$";
export const Line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: LINE });

export const Iso2 = Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2" });

/** The members of a plan that a file and the API share, with the limits that the tables state as constraints. */
export const PlanFields = {
  sku: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }),
  name: Line(200),
  description: Type.String({ maxLength: 2_000 }),
  data_gb: Type.Union([Type.Number({ minimum: 0, maximum: 100_000 }), Type.Null()]),
  duration_days: Type.Integer({ minimum: 1, maximum: 3_650 }),
  region: Type.Union([Line(100), Type.Null()]),
  paused_reason: Type.Union([Type.String({ minLength: 1, maxLength: 500 }), Type.Null()]),
};

export const AmountMinor = Type.Integer({ minimum: 1, maximum: 999_999_999_999 });
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" });

/**
 * A plan as files, the demo catalogue and the importer speak of it: by codes and names, before the database has
 * given anything an id.
 */
export const PlanDraft = Type.Object(
  {
    sku: PlanFields.sku,
    name: PlanFields.name,
    description: PlanFields.description,
    /** Null when unlimited. */
    data_gb: PlanFields.data_gb,
    duration_days: PlanFields.duration_days,
    /** Null for a plan of a region. */
    country: Type.Union([Iso2, Type.Null()]),
    region: PlanFields.region,
    /** The countries of a region's plan; empty for a plan of one country. */
    countries: Type.Array(Iso2, { maxItems: 300 }),
    carrier: Line(100),
    paused_reason: PlanFields.paused_reason,
    /** Minor units by ISO 4217 code. */
    prices: Type.Record(Currency, AmountMinor),
  },
  { additionalProperties: false },
);
export type PlanDraft = Static<typeof PlanDraft>;

export interface PlanProblem {
  /** The member, as the API calls it. */
  readonly member: string;
  readonly message: string;
}

/** Why no payment provider of the shop can charge a price, in words that say what to enter; undefined when one can. */
export type PriceProblem = (price: Money) => string | undefined;

/** One complaint for each price that cannot be charged. */
export function pricesProblems(prices: readonly Money[], priceProblem: PriceProblem): PlanProblem[] {
  return prices.flatMap((price) => {
    if (!isCurrencyCode(price.currency)) return [];
    const problem = priceProblem(price);
    const amount = `${price.currency} ${amountMajor(price.minor, price.currency)}`;
    return problem === undefined ? [] : [{ member: "prices", message: `holds ${amount}, which ${problem}` }];
  });
}

/** The laws that span members or that a schema cannot state; the same for the API and for files. */
export function planProblems(plan: {
  readonly data_gb: number | null;
  readonly is_unlimited: boolean;
  readonly hasCountry: boolean;
  readonly region: string | null;
  readonly coverageCount: number;
  readonly currencies: readonly string[];
}): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const complain = (member: string, message: string): void => {
    problems.push({ member, message });
  };
  const gb = plan.data_gb ?? 0;
  if (plan.is_unlimited && gb !== 0) complain("data_gb", "must be absent, null or 0 for an unlimited plan");
  if (!plan.is_unlimited && gb <= 0)
    complain("data_gb", "must be greater than 0 unless the plan is unlimited");
  if (Math.abs(gb * 1_000 - Math.round(gb * 1_000)) > 1e-6) {
    complain("data_gb", "has more than three decimals");
  }
  if (plan.hasCountry === (plan.region !== null)) {
    complain(
      "region",
      "must be given for a plan of several countries, and only then: one of country or region",
    );
  }
  if (plan.region !== null && plan.coverageCount === 0) {
    complain("countries", "must name the countries of the region");
  }
  if (plan.region === null && plan.coverageCount > 0) complain("countries", "belongs to a plan of a region");
  if (plan.currencies.length === 0) complain("prices", "must hold at least one price");
  for (const currency of plan.currencies.filter((code) => !isCurrencyCode(code))) {
    complain("prices", `holds ${currency}, which is not a currency of ISO 4217`);
  }
  if (new Set(plan.currencies).size < plan.currencies.length) complain("prices", "holds a currency twice");
  return problems;
}
