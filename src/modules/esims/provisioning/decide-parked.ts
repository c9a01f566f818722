import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db, Tx } from "../../../db/database.js";
import type { IdempotentRequest } from "../../../http/idempotency-key.js";
import { type Decided, decideOnce } from "./decision-keys.js";
import * as store from "./decision-store.js";

export type Decision =
  /** Ask the supplier again, and suppliers that refused before too. */
  | { readonly decision: "ask_again" }
  /** The operator has looked at the supplier's books: nothing was bought. The next supplier is asked. */
  | { readonly decision: "not_bought" }
  /** It was bought: this is the supplier's order. */
  | { readonly decision: "adopt"; readonly supplierOrderId: string }
  /** The customer's money goes back; what was bought is taken back at the supplier if that is possible. */
  | { readonly decision: "refund" }
  /** Refunded already, and the eSIM still works: it is hidden from the customer and booked as a loss. */
  | { readonly decision: "accept_loss" };

export interface DecisionCommand {
  /** Of the eSIM or top-up. */
  readonly id: number;
  readonly decision: Decision;
  readonly reason: string;
  readonly act: Act;
  readonly idempotent: IdempotentRequest | null;
}

export type DecideParked = (command: DecisionCommand) => Promise<Decided>;

export interface DecideDeps {
  readonly db: Db;
  readonly wakeWorkers: () => void;
}

/** What may be parked: how its row is locked while it is, and what a decision does to it. False: it does not fit. */
export interface Decidable<Parked> {
  readonly kind: "esim" | "top_up";
  readonly lock: (tx: Tx, id: number) => Promise<Parked | undefined>;
  readonly carryOut: (tx: Tx, parked: Parked, decision: Decision, actor: string) => Promise<boolean>;
}

/**
 * An operator's decision about what is parked. The parked mark is the guard: of two operators, or of an operator and
 * a late answer of the supplier, one decides.
 */
export function makeDecide<
  Parked extends { readonly parked_reason: string; readonly attempt_id: number | null },
>(deps: DecideDeps, { kind, lock, carryOut }: Decidable<Parked>): DecideParked {
  return async ({ id, decision, reason, act, idempotent }) => {
    const subject = `${kind}:${id}`;
    const decided = await deps.db.transactionAs(act, (tx) =>
      decideOnce(tx, { subject, act, idempotent }, async () => {
        const parked = await lock(tx, id);
        if (parked === undefined) return "nothing_to_decide";
        if (!(await carryOut(tx, parked, decision, act.actor))) return "does_not_fit";
        await writeAudit(tx, act, {
          action: `${kind}.${decision.decision}`,
          subject,
          before: { parked_reason: parked.parked_reason, attempt_id: parked.attempt_id },
          after: { reason },
        });
        return "decided";
      }),
    );
    deps.wakeWorkers();
    return decided;
  };
}

export const makeDecideParked = (deps: DecideDeps): DecideParked =>
  makeDecide(deps, { kind: "esim", lock: store.lockParked, carryOut });

async function carryOut(
  tx: Tx,
  parked: store.ParkedEsim,
  decision: Decision,
  actor: string,
): Promise<boolean> {
  const isWaiting = parked.status === "pending";
  switch (decision.decision) {
    case "accept_loss":
      if (isWaiting) return false;
      await store.acceptLoss(tx, parked.id);
      return true;
    case "ask_again":
      if (!isWaiting) return false;
      if (parked.attempt_id !== null) {
        const status = parked.attempt_supplier_order_id === null ? "unknown" : "accepted";
        await store.moveParkedAttempt(tx, parked.attempt_id, { status, reason: null }, actor);
      }
      await store.unpark(tx, parked.id, true);
      return true;
    case "not_bought":
      if (!isWaiting || parked.attempt_id === null) return false;
      await store.moveParkedAttempt(
        tx,
        parked.attempt_id,
        { status: "refused", reason: "not_bought" },
        actor,
      );
      await store.unpark(tx, parked.id, false);
      return true;
    case "adopt": {
      if (!isWaiting || parked.attempt_id === null) return false;
      const { supplierOrderId } = decision;
      await store.moveParkedAttempt(
        tx,
        parked.attempt_id,
        { status: "accepted", reason: null, supplierOrderId },
        actor,
      );
      await store.unpark(tx, parked.id, false);
      return true;
    }
    case "refund":
      if (!isWaiting) return false;
      if (parked.attempt_id !== null)
        await store.moveParkedAttempt(
          tx,
          parked.attempt_id,
          { status: "surplus", reason: "operator_refund" },
          actor,
        );
      await store.failByDecision(tx, parked.id);
      return true;
  }
}
