import { type Static, Type } from "typebox";
import { AmountMinor, Currency, Iso2, Line } from "../../catalog/catalog.module.js";

/** A decimal in text: no float takes part in a price. */
const Percent = Type.String({ pattern: "^(0|[1-9]\\d{0,3})(\\.\\d{1,4})?$", description: "2.9 is 2.9 %" });
const Decimal = Type.String({ pattern: "^(0|[1-9]\\d{0,11})(\\.\\d{1,6})?$" });
const Amounts = Type.Record(Currency, AmountMinor, { description: "Minor units by currency" });
const FeeAmounts = Type.Record(Currency, Type.Integer({ minimum: 0, maximum: 1_000_000 }));

const Conditions = Type.Object(
  {
    suppliers: Type.Optional(Type.Array(Line(32), { minItems: 1, maxItems: 20 })),
    countries: Type.Optional(
      Type.Array(Iso2, {
        minItems: 1,
        maxItems: 300,
        description: "Each country of the plan is one of these",
      }),
    ),
    regions: Type.Optional(Type.Array(Line(100), { minItems: 1, maxItems: 100 })),
    data_gb: Type.Optional(
      Type.Object(
        {
          min: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000 })),
          max: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000 })),
          is_unlimited: Type.Optional(Type.Boolean()),
        },
        {
          additionalProperties: false,
          description: "Both bounds included; unlimited is above every maximum",
        },
      ),
    ),
    days: Type.Optional(
      Type.Object(
        {
          min: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650 })),
          max: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650 })),
        },
        { additionalProperties: false },
      ),
    ),
    cost: Type.Optional(
      Type.Object(
        { currency: Currency, min: Type.Optional(Decimal), below: Type.Optional(Decimal) },
        { additionalProperties: false, description: "Only costs in this currency; `below` is not included" },
      ),
    ),
  },
  { additionalProperties: false },
);
export type Conditions = Static<typeof Conditions>;

const Result = Type.Object(
  {
    margin_percent: Percent,
    margin_at_least: Type.Optional(Amounts),
    minimum_price: Type.Optional(Amounts),
    endings: Type.Optional(
      Type.Record(Currency, Type.String({ pattern: "^\\d{1,4}$" }), {
        description: "Last digits of the price in minor units: 99, 90, 00",
      }),
    ),
    round_to: Type.Optional(
      Type.Record(Currency, Type.Integer({ minimum: 1, maximum: 10_000 }), {
        description: "The price is a multiple of so many minor units",
      }),
    ),
    fixed_price: Type.Optional(Amounts),
  },
  { additionalProperties: false },
);

export const PriceRule = Type.Object(
  { name: Line(100), when: Conditions, result: Result },
  { additionalProperties: false, title: "PriceRule" },
);
export type PriceRule = Static<typeof PriceRule>;

const CardFee = Type.Object(
  { provider: Line(32), percent: Percent, fixed: FeeAmounts },
  { additionalProperties: false, title: "CardFee" },
);
export type CardFee = Static<typeof CardFee>;

export const PriceRules = Type.Object(
  {
    currencies: Type.Array(Currency, {
      minItems: 1,
      maxItems: 20,
      description: "In which plans get a price",
    }),
    fees: Type.Array(CardFee, { maxItems: 10, description: "The price covers the highest of them" }),
    rules: Type.Array(PriceRule, {
      minItems: 1,
      maxItems: 200,
      description: "The first that matches decides",
    }),
  },
  { additionalProperties: false, title: "PriceRules" },
);
export type PriceRules = Static<typeof PriceRules>;
