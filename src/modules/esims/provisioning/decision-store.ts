import { statement, type Tx } from "../../../db/database.js";

export interface ParkedEsim {
  readonly id: number;
  readonly order_id: number;
  readonly status: string;
  readonly parked_reason: string;
  readonly attempt_id: number | null;
  readonly attempt_supplier_order_id: string | null;
}

const LOCK = statement(
  "esims.lock_parked",
  `select p.id, p.order_id, p.status, p.parked_reason, a.id as attempt_id,
     a.supplier_order_id as attempt_supplier_order_id
   from esim_profiles p
   left join provisioning_attempts a on a.profile_id = p.id and a.status = 'parked'
   where p.id = $1 and p.parked_at is not null for update of p`,
);

/** Undefined when it waits for no decision (any more). The row stays locked until the transaction ends. */
export async function lockParked(tx: Tx, profileId: number): Promise<ParkedEsim | undefined> {
  return (await tx.run<ParkedEsim>(LOCK, [profileId])).rows[0];
}

const MOVE_ATTEMPT = statement(
  "esims.decide_attempt",
  `update provisioning_attempts set status = $2, reason = $3, decided_by = $4,
     supplier_order_id = coalesce($5, supplier_order_id), ask_at = null,
     decided_at = case when $2 in ('refused', 'surplus') then now() end
   where id = $1 and status = 'parked'`,
);

export async function moveParkedAttempt(
  tx: Tx,
  attemptId: number,
  to: {
    status: "unknown" | "accepted" | "refused" | "surplus";
    reason: string | null;
    supplierOrderId?: string;
  },
  actor: string,
): Promise<void> {
  await tx.run(MOVE_ATTEMPT, [attemptId, to.status, to.reason, actor, to.supplierOrderId ?? null]);
}

const GO_ON = statement(
  "esims.unpark",
  `with unparked as (
     update esim_profiles p set parked_at = null, parked_reason = null, lease_until = null,
       forgiven_attempts = greatest(p.forgiven_attempts, case when $2::boolean then (
         select coalesce(max(number), 0) from provisioning_attempts a where a.profile_id = p.id) else 0 end)
     where p.id = $1 and p.status = 'pending'
     returning p.order_id
   )
   select enqueue_job('provision_esim', json_build_object('order_id', order_id), 'provision:' || order_id) from unparked`,
);

/** The chain goes on; with `forgives` suppliers that refused before are asked again. */
export async function unpark(tx: Tx, profileId: number, forgives: boolean): Promise<void> {
  await tx.run(GO_ON, [profileId, forgives]);
}

const FAIL = statement(
  "esims.fail_by_decision",
  `with failed as (
     update esim_profiles set status = 'failed', failure_reason = 'operator_refund', ended_at = now(),
       parked_at = null, parked_reason = null, lease_until = null, lease_token = lease_token + 1
     where id = $1 and status = 'pending'
     returning id
   ), surplus as (
     select id from provisioning_attempts where profile_id = $1 and status = 'surplus'
   )
   select enqueue_job('refund_undeliverable', json_build_object('profile_id', id), 'refund-undeliverable:' || id)
   from failed
   union all
   select enqueue_job('take_back_surplus', json_build_object('attempt_id', id), 'surplus:' || id) from surplus`,
);

export async function failByDecision(tx: Tx, profileId: number): Promise<void> {
  await tx.run(FAIL, [profileId]);
}

const GIVE_UP = statement(
  "esims.accept_loss",
  `with cancelled as (
     update esim_profiles set status = 'cancelled', ended_at = now(), poll_at = null, parked_at = null,
       parked_reason = null, failure_reason = 'refunded_with_loss'
     where id = $1 and status in ('ready', 'active')
     returning id
   )
   update install_links l set revoked_at = now() from cancelled
   where l.profile_id = cancelled.id and l.revoked_at is null`,
);

export async function acceptLoss(tx: Tx, profileId: number): Promise<void> {
  await tx.run(GIVE_UP, [profileId]);
}
