import { statement } from "../../../db/database.js";
import { ESIM_PURCHASES } from "../purchase/subjects/esim.js";
import { type DecideDeps, type DecideParked, makeDecide } from "./decide-parked.js";
import { makeDecisionStore, moveParkedAttempt } from "./decision-store.js";

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

const store = makeDecisionStore(ESIM_PURCHASES);

export const makeDecideEsim = (deps: DecideDeps): DecideParked =>
  makeDecide(deps, {
    kind: "esim",
    store,
    // Another supplier may deliver it.
    asksAgainAfterNotBought: false,
    acceptLoss: (tx, id) => tx.run(GIVE_UP, [id]),
    async adopt(tx, { id, attempt_id: attemptId }, supplierOrderId, actor) {
      await moveParkedAttempt(tx, attemptId, { status: "accepted", reason: null, supplierOrderId }, actor);
      await store.unpark(tx, id, false);
    },
  });
