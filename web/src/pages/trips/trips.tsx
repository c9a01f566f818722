import { useState } from "preact/hooks";
import { addressOf } from "../../addresses.js";
import type { TripCountry, TripOptionInfo, TripResult, TripsData } from "../../page-contract.js";
import { BackIcon } from "../../parts/icons.js";
import { Notice } from "../../parts/notice.js";
import { PlanCard } from "../../parts/plan-card.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { priceText } from "../../text/format.js";
import { matches } from "../../text/search.js";
import { useLanguage, useText } from "../../text/text.js";

export function Trips({ data }: { data: TripsData }) {
  const text = useText();
  const address = useAddress();
  return (
    <>
      <p class="back">
        <a href={address("/")}>
          <BackIcon />
          {text("place.back")}
        </a>
      </p>
      <h1>{text("trips.heading")}</h1>
      <p>{text("trips.lead")}</p>
      {data.isRefused && <Notice kind="info">{text("trips.refused", data.limits)}</Notice>}
      {data.result !== null && <Result result={data.result} />}
      <TripForm data={data} />
    </>
  );
}

/** An ordinary form: the trip is in the address, so it can be kept and sent, and works without script. */
function TripForm({ data }: { data: TripsData }) {
  const text = useText();
  const { language, currency } = usePage();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>(data.asked.countries);
  const choose = (iso2: string): void =>
    setChosen(chosen.includes(iso2) ? chosen.filter((one) => one !== iso2) : [...chosen, iso2]);
  // Those of the address come first, and nothing moves while somebody chooses.
  const isAsked = ({ iso2 }: TripCountry): boolean => data.asked.countries.includes(iso2);
  const countries = [...data.countries.filter(isAsked), ...data.countries.filter((one) => !isAsked(one))];
  const names = countries.flatMap(({ iso2, name }) => (chosen.includes(iso2) ? [name] : []));
  const isShown = (country: TripCountry): boolean =>
    typed.trim() === "" || chosen.includes(country.iso2) || matches(country, typed);
  return (
    <form class="trip" method="get" action={addressOf("/trip", language)}>
      {currency !== null && <input type="hidden" name="currency" value={currency} />}
      <fieldset>
        <legend>{text("trips.where")}</legend>
        <label class="field">
          <span>{text("trips.filter")}</span>
          <input
            type="search"
            value={typed}
            autocomplete="off"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <p role="status">
          {text("trips.chosen", { count: chosen.length })}
          {names.length > 0 && `: ${names.join(", ")}`}
        </p>
        <ul class="choices">
          {countries.map((country) => (
            <li key={country.iso2} hidden={!isShown(country)}>
              <label>
                <input
                  type="checkbox"
                  name="country"
                  value={country.iso2}
                  checked={chosen.includes(country.iso2)}
                  onChange={() => choose(country.iso2)}
                />
                {country.name}
              </label>
            </li>
          ))}
        </ul>
      </fieldset>
      <label class="field">
        <span>{text("trips.days")}</span>
        <input type="number" name="days" min="1" max={data.limits.days} value={data.asked.days} required />
      </label>
      <label class="field">
        <span>
          {text("trips.gb")} ({text("trips.gb_hint")})
        </span>
        <input
          type="number"
          name="gb"
          min="0"
          max={data.limits.gb}
          step="any"
          value={data.asked.gb}
          required
        />
      </label>
      <button class="button" type="submit">
        {text("trips.find")}
      </button>
    </form>
  );
}

function Result({ result: { options, uncovered, leftOut } }: { result: TripResult }) {
  const text = useText();
  return (
    <>
      {uncovered.length > 0 && (
        <Notice kind="info">{text("trips.none", { names: uncovered.join(", ") })}</Notice>
      )}
      {options.length > 0 && <p>{text("trips.each")}</p>}
      {options.map((option) => (
        <Option key={option.plans.map(({ id }) => id).join(" ")} option={option} />
      ))}
      {leftOut.length > 0 && (
        <details class="more">
          <summary>{text("trips.left_out")}</summary>
          <ul>
            {leftOut.map(({ code, count }) => (
              <li key={code}>{text(`trips.${code}`, { count })}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Option({ option: { plans, total, moreThanCheapest } }: { option: TripOptionInfo }) {
  const { code, text } = useLanguage();
  return (
    <section class="trip-option">
      <h2>{text("trips.option", { count: plans.length, price: priceText(total, code) })}</h2>
      <p>
        {moreThanCheapest === null
          ? text("trips.cheapest")
          : text("trips.more", { price: priceText(moreThanCheapest, code) })}
      </p>
      <ul class="plans">
        {plans.map((plan) => (
          <PlanCard key={plan.id} plan={plan} isBest={false} showsRegion worksIn={plan.worksIn} />
        ))}
      </ul>
    </section>
  );
}
