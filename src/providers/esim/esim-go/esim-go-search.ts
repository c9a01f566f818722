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
  const found = await matchingOrders(client, isOurs, lookup.sentAfterMillis);
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
  const found = await matchingOrders(client, isOurs, request.sentAfterMillis);
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
  const isOneBundle = items.length === 1 && item?.item === packageId && integerOf(item.quantity) === 1;
  return isOneBundle && createdAtMillis(order) >= sentAfterMillis - CLOCK_SKEW_MILLIS;
}

/** NaN when the order does not say. */
function createdAtMillis(order: Fields): number {
  return Date.parse(utcTimeOf(textOf(order.createdDate) ?? textOf(order.createDate)) ?? "");
}

/**
 * The order of the list is not documented, so in general all of it is read. A list that has come newest first so far
 * and reaches back before our call is complete for us: a shop that has sold for years still gets a conclusive "none".
 */
async function matchingOrders(
  client: EsimGoClient,
  isOurs: (order: Fields) => boolean,
  sentAfterMillis: number,
): Promise<SupplierAnswer<{ orders: readonly Fields[]; isComplete: boolean }>> {
  const orders: Fields[] = [];
  const times: number[] = [];
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const query = { page: String(page), perPage: String(PER_PAGE) };
    const answer = settled(await client.ask("/orders", query));
    if (answer.kind !== "done") return answer;
    const body = recordOf(answer.value);
    if (!Array.isArray(answer.value) && !("orders" in body))
      return refusal("retryable", "a list without orders");
    const list = (Array.isArray(answer.value) ? answer.value : listOf(body.orders)).map(recordOf);
    orders.push(...list.filter(isOurs));
    times.push(...list.map(createdAtMillis));
    const pageCount = integerOf(body.pageCount);
    const isLast = pageCount === null ? list.length < PER_PAGE : page >= pageCount;
    if (isLast || reachesBackBefore(times, sentAfterMillis)) return done({ orders, isComplete: true });
  }
  return done({ orders, isComplete: false });
}

/** More than one page is asked for, so that a short stretch in order is not taken for a list in order. */
function reachesBackBefore(times: readonly number[], sentAfterMillis: number): boolean {
  const isNewestFirst = times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
  const last = times.at(-1) ?? Number.NaN;
  return times.length > PER_PAGE && isNewestFirst && last < sentAfterMillis - CLOCK_SKEW_MILLIS;
}
