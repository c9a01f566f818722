import { done } from "../../../kernel/outcome.js";
import { readSupplierIccid } from "../formats/iccid.js";
import { listOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type {
  OrderLookup,
  OrderSearch,
  SupplierAnswer,
  SupplierOrder,
  SupplierRefused,
  TopUpLookup,
  TopUpSearch,
} from "../port.js";
import { isDefiniteNo } from "../refusal-port.js";
import { type EsimGoClient, settled } from "./esim-go-client.js";
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
  if (!first) return noneFound(client, list.value.isComplete);
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
  const found: SupplierOrder[] = [];
  let isAllClear = iccid !== null;
  for (const entry of candidatesIn(list.value.entries, request, others)) {
    const order = esimGoOrderOf(entry);
    // One that failed has added nothing.
    if (iccid === null || order === null || order.state === "failed") continue;
    const isOurs = await isForEsim(client, entry, order.supplierOrderId, iccid);
    if (typeof isOurs === "object") return isOurs;
    if (isOurs === "yes") found.push(order);
    isAllClear &&= isOurs !== "unclear";
  }
  const [first] = found;
  if (!first) return noneFound(client, list.value.isComplete && isAllClear);
  if (found.length > 1)
    return done({ found: "several", supplierTopUpIds: found.map((order) => order.supplierOrderId) });
  return done({ found: "one", topUp: esimGoTopUpOf(first) });
}

/** Their clock may be so far behind that what we bought bears a time before our call: then nothing is no answer. */
function noneFound(client: EsimGoClient, isConclusive: boolean) {
  const seconds = client.clockBehindSeconds();
  return seconds * 1000 > CLOCK_SKEW_MILLIS
    ? refusal("retryable", `nothing found, but its clock is ${seconds} seconds behind ours`)
    : done({ found: "none" as const, isConclusive });
}

type IsForEsim = "yes" | "no" | "unclear";

/** An entry of the list may be without its eSIMs; the order alone has them. Where neither says, nothing is known. */
async function isForEsim(
  client: EsimGoClient,
  entry: Fields,
  reference: string,
  iccid: string,
): Promise<IsForEsim | SupplierRefused> {
  const listed = namesEsim(entry, iccid);
  if (listed !== "unclear") return listed;
  const detail = settled(await client.ask(`/orders/${encodeURIComponent(reference)}`));
  if (detail.kind === "refused") return isDefiniteNo(detail.reason) ? "unclear" : detail;
  return namesEsim(recordOf(detail.value), iccid);
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

/** Numbers of eSIMs are written in several ways; one that cannot be read could be any. */
function namesEsim(order: Fields, iccid: string): IsForEsim {
  const given = listOf(order.order)
    .map(recordOf)
    .flatMap((item) => [...listOf(item.iccids), ...listOf(item.esims).map((esim) => recordOf(esim).iccid)])
    .map((entry) => readSupplierIccid(textOf(entry)));
  if (given.some((reading) => reading.accepted && reading.iccid === iccid)) return "yes";
  return given.length > 0 && given.every(({ accepted }) => accepted) ? "no" : "unclear";
}
