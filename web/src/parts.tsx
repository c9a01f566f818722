import type { Plan } from "./api.js";
import { type Destination, flagOf, ownPlans, priceText } from "./destinations.js";

export const isDevelopment = document.documentElement.dataset.environment !== "production";

export function Header() {
  return (
    <header class="bar">
      <a class="brand" href="/">
        Tribi
      </a>
      <nav aria-label="Site">
        <a href="/docs">API reference</a>
        {isDevelopment && <a href="/dev/inbox">Inbox</a>}
      </nav>
    </header>
  );
}

export function DestinationLink({ destination }: { destination: Destination }) {
  const [cheapest] = ownPlans(destination);
  return (
    <li>
      <a class="destination" href={`#${encodeURIComponent(destination.key)}`}>
        <span class="flag" aria-hidden="true">
          {flagOf(destination.iso2)}
        </span>
        <span class="place">{destination.name}</span>
        {cheapest && <span class="from">from {priceText(cheapest)}</span>}
      </a>
    </li>
  );
}

/** A plan as a boarding pass: what you get on the left, what it costs on the stub. */
export function PlanCard({ plan }: { plan: Plan }) {
  const places =
    plan.region === null ? (plan.country?.name ?? "") : `${plan.region}, ${plan.coverage.length} countries`;
  return (
    <li class="pass">
      <div class="pass-main">
        <h3>
          {plan.is_unlimited ? "Unlimited" : `${plan.data_gb} GB`}
          <span class="days">
            {plan.duration_days} {plan.duration_days === 1 ? "day" : "days"}
          </span>
        </h3>
        <p>{places}</p>
        <p class="quiet">{plan.carrier.name}</p>
      </div>
      <div class="pass-stub">
        <strong>{priceText(plan)}</strong>
        <span class="quiet">plan {plan.id}</span>
      </div>
    </li>
  );
}

export function Footer() {
  return (
    <footer>
      {isDevelopment && (
        <section aria-labelledby="next">
          <h2 id="next">Next steps</h2>
          <ol>
            <li>
              <code>npm run demo</code> signs in, orders a plan, pays with the mock provider and prints the QR
              code.
            </li>
            <li>
              Mail that the shop sends, login codes too, is in the <a href="/dev/inbox">inbox</a>.
            </li>
            <li>
              Put <code>ADMIN_EMAILS=you@example.com</code> into <code>.env</code>, start again and sign in
              with that address: the routes under <code>/admin</code> are yours.
            </li>
            <li>
              <code>npx tribi import-catalog plans.csv</code> brings in your own plans.
            </li>
          </ol>
        </section>
      )}
      <p>
        <a href="/docs">API reference</a> · <a href="/openapi.json">OpenAPI document</a> ·{" "}
        <a href="/health/ready">Status</a>
      </p>
    </footer>
  );
}
