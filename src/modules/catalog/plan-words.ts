import type { Texts } from "../mail/mail.module.js";
import { countryNameIn } from "./country-words.js";
import { regionNameIn } from "./reference/regions.js";

/** What an order has frozen of its plan, read from JSON; one that was taken over from another system may say less. */
export interface FrozenPlan {
  readonly name?: unknown;
  readonly country_iso2?: unknown;
  /** The country's, or the region's, as the catalogue calls it. */
  readonly country_name?: unknown;
  readonly data_gb?: unknown;
  readonly is_unlimited?: unknown;
  readonly duration_days?: unknown;
}

/** In the reader's language where it has a name for the country or region. */
export function destinationIn(
  { country_iso2: iso2, country_name: name }: FrozenPlan,
  texts: Texts,
): string | undefined {
  const known = typeof name === "string" && name !== "" ? name : undefined;
  if (typeof iso2 !== "string") return known === undefined ? undefined : regionNameIn(known, texts.language);
  return known === undefined ? texts.country(iso2) : countryNameIn(iso2, known, texts.language);
}

/** "España 1 GB, 7 días". Plans have English names, which others read only where nothing else is known. */
export function planIn(plan: FrozenPlan, texts: Texts): string {
  const name = typeof plan.name === "string" ? plan.name : "";
  if (texts.language === "en" && name !== "") return name;
  const size = sizeIn(plan, texts);
  const place = destinationIn(plan, texts);
  return size === undefined || (place === undefined && name !== "") ? name : [place, size].join(" ").trim();
}

/** "1 GB, 7 días", for a plan whose place is known from what it is added to. */
export function sizeIn(
  { data_gb: gigabytes, is_unlimited: isUnlimited, duration_days: days }: FrozenPlan,
  { text, language }: Texts,
): string | undefined {
  if (typeof days !== "number") return undefined;
  const data =
    isUnlimited === true
      ? text("plan.unlimited")
      : typeof gigabytes === "number" && gigabytes > 0
        ? `${new Intl.NumberFormat(language).format(gigabytes)} GB`
        : undefined;
  return data === undefined ? undefined : `${data}, ${text("fact.days", { count: days })}`;
}
