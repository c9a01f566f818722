import { adyenDisagreements } from "../support/adyen-shop.js";
import { disagreementsOf } from "../support/stripe-books.js";
import type { World } from "./world.js";

/** An order's money as the provider's own books have it. */
export interface Money {
  readonly captured: number;
  readonly refunded: number;
  /** Taken back by the payer's bank, or kept by it while it decides. */
  readonly withheld: number;
}

export const NO_MONEY: Money = { captured: 0, refunded: 0, withheld: 0 };

/** By order. */
export async function readMoney(world: World, afterOrderId: number): Promise<Map<number, Money>> {
  const byOrder = new Map<number, Money>();
  const add = (orderId: number, { captured, refunded, withheld }: Money): void => {
    const so = byOrder.get(orderId) ?? NO_MONEY;
    byOrder.set(orderId, {
      captured: so.captured + captured,
      refunded: so.refunded + refunded,
      withheld: so.withheld + withheld,
    });
  };
  const mock = await world.query<{ order_id: number; amount_minor: number; refunded_minor: number }>(
    `select p.order_id, m.amount_minor, m.refunded_minor from mock_intents m join payments p on p.intent_id = m.intent_id
     where m.state = 'succeeded' and p.order_id > $1`,
    [afterOrderId],
  );
  for (const { order_id: orderId, amount_minor: captured, refunded_minor: refunded } of mock)
    add(orderId, { captured, refunded, withheld: 0 });
  const { intents, refunds, disputes } = world.stripe.ledger();
  const orderOf = new Map(intents.map((one) => [one.id, Number(one.metadata.order_id)]));
  const addStripe = (intentId: string, change: Partial<Money>): void => {
    const orderId = orderOf.get(intentId) ?? 0;
    if (orderId > afterOrderId) add(orderId, { ...NO_MONEY, ...change });
  };
  for (const one of intents)
    if (one.status === "succeeded") addStripe(one.id, { captured: one.amount_received });
  for (const one of refunds)
    if (one.status === "succeeded") addStripe(one.payment_intent, { refunded: one.amount });
  for (const one of disputes)
    if (/^(needs|under|lost)/.test(one.status)) addStripe(one.payment_intent, { withheld: one.amount });
  addAdyen(world, afterOrderId, add);
  return byOrder;
}

/** By the order that stands in our reference. */
function addAdyen(
  { adyen }: World,
  afterOrderId: number,
  add: (orderId: number, money: Money) => void,
): void {
  const { payments, refunds, disputes } = adyen.ledger();
  for (const payment of payments) {
    const orderId = Number(payment.merchantReference.split(".").at(-2));
    if (payment.status !== "authorised" || orderId <= afterOrderId) continue;
    const isOfIt = (one: { paymentPspReference: string }): boolean =>
      one.paymentPspReference === payment.pspReference;
    const refunded = refunds.filter((one) => isOfIt(one) && one.status === "succeeded");
    const isWithheld = disputes.some(
      (one) => isOfIt(one) && ["charged_back", "second_chargeback"].includes(one.status),
    );
    add(orderId, {
      captured: payment.amount.value,
      refunded: refunded.reduce((sum, { amount }) => sum + amount.value, 0),
      withheld: isWithheld ? payment.amount.value : 0,
    });
  }
}

/** What the providers' books and ours do not agree about, to the minor unit. */
export async function compareProviders(world: World): Promise<string[]> {
  const atStripe = await disagreementsOf(world.query, world.stripe.ledger());
  return [...atStripe, ...(await adyenDisagreements(world.query, world.adyen.ledger()))];
}

/** None of it is with us, or all of it went back: as far as our own books know. */
const BACK = `
  select o.id, statement_timestamp()::text as before, clock_timestamp()::text as after from orders o left join payments p on p.order_id = o.id and p.is_counted
  where o.id > $1 and (o.status = 'refunded'
    or (o.status = 'paid' and p.refund_reserved_minor + p.disputed_minor >= p.captured_minor))`;

interface Span {
  readonly from: string;
  until: string;
}

export interface BackWatch {
  /** Purchases that were begun while our books knew that the money was back. */
  boughtForNothing(): Promise<string[]>;
  stop(): Promise<void>;
}

const WATCH_MILLIS = 250;

/** Looks again and again whose money is back, by the database's clock; what was seen was committed before. */
export function watchMoney(world: World, afterOrderId: number): BackWatch {
  const spans = new Map<number, Span[]>();
  let isStopped = false;
  let before = new Set<number>();
  const look = async (): Promise<void> => {
    const rows = await world.query<{ id: number; before: string; after: string }>(BACK, [afterOrderId]);
    const now = new Set(rows.map(({ id }) => id));
    for (const { id, ...at } of rows) {
      const known = spans.get(id) ?? [];
      const last = known.at(-1);
      if (last !== undefined && before.has(id)) last.until = at.before;
      else known.push({ from: at.after, until: at.before });
      spans.set(id, known);
    }
    before = now;
  };
  const watching = (async () => {
    while (!isStopped) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, WATCH_MILLIS));
    }
  })();
  const stop = async (): Promise<void> => {
    isStopped = true;
    await watching;
  };
  return {
    stop,
    async boughtForNothing() {
      await stop();
      await look();
      const rows = [...spans].flatMap(([id, all]) => all.map(({ from, until }) => ({ id, from, until })));
      const found = await world.query<object>(
        `select o.id, a.reference, a.created_at, b.from, b.until
         from json_to_recordset($1) as b(id bigint, "from" timestamptz, until timestamptz) join orders o on o.id = b.id
           left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
           join provisioning_attempts a on (a.profile_id = e.id or a.top_up_id = t.id)
             and a.created_at > b.from and a.created_at < b.until`,
        [JSON.stringify(rows)],
      );
      return found.map((row) => `bought for money that was known to be back: ${JSON.stringify(row)}`);
    },
  };
}
