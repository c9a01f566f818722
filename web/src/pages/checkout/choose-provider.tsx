import { useText } from "../../text/text.js";

interface Offers {
  readonly provider: string;
  readonly offers: readonly { readonly provider: string; readonly currency: string | null }[] | null;
}

/** The providers that the shop offers for an order in this currency, the usual one first. */
export function offeredIn({ provider, offers }: Offers, currency: string): readonly string[] {
  if (offers === null) return [provider];
  const fitting = offers.filter((offer) => offer.currency === null || offer.currency === currency);
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
