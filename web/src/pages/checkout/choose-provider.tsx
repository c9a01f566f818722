import type { OfferedProvider } from "../../page-contract.js";
import { useText } from "../../text/text.js";
import type { PlacedOrder } from "./ensure-order.js";

interface Offers {
  readonly provider: string;
  readonly offers: readonly OfferedProvider[] | null;
}

/** The providers that the shop offers for this order, the usual one first. */
export function offeredFor({ provider, offers }: Offers, order: PlacedOrder): readonly string[] {
  if (offers === null) return [provider];
  const country = order.plan_snapshot.country_iso2;
  const fitting = offers.filter(
    (offer) =>
      (offer.currency === null || offer.currency === order.currency) &&
      (offer.country === null || offer.country === country),
  );
  return [...new Set(fitting.map((offer) => offer.provider))];
}

const titleOf = (provider: string): string => provider.slice(0, 1) + provider.slice(1).toLowerCase();

/** Which provider takes the payment: the payer's choice, where the shop leaves it to them. */
export function ChooseProvider({
  offered,
  onChoose,
}: {
  offered: readonly string[];
  onChoose: (provider: string) => void;
}) {
  const text = useText();
  return (
    <section class="card pay">
      <h2>{text("checkout.payment")}</h2>
      <p>{text("checkout.choose")}</p>
      <p class="actions">
        {offered.map((provider, index) => (
          <button
            key={provider}
            type="button"
            class={index === 0 ? "button" : "button quiet"}
            onClick={() => onChoose(provider)}
          >
            {text("checkout.pay_with", { provider: titleOf(provider) })}
          </button>
        ))}
      </p>
    </section>
  );
}
