import { majorOf, minorOf } from "../../text/format.js";
import type { AdminPlan } from "./plans.js";

/** What a person types; a plan as text. */
export interface PlanDraft {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly data_gb: string;
  readonly is_unlimited: boolean;
  readonly duration_days: string;
  readonly country_id: string;
  readonly region: string;
  readonly carrier_id: string;
  /** "EUR 12.50", a line each. */
  readonly prices: string;
}

export function draftOf(plan: AdminPlan | null): PlanDraft {
  if (plan === null)
    return {
      sku: "",
      name: "",
      description: "",
      data_gb: "",
      is_unlimited: false,
      duration_days: "",
      country_id: "",
      region: "",
      carrier_id: "",
      prices: "",
    };
  return {
    sku: plan.sku,
    name: plan.name,
    description: plan.description,
    data_gb: plan.is_unlimited ? "" : String(plan.data_gb),
    is_unlimited: plan.is_unlimited,
    duration_days: String(plan.duration_days),
    country_id: plan.country_id === null ? "" : String(plan.country_id),
    region: plan.region ?? "",
    carrier_id: String(plan.carrier_id),
    prices: plan.prices
      .map(({ currency, amount_minor_units: minor }) => `${currency} ${majorOf(minor, currency)}`)
      .join("\n"),
  };
}

/** Null when a line is no price. */
export function pricesOf(text: string): readonly { currency: string; amount_minor_units: number }[] | null {
  const prices = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, currency = "", amount = ""] = /^\s*([A-Za-z]{3})\s+([\d.,]+)\s*$/.exec(line) ?? [];
    const minor = currency === "" ? null : minorOf(amount, currency.toUpperCase());
    if (minor === null) return null;
    prices.push({ currency: currency.toUpperCase(), amount_minor_units: minor });
  }
  return prices;
}

export function bodyOf(draft: PlanDraft): Record<string, unknown> {
  return {
    ...(draft.sku.trim() === "" ? {} : { sku: draft.sku.trim() }),
    name: draft.name.trim(),
    description: draft.description.trim(),
    is_unlimited: draft.is_unlimited,
    ...(draft.is_unlimited ? {} : { data_gb: Number(draft.data_gb.replace(",", ".")) }),
    duration_days: Number(draft.duration_days),
    country_id: draft.country_id === "" ? null : Number(draft.country_id),
    region: draft.region.trim() === "" ? null : draft.region.trim(),
    carrier_id: Number(draft.carrier_id),
    prices: pricesOf(draft.prices) ?? [],
  };
}

/** Only what differs: a colleague's change of another member stays. */
export function changesOf(before: PlanDraft, after: PlanDraft): Record<string, unknown> {
  const [old, now] = [bodyOf(before), bodyOf(after)];
  return Object.fromEntries(
    Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])),
  );
}
