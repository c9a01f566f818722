import { statement, type Tx } from "../../../db/database.js";
import type { PurchaseTable } from "../purchase/purchase-table.js";

export interface Parked {
  readonly id: number;
  readonly status: string;
  readonly parked_reason: string;
  readonly attempt_id: number | null;
  readonly attempt_supplier_order_id: string | null;
}

/** What an operator's decision does to a parked purchase, whatever was bought. */
export function makeDecisionStore({ module, table, attemptColumn, ...jobs }: PurchaseTable) {
  const LOCK = statement(
    `${module}.lock_parked`,
    `select p.id, p.status, p.parked_reason, a.id as attempt_id, a.supplier_order_id as attempt_supplier_order_id
   from ${table} p left join provisioning_attempts a on a.${attemptColumn} = p.id and a.status = 'parked'
   where p.id = $1 and p.parked_at is not null for update of p`,
  );
  const GO_ON = statement(
    `${module}.unpark`,
    `with unparked as (
     update ${table} p set parked_at = null, parked_reason = null, lease_until = null,
       forgiven_attempts = greatest(p.forgiven_attempts, case when $2::boolean then made.last else 0 end),
       insisted_attempts = case when $2::boolean then made.last else p.insisted_attempts end
     from (select coalesce(max(number), 0) as last from provisioning_attempts a where a.${attemptColumn} = $1) made
     where p.id = $1 and p.status = 'pending'
     returning p.order_id
   )
   select ${jobs.bringOn.enqueue("order_id")} from unparked`,
  );
  const FAIL = statement(
    `${module}.fail_by_decision`,
    `with failed as (
     update ${table} set status = 'failed', failure_reason = 'operator_refund', ended_at = now(), parked_at = null,
       parked_reason = null, lease_until = null, lease_token = lease_token + 1
     where id = $1 and status = 'pending'
     returning id, order_id
   ), surplus as materialized (
     select ${jobs.enqueueSurplus("a.id")}
     from failed join provisioning_attempts a on a.${attemptColumn} = failed.id and a.status = 'surplus'
   )
   select ${jobs.whenFailed}, (select count(*) from surplus) as surplus from failed`,
  );
  return {
    /** Undefined when it waits for no decision (any more). The row stays locked until the transaction ends. */
    lockParked: async (tx: Tx, id: number): Promise<Parked | undefined> =>
      (await tx.run<Parked>(LOCK, [id])).rows[0],

    /** The chain goes on; with `forgives` suppliers that refused before are asked again, withheld money or not. */
    async unpark(tx: Tx, id: number, forgives: boolean): Promise<void> {
      await tx.run(GO_ON, [id, forgives]);
    },

    /** The money goes back, and what a surplus attempt has bought is looked up. */
    async fail(tx: Tx, id: number): Promise<void> {
      await tx.run(FAIL, [id]);
    },
  };
}
export type DecisionStore = ReturnType<typeof makeDecisionStore>;

/**
 * What is searched for by package and time again is exclusive again: another purchase of its package could be taken for
 * it. Where one is open, `provisioning_attempts_one_exclusive_per_package` refuses the decision.
 */
const MOVE_ATTEMPT = statement(
  "esims.decide_attempt",
  `update provisioning_attempts set status = $2, reason = $3, decided_by = $4,
     is_exclusive = is_exclusive or ($2 in ('unknown', 'surplus') and supplier = any($6::text[])),
     supplier_order_id = coalesce($5, supplier_order_id), ask_at = null,
     decided_at = case when $2 in ('refused', 'surplus') then now() end
   where id = $1 and status = 'parked'`,
);

export interface DecidedAttempt {
  readonly status: "unknown" | "accepted" | "refused" | "surplus";
  readonly reason: string | null;
  readonly supplierOrderId?: string;
  /** Suppliers that keep no reference of ours. */
  readonly matching?: readonly string[];
}

export async function moveParkedAttempt(
  tx: Tx,
  attemptId: number,
  to: DecidedAttempt,
  actor: string,
): Promise<void> {
  const { status, reason, supplierOrderId = null, matching = [] } = to;
  await tx.run(MOVE_ATTEMPT, [attemptId, status, reason, actor, supplierOrderId, matching]);
}
