import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Country, type Device, fetchCountries, fetchDevice, fetchPlans, type Plan } from "./api.js";
import { type Destination, destinationsOf, flagOf, matches } from "./destinations.js";
import { DestinationLink, Footer, Header, PlanCard } from "./parts.js";

/** What the choice offers besides the shop's own currency. */
const CURRENCIES = ["USD", "EUR", "JPY"];

interface Catalog {
  readonly countries: readonly Country[];
  readonly plans: readonly Plan[];
}

/** The catalogue in one currency (null: the shop's own); null while it loads, an Error when the shop does not answer. */
function useCatalog(currency: string | null): Catalog | Error | null {
  const [catalog, setCatalog] = useState<Catalog | Error | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const show = (value: Catalog | Error): void => {
      if (isCurrent) setCatalog(value);
    };
    Promise.all([fetchCountries(), fetchPlans(currency)])
      .then(([countries, plans]) => show({ countries, plans }))
      .catch((error: unknown) => show(error instanceof Error ? error : new Error(String(error))));
    return () => {
      isCurrent = false;
    };
  }, [currency]);
  return catalog;
}

/** The destination that the address names after #, so that the back button and shared links work. */
function useChosenKey(): string {
  const read = (): string => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };
  const [key, setKey] = useState(read);
  useEffect(() => {
    const changed = (): void => {
      setKey(read());
      scrollTo({ top: 0 });
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return key;
}

function DeviceNote() {
  const [device, setDevice] = useState<Device | null>(null);
  useEffect(() => {
    fetchDevice()
      .then(setDevice)
      .catch(() => setDevice(null));
  }, []);
  if (device === null) return null;
  const title = {
    likely_compatible: "This phone can probably use an eSIM",
    unknown: "Can your phone use an eSIM?",
    likely_incompatible: "This phone can probably not use an eSIM",
  }[device.verdict];
  return (
    <details class={`device ${device.verdict}`}>
      <summary>{title}</summary>
      <p>{device.message}</p>
    </details>
  );
}

function CurrencyChoice({ value, onChange }: { value: string; onChange: (currency: string) => void }) {
  return (
    <label class="currency">
      Currency
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {[...new Set([...CURRENCIES, value])].map((currency) => (
          <option key={currency}>{currency}</option>
        ))}
      </select>
    </label>
  );
}

function DestinationList({ destinations }: { destinations: readonly Destination[] }) {
  const [typed, setTyped] = useState("");
  const found = destinations.filter((destination) => matches(destination, typed));
  const regions = found.filter(({ iso2 }) => iso2 === null);
  const countries = found.filter(({ iso2 }) => iso2 !== null);
  return (
    <>
      <search>
        <label class="where">
          Where are you going?
          <input
            type="search"
            value={typed}
            placeholder="Spain, Japan, Europe…"
            autocomplete="off"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <p class="quiet" role="status">
          {found.length === 0
            ? "We have no plans there yet."
            : `${found.length} ${found.length === 1 ? "destination" : "destinations"}`}
        </p>
      </search>
      {regions.length > 0 && <h2>Several countries</h2>}
      <ul class="chips">
        {regions.map((one) => (
          <DestinationLink key={one.key} destination={one} />
        ))}
      </ul>
      {countries.length > 0 && <h2>Countries</h2>}
      <ul class="grid">
        {countries.map((one) => (
          <DestinationLink key={one.key} destination={one} />
        ))}
      </ul>
    </>
  );
}

function DestinationPlans({ destination }: { destination: Destination }) {
  const own = destination.plans.filter((plan) => destination.iso2 === null || plan.region === null);
  const wider = destination.plans.filter((plan) => !own.includes(plan));
  return (
    <section aria-labelledby="chosen">
      <p>
        <a href="#all">← All destinations</a>
      </p>
      <h2 id="chosen" class="chosen">
        <span aria-hidden="true">{flagOf(destination.iso2)}</span> {destination.name}
      </h2>
      <ul class="passes">
        {own.map((plan) => (
          <PlanCard key={plan.id} plan={plan} />
        ))}
      </ul>
      {wider.length > 0 && <h2>Also works in {destination.name}</h2>}
      <ul class="passes">
        {wider.map((plan) => (
          <PlanCard key={plan.id} plan={plan} />
        ))}
      </ul>
    </section>
  );
}

function Store() {
  const [currency, setCurrency] = useState<string | null>(null);
  const catalog = useCatalog(currency);
  const key = useChosenKey();
  const destinations = useMemo(
    () =>
      catalog === null || catalog instanceof Error ? [] : destinationsOf(catalog.countries, catalog.plans),
    [catalog],
  );
  const chosen = destinations.find((destination) => destination.key === key);
  const shown = currency ?? destinations[0]?.plans[0]?.price.currency;
  return (
    <>
      <Header />
      <main>
        <div class="hero">
          <h1>Mobile data, the moment you land.</h1>
          <p>Pay once, scan a QR code, keep your own number.</p>
        </div>
        <div class="tools">
          <DeviceNote />
          {shown !== undefined && <CurrencyChoice value={shown} onChange={setCurrency} />}
        </div>
        {catalog === null && <p role="status">Loading the plans…</p>}
        {catalog instanceof Error && (
          <p role="alert">
            {catalog.message} <a href="/">Try again</a>
          </p>
        )}
        {catalog !== null && !(catalog instanceof Error) && destinations.length === 0 && (
          <p role="status">Nothing is on sale{currency === null ? " yet" : ` in ${currency}`}.</p>
        )}
        {chosen !== undefined && <DestinationPlans destination={chosen} />}
        {chosen === undefined && destinations.length > 0 && <DestinationList destinations={destinations} />}
      </main>
      <Footer />
    </>
  );
}

const root = document.getElementById("app");
if (root !== null) render(<Store />, root);
