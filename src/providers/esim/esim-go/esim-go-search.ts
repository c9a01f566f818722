import { done } from "../../../kernel/outcome.js";
import { filledTextOf, listOf, recordOf, textOf } from "../json.js";
import type {
  OrderLookup,
  OrderSearch,
  SupplierAnswer,
  SupplierOrder,
  TopUpLookup,
  TopUpSearch,
} from "../port.js";
import type { EsimGoClient } from "./esim-go-client.js";
import { esimGoOrderOf } from "./esim-go-esims.js";
import { CLOCK_SKEW_MILLIS, type OrderEntry, readOrdersSince } from "./esim-go-order-list.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The supplier keeps no reference of ours. An order is ours when its bundle is the one we asked for, it is not older
 * than our call, and no other attempt owns it; the caller lets only one order per bundle be under way at a time.
 */
export async function findEsimGoOrder(
  client: EsimGoClient,
  lookup: OrderLookup,
): Promise<SupplierAnswer<OrderSearch>> {
  const list = await readOrdersSince(client, lookup.sentAfterMillis);
  if (list.kind !== "done") return list;
  const orders = candidatesIn(list.value.entries, lookup, lookup.knownSupplierOrderIds).flatMap(
    (order) => esimGoOrderOf(order) ?? [],
  );
  // One that came to nothing counts only where there is no other: it may be of an earlier attempt.
  const living = orders.filter(({ state }) => state !== "failed");
  const [first] = living.length > 0 ? living : orders;
  if (!first) return done({ found: "none", isConclusive: list.value.isComplete });
  if (living.length > 1 || (living.length === 0 && orders.length > 1))
    return done({ found: "several", supplierOrderIds: orders.map((order) => order.supplierOrderId) });
  return done({ found: "one", order: first });
}

export async function findEsimGoTopUp(
  client: EsimGoClient,
  request: TopUpLookup,
): Promise<SupplierAnswer<TopUpSearch>> {
  const { iccid, supplierOrderId } = request.esim;
  const list = await readOrdersSince(client, request.sentAfterMillis);
  if (list.kind !== "done") return list;
  const others = [supplierOrderId, ...request.knownSupplierTopUpIds];
  const orders = candidatesIn(list.value.entries, request, others)
    .filter((order) => iccid !== null && namesEsim(order, iccid))
    .flatMap((order) => esimGoOrderOf(order) ?? [])
    // One that failed has added nothing.
    .filter(({ state }) => state !== "failed");
  const [first] = orders;
  if (!first) return done({ found: "none", isConclusive: list.value.isComplete });
  if (orders.length > 1) {
    return done({ found: "several", supplierTopUpIds: orders.map((order) => order.supplierOrderId) });
  }
  return done({ found: "one", topUp: esimGoTopUpOf(first) });
}

/** A further bundle waits until the one before it is used up. */
export const esimGoTopUpOf = (order: SupplierOrder) => ({
  supplierTopUpId: order.supplierOrderId,
  state: "queued" as const,
  cost: order.cost,
  expiresAt: null,
});

/** Bought since our call, of our bundle, and nobody else's. */
function candidatesIn(
  entries: readonly OrderEntry[],
  { packageId, sentAfterMillis }: Pick<OrderLookup, "packageId" | "sentAfterMillis">,
  others: readonly string[],
): readonly Fields[] {
  return entries
    .filter(
      ({ item, createdAtMillis }) =>
        item === packageId &&
        createdAtMillis !== null &&
        createdAtMillis >= sentAfterMillis - CLOCK_SKEW_MILLIS,
    )
    .map(({ order }) => order)
    .filter((order) => !others.includes(textOf(order.orderReference) ?? ""));
}

const namesEsim = (order: Fields, iccid: string): boolean =>
  listOf(order.order)
    .map(recordOf)
    .some((item) =>
      [...listOf(item.iccids), ...listOf(item.esims).map((esim) => recordOf(esim).iccid)].some(
        (entry) => filledTextOf(entry) === iccid,
      ),
    );
