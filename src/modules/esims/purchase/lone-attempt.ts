import { type Db, type Statement, statement } from "../../../db/database.js";
import type { Attempt } from "./choose-supplier.js";
import type { Purchase, Wares } from "./subject.js";

/** An attempt that is looked at apart from its order's chain, with the eSIM that a top-up was for. */
export interface LoneAttempt extends Purchase {
  readonly kind: Wares<unknown>["kind"];
}

/** `condition`: on `a`, which of the attempts are meant. */
export const findLoneAttemptText = (name: string, condition: string): Statement =>
  statement(
    name,
    `select json_build_object(
       'id', a.id, 'number', a.number, 'reference', a.reference, 'supplier', a.supplier, 'packageId', a.package_id,
       'status', a.status, 'supplierOrderId', a.supplier_order_id, 'reason', a.reason, 'lookups', 0, 'ageMillis', 0,
       'sentAfterMillis', floor(extract(epoch from a.created_at) * 1000), 'askInMillis', null,
       'settlingMillis', settling_millis(a), 'resettlingMillis', resettling_millis(a),
       'expectedCost', a.expected_cost, 'toldFailure', a.told_failure) as attempt,
     case when a.top_up_id is null then 'esim' else 'top_up' end as kind,
     case when p.id is not null then json_build_object('supplierReference', coalesce(p.supplier_reference, ''),
       'supplierOrderId', coalesce(p.supplier_order_id, ''), 'iccid', p.iccid) end as esim
   from provisioning_attempts a
     left join top_ups t on t.id = a.top_up_id left join esim_profiles p on p.id = t.profile_id
   where a.id = $1 and ${condition}`,
  );

/** Undefined: it is none of those that the statement means. Nobody waits for it, so it never runs out of patience. */
export async function findLoneAttempt(
  db: Db,
  find: Statement,
  attemptId: number,
): Promise<LoneAttempt | undefined> {
  return (await db.run<LoneAttempt & { readonly attempt: Attempt }>(find, [attemptId])).rows[0];
}
