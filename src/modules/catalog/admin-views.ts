import { type Static, Type } from "typebox";
import { amountMajor } from "../../kernel/money.js";
import type { AdminPlanRow } from "./catalog-records.js";
import { PriceView, priceView } from "./catalog-views.js";
import { AmountMinor, Currency, Iso2, Line, PlanFields } from "./plan-draft.js";

/** What the back office reads and writes. Bodies are closed; a PATCH may leave members out. */
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const IdParams = Type.Object({ id: Id }, { additionalProperties: false });
const Time = Type.String({ format: "date-time" });
const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

export const AdminCountryView = Type.Object(
  {
    id: Type.Integer(),
    iso2: Type.String(),
    iso3: orNull(Type.String()),
    name: Type.String(),
    plan_count: Type.Integer(),
    created_at: Time,
    updated_at: Time,
  },
  { title: "AdminCountry" },
);

const countryMembers = {
  iso2: Iso2,
  iso3: Type.Optional(orNull(Type.String({ pattern: "^[A-Z]{3}$" }))),
  name: Line(100),
};
export const CountryBody = Type.Object(countryMembers, { additionalProperties: false });
export const CountryPatch = Type.Partial(CountryBody, { additionalProperties: false, minProperties: 1 });

export const AdminCarrierView = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    plan_count: Type.Integer(),
    created_at: Time,
    updated_at: Time,
  },
  { title: "AdminCarrier" },
);
export const CarrierBody = Type.Object({ name: Line(100) }, { additionalProperties: false });

export const AdminPlanView = Type.Object(
  {
    id: Type.Integer(),
    sku: Type.String(),
    name: Type.String(),
    description: Type.String(),
    data_gb: Type.Number({ description: "0 when is_unlimited" }),
    is_unlimited: Type.Boolean(),
    duration_days: Type.Integer(),
    country_id: orNull(Type.Integer()),
    country: orNull(Type.Object({ id: Type.Integer(), iso2: Type.String(), name: Type.String() })),
    region: orNull(Type.String()),
    country_ids: Type.Array(Type.Integer(), { description: "The countries of a region's plan" }),
    carrier_id: Type.Integer(),
    carrier: Type.Object({ id: Type.Integer(), name: Type.String() }),
    is_active: Type.Boolean(),
    paused_reason: orNull(Type.String()),
    prices: Type.Array(PriceView),
    price_usd: orNull(Type.Number({ description: "For display; null when it has no price in dollars" })),
    created_at: Time,
    updated_at: Time,
  },
  { title: "AdminPlan" },
);

const PriceBody = Type.Object(
  { currency: Currency, amount_minor_units: AmountMinor },
  { additionalProperties: false },
);

export const PlanBody = Type.Object(
  {
    sku: Type.Optional(PlanFields.sku),
    name: PlanFields.name,
    description: Type.Optional(PlanFields.description),
    data_gb: Type.Optional(PlanFields.data_gb),
    is_unlimited: Type.Optional(Type.Boolean()),
    duration_days: PlanFields.duration_days,
    country_id: Type.Optional(orNull(Id)),
    region: Type.Optional(PlanFields.region),
    country_ids: Type.Optional(Type.Array(Id, { maxItems: 300, uniqueItems: true })),
    carrier_id: Id,
    paused_reason: Type.Optional(PlanFields.paused_reason),
    prices: Type.Array(PriceBody, { minItems: 1, maxItems: 200 }),
  },
  { additionalProperties: false },
);
export type PlanBody = Static<typeof PlanBody>;
export const PlanPatch = Type.Partial(PlanBody, { additionalProperties: false, minProperties: 1 });

export const MessageView = Type.Object({ message: Type.String() }, { title: "Message" });

export const ImportReportView = Type.Object(
  {
    dry_run: Type.Boolean(),
    rows: Type.Integer({ description: "Rows of the file without its header and blank ones" }),
    created: Type.Integer(),
    updated: Type.Integer(),
    unchanged: Type.Integer(),
    countries_created: Type.Integer(),
    carriers_created: Type.Integer(),
    refused_count: Type.Integer(),
    refused: Type.Array(Type.Object({ line: Type.Integer(), column: Type.String(), reason: Type.String() }), {
      description: "The first 1,000 refused rows",
    }),
  },
  { title: "ImportReport" },
);

export function adminPlanView(row: AdminPlanRow): Static<typeof AdminPlanView> {
  const { country_iso2: iso2, country_name: name, coverage: _, carrier_name: carrier, ...rest } = row;
  return {
    ...rest,
    country: row.country_id === null ? null : { id: row.country_id, iso2: iso2 ?? "", name: name ?? "" },
    country_ids: [...row.country_ids],
    carrier: { id: row.carrier_id, name: carrier },
    price_usd: row.prices.USD === undefined ? null : Number(amountMajor(row.prices.USD, "USD")),
    prices: Object.entries(row.prices)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([currency, minor]) => priceView(currency, minor)),
  };
}
