import { statement } from "../../../db/database.js";
import { TOP_UP_DONE } from "../delivery/mail-kinds.js";
import { type DecideDeps, type DecideParked, makeDecide } from "../provisioning/decide-parked.js";
import { makeDecisionStore } from "../provisioning/decision-store.js";
import { TOP_UP_PURCHASES } from "../purchase/subjects/top-up.js";

const ADOPT = statement(
  "top_ups.adopt",
  `with done as (
     update top_ups set status = 'done', supplier_top_up_id = $2, done_at = now(), lease_until = null,
       lease_token = lease_token + 1, parked_at = null, parked_reason = null
     where id = $1 and status = 'pending'
     returning id, order_id, profile_id
   ), attempt as (
     update provisioning_attempts a set status = 'delivered', supplier_order_id = $2, decided_at = now(),
       decided_by = $4, reason = null
     from done where a.id = $3 and a.status = 'parked'
   ), esim as (
     update esim_profiles p set poll_at = now()
     from done where p.id = done.profile_id and p.status in ('ready', 'active') and p.ended_at is null
   )
   select ${TOP_UP_DONE.queue({ subject: "id", order: "order_id" })} from done`,
);

const ACCEPT_LOSS = statement(
  "top_ups.accept_loss_by_decision",
  `update top_ups set status = 'cancelled', ended_at = now(), failure_reason = 'refunded_with_loss', parked_at = null,
     parked_reason = null
   where id = $1 and status = 'done'`,
);

export const makeDecideTopUp = (deps: DecideDeps): DecideParked =>
  makeDecide(deps, {
    kind: "top_up",
    store: makeDecisionStore(TOP_UP_PURCHASES),
    asksAgainAfterNotBought: true,
    acceptLoss: (tx, id) => tx.run(ACCEPT_LOSS, [id]),
    adopt: async (tx, { id, attempt_id: attemptId }, supplierOrderId, actor) =>
      void (await tx.run(ADOPT, [id, supplierOrderId, attemptId, actor])),
  });
