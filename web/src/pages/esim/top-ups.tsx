import type { Schemas } from "@tribi/client";
import { useEffect, useState } from "preact/hooks";
import { dataText } from "../../parts/plan-card.js";
import { useSession } from "../../parts/session.js";
import { useAddress } from "../../parts/shop-context.js";
import { priceText } from "../../text/format.js";
import { useLanguage } from "../../text/text.js";

/** What can be added to an eSIM: one touch chooses, the next one pays. */
export function TopUps({ esim }: { esim: Schemas["Esim"] }) {
  const { code, text } = useLanguage();
  const address = useAddress();
  const { tribi } = useSession();
  const [found, setFound] = useState<Schemas["TopUpOffers"] | null>(null);
  useEffect(() => {
    tribi.esims
      .topUps(esim.id)
      .then(setFound)
      .catch(() => setFound(null));
  }, [tribi, esim.id]);
  if (found === null) return null;
  return (
    <section class="topups">
      <h2>{text("esim.topups")}</h2>
      {found.offers.length === 0 && <p class="empty">{text("esim.topup_none")}</p>}
      <ul class="plans">
        {found.offers.map((offer) => (
          <li key={offer.plan_id} class="plan">
            <h3 id={`offer-${offer.plan_id}`}>
              <span class="size">{dataText(offer, { code, text })}</span>{" "}
              <span class="days">{text("plan.days", { count: offer.duration_days })}</span>
            </h3>
            <div class="price">
              <strong>{priceText(offer.price, code)}</strong>
              <a
                class="button"
                target="_self"
                href={address(
                  `/checkout/${offer.plan_id}?currency=${offer.price.currency}&esim=${esim.id}&seen=${offer.price.amount_minor_units}`,
                )}
                aria-describedby={`offer-${offer.plan_id}`}
              >
                {text("esim.topup_buy")}
              </a>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
