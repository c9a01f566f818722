import type { BookRule } from "./book-rule.js";

const DELIVERED = "('ready', 'active', 'expired')";

export const DELIVERY_RULES: readonly BookRule[] = [
  {
    name: "paid_orders_have_their_goods",
    promise:
      "A paid order has exactly one eSIM or top-up: delivered, being bought, parked, or ended with a reason.",
    counts: "select count(*) from orders where status in ('paid', 'refunded')",
    finds: `
      select 'order:' || o.id as id
      from orders o left join esim_profiles e on e.order_id = o.id left join top_ups t on t.order_id = o.id
      where o.status in ('paid', 'refunded') and (
        num_nonnulls(e.id, t.id) <> 1 or (t.id is not null) <> (o.kind = 'top_up')
        or o.status = 'paid' and e.status = 'pending' and num_nonnulls(e.due_at, e.parked_at) = 0
        or o.status = 'paid' and t.status = 'pending' and num_nonnulls(t.due_at, t.parked_at) = 0
        or e.status = 'failed' and e.failure_reason is null or t.status = 'failed' and t.failure_reason is null)`,
  },
  {
    name: "nothing_is_delivered_unpaid",
    promise: "No eSIM and no top-up was delivered for an order that was never paid, or before it was.",
    counts: `select count(*) from esim_profiles where status in ${DELIVERED}`,
    finds: `
      select 'order:' || o.id as id
      from esim_profiles e join orders o on o.id = e.order_id
      where e.provisioned_at is not null and (o.paid_at is null or e.provisioned_at < o.paid_at)
        or e.status in ${DELIVERED} and o.status not in ('paid', 'refunded')
      union all
      select 'order:' || o.id from top_ups t join orders o on o.id = t.order_id
      where t.done_at is not null and (o.paid_at is null or t.done_at < o.paid_at)
        or t.status = 'done' and o.status not in ('paid', 'refunded')`,
  },
  {
    name: "nothing_is_sold_twice",
    promise: "No two orders have the same live ICCID, code, supplier's order or stock item.",
    counts: `select (select count(*) from esim_profiles where status in ${DELIVERED})
      + (select count(*) from stock_items where status = 'assigned')`,
    finds: `
      select 'order:' || min(order_id) as id from esim_profiles
      where status in ('ready', 'active') and ended_at is null and iccid is not null
      group by hashtextextended(iccid, 0) having count(*) > 1 and count(distinct iccid) < count(*)
      union all
      select 'order:' || min(order_id) from esim_profiles
      where status in ${DELIVERED} and supplier_order_id is not null
      group by hashtextextended(supplier || ' ' || supplier_order_id, 0)
      having count(*) > 1 and count(distinct (supplier, supplier_order_id)) < count(*)
      union all
      select 'order:' || min(order_id) from top_ups where supplier_top_up_id is not null and status = 'done'
      group by supplier, supplier_top_up_id having count(*) > 1
      union all
      select 'order:' || s.order_id from stock_items s
        join provisioning_attempts a on a.reference = s.reference join esim_profiles e on e.id = a.profile_id
      where s.status = 'assigned' and s.order_id is distinct from e.order_id
      union all
      select 'stock_item:' || s.id from stock_items s
        join esim_profiles e on e.code_fingerprint = s.code_fingerprint
      where s.status in ('available', 'held') and e.status in ${DELIVERED}`,
  },
  {
    name: "delivered_goods_were_bought_once",
    promise:
      "What is delivered has exactly one delivered purchase, and nothing was bought twice for one order and kept.",
    counts: "select count(*) from provisioning_attempts where status = 'delivered'",
    finds: `
      with bought as (
        select profile_id, top_up_id, count(*) as times from provisioning_attempts
        where status = 'delivered' group by profile_id, top_up_id)
      select 'esim:' || e.id as id from esim_profiles e left join bought b on b.profile_id = e.id
      where e.status in ('ready', 'active') and coalesce(b.times, 0) <> 1 or b.times > 1
      union all
      select 'top_up:' || t.id from top_ups t left join bought b on b.top_up_id = t.id
      where t.status = 'done' and coalesce(b.times, 0) <> 1 or b.times > 1`,
  },
  {
    name: "stock_is_where_it_belongs",
    promise:
      "A held code belongs to an order that may still be paid or delivered, a sold one to a purchase, and a shown one is never for sale.",
    counts: "select count(*) from stock_items",
    finds: `
      select 'stock_item:' || s.id as id
      from stock_items s left join orders o on o.id = s.order_id
        left join provisioning_attempts a on a.reference = s.reference
      where s.status = 'held' and (o.id is null or o.status = 'failed')
        or s.status = 'assigned' and (a.id is null or a.status = 'refused')
        or s.status in ('available', 'held') and s.revealed_at is not null`,
  },
  {
    name: "goods_belong_to_their_buyer",
    promise:
      "An order's eSIM or top-up is the same person's and of the same plan, and a top-up is for an eSIM of theirs.",
    counts: "select (select count(*) from esim_profiles) + (select count(*) from top_ups)",
    finds: `
      select 'esim:' || e.id as id from esim_profiles e left join orders o on o.id = e.order_id
      where (o.user_id, o.plan_id, o.kind) is distinct from (e.user_id, e.plan_id, 'esim')
      union all
      select 'top_up:' || t.id from top_ups t left join orders o on o.id = t.order_id
        left join esim_profiles e on e.id = t.profile_id
      where (o.user_id, o.plan_id, o.kind) is distinct from (t.user_id, t.plan_id, 'top_up')
        or e.user_id is distinct from t.user_id or o.top_up_of_profile_id is distinct from t.profile_id`,
  },
];
