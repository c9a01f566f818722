import { type Db, statement, violatedConstraint } from "../../../db/database.js";
import { findLoneAttempt, findLoneAttemptText } from "../purchase/lone-attempt.js";

/** SQL: by what was known nothing was bought with this row of provisioning_attempts. */
export const isRuledOut = (attempt: string): string =>
  `(${attempt}.status = 'refused' or (${attempt}.status = 'taken_back' and ${attempt}.reason = 'never_sold'))`;

const FIND = findLoneAttemptText("esims.find_ruled_out", isRuledOut("a"));

export const findRuledOut = (db: Db, attemptId: number) => findLoneAttempt(db, FIND, attemptId);

/**
 * The purchase is in front of an operator, and so is what is still waited for: whoever is at work on it loses the
 * lease, so that nothing more is bought. Where nothing waits any more it is aside: an order may have several such
 * purchases. Not while another purchase of the same order is open, nor, where purchases are told apart by time and
 * package alone, while what was found could be another one's.
 */
const PARK = statement(
  "esims.park_ruled_out",
  `with attempt as (
     update provisioning_attempts a set status = 'parked', reason = 'bought_after_all', detail = $3,
       supplier_order_id = coalesce(a.supplier_order_id, $2), is_exclusive = false, decided_at = null,
       is_aside = not exists (select from esim_profiles p where p.id = a.profile_id and p.status = 'pending')
         and not exists (select from top_ups t where t.id = a.top_up_id and t.status = 'pending')
     where a.id = $1 and ${isRuledOut("a")}
       and not exists (
         select from provisioning_attempts o where o.status in ('intended', 'unknown', 'accepted', 'parked')
           and not o.is_aside and (o.profile_id = a.profile_id or o.top_up_id = a.top_up_id))
       and not exists (
         select from provisioning_attempts o where o.is_exclusive and o.supplier = a.supplier
           and o.package_id = a.package_id and o.supplier_order_id is null
           and o.status in ('intended', 'unknown', 'parked', 'surplus'))
     returning a.id, a.profile_id, a.top_up_id
   ), esim as (
     update esim_profiles p set parked_at = coalesce(p.parked_at, clock_timestamp()), parked_reason = 'bought_after_all',
       lease_token = p.lease_token + 1, lease_until = null
     from attempt where p.id = attempt.profile_id and p.status = 'pending'
   ), top_up as (
     update top_ups t set parked_at = coalesce(t.parked_at, clock_timestamp()), parked_reason = 'bought_after_all',
       lease_token = t.lease_token + 1, lease_until = null
     from attempt where t.id = attempt.top_up_id and t.status = 'pending'
   )
   select id from attempt`,
);

/** "others": what was found is another purchase's. "busy": something is open that has to be decided first. */
export async function parkRuledOut(
  db: Db,
  attemptId: number,
  evidence: { readonly supplierOrderId: string | null; readonly detail: string },
): Promise<"parked" | "busy" | "others"> {
  try {
    const { count } = await db.run(PARK, [attemptId, evidence.supplierOrderId, evidence.detail]);
    return count === 1 ? "parked" : "busy";
  } catch (error) {
    if (violatedConstraint(error) !== "provisioning_attempts_one_per_supplier_order") throw error;
    return "others";
  }
}

/**
 * What was ruled out because a search found nothing, or by an operator's word: asked about again after an hour, until
 * there is an answer that could be written down, and after a day. A definite refusal was the supplier's own word. In
 * any order, so that those without an answer keep nobody waiting: one that a simulation can repeat.
 */
const DUE = statement(
  "esims.ruled_out_to_look_back_at",
  `select a.id from provisioning_attempts a
   where ${isRuledOut("a")} and a.reason in ('never_arrived', 'never_sold', 'not_bought')
     and a.supplier = any($1::text[]) and a.decided_at < now() - interval '1 hour'
     and (a.looked_back_at is null or (a.created_at > now() - interval '7 days'
       and a.decided_at < now() - interval '1 day' and a.looked_back_at < a.decided_at + interval '1 day'))
   order by gen_random_uuid() limit 200`,
);

/** Only of these suppliers: the others cannot be asked. */
export async function listRuledOutToLookBackAt(
  db: Db,
  suppliers: readonly string[],
): Promise<readonly number[]> {
  return (await db.run<{ id: number }>(DUE, [suppliers])).rows.map(({ id }) => id);
}

const LOOKED_BACK = statement(
  "esims.looked_back",
  "update provisioning_attempts set looked_back_at = case when $2::boolean then now() end where id = $1",
);

/** Not answered: it is asked about again, for as long as that takes. */
export async function noteLookedBack(db: Db, attemptId: number, isAnswered: boolean): Promise<void> {
  await db.run(LOOKED_BACK, [attemptId, isAnswered]);
}
