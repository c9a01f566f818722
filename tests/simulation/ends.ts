import { noteCode, type Purchase, type Seen } from "./buyer.js";
import { insist } from "./insist.js";
import { type Money, NO_MONEY } from "./money.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

/** parked: in front of an operator, who may leave it there. */
export type End = "delivered" | "refunded" | "unpaid" | "parked";

interface EndRow {
  readonly status: string;
  readonly amount_minor: number;
  /** Of the eSIM, or of the top-up. */
  readonly goods: string;
  readonly goods_id: number;
  readonly parked_reason: string | null;
  readonly is_seen: boolean;
  readonly supplier: string | null;
  readonly supplier_order_id: string | null;
  readonly attempts: number;
  readonly has_parked_refund: boolean;
}

const END = `
  select o.status, o.amount_minor, coalesce(e.status, t.status) as goods, coalesce(e.id, t.id) as goods_id,
    coalesce(e.parked_reason, t.parked_reason) as parked_reason,
    e.revealed_at is not null or exists (select from outgoing_mails m where m.order_id = o.id
      and m.kind in ('esim_ready', 'top_up_done', 'top_up_failed') and m.status = 'sent') as is_seen, e.supplier, e.supplier_order_id,
    (select count(*)::int from provisioning_attempts a where a.profile_id = e.id or a.top_up_id = t.id) as attempts,
    exists (select from refunds r where r.order_id = o.id and r.status = 'parked') as has_parked_refund
  from orders o left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
  where o.id = $1`;

/** One eSIM or top-up for each paid order, as the supplier sold it; or the money back; or an operator who knows. */
export async function checkPurchase(
  world: World,
  random: Random,
  { purchase, money = NO_MONEY, seen }: { purchase: Purchase; money: Money | undefined; seen: Seen },
): Promise<End | undefined> {
  const [row] = await world.query<EndRow>(END, [purchase.orderId]);
  const wrong = (what: string): undefined => {
    const { orderId, payment } = purchase;
    const all = JSON.stringify({ ...row, money, payment });
    seen.violations.push(`order ${orderId} ${what}: ${all}`);
  };
  if (row === undefined) return wrong("has vanished");
  if (wasBackUnheard(purchase) && money.captured > 0 && row.attempts > 0)
    return wrong("was bought for money that was back before anybody heard of it");
  if (money.captured === 0)
    return row.status === "created" || row.status === "failed" ? "unpaid" : wrong("was never paid");
  switch (row.status) {
    case "refunded":
      // By refunds and what a dispute took. Of a second charge of one order: it went back, or an operator knows.
      if (money.refunded + money.withheld < money.captured)
        return row.has_parked_refund ? "parked" : wrong("is refunded without the money");
      return row.goods === "pending" ? wrong("waits although it is refunded") : "refunded";
    case "failed":
      if (money.refunded >= money.captured) return "refunded";
      return row.has_parked_refund || money.withheld > 0 ? "parked" : wrong("has failed with the money kept");
    case "paid":
      return paidEnd(world, random, { purchase, money, seen, row, wrong });
    default:
      return wrong("is paid at the provider");
  }
}

/** All of it, at once, in the moment of the payment: nothing may ever be bought for it. */
function wasBackUnheard({ payment: { deed } }: Purchase): boolean {
  return (
    deed.kind === "refund" && deed.when === "unheard" && deed.part === "all" && deed.pendingUntil === null
  );
}

interface Paid {
  readonly purchase: Purchase;
  readonly money: Money;
  readonly seen: Seen;
  readonly row: EndRow;
  readonly wrong: (what: string) => undefined;
}

async function paidEnd(
  world: World,
  random: Random,
  { purchase, money, seen, row, wrong }: Paid,
): Promise<End | undefined> {
  if (money.refunded >= money.captured) return wrong("is paid although all of the money is back");
  const gone = seen.gone.find(({ userId }) => userId === purchase.customer.userId);
  switch (row.goods) {
    case "done":
      return "delivered";
    case "pending":
      return row.parked_reason === null ? wrong("is paid and nobody knows") : "parked";
    case "failed":
    case "cancelled":
      // What is left of the money cannot go back while the payer's bank has it.
      return row.has_parked_refund || money.refunded + money.withheld >= money.captured
        ? "parked"
        : wrong("is paid and has nothing");
    case "ready":
    case "active":
      if (gone === undefined) return showsWhatWasSold(world, random, { purchase, money, seen, row, wrong });
      return gone.how === "deleted" && !row.is_seen ? wrong("was lost with the account") : "delivered";
    default:
      return wrong("is paid");
  }
}

async function showsWhatWasSold(
  world: World,
  random: Random,
  { purchase: { orderId, customer }, seen, row, wrong }: Paid,
): Promise<End | undefined> {
  const answer = await insist(world, random, "GET", `/esims/${row.goods_id}`, { bearer: customer.token });
  noteCode(seen, answer.body?.qr_payload, orderId, customer.userId);
  const sold = soldCode(world, row);
  if (answer.status !== 200 || (sold !== undefined && answer.body.matching_id !== sold))
    return wrong(`shows ${answer.status} and not the code that ${row.supplier} sold`);
  return "delivered";
}

function soldCode(world: World, row: EndRow): string | undefined {
  const supplier = world.suppliers.all.find(({ id }) => id === row.supplier);
  const esim = supplier?.ledger.esims.find(({ orderId }) => orderId === row.supplier_order_id);
  return supplier === undefined ? undefined : (esim?.matchingId ?? "nothing");
}
