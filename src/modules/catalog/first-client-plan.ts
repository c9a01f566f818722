import { type Static, Type } from "typebox";
import { AppError } from "../../kernel/errors.js";
import { PlanBody, type PlanPatch as PlanPatchSchema } from "./admin-views.js";
import type { AdminPlanRow } from "./catalog-records.js";

/** The first web client knows one price, in dollars, and says 0 gigabytes for an unlimited plan. */
const PriceUsd = Type.Optional(
  Type.Number({
    exclusiveMinimum: 0,
    maximum: 1_000_000,
    description: "In place of `prices`: the price in dollars; other currencies keep theirs",
  }),
);

const { prices, ...others } = PlanBody.properties;
const PlanWrite = Type.Object(
  { ...others, prices: Type.Optional(prices), price_usd: PriceUsd },
  { additionalProperties: false },
);
export const NewPlanBody = PlanWrite;
export const PlanPut = Type.Partial(PlanWrite, { additionalProperties: false, minProperties: 1 });
export type PlanPut = Static<typeof PlanPut>;
type PlanPatch = Static<typeof PlanPatchSchema>;

/** The members as everybody else sends them; `known` are the prices that stay. */
export function asPlanPatch(
  { price_usd: dollars, ...body }: PlanPut,
  known: AdminPlanRow["prices"],
): PlanPatch {
  if (dollars === undefined) return body;
  if (body.prices !== undefined) throw invalid("/price_usd", "is given beside prices: send one of them");
  const minor = Math.round(dollars * 100);
  if (Math.abs(dollars * 100 - minor) > 1e-6) throw invalid("/price_usd", "has more than two decimals");
  const all = Object.entries({ ...known, USD: minor });
  const { data_gb: gb, is_unlimited: isUnlimited } = body;
  const amount =
    gb === undefined || isUnlimited !== undefined
      ? {}
      : { is_unlimited: gb === 0, data_gb: gb === 0 ? null : gb };
  return {
    ...body,
    ...amount,
    prices: all.map(([currency, amountMinor]) => ({ currency, amount_minor_units: amountMinor })),
  };
}

/** A whole plan, or a refusal that names what is missing. */
export function asPlanBody(body: PlanPut): PlanBody {
  const patch = asPlanPatch(body, {});
  if (isWhole(patch)) return patch;
  throw invalid(`/${MEMBERS.find((name) => patch[name] === undefined)}`, "is missing");
}

const MEMBERS = ["name", "duration_days", "carrier_id", "prices"] as const;

/** PUT replaces a plan when it has all that a plan needs; with less it changes what it names. */
const isWhole = (body: PlanPatch): body is PlanBody => MEMBERS.every((name) => body[name] !== undefined);

export const replacesPlan = (body: PlanPut): body is PlanBody =>
  body.price_usd === undefined && isWhole(body);

const invalid = (pointer: string, message: string): AppError =>
  new AppError("validation_failed", `${pointer} ${message}.`, { errors: [{ pointer, message }] });
