import type { Schemas } from "@tribi/client";
import { countryText } from "../text/format.js";
import { useLanguage } from "../text/text.js";
import { Flag } from "./flag.js";
import { dataText } from "./plan-card.js";
import { usePage } from "./shop-context.js";

type Snapshot = Pick<
  Schemas["PlanSnapshot"],
  "country_iso2" | "country_name" | "data_gb" | "is_unlimited" | "duration_days"
>;

export function usePlaceName(): (plan: Snapshot) => string {
  const { code } = useLanguage();
  const { regionNames } = usePage();
  return ({ country_iso2: iso2, country_name: name }) => {
    if (iso2 !== null) return countryText(iso2, code);
    return regionNames[name ?? ""] ?? name ?? "";
  };
}

/** What was sold, as the order froze it, in the reader's language. */
export function BoughtPlan({ plan, detail }: { plan: Snapshot; detail?: string }) {
  const language = useLanguage();
  const { text } = language;
  const placeName = usePlaceName();
  return (
    <div class="bought">
      <Flag iso2={plan.country_iso2} size={44} />
      <p>
        <strong>{placeName(plan)}</strong>
        <span>
          {text("plan.title", {
            data: dataText(plan, language),
            days: text("plan.days", { count: plan.duration_days }),
          })}
          {detail !== undefined && ` · ${detail}`}
        </span>
      </p>
    </div>
  );
}
