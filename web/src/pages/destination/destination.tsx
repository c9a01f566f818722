import type { DestinationData, PlanInfo } from "../../page-contract.js";
import { DeviceCheck } from "../../parts/device-check.js";
import { Flag } from "../../parts/flag.js";
import { BackIcon } from "../../parts/icons.js";
import { Notice } from "../../parts/notice.js";
import { PlanCard } from "../../parts/plan-card.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { countryText } from "../../text/format.js";
import { type Text, useLanguage, useText } from "../../text/text.js";
import { Trust } from "../landing/landing.js";

const QUESTIONS = ["start", "until", "topup", "refund", "number", "tether"] as const;

export function Destination({ data }: { data: DestinationData }) {
  const text = useText();
  const address = useAddress();
  const { currency, shop } = usePage();
  const { name, plans, wider } = data;
  const shown = plans[0]?.price.currency ?? wider[0]?.price.currency ?? "";
  return (
    <>
      <p class="back">
        <a href={address("/")}>
          <BackIcon />
          {text("place.back")}
        </a>
      </p>
      <div class="place-head">
        <Flag iso2={data.iso2} size={72} isLazy={false} />
        <div>
          <h1>{text("place.heading", { name })}</h1>
          <p>{text("place.lead")}</p>
        </div>
      </div>
      {data.isCurrencyMissing && (
        <Notice kind="info">
          {text("place.currency_missing", { currency: currency ?? "", name, shown })}
        </Notice>
      )}
      {plans.length + wider.length === 0 && <Notice kind="info">{text("place.none", { name })}</Notice>}
      <Plans title={text("place.plans")} plans={plans} covered={data.covers.length} />
      <Plans title={text("place.wider", { name })} plans={wider} showsRegion />
      {data.covers.length > 0 && (
        <details class="covers">
          <summary>
            {text("place.where")}: {text("place.covers", { count: data.covers.length })}
          </summary>
          <ul>
            {data.covers.map((place) => (
              <li key={place.slug}>
                <a href={address(`/esim/${place.slug}`)}>{place.name}</a>
              </li>
            ))}
          </ul>
          {data.leavesOut.length > 0 && (
            <p class="small">{text("place.leaves_out", { names: data.leavesOut.join(", ") })}</p>
          )}
        </details>
      )}
      <Trust />
      <div class="two">
        <DeviceCheck />
        <section class="questions">
          <h2>{text("faq.heading")}</h2>
          {QUESTIONS.map((question) => (
            <details key={question}>
              <summary>{text(`faq.${question}`)}</summary>
              <p>
                {answerTo(question, [...plans, ...wider], text)}
                {question === "refund" && shop.supportEmail !== null && (
                  <>
                    {" "}
                    <a href={`mailto:${shop.supportEmail}`}>{shop.supportEmail}</a>
                  </>
                )}
              </p>
            </details>
          ))}
        </section>
      </div>
    </>
  );
}

/** What differs between the plans of the page is said with each of them. */
function answerTo(question: (typeof QUESTIONS)[number], plans: readonly PlanInfo[], text: Text): string {
  if (question === "start") {
    const [starts = "unknown", ...others] = new Set(plans.map(({ daysStart }) => daysStart ?? "unknown"));
    return text(others.length > 0 ? "faq.start_mixed" : `faq.start_${starts}`);
  }
  if (question === "until") {
    const [days, ...others] = new Set(plans.map(({ useWithinDays }) => useWithinDays));
    return days === undefined || others.length > 0
      ? text("faq.until_mixed")
      : text("faq.until_same", { count: days });
  }
  return text(`faq.${question}_text`);
}

function Plans({
  title,
  plans,
  showsRegion = false,
  covered = 0,
}: {
  title: string;
  plans: readonly PlanInfo[];
  showsRegion?: boolean;
  /** In so many countries one of the region's plans works; a plan that works in fewer says in which. */
  covered?: number;
}) {
  const { code } = useLanguage();
  if (plans.length === 0) return null;
  const best = bestOf(plans);
  return (
    <section>
      <h2>{title}</h2>
      <ul class="plans">
        {plans.map((plan) => (
          <PlanCard
            key={plan.id}
            plan={plan}
            isBest={plan === best}
            showsRegion={showsRegion}
            worksIn={
              plan.coverage.length < covered ? plan.coverage.map((iso2) => countryText(iso2, code)) : []
            }
          />
        ))}
      </ul>
    </section>
  );
}

/** The cheapest gigabyte, where there is a choice. */
function bestOf(plans: readonly PlanInfo[]): PlanInfo | undefined {
  const measured = plans.filter(({ is_unlimited: isUnlimited }) => !isUnlimited);
  if (measured.length < 2) return undefined;
  const share = (plan: PlanInfo): number => plan.price.amount_minor_units / plan.data_gb;
  return measured.reduce((best, plan) => (share(plan) < share(best) ? plan : best));
}
