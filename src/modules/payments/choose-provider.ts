import { offeredFor, type PaymentOffer } from "../../config/payment-offers.js";
import { type Db, statement } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { PaymentProvider } from "../../providers/payment/port.js";
import type { PaymentProviders } from "./payment-providers.js";

export type ChooseProvider = (wish: {
  readonly orderId: number;
  readonly userId: number;
  /** As the client wrote it; null leaves the choice to the shop. */
  readonly provider: string | null;
}) => Promise<PaymentProvider>;

const FIND_ORDER = statement(
  "payments.find_order_to_offer",
  `select o.currency, o.plan_snapshot ->> 'country_iso2' as country,
          (select p.provider from payments p where p.order_id = o.id and p.status = 'requires_action') as live_provider
   from orders o where o.id = $1 and o.user_id = $2`,
);

/**
 * The payer's choice among what the shop offers for the order's currency and its plan's country. A payment that was begun stays where it is:
 * without a choice it is given again, and a choice of another provider is refused where it would be made.
 */
export function makeChooseProvider(deps: {
  readonly db: Db;
  readonly providers: PaymentProviders;
  /** The one that is taken where no offers are set. */
  readonly provider: string;
  readonly offers: readonly PaymentOffer[] | null;
}): ChooseProvider {
  const { db, providers, provider: defaultProvider, offers } = deps;
  return async ({ orderId, userId, provider }) => {
    if (offers === null) return providers.named(provider ?? defaultProvider);
    type Row = { currency: string; country: string | null; live_provider: string | null };
    const [order] = (await db.run<Row>(FIND_ORDER, [orderId, userId])).rows;
    // That there is no such order is said by what comes next.
    if (order === undefined) return providers.named(provider ?? defaultProvider);
    const { currency, live_provider: live } = order;
    const offered = offeredFor(offers, order);
    const chosen = provider?.toUpperCase() ?? live ?? offered[0];
    if (chosen === undefined)
      throw new AppError(
        "unsupported_provider",
        `Nobody can pay in ${currency} here. Order again in another currency.`,
      );
    if (chosen !== live && !offered.includes(chosen))
      throw new AppError(
        "unsupported_provider",
        `Orders in ${currency} are paid by ${offered.join(" or ")}. Choose one of them.`,
      );
    return providers.named(chosen);
  };
}
