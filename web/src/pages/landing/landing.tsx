import { useState } from "preact/hooks";
import type { DestinationInfo, LandingData } from "../../page-contract.js";
import { Flag } from "../../parts/flag.js";
import { BoltIcon, PhoneIcon, SearchIcon, ShieldIcon, TagIcon } from "../../parts/icons.js";
import { useAddress } from "../../parts/shop-context.js";
import { priceText } from "../../text/format.js";
import { matches } from "../../text/search.js";
import { useLanguage, useText } from "../../text/text.js";

export function Landing({ data }: { data: LandingData }) {
  const text = useText();
  const address = useAddress();
  const [typed, setTyped] = useState("");
  const found = data.destinations.filter((destination) => matches(destination, typed));
  const countries = found.filter(({ iso2 }) => iso2 !== null);
  const isSearching = typed.trim() !== "";
  const count = data.destinations.length;
  return (
    <>
      <section class="hero">
        <div class="hero-text">
          <h1>{text("landing.heading")}</h1>
          <p>{text("landing.lead", { count })}</p>
          <search>
            <label class="search">
              <span class="hidden">{text("landing.search")}</span>
              <SearchIcon />
              <input
                type="search"
                value={typed}
                placeholder={text("landing.search")}
                autocomplete="off"
                enterkeyhint="search"
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            </label>
          </search>
          <p class="trip-link">
            <a href={address("/trip")}>{text("landing.trips")}</a>
          </p>
        </div>
        <Skyline />
      </section>
      {!isSearching && <Trust />}
      <div role="status" class={isSearching ? "found" : "hidden"}>
        {isSearching &&
          (found.length === 0 ? text("landing.none") : text("landing.found", { count: found.length }))}
      </div>
      {isSearching && found.length === 0 && <p>{text("landing.none_hint")}</p>}
      {count === 0 && <p>{text("landing.empty")}</p>}
      <Places
        title={text("landing.popular")}
        places={countries.filter(({ isPopular }) => isPopular)}
        isFirst
      />
      <Places title={text("landing.regions")} places={found.filter(({ iso2 }) => iso2 === null)} />
      <Places title={text("landing.countries")} places={countries.filter(({ isPopular }) => !isPopular)} />
      {!isSearching && <Steps />}
    </>
  );
}

function Places({
  title,
  places,
  isFirst = false,
}: {
  title: string;
  places: readonly DestinationInfo[];
  isFirst?: boolean;
}) {
  if (places.length === 0) return null;
  return (
    <section class="places">
      <h2>{title}</h2>
      <ul class="grid">
        {places.map((place, index) => (
          <Place key={place.slug} place={place} isLazy={!isFirst || index > 5} />
        ))}
      </ul>
    </section>
  );
}

/** The link is the name alone; the whole card can be touched. */
function Place({ place, isLazy }: { place: DestinationInfo; isLazy: boolean }) {
  const { code, text } = useLanguage();
  const address = useAddress();
  return (
    <li class="place">
      <Flag iso2={place.iso2} isLazy={isLazy} />
      <div>
        <a href={address(`/esim/${place.slug}`)}>{place.name}</a>
        <p>
          <span>{text("landing.from", { price: priceText(place.from, code) })}</span>
          {place.iso2 === null && <span>{text("place.covers", { count: place.countries })}</span>}
        </p>
      </div>
    </li>
  );
}

export function Trust() {
  const text = useText();
  return (
    <ul class="trust">
      <li>
        <BoltIcon />
        <p>
          <strong>{text("trust.delivery")}</strong>
          {text("trust.delivery_text")}
        </p>
      </li>
      <li>
        <ShieldIcon />
        <p>
          <strong>{text("trust.money")}</strong>
          {text("trust.money_text")}
        </p>
      </li>
      <li>
        <PhoneIcon />
        <p>
          <strong>{text("trust.number")}</strong>
          {text("trust.number_text")}
        </p>
      </li>
      <li>
        <TagIcon />
        <p>
          <strong>{text("trust.nocontract")}</strong>
          {text("trust.nocontract_text")}
        </p>
      </li>
    </ul>
  );
}

function Steps() {
  const text = useText();
  return (
    <section class="steps">
      <h2>{text("landing.how")}</h2>
      <ol>
        <li>
          <h3>{text("landing.step1")}</h3>
          <p>{text("landing.step1_text")}</p>
        </li>
        <li>
          <h3>{text("landing.step2")}</h3>
          <p>{text("landing.step2_text")}</p>
        </li>
        <li>
          <h3>{text("landing.step3")}</h3>
          <p>{text("landing.step3_text")}</p>
        </li>
      </ol>
    </section>
  );
}

/** A route between two places, drawn in the shop's colours. */
function Skyline() {
  return (
    <svg class="skyline" viewBox="0 0 480 360" aria-hidden="true">
      <circle class="sun" cx="350" cy="120" r="62" />
      <path class="hill far" d="M0 280c70-60 130-66 200-30s130 20 190-20 70-24 90-20v150H0z" />
      <path class="hill near" d="M0 316c90-34 160-30 240-8s160 14 240-26v78H0z" />
      <path class="route" d="M60 250C130 90 290 60 392 176" />
      <circle class="stop" cx="60" cy="250" r="9" />
      <g class="phone" transform="translate(352 150) rotate(8)">
        <rect width="92" height="164" rx="18" />
        <path d="M30 92v-14M46 92V64M62 92V50" />
        <rect class="pill" x="18" y="112" width="56" height="12" rx="6" />
        <rect class="pill thin" x="18" y="132" width="36" height="8" rx="4" />
      </g>
      <path
        class="plane"
        d="m196 92 34 8-8 10-14-1-12 14-6-1 5-15-11-2-6 6-5-1 4-10-3-10 5 0 5 7 11 0-4-16 6 1z"
      />
    </svg>
  );
}
