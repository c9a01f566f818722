import type { Act } from "../../../db/act.js";
import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { IdempotentRequest } from "../../../http/idempotency-key.js";

/** What the guards of the decided rows say. */
export type Outcome = "decided" | "nothing_to_decide" | "does_not_fit";
/**
 * owned_by_another: the supplier's order that was named belongs to another purchase. another_is_open: the supplier keeps
 * no references, and another purchase of the same package is not decided yet.
 */
export type Decided = Outcome | "replayed" | "key_reused" | "owned_by_another" | "another_is_open";

const TAKE = statement(
  "decision_keys.take",
  `insert into decision_keys (actor, idempotency_key, subject, request_fingerprint) values ($1, $2, $3, $4)
   on conflict on constraint decision_keys_one_per_actor_and_key do nothing`,
);
const IS_SAME = statement(
  "decision_keys.is_same",
  `select subject = $3 and request_fingerprint = $4 as is_same from decision_keys
   where actor = $1 and idempotency_key = $2`,
);
const GIVE_BACK = statement(
  "decision_keys.give_back",
  "delete from decision_keys where actor = $1 and idempotency_key = $2",
);

/**
 * Carries out a decision once per operator and key. A simultaneous request with the same key waits here for the
 * first one's commit; a decision that was refused does not burn its key.
 */
export async function decideOnce(
  tx: Tx,
  request: { readonly subject: string; readonly act: Act; readonly idempotent: IdempotentRequest | null },
  decide: () => Promise<Outcome>,
): Promise<Decided> {
  const { subject, act, idempotent } = request;
  if (idempotent === null) return decide();
  const name = [act.actor, idempotent.key];
  const values = [...name, subject, idempotent.fingerprint];
  if ((await tx.run(TAKE, values)).count === 0) {
    const { rows } = await tx.run<{ is_same: boolean }>(IS_SAME, values);
    return rows[0]?.is_same === true ? "replayed" : "key_reused";
  }
  const outcome = await decide();
  if (outcome !== "decided") await tx.run(GIVE_BACK, name);
  return outcome;
}

const FORGET = statement(
  "decision_keys.forget",
  "delete from decision_keys where created_at < now() - $1 * interval '1 hour'",
);

export async function forgetDecisionKeys(db: Queryable, olderThanHours: number): Promise<void> {
  await db.run(FORGET, [olderThanHours]);
}
