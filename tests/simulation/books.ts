import type { FakeOrder } from "@tribi/fakes/supplier/ledger";
import {
  ESIM_INVARIANTS,
  MOCK_LEDGER_AGREES,
  MONEY_INVARIANTS,
  SETTLED_LAWS,
} from "../support/invariants.js";
import type { FakeSupplier } from "./fake-suppliers.js";
import { compareProviders } from "./money.js";
import type { World } from "./world.js";

interface AttemptRow {
  readonly reference: string;
  readonly supplier: string;
  readonly supplier_order_id: string | null;
  readonly attempt_status: string;
  readonly reason: string | null;
  readonly order_id: number;
  readonly order_status: string;
  /** Of the eSIM, or of the top-up. */
  readonly goods_status: string;
}

const ATTEMPTS = `
  select a.reference, a.supplier, a.supplier_order_id, a.status as attempt_status, a.reason, o.id as order_id,
    o.status as order_status, coalesce(e.status, t.status) as goods_status
  from provisioning_attempts a left join esim_profiles e on e.id = a.profile_id
    left join top_ups t on t.id = a.top_up_id join orders o on o.id = coalesce(e.order_id, t.order_id)`;

/** Sold, kept by the supplier, and either in a customer's hands or in front of the operator as a loss. */
const ACCOUNTED: ReadonlySet<string> = new Set(["delivered", "parked"]);

/** Compares our tables with the suppliers' own books and with the laws; answers what does not agree. */
export async function compareBooks(world: World): Promise<string[]> {
  const violations: string[] = [];
  const laws = { ...MONEY_INVARIANTS, ...MOCK_LEDGER_AGREES, ...ESIM_INVARIANTS, ...SETTLED_LAWS };
  for (const [law, query] of Object.entries(laws)) {
    const rows = await world.query(query);
    if (rows.length > 0) violations.push(`${law}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  violations.push(...(await compareProviders(world)));
  const attempts = await world.query<AttemptRow>(ATTEMPTS);
  const soldFor = new Map<number, string[]>();
  for (const supplier of world.suppliers.all)
    violations.push(
      ...compareLedger(
        supplier,
        attempts.filter((one) => one.supplier === supplier.id),
        soldFor,
      ),
    );
  for (const [orderId, sales] of soldFor)
    if (sales.length > 1) violations.push(`order ${orderId} was bought ${sales.length} times: ${sales}`);
  return violations;
}

function compareLedger(
  { id, ledger }: FakeSupplier,
  attempts: readonly AttemptRow[],
  soldFor: Map<number, string[]>,
): string[] {
  const violations: string[] = [];
  // eSIM Go keeps no reference of ours: only the number that it gave the order tells.
  const keyOfSale = (order: FakeOrder): string => (id === "esim-go" ? order.id : order.reference);
  const keyOfAttempt = (one: AttemptRow): string | null =>
    id === "esim-go" ? one.supplier_order_id : one.reference;
  const byKey = new Map(attempts.map((one) => [keyOfAttempt(one), one]));
  const sales = new Map<string, FakeOrder>();
  for (const order of ledger.orders) {
    if (order.state === "failed") continue;
    const key = keyOfSale(order);
    const attempt = byKey.get(key);
    if (attempt === undefined) {
      violations.push(`${id} sold ${key}, which no attempt names`);
      continue;
    }
    if (sales.has(key)) violations.push(`${id} sold ${key} twice`);
    sales.set(key, order);
    if (order.state !== "accepted") continue;
    soldFor.set(attempt.order_id, [...(soldFor.get(attempt.order_id) ?? []), `${id} ${key}`]);
    if (!ACCOUNTED.has(attempt.attempt_status))
      violations.push(`${id} sold ${key}, but the attempt is ${attempt.attempt_status}: ${attempt.reason}`);
  }
  for (const attempt of attempts) {
    if (attempt.attempt_status !== "delivered" || attempt.goods_status === "cancelled") continue;
    if (sales.get(keyOfAttempt(attempt) ?? "")?.state !== "accepted")
      violations.push(`attempt ${attempt.reference} is delivered, but ${id} has no such sale`);
  }
  return violations;
}
