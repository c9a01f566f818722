import type { PlanInfo } from "../page-contract.js";
import { numberText, priceText, shareText } from "../text/format.js";
import { type Language, type Text, useLanguage } from "../text/text.js";
import { SignalIcon } from "./icons.js";
import { useAddress } from "./shop-context.js";

interface Size {
  readonly data_gb: number;
  readonly is_unlimited: boolean;
}

export const dataText = ({ is_unlimited, data_gb }: Size, { code, text }: Language): string =>
  is_unlimited ? text("plan.unlimited") : text("plan.data", { gb: numberText(data_gb, code) });

function networksText(networks: PlanInfo["networks"], text: Text): string {
  const named = networks.flatMap(({ name, speeds }) =>
    name === null ? [] : [speeds.length === 0 ? name : `${name} (${speeds.join(", ")})`],
  );
  if (named.length > 0) return text("plan.networks", { names: named.join("; ") });
  return text("plan.speeds", { speeds: networks.flatMap(({ speeds }) => speeds).join(", ") });
}

/** What one gets on the left, what it costs on the right. */
export function PlanCard({
  plan,
  isBest,
  showsRegion,
  worksIn = [],
}: {
  plan: PlanInfo;
  isBest: boolean;
  showsRegion: boolean;
  /** Names of countries that are worth saying. */
  worksIn?: readonly string[];
}) {
  const { code, text } = useLanguage();
  const address = useAddress();
  const placeOfPlan = showsRegion ? plan.region : null;
  const name = `plan-${plan.id}`;
  const days = text("plan.days", { count: plan.duration_days });
  const share = plan.is_unlimited
    ? text("plan.per_day", { price: shareText(plan.price, 1 / plan.duration_days, code) })
    : text("plan.per_gb", { price: shareText(plan.price, 1 / plan.data_gb, code) });
  const query = `${address(`/checkout/${plan.id}`)}${address("").includes("?") ? "&" : "?"}seen=${plan.price.amount_minor_units}`;
  return (
    <li class={isBest ? "plan best" : "plan"}>
      {isBest && <p class="badge">{text("plan.best")}</p>}
      {placeOfPlan !== null && (
        <p class="region">
          {placeOfPlan} <span>{text("place.covers", { count: plan.coverage.length })}</span>
        </p>
      )}
      {worksIn.length > 0 && <p class="region">{worksIn.join(", ")}</p>}
      <h3 id={name}>
        <span class="size">{dataText(plan, { code, text })}</span> <span class="days">{days}</span>
      </h3>
      <p class="network">
        <SignalIcon />
        {text("plan.network", { name: plan.carrier.name })}
      </p>
      <details class="more small">
        <summary>{text("plan.details")}</summary>
        {plan.description !== "" && <p>{plan.description}</p>}
        <p>
          {text(`plan.starts_${plan.daysStart ?? "unknown"}`)}{" "}
          {text("plan.within", { count: plan.useWithinDays })}
        </p>
        {plan.networks.length > 0 && <p>{networksText(plan.networks, text)}</p>}
      </details>
      <div class="price">
        <p>
          <strong>{priceText(plan.price, code)}</strong>
          <span class="share">{share}</span>
        </p>
        <a class="button" href={query} aria-describedby={name}>
          {text("plan.buy")}
        </a>
      </div>
    </li>
  );
}
