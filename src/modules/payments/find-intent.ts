import type { Db } from "../../db/database.js";
import { done, type Outcome } from "../../kernel/outcome.js";
import type { IntentSnapshot, PaymentProvider, ReadRefusal } from "../../providers/payment/port.js";
import type { PaymentProviders } from "./payment-providers.js";
import { handleOf, type PaymentRow, storeIntentIfUnknown } from "./payment-store.js";

export type FindIntent = (payment: PaymentRow) => Promise<Outcome<IntentSnapshot, ReadRefusal>>;

/** The provider's intent of a row of ours: by its id, or, when the create call left none, by our own reference. */
export function makeFindIntent(deps: { db: Db; providers: PaymentProviders; shopId: string }): FindIntent {
  return async (payment) => {
    const provider = deps.providers.of(payment.provider);
    const handle = handleOf(payment);
    if (handle !== null) return provider.fetchIntent(handle);
    const found = await lookUp(provider, payment, deps.shopId);
    if (found.kind !== "done") return found;
    await storeIntentIfUnknown(deps.db, payment, found.value);
    return done(found.value);
  };
}

function lookUp(
  provider: PaymentProvider,
  payment: PaymentRow,
  shopId: string,
): Promise<Outcome<IntentSnapshot, ReadRefusal>> {
  const from = new Date(payment.created_at);
  // The database's clock: the row's age is counted there, whatever this machine's clock says.
  const until = new Date(from.getTime() + Math.ceil(payment.age_seconds) * 1000 + 1000);
  const reference = { paymentReference: payment.reference, orderId: payment.order_id, shopId };
  return provider.findIntentFor(reference, { from, until });
}
