import { type Db, statement } from "../../../db/database.js";
import { defineScheduledJob, type Jobs, joinJobs } from "../../jobs/jobs.module.js";
import type { TakeBackEsim } from "../life/take-back-esim.js";
import { parkRefunded } from "../life/take-back-store.js";
import type { BringOn } from "../purchase/purchase.js";
import {
  PROVISION_ESIM,
  REFUND_UNDELIVERABLE,
  SETTLE_SURPLUS_TOP_UP,
  TAKE_BACK_SURPLUS,
} from "../purchase/purchase-jobs.js";
import { makePurchaseSweeps } from "../purchase/purchase-sweeps.js";
import { mayBeAskedAgain } from "../purchase/refused-again.js";
import { ESIM_PURCHASES } from "../purchase/subjects/esim.js";
import { isWithheld } from "../withheld-money.js";
import { TAKE_BACK_REFUNDED } from "./provisioning-follows-payment.js";

export interface ProvisioningJobsDeps {
  readonly db: Db;
  readonly provisionEsim: BringOn;
  readonly refundUndeliverable: (orderId: number, reason: string) => Promise<void>;
  readonly takeBackEsim: TakeBackEsim;
  readonly takeBackSurplus: (attemptId: number, isLastTry: boolean) => Promise<void>;
}

/**
 * What waited for money, credentials or a price at a supplier goes on when a job has seen them mended, however long ago
 * that was: it may be there again before the order is parked; ever more rarely where it is refused all the same. Not while the order's own money is withheld: what goes on
 * here is not asked about that again.
 */
const FREE_CURED = statement(
  "esims.free_cured",
  `with cured as (
     select distinct p.id, p.parked_reason
     from esim_profiles p join orders o on o.id = p.order_id
       join plan_suppliers s on s.plan_id = p.plan_id and s.paused_at is null
       join lateral (
         select a.reason, a.expected_cost from provisioning_attempts a
         where a.profile_id = p.id and a.supplier = s.supplier and a.package_id = s.package_id
         order by a.number desc limit 1) last on last.reason = p.parked_reason
       left join supplier_accounts c on c.supplier = s.supplier
     where p.status = 'pending' and p.parked_at is not null and o.status = 'paid' and not ${isWithheld("p")} and (
       (p.parked_reason in ('no_funds', 'auth') and c.problem is null and (
          c.balance_minor is null or s.cost_minor is null or c.balance_currency is distinct from s.cost_currency
          or c.balance_minor >= s.cost_minor)
        and ${mayBeAskedAgain("r.profile_id = p.id and r.supplier = s.supplier and r.package_id = s.package_id")})
       or (p.parked_reason = 'price_changed' and s.cost_text is distinct from last.expected_cost->>'amountText'
           and (s.cost_currency <> o.currency or s.cost_minor <= o.amount_minor)))
       and not exists (select from provisioning_attempts a where a.profile_id = p.id
         and a.status in ('intended', 'unknown', 'accepted', 'parked'))
   ), freed as (
     update esim_profiles p set parked_at = null, parked_reason = null,
       forgiven_attempts = case when c.parked_reason = 'price_changed' then p.forgiven_attempts
         else (select max(number) from provisioning_attempts a where a.profile_id = p.id) end
     from cured c where p.id = c.id and p.status = 'pending' and p.parked_at is not null
     returning p.order_id
   )
   select ${PROVISION_ESIM.enqueue({ order_id: "order_id" })} from freed`,
);

export async function freeCured(db: Db): Promise<void> {
  await db.run(FREE_CURED);
}

const SWEEP_SURPLUS = statement(
  "esims.sweep_surplus",
  `select case when a.profile_id is null then ${SETTLE_SURPLUS_TOP_UP.enqueue({ attempt_id: "a.id" })}
       else ${TAKE_BACK_SURPLUS.enqueue({ attempt_id: "a.id" })} end
   from provisioning_attempts a
   where a.status = 'surplus' and not ${TAKE_BACK_SURPLUS.isWaiting("a.id")}
   limit 1000`,
);

const sweeps = makePurchaseSweeps(ESIM_PURCHASES);

const SWEEP_PROVISIONING = defineScheduledJob("sweep_provisioning", "* * * * *");

export function makeEsimJobs(deps: ProvisioningJobsDeps): Jobs {
  return joinJobs(
    PROVISION_ESIM.handledBy(({ order_id: orderId }) => deps.provisionEsim(orderId)),
    REFUND_UNDELIVERABLE.handledBy(async ({ profile_id: profileId }) => {
      const failed = await sweeps.findFailed(deps.db, profileId);
      if (failed !== undefined) await deps.refundUndeliverable(failed.orderId, failed.reason);
    }),
    TAKE_BACK_REFUNDED.handledBy(async ({ order_id: orderId }, { attempt, attemptsMax }) => {
      const result = await deps.takeBackEsim(orderId, { acceptLoss: false });
      if (result === "unknown" && attempt < attemptsMax) throw new Error("The eSIM is not taken back yet");
      if (result === "cannot" || result === "unknown")
        await parkRefunded(deps.db, orderId, "refunded_esim_live");
    }),
    TAKE_BACK_SURPLUS.handledBy(({ attempt_id: attemptId }, { attempt, attemptsMax }) =>
      deps.takeBackSurplus(attemptId, attempt >= attemptsMax),
    ),
    SWEEP_PROVISIONING.handledBy(async () => {
      await freeCured(deps.db);
      await sweeps.sweepPending(deps.db);
      await deps.db.run(SWEEP_SURPLUS);
      await sweeps.sweepFailed(deps.db);
    }),
  );
}
