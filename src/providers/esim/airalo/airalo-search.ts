import { done } from "../../../kernel/outcome.js";
import { utcTimeOf } from "../formats/supplier-time.js";
import { filledTextOf, integerOf, isRecord, readableListOf, recordOf, textOf } from "../json.js";
import { refusal } from "../outcomes.js";
import type {
  OrderLookup,
  OrderSearch,
  SupplierAnswer,
  SupplierTopUp,
  TopUpLookup,
  TopUpSearch,
} from "../port.js";
import type { AiraloClient } from "./airalo-client.js";
import { airaloOrderOf, costOf, hasAiraloFailed } from "./airalo-esims.js";

/**
 * Our reference is the order's description, and `filter[description]` finds descriptions that contain it. What is
 * found counts; that nothing is found counts only after all pages were read and every entry in them was understood.
 */
type Fields = Readonly<Record<string, unknown>>;

const PAGES_MAX = 10;
const TYPES: ReadonlySet<string> = new Set(["sim", "topup"]);

export async function findAiraloOrder(
  client: AiraloClient,
  lookup: Pick<OrderLookup, "reference">,
): Promise<SupplierAnswer<OrderSearch>> {
  const found = await ordersWithReference(client, lookup.reference, "sim");
  if (found.kind !== "done") return found;
  const orders = found.value.orders.flatMap((order) => airaloOrderOf(order) ?? []);
  const [first] = orders;
  if (!first) return done({ found: "none", isConclusive: found.value.isComplete });
  if (orders.length === 1) return done({ found: "one", order: first });
  return done({ found: "several", supplierOrderIds: orders.map((order) => order.supplierOrderId) });
}

export async function findAiraloTopUp(
  client: AiraloClient,
  lookup: Pick<TopUpLookup, "reference">,
): Promise<SupplierAnswer<TopUpSearch>> {
  const found = await ordersWithReference(client, lookup.reference, "topup");
  if (found.kind !== "done") return found;
  // One that failed has added nothing.
  const topUps = found.value.orders
    .filter((order) => !hasAiraloFailed(order))
    .flatMap((order) => airaloTopUpOf(order) ?? []);
  const [first] = topUps;
  if (!first) return done({ found: "none", isConclusive: found.value.isComplete });
  if (topUps.length === 1) return done({ found: "one", topUp: first });
  return done({ found: "several", supplierTopUpIds: topUps.map((topUp) => topUp.supplierTopUpId) });
}

export function airaloTopUpOf(order: Fields): SupplierTopUp | null {
  const supplierTopUpId = filledTextOf(order.id);
  return supplierTopUpId ? { supplierTopUpId, state: "done", cost: costOf(order), expiresAt: null } : null;
}

/** The filter is only a first sieve: what counts is that the description is our reference, character by character. */
async function ordersWithReference(
  client: AiraloClient,
  reference: string,
  type: "sim" | "topup",
): Promise<SupplierAnswer<{ orders: readonly Fields[]; isComplete: boolean }>> {
  const orders: Fields[] = [];
  let isAllRead = true;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const query = {
      "filter[description]": reference,
      include: "sims,status",
      limit: "50",
      page: String(page),
    };
    const answer = await client.ask("/orders", query);
    if (answer.kind !== "done") return answer;
    const body = recordOf(answer.value);
    const list = readableListOf(body.data);
    if (list === null) return refusal("retryable", "a list of orders that cannot be read");
    orders.push(...list.map(recordOf).filter((order) => isOurs(order, reference, type)));
    isAllRead &&= list.every(isReadable);
    const mark = pageMarkOf(body, page, list.length);
    if (mark !== "more") return done({ orders, isComplete: isAllRead && mark === "last" });
  }
  return done({ orders, isComplete: false });
}

/** A type that cannot be read does not hide an order that has our reference, which is unique over all purchases. */
function isOurs(order: Fields, reference: string, type: "sim" | "topup"): boolean {
  const given = textOf(order.type) ?? type;
  return textOf(order.description) === reference && (given === type || !TYPES.has(given));
}

function isReadable(entry: unknown): boolean {
  if (!isRecord(entry)) return false;
  const { id, type, description, created_at: createdAt } = entry;
  const hasDescription = description === null || textOf(description) !== null;
  return (
    filledTextOf(id) !== null &&
    TYPES.has(textOf(type) ?? "") &&
    hasDescription &&
    utcTimeOf(textOf(createdAt)) !== null
  );
}

/** Laravel's pages say which they are; without that, or with an empty one before the last, the end is not known. */
function pageMarkOf(body: Fields, page: number, entries: number): "more" | "last" | "unmarked" {
  const meta = recordOf(body.meta);
  const [current, last] = [integerOf(meta.current_page), integerOf(meta.last_page)];
  if (current !== page || last === null) return "unmarked";
  if (page >= last) return "last";
  return entries === 0 ? "unmarked" : "more";
}
