import { Type } from "typebox";
import { amountMajor } from "../../../kernel/money.js";
import { TOP_UP_STATES } from "../../esims/esims.module.js";
import type { OrderView, TopUpOrderView } from "../order-read-model.js";
import { ORDER_STATES } from "../order-state.js";

const Nullable = <const Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Timestamp = Type.String({ format: "date-time", description: "ISO 8601 in UTC" });

export const Snapshot = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    description: Type.String(),
    country_name: Nullable(Type.String()),
    country_iso2: Nullable(Type.String()),
    country_id: Nullable(Type.Integer()),
    carrier_name: Nullable(Type.String()),
    carrier_id: Nullable(Type.Integer()),
    data_gb: Type.Number({ description: "0 for unlimited plans" }),
    is_unlimited: Type.Boolean(),
    duration_days: Type.Integer(),
    price_minor_units: Type.Integer(),
    currency: Type.String(),
  },
  { title: "PlanSnapshot" },
);

const sold = {
  id: Type.Integer(),
  reference: Type.String({ description: "What to quote to support" }),
  plan_id: Type.Integer(),
  status: Type.Enum(ORDER_STATES),
  currency: Type.String({ description: "ISO 4217" }),
  amount_minor_units: Type.Integer({ description: "In the currency's minor units" }),
  amount_major: Type.String({ description: "Decimal text with exactly the currency's decimals" }),
  created_at: Timestamp,
  expires_at: Timestamp,
  plan_snapshot: Snapshot,
};

const EsimProfile = Type.Object(
  {
    id: Type.Integer(),
    order_id: Type.Integer(),
    status: Type.String(),
    created_at: Timestamp,
    provisioned_at: Nullable(Timestamp),
  },
  { title: "OrderedEsim" },
);

const Kind = Type.Literal("top_up", { description: "Only in orders that add to an eSIM" });

const TopUp = Type.Object(
  {
    id: Type.Integer(),
    esim_id: Type.Integer({ description: "The eSIM that it adds to" }),
    status: Type.Enum(TOP_UP_STATES),
    created_at: Timestamp,
    done_at: Nullable(Timestamp),
  },
  { title: "OrderedTopUp" },
);

/** The order of an eSIM. */
export const OrderWire = Type.Object({ ...sold, esim_profile: EsimProfile }, { title: "EsimOrder" });

/** The order of a top-up: it has no eSIM of its own. */
export const TopUpOrderWire = Type.Object({ ...sold, kind: Kind, top_up: TopUp }, { title: "TopUpOrder" });

/** Lists have both: one with `esim_profile`, or one with `kind` and `top_up`. */
export const AnyOrderWire = Type.Object(
  {
    ...sold,
    esim_profile: Type.Optional(EsimProfile),
    kind: Type.Optional(Kind),
    top_up: Type.Optional(TopUp),
  },
  { title: "Order" },
);

function soldOnWire(order: OrderView | TopUpOrderView) {
  return {
    id: order.id,
    reference: order.reference,
    plan_id: order.plan_id,
    status: order.status,
    currency: order.currency,
    amount_minor_units: order.amount_minor,
    amount_major: amountMajor(order.amount_minor, order.currency),
    created_at: order.created_at,
    expires_at: order.expires_at,
    plan_snapshot: order.plan_snapshot,
  };
}

/** The order as the wire has it. Install data are not in it: they come from the eSIM's own routes. */
export function orderOnWire(order: OrderView) {
  return {
    ...soldOnWire(order),
    esim_profile: {
      id: order.profile_id,
      order_id: order.id,
      status: order.profile_status,
      created_at: order.profile_created_at,
      provisioned_at: order.profile_provisioned_at,
    },
  };
}

export function topUpOrderOnWire(order: TopUpOrderView) {
  return { ...soldOnWire(order), kind: "top_up" as const, top_up: order.top_up };
}
