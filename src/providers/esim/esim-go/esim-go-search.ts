import { done } from "../../../kernel/outcome.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { integerOf, listOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type { OrderLookup, OrderSearch, SupplierAnswer, TopUpLookup, TopUpSearch } from "../port.js";
import { type EsimGoClient, settled } from "./esim-go-client.js";
import { esimGoOrderOf } from "./esim-go-esims.js";

/**
 * The supplier keeps no reference of ours. An order is ours when its bundle is the one we asked for, it is not older
 * than our call, and no other attempt owns it; the caller lets only one order per bundle be under way at a time.
 */
type Fields = Readonly<Record<string, unknown>>;

const PER_PAGE = 100;
const PAGES_MAX = 20;
/** Their clock and ours may differ. */
const CLOCK_SKEW_MILLIS = 2 * 60_000;

export async function findEsimGoOrder(
  client: EsimGoClient,
  lookup: OrderLookup,
): Promise<SupplierAnswer<OrderSearch>> {
  const isOurs = (order: Fields) =>
    isFor(order, lookup.packageId, lookup.sentAfterMillis) &&
    !lookup.knownSupplierOrderIds.includes(textOf(order.orderReference) ?? "");
  const found = await matchingOrders(client, isOurs);
  if (found.kind !== "done") return found;
  const orders = found.value.orders.flatMap((order) => esimGoOrderOf(order) ?? []);
  const [first] = orders;
  if (!first) return done({ found: "none", isConclusive: found.value.isComplete });
  if (orders.length === 1) return done({ found: "one", order: first });
  return done({ found: "several", supplierOrderIds: orders.map((order) => order.supplierOrderId) });
}

export async function findEsimGoTopUp(
  client: EsimGoClient,
  request: TopUpLookup,
): Promise<SupplierAnswer<TopUpSearch>> {
  const { iccid, supplierOrderId } = request.esim;
  const isOurs = (order: Fields) =>
    isFor(order, request.packageId, request.sentAfterMillis) &&
    ![supplierOrderId, ...request.knownSupplierTopUpIds].includes(textOf(order.orderReference) ?? "") &&
    listOf(order.order).some((item) =>
      listOf(recordOf(item).iccids).some((entry) => textOf(entry) === iccid),
    );
  const found = await matchingOrders(client, isOurs);
  if (found.kind !== "done") return found;
  const orders = found.value.orders.flatMap((order) => esimGoOrderOf(order) ?? []);
  const [first] = orders;
  if (!first) return done({ found: "none", isConclusive: found.value.isComplete });
  if (orders.length > 1) {
    return done({ found: "several", supplierTopUpIds: orders.map((order) => order.supplierOrderId) });
  }
  const topUp = {
    supplierTopUpId: first.supplierOrderId,
    state: "queued" as const,
    cost: first.cost,
    expiresAt: null,
  };
  return done({ found: "one", topUp });
}

function isFor(order: Fields, packageId: string, sentAfterMillis: number): boolean {
  const items = listOf(order.order).map(recordOf);
  const [item] = items;
  const createdAt = Date.parse(utcTimeOf(textOf(order.createdDate) ?? textOf(order.createDate)) ?? "");
  const isOneBundle = items.length === 1 && item?.item === packageId && integerOf(item.quantity) === 1;
  return isOneBundle && createdAt >= sentAfterMillis - CLOCK_SKEW_MILLIS;
}

/** Reads the whole list: its order is not documented. Complete unless there are more pages than we read. */
async function matchingOrders(
  client: EsimGoClient,
  isOurs: (order: Fields) => boolean,
): Promise<SupplierAnswer<{ orders: readonly Fields[]; isComplete: boolean }>> {
  const orders: Fields[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const query = { page: String(page), perPage: String(PER_PAGE) };
    const answer = settled(await client.ask("/orders", query));
    if (answer.kind !== "done") return answer;
    const body = recordOf(answer.value);
    if (!Array.isArray(answer.value) && !("orders" in body))
      return refusal("retryable", "a list without orders");
    const list = (Array.isArray(answer.value) ? answer.value : listOf(body.orders)).map(recordOf);
    orders.push(...list.filter(isOurs));
    const pageCount = integerOf(body.pageCount);
    const isLast = pageCount === null ? list.length < PER_PAGE : page >= pageCount;
    if (isLast) return done({ orders, isComplete: true });
  }
  return done({ orders, isComplete: false });
}
