import { type Static, Type } from "typebox";
import { amountMajor } from "../../kernel/money.js";

/** What the public routes return. */
export const CountryView = Type.Object(
  { id: Type.Integer(), iso2: Type.String(), name: Type.String() },
  { title: "Country" },
);
export type CountryView = Static<typeof CountryView>;

export const CarrierView = Type.Object({ id: Type.Integer(), name: Type.String() }, { title: "Carrier" });

export const PriceView = Type.Object(
  {
    currency: Type.String(),
    amount_minor_units: Type.Integer(),
    amount_major: Type.String(),
  },
  { title: "Price" },
);

export const PlanView = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    description: Type.String(),
    data_gb: Type.Number({ description: "0 when is_unlimited" }),
    duration_days: Type.Integer(),
    is_unlimited: Type.Boolean(),
    price_usd: Type.Union([Type.Number(), Type.Null()], {
      description: "For display; null when the plan has no price in USD",
    }),
    price: PriceView,
    country_id: Type.Union([Type.Integer(), Type.Null()], {
      description: "Null for a plan of several countries",
    }),
    carrier_id: Type.Integer(),
    country: Type.Union([CountryView, Type.Null()]),
    carrier: CarrierView,
    region: Type.Union([Type.String(), Type.Null()], { description: "Set for a plan of several countries" }),
    coverage: Type.Array(Type.String(), {
      description: "ISO 3166-1 alpha-2 codes of the countries where it works",
    }),
  },
  { title: "Plan" },
);
export type PlanView = Static<typeof PlanView>;

/** A plan by itself; a list of thousands leaves the networks out. */
export const PlanDetailView = Type.Object(
  {
    ...PlanView.properties,
    networks: Type.Array(
      Type.Object({
        country: Type.Union([Type.String(), Type.Null()], {
          description: "ISO 3166-1 alpha-2; null where the supplier does not say in which of its countries",
        }),
        name: Type.Union([Type.String(), Type.Null()], { description: "Null where only speeds are told" }),
        speeds: Type.Array(Type.String(), { description: "Such as 4G and 5G" }),
      }),
      { description: "As the supplier that is asked first tells them; empty where it tells none" },
    ),
  },
  { title: "PlanDetail" },
);
export type PlanDetailView = Static<typeof PlanDetailView>;

/** A row of the catalogue's read model: a plan with one price, its country, carrier and coverage. */
export interface PlanRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** 0 when unlimited. */
  readonly data_gb: number;
  readonly duration_days: number;
  readonly is_unlimited: boolean;
  readonly usd_minor: number | null;
  readonly currency: string;
  readonly amount_minor: number;
  readonly country_id: number | null;
  readonly country_iso2: string | null;
  readonly country_name: string | null;
  readonly carrier_id: number;
  readonly carrier_name: string;
  readonly region: string | null;
  readonly coverage: readonly string[];
}

export function priceView(currency: string, minor: number): Static<typeof PriceView> {
  return { currency, amount_minor_units: minor, amount_major: amountMajor(minor, currency) };
}

export function planView(row: PlanRow): PlanView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    data_gb: row.data_gb,
    duration_days: row.duration_days,
    is_unlimited: row.is_unlimited,
    // Text to number, so that 999 cents are 9.99 and not what a division leaves; for display, never for charging.
    price_usd: row.usd_minor === null ? null : Number(amountMajor(row.usd_minor, "USD")),
    price: priceView(row.currency, row.amount_minor),
    country_id: row.country_id,
    carrier_id: row.carrier_id,
    country:
      row.country_id === null
        ? null
        : { id: row.country_id, iso2: row.country_iso2 ?? "", name: row.country_name ?? "" },
    carrier: { id: row.carrier_id, name: row.carrier_name },
    region: row.region,
    coverage: [...row.coverage],
  };
}
