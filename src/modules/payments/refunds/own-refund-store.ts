import { type Queryable, statement, type Tx } from "../../../db/database.js";
import { MAKE_REFUND } from "../money-jobs.js";
import { REFUND_COLUMNS, type RefundRow } from "../refund-store.js";

/** The rule by which a shop takes unused eSIMs back. */
export interface ReturnRule {
  /** Since the payment. 0: not at all. Operators change it, so it is asked once per request. */
  readonly withinDays: () => number | Promise<number>;
  /** SQL: whether the eSIM `e` of the order is unused (the esims module's). */
  readonly isUnused: string;
}

/** So often a supplier may say no before the customer has to write to the shop: each try is a call of its own. */
const TRIES_MAX = 3;

/** The money of one order that its owner may ask for: all of it, paid, and none of it on its way already. */
const returnable = ({ isUnused }: Pick<ReturnRule, "isUnused">, order: string, days: string): string => `
  select o.id as order_id, p.id as payment_id
  from orders o join esim_profiles e on e.order_id = o.id join payments p on p.order_id = o.id and p.is_counted
  where o.id = ${order} and o.kind = 'esim' and o.status = 'paid'
    and o.paid_at > now() - ${days} * interval '1 day' and ${isUnused}
    and p.disputed_minor = 0 and p.refund_reserved_minor < p.captured_minor
    and ${TRIES_MAX} > (select count(*) from refunds r where r.order_id = o.id and r.origin = 'customer')`;

export interface ReturnOffer {
  readonly user_id: number;
  readonly is_possible: boolean;
  /** Null for an order that is not paid. */
  readonly until: string | null;
  readonly currency: string;
  /** What would go back. */
  readonly left_minor: number;
}

export function makeOwnRefundStore(rule: Pick<ReturnRule, "isUnused">) {
  const offer = statement(
    "refunds.find_return_offer",
    `select o.user_id, o.currency, o.paid_at + $2 * interval '1 day' as until,
            exists (${returnable(rule, "$1", "$2")}) as is_possible,
            coalesce((select p.captured_minor - p.refund_reserved_minor from payments p
                      where p.order_id = $1 and p.is_counted), 0) as left_minor
     from orders o where o.id = $1`,
  );
  /** The rule is a part of the write, and the payment's row is locked as for every refund. */
  const insert = statement(
    "refunds.insert_if_returnable",
    `with rule as materialized (${returnable(rule, "$1", "$2")}
     ), p as materialized (
       select payments.id, payments.order_id, currency,
              captured_minor - refund_reserved_minor - disputed_minor as left_minor
       from payments join rule on rule.payment_id = payments.id for update of payments
     ), made as (
       insert into refunds (payment_id, order_id, currency, amount_minor, origin, reason, status, requested_by,
                            idempotency_key, request_fingerprint)
       select id, order_id, currency, left_minor, 'customer', 'returned unused', 'requested', $3, $4, $5
       from p where left_minor > 0
       on conflict do nothing
       returning ${REFUND_COLUMNS}
     ), job as (
       select ${MAKE_REFUND.enqueue({ refund_id: "id" }, { runAt: "now() + interval '20 seconds'" })} from made
     )
     select made.*, (select count(*) from job) as jobs from made`,
  );
  return {
    findReturnOffer: async (
      db: Queryable,
      orderId: number,
      withinDays: number,
    ): Promise<ReturnOffer | undefined> => (await db.run<ReturnOffer>(offer, [orderId, withinDays])).rows[0],
    insertIfReturnable: async (
      tx: Tx,
      refund: {
        orderId: number;
        userId: number;
        withinDays: number;
        key: string | null;
        fingerprint: Buffer | null;
      },
    ): Promise<RefundRow | undefined> => {
      const values = [refund.orderId, refund.withinDays, refund.userId, refund.key, refund.fingerprint];
      return (await tx.run<RefundRow>(insert, values)).rows[0];
    },
  };
}
