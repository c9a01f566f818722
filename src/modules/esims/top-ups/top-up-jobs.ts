import { type Db, statement } from "../../../db/database.js";
import { defineScheduledJob, type Jobs, joinJobs } from "../../jobs/jobs.module.js";
import type { BringOn } from "../purchase/purchase.js";
import { REFUND_TOP_UP, SETTLE_SURPLUS_TOP_UP, TOP_UP_ESIM } from "../purchase/purchase-jobs.js";
import { makePurchaseSweeps } from "../purchase/purchase-sweeps.js";
import { mayBeAskedAgain } from "../purchase/refused-again.js";
import { TOP_UP_PURCHASES } from "../purchase/subjects/top-up.js";
import { isWithheld } from "../withheld-money.js";

export interface TopUpJobsDeps {
  readonly db: Db;
  readonly topUpEsim: BringOn;
  readonly settleSurplusTopUp: (attemptId: number, isLastTry: boolean) => Promise<void>;
  readonly readTopUpLists: () => Promise<void>;
  readonly refundUndeliverable: (orderId: number, reason: string) => Promise<void>;
}

/**
 * Paid top-ups start in the payment's own statement: a CTE that reads `order_moved`. The time it writes is when an
 * operator must know that nothing has been added yet.
 */
export const topUpFollowsPayment = {
  name: "topping_up",
  sql: `topping_up as (
  update top_ups t set due_at = now() + interval '15 minutes'
  from order_moved
  where order_moved.kind = 'top_up' and t.order_id = order_moved.id and order_moved.status = 'paid'
    and t.status = 'pending'
  returning ${TOP_UP_ESIM.enqueue({ order_id: "t.order_id" })}
)`,
};

/**
 * What waited for money or credentials at the supplier goes on when a job has seen them mended, ever more rarely where it
 * is refused all the same, and what waited for a
 * price when another one than it was refused at is known and not above ours. Not while the order's own money is withheld.
 */
const FREE = statement(
  "top_ups.free_cured",
  `with cured as (
     select t.id, k.cost_text, k.cost_currency, k.cost_minor
     from top_ups t join orders o on o.id = t.order_id
       left join supplier_accounts a on a.supplier = t.supplier
       left join esim_top_up_lists l on l.profile_id = t.profile_id
       left join lateral (
         select j.cost_text, j.cost_currency, j.cost_minor
         from jsonb_to_recordset(l.packages)
           as j(package_id text, cost_text text, cost_currency text, cost_minor bigint)
         where j.package_id = t.package_id) k on true
     where t.status = 'pending' and t.parked_at is not null and o.status = 'paid' and not ${isWithheld("t")} and (
       (t.parked_reason in ('no_funds', 'auth') and a.problem is null and (
          a.balance_minor is null or t.cost_minor is null or a.balance_currency is distinct from t.cost_currency
          or a.balance_minor >= t.cost_minor)
        and ${mayBeAskedAgain("r.top_up_id = t.id")})
       or (t.parked_reason = 'price_changed' and l.listed_at > t.parked_at and k.cost_text is distinct from t.cost_text
           and k.cost_currency = o.currency and k.cost_minor <= o.amount_minor))
       and not exists (select from provisioning_attempts x where x.top_up_id = t.id
         and x.status in ('intended', 'unknown', 'accepted', 'parked'))
   )
   update top_ups t set parked_at = null, parked_reason = null, cost_text = coalesce(c.cost_text, t.cost_text),
     cost_currency = coalesce(c.cost_currency, t.cost_currency),
     cost_minor = case when c.cost_text is null then t.cost_minor else c.cost_minor end,
     forgiven_attempts = (select coalesce(max(number), 0) from provisioning_attempts x where x.top_up_id = t.id)
   from cured c where t.id = c.id and t.status = 'pending' and t.parked_at is not null`,
);

const sweeps = makePurchaseSweeps(TOP_UP_PURCHASES);

const SWEEP_TOP_UPS = defineScheduledJob("sweep_top_ups", "* * * * *");
const READ_TOP_UP_LISTS = defineScheduledJob("read_top_up_lists", "* * * * *");

export function makeTopUpJobs(deps: TopUpJobsDeps): Jobs {
  const { db } = deps;
  return joinJobs(
    TOP_UP_ESIM.handledBy(({ order_id: orderId }) => deps.topUpEsim(orderId)),
    REFUND_TOP_UP.handledBy(async ({ top_up_id: topUpId }) => {
      const failed = await sweeps.findFailed(db, topUpId);
      if (failed !== undefined) await deps.refundUndeliverable(failed.orderId, failed.reason);
    }),
    SETTLE_SURPLUS_TOP_UP.handledBy(({ attempt_id: attemptId }, { attempt, attemptsMax }) =>
      deps.settleSurplusTopUp(attemptId, attempt >= attemptsMax),
    ),
    READ_TOP_UP_LISTS.handledBy(() => deps.readTopUpLists()),
    SWEEP_TOP_UPS.handledBy(async () => {
      await db.run(FREE);
      await sweeps.sweepPending(db);
      await sweeps.sweepFailed(db);
    }),
  );
}
