import { statement, type Tx } from "../../../db/database.js";
import {
  type DecideDeps,
  type DecideParked,
  type Decision,
  makeDecide,
} from "../provisioning/decide-parked.js";
import { moveParkedAttempt } from "../provisioning/decision-store.js";

interface ParkedTopUp {
  readonly id: number;
  readonly status: string;
  readonly parked_reason: string;
  readonly attempt_id: number | null;
}

const LOCK = statement(
  "top_ups.lock_parked",
  `select t.id, t.status, t.parked_reason, a.id as attempt_id
   from top_ups t left join provisioning_attempts a on a.top_up_id = t.id and a.status = 'parked'
   where t.id = $1 and t.parked_at is not null for update of t`,
);

const GO_ON = statement(
  "top_ups.unpark",
  `with unparked as (
     update top_ups t set parked_at = null, parked_reason = null, lease_until = null,
       forgiven_attempts = greatest(t.forgiven_attempts, case when $2::boolean then (
         select coalesce(max(number), 0) from provisioning_attempts a where a.top_up_id = t.id) else 0 end)
     where t.id = $1 and t.status = 'pending'
     returning t.order_id
   )
   select enqueue_job('top_up_esim', json_build_object('order_id', order_id), 'top-up:' || order_id) from unparked`,
);

const ADOPT = statement(
  "top_ups.adopt",
  `with done as (
     update top_ups set status = 'done', supplier_top_up_id = $2, done_at = now(), lease_until = null,
       lease_token = lease_token + 1, parked_at = null, parked_reason = null
     where id = $1 and status = 'pending'
     returning id, profile_id
   ), attempt as (
     update provisioning_attempts a set status = 'delivered', supplier_order_id = $2, decided_at = now(),
       decided_by = $4, reason = null
     from done where a.id = $3 and a.status = 'parked'
   ), esim as (
     update esim_profiles p set poll_at = now()
     from done where p.id = done.profile_id and p.status in ('ready', 'active') and p.ended_at is null
   )
   select enqueue_job('send_top_up_mail', json_build_object('top_up_id', id), 'top-up-mail:' || id) from done`,
);

const FAIL = statement(
  "top_ups.fail_by_decision",
  `with failed as (
     update top_ups set status = 'failed', failure_reason = 'operator_refund', ended_at = now(), parked_at = null,
       parked_reason = null, lease_until = null, lease_token = lease_token + 1
     where id = $1 and status = 'pending'
     returning id
   )
   select enqueue_job('refund_top_up', json_build_object('top_up_id', id), 'refund-top-up:' || id),
     enqueue_job('send_top_up_mail', json_build_object('top_up_id', id), 'top-up-mail:' || id)
   from failed`,
);

const ENQUEUE_SURPLUS = statement(
  "top_ups.enqueue_surplus",
  "select enqueue_job('settle_surplus_top_up', json_build_object('attempt_id', $1::bigint), 'surplus:' || $1)",
);

const ACCEPT_LOSS = statement(
  "top_ups.accept_loss_by_decision",
  `update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss', parked_at = null,
     parked_reason = null
   where id = $1 and status = 'done'`,
);

const lockParked = async (tx: Tx, id: number): Promise<ParkedTopUp | undefined> =>
  (await tx.run<ParkedTopUp>(LOCK, [id])).rows[0];

export const makeDecideTopUp = (deps: DecideDeps): DecideParked =>
  makeDecide(deps, { kind: "top_up", lock: lockParked, carryOut });

async function carryOut(tx: Tx, parked: ParkedTopUp, decision: Decision, actor: string): Promise<boolean> {
  const { id, attempt_id: attemptId } = parked;
  const isWaiting = parked.status === "pending";
  switch (decision.decision) {
    case "accept_loss":
      if (isWaiting) return false;
      await tx.run(ACCEPT_LOSS, [id]);
      return true;
    case "ask_again":
      if (!isWaiting) return false;
      if (attemptId !== null)
        await moveParkedAttempt(tx, attemptId, { status: "unknown", reason: null }, actor);
      await tx.run(GO_ON, [id, true]);
      return true;
    case "not_bought":
      if (!isWaiting || attemptId === null) return false;
      await moveParkedAttempt(tx, attemptId, { status: "refused", reason: "not_bought" }, actor);
      // There is no other supplier: the refusal is forgiven, and this one is asked for it again.
      await tx.run(GO_ON, [id, true]);
      return true;
    case "adopt":
      if (!isWaiting || attemptId === null) return false;
      await tx.run(ADOPT, [id, decision.supplierOrderId, attemptId, actor]);
      return true;
    case "refund":
      if (!isWaiting) return false;
      if (attemptId !== null) {
        const surplus = { status: "surplus", reason: "operator_refund" } as const;
        await moveParkedAttempt(tx, attemptId, surplus, actor);
        await tx.run(ENQUEUE_SURPLUS, [attemptId]);
      }
      await tx.run(FAIL, [id]);
      return true;
  }
}
