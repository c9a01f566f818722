import { DEFAULT_LANGUAGE } from "../../../kernel/language.js";
import type { TextsIn } from "../../mail/mail.module.js";

/**
 * What can be added to an eSIM, as CTEs for the list and for the order's own statement, from what we hold:
 *
 *   esim      the owner's eSIM with `problem`, why nothing can be added to it, or null
 *   addable   plans that its supplier takes for it, each with the supplier's package and what that costs us
 *   on_offer  those of them that have a price in the currency, which is not below our cost, and that can be paid for
 *
 * A supplier is never asked while a customer waits: lists and balances are what jobs have read.
 */
export type TopUpOfferFragment = ReturnType<typeof makeTopUpOffer>;

/** Names of parameters, as the statement numbers them. */
interface Parameters {
  readonly esimId: string;
  readonly userId: string;
  readonly currency: string;
}

/** `suppliers`: those that are configured and have top-ups. */
export function makeTopUpOffer(options: {
  readonly suppliers: readonly string[];
  readonly textsIn: TextsIn;
}) {
  const suppliers = options.suppliers.map((id) => `'${id}'`).join(", ") || "''";
  return {
    /** In words, for a program's developer and its user. */
    whyNot: (problem: TopUpProblem): string => options.textsIn(DEFAULT_LANGUAGE).text(`no_top_up.${problem}`),
    ctes: ({ esimId, userId, currency }: Parameters): string => `esim as materialized (
       select p.id, p.plan_id, p.supplier, p.language, l.packages, l.listed_at, case
           when p.status = 'pending' then 'not_ready'
           when p.status not in ('ready', 'active') then p.status
           when o.status <> 'paid' then 'refunded'
           when p.ended_at is not null or p.plan_expires_at < now() then 'ended'
           when p.supplier not in (${suppliers}) then 'supplier_cannot'
         end as problem
       from esim_profiles p join orders o on o.id = p.order_id
         left join esim_top_up_lists l on l.profile_id = p.id
       where p.id = ${esimId} and p.user_id = ${userId}
     ), addable as materialized (
       select s.plan_id, k.package_id, k.cost_text, k.cost_currency, k.cost_minor
       from esim e
         cross join lateral jsonb_to_recordset(e.packages)
           as k(package_id text, cost_text text, cost_currency text, cost_minor bigint)
         join plan_suppliers s on s.supplier = e.supplier and s.top_up_package_id = k.package_id
       where e.problem is null
       union all
       select other.id, other.id::text, null, null, null
       from esim e join plans own on own.id = e.plan_id
         join plans other on other.country_id is not distinct from own.country_id
           and other.region is not distinct from own.region
       where e.problem is null and e.supplier = 'local' and (
         exists (select from plan_suppliers s where s.plan_id = other.id and s.supplier = 'local')
         or not exists (select from plan_suppliers s where s.plan_id = other.id))
     ), on_offer as materialized (
       select f.*, a.package_id, a.cost_text, a.cost_currency, a.cost_minor
       from esim e cross join addable a
         join plan_offers f on f.plan_id = a.plan_id and f.currency = ${currency} and f.is_active
         left join supplier_accounts b on b.supplier = e.supplier
       where (a.cost_currency is distinct from f.currency or a.cost_minor <= f.amount_minor)
         and (a.cost_minor is null or b.balance_minor is null or b.balance_currency is distinct from a.cost_currency
              or b.balance_minor >= a.cost_minor)
     )`,
    /** Behind the insert of the order as `placed`, which reads `on_offer`; one row, with everything frozen in. */
    holds: ({ language }: { readonly language: string }): string => `top_up as (
       insert into top_ups (order_id, user_id, profile_id, plan_id, supplier, package_id, cost_text, cost_currency,
                            cost_minor, language)
       select placed.id, placed.user_id, e.id, placed.plan_id, e.supplier, f.package_id, f.cost_text, f.cost_currency,
              f.cost_minor, ${language}::text
       from placed join esim e on true join on_offer f on f.plan_id = placed.plan_id
       order by f.cost_minor nulls first limit 1
       returning id, order_id, profile_id, status, created_at, done_at
     )`,
  };
}

/** Why nothing can be added to an eSIM; the words for its owner are the texts `no_top_up.…`. */
export type TopUpProblem =
  | "not_ready"
  | "failed"
  | "expired"
  | "cancelled"
  | "refunded"
  | "ended"
  | "supplier_cannot";
