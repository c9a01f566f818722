import { type Db, statement } from "../../../db/database.js";
import type { Jobs } from "../../jobs/jobs.module.js";
import type { TakeBackEsim } from "../life/take-back-esim.js";
import { parkRefunded } from "../life/take-back-store.js";
import type { ProvisionEsim } from "./provision-esim.js";

export interface ProvisioningJobsDeps {
  readonly db: Db;
  readonly provisionEsim: ProvisionEsim;
  readonly refundUndeliverable: (orderId: number, reason: string) => Promise<void>;
  readonly takeBackEsim: TakeBackEsim;
  readonly takeBackSurplus: (attemptId: number, isLastTry: boolean) => Promise<void>;
}

const FAILED = statement(
  "esims.failed_order",
  "select order_id, failure_reason from esim_profiles where id = $1 and status = 'failed'",
);

/** A killed process leaves its job locked for a while, and its lease; what is begun anew meanwhile is harmless. */
const SWEEP = statement(
  "esims.sweep_pending",
  `select enqueue_job('provision_esim', json_build_object('order_id', p.order_id), 'provision:' || p.order_id)
   from esim_profiles p join orders o on o.id = p.order_id
   where p.status = 'pending' and p.due_at is not null and p.parked_at is null and o.status = 'paid'
     and (p.lease_until is null or p.lease_until < now())
     and not exists (
       select from graphile_worker.jobs j
       where j.key = 'provision:' || p.order_id and j.locked_at is null and j.attempts < j.max_attempts
     )
   limit 1000`,
);

const SWEEP_SURPLUS = statement(
  "esims.sweep_surplus",
  `select enqueue_job(case when a.profile_id is null then 'settle_surplus_top_up' else 'take_back_surplus' end,
     json_build_object('attempt_id', a.id), 'surplus:' || a.id)
   from provisioning_attempts a
   where a.status = 'surplus' and not exists (
     select from graphile_worker.jobs j
     where j.key = 'surplus:' || a.id and j.locked_at is null and j.attempts < j.max_attempts
   )
   limit 1000`,
);

export function makeEsimJobs(deps: ProvisioningJobsDeps): Jobs {
  return {
    handlers: {
      provision_esim: async ({ order_id: orderId }) => {
        await deps.provisionEsim(Number(orderId));
      },
      refund_undeliverable: async ({ profile_id: profileId }) => {
        const { rows } = await deps.db.run<{ order_id: number; failure_reason: string }>(FAILED, [profileId]);
        const row = rows[0];
        if (row !== undefined) await deps.refundUndeliverable(row.order_id, row.failure_reason);
      },
      take_back_refunded: async ({ order_id: id }, { attempt, attemptsMax }) => {
        const orderId = Number(id);
        const result = await deps.takeBackEsim(orderId, { acceptLoss: false });
        if (result === "unknown" && attempt < attemptsMax) throw new Error("The eSIM is not taken back yet");
        if (result === "cannot" || result === "unknown")
          await parkRefunded(deps.db, orderId, "refunded_esim_live");
      },
      take_back_surplus: async ({ attempt_id: attemptId }, { attempt, attemptsMax }) => {
        await deps.takeBackSurplus(Number(attemptId), attempt >= attemptsMax);
      },
      sweep_provisioning: async () => {
        await deps.db.run(SWEEP);
        await deps.db.run(SWEEP_SURPLUS);
      },
    },
    scheduled: [{ task: "sweep_provisioning", cron: "* * * * *" }],
  };
}
