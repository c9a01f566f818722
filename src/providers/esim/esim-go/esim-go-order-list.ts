import { done } from "../../../kernel/outcome.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, integerOf, isRecord, listOf, readableListOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type { SupplierAnswer } from "../port.js";
import { type EsimGoClient, settled } from "./esim-go-client.js";

/**
 * `GET /orders` in the shapes that the supplier's pages show: a bare array, `{orders, pageCount}`, and one order alone.
 * Nothing says in which order entries come, and the parameter for the size of a page has a default of ten.
 */
type Fields = Readonly<Record<string, unknown>>;

const PAGE_LIMIT = 100;
const PAGES_MAX = 50;
const ENTRIES_IN_ORDER = 10;
/** Their clock and ours may differ. */
export const CLOCK_SKEW_MILLIS = 2 * 60_000;

export interface OrderEntry {
  readonly order: Fields;
  /** The bundle's name, where the order is a purchase of one bundle, once. */
  readonly item: string | null;
  /** null when the entry does not say so in a way that can be read. */
  readonly createdAtMillis: number | null;
  /** Its reference, its type and its time can be read. */
  readonly isReadable: boolean;
}

export interface OrderList {
  readonly entries: readonly OrderEntry[];
  /** Every entry since the time asked for is here and can be read. */
  readonly isComplete: boolean;
}

/** The list, as far back as `sinceMillis` where it comes newest first, and whole where it does not. */
export async function readOrdersSince(
  client: EsimGoClient,
  sinceMillis: number,
): Promise<SupplierAnswer<OrderList>> {
  const entries: OrderEntry[] = [];
  const seen = new Set<string>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    // From v2.3 on the eSIMs are there by themselves, says one page; another one and users ask for them.
    const query = { includeIccids: "true", page: String(page), limit: String(PAGE_LIMIT) };
    const answer = settled(await client.ask("/orders", query));
    if (answer.kind !== "done") return answer;
    const read = pageOf(answer.value);
    if (read === null) return refusal("retryable", "a list of orders that cannot be read");
    const before = seen.size;
    for (const entry of read.list.map(entryOf)) {
      entries.push(entry);
      seen.add(filledTextOf(entry.order.orderReference) ?? `unreadable ${entries.length}`);
    }
    const isAllReadable = entries.every(({ isReadable }) => isReadable);
    if (isEnd(read, page)) return done({ entries, isComplete: isAllReadable });
    if (reachesBackBefore(entries, sinceMillis)) return done({ entries, isComplete: isAllReadable });
    // The same page again, or one order alone where there may be more: the end is never seen.
    if (read.isAlone || seen.size === before) return done({ entries, isComplete: false });
  }
  return done({ entries, isComplete: false });
}

interface Page {
  readonly list: readonly unknown[];
  /** null: a bare array, whose end is a page without entries. */
  readonly pageCount: number | null;
  readonly isAlone: boolean;
}

function pageOf(body: unknown): Page | null {
  if (isRecord(body) && "orders" in body) {
    const list = readableListOf(body.orders);
    return list && { list, pageCount: integerOf(body.pageCount), isAlone: false };
  }
  if (isRecord(body) && filledTextOf(body.orderReference) !== null)
    return { list: [body], pageCount: null, isAlone: true };
  const list = readableListOf(body);
  return list && { list, pageCount: null, isAlone: false };
}

/** An empty page is the end, unless more pages were announced. */
function isEnd({ list, pageCount }: Page, page: number): boolean {
  if (pageCount !== null) return page >= pageCount && (list.length > 0 || page === 1 || page > pageCount);
  return list.length === 0;
}

/** Newest first so far, and older than our call by more than the clocks may differ. */
function reachesBackBefore(entries: readonly OrderEntry[], sinceMillis: number): boolean {
  const times = entries.map(({ createdAtMillis }) => createdAtMillis ?? Number.NaN);
  const isNewestFirst = times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
  // A few entries may come in this order by chance; a list as short as that is read to its end.
  const isEnough = times.length >= ENTRIES_IN_ORDER && new Set(times).size > 1;
  return isNewestFirst && isEnough && (times.at(-1) ?? Number.NaN) < sinceMillis - CLOCK_SKEW_MILLIS;
}

/** A bundle given back and money paid into the account are orders there too. */
const NO_PURCHASES: ReadonlySet<string> = new Set(["bundlerefund", "autotopup", "apitopup", "topup"]);

function entryOf(given: unknown): OrderEntry {
  const order = recordOf(given);
  const items = listOf(order.order).map(recordOf);
  const types = new Set(items.map((item) => (textOf(item.type) ?? "").toLowerCase()));
  const bundles = items.map((item) => ({
    name: filledTextOf(item.item),
    quantity: integerOf(item.quantity),
  }));
  const isPurchase = types.size === 1 && types.has("bundle");
  const isReadablePurchase = isPurchase && bundles.every(({ name, quantity }) => name && quantity !== null);
  const isNoPurchase = types.size > 0 && [...types].every((type) => NO_PURCHASES.has(type));
  const time = utcTimeOf(textOf(order.createdDate) ?? textOf(order.createDate));
  const [bundle] = bundles;
  return {
    order,
    item: isPurchase && bundles.length === 1 && bundle?.quantity === 1 ? bundle.name : null,
    createdAtMillis: time === null ? null : Date.parse(time),
    isReadable:
      filledTextOf(order.orderReference) !== null && time !== null && (isReadablePurchase || isNoPurchase),
  };
}
