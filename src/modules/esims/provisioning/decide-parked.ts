import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import { type Db, type Tx, violatedConstraint } from "../../../db/database.js";
import type { IdempotentRequest } from "../../../http/idempotency-key.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import { type Decided, decideOnce } from "./decision-keys.js";
import { type DecidedAttempt, type DecisionStore, moveParkedAttempt, type Parked } from "./decision-store.js";

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
  readonly suppliers: readonly EsimSupplier[];
  readonly wakeWorkers: () => void;
}

/** What may be parked, and in what its decisions differ. */
export interface Decidable {
  readonly kind: "esim" | "top_up";
  readonly store: DecisionStore;
  /** Where nobody else could deliver, the refusal is forgiven and the same supplier is asked for it again. */
  readonly asksAgainAfterNotBought: boolean;
  readonly acceptLoss: (tx: Tx, id: number) => Promise<unknown>;
  readonly adopt: (tx: Tx, parked: ParkedPurchase, supplierOrderId: string, actor: string) => Promise<void>;
}

export type ParkedPurchase = Parked & { readonly attempt_id: number };

/**
 * An operator's decision about what is parked. The parked mark is the guard: of two operators, or of an operator and
 * a late answer of the supplier, one decides.
 */
export function makeDecide(deps: DecideDeps, decidable: Decidable): DecideParked {
  const { kind, store } = decidable;
  const matching = deps.suppliers
    .filter(({ capabilities }) => capabilities.lookup === "by_match")
    .map(({ id }) => id);
  return async ({ id, decision, reason, act, idempotent }) => {
    const subject = `${kind}:${id}`;
    const deciding = deps.db.transactionAs(act, (tx) =>
      decideOnce(tx, { subject, act, idempotent }, async () => {
        const parked = await store.lockParked(tx, id);
        if (parked === undefined) return "nothing_to_decide";
        if (!(await carryOut(tx, decidable, parked, { ...decision, actor: act.actor, matching })))
          return "does_not_fit";
        await writeAudit(tx, act, {
          action: `${kind}.${decision.decision}`,
          subject,
          before: { parked_reason: parked.parked_reason, attempt_id: parked.attempt_id },
          after: { reason },
        });
        return "decided";
      }),
    );
    const decided = await deciding.catch((error: unknown) => {
      const constraint = violatedConstraint(error);
      if (constraint === "provisioning_attempts_one_per_supplier_order") return "owned_by_another" as const;
      if (constraint === "provisioning_attempts_one_exclusive_per_package") return "another_is_open" as const;
      throw error;
    });
    deps.wakeWorkers();
    return decided;
  };
}

/** False: the decision does not fit what it waits for. */
async function carryOut(
  tx: Tx,
  { store, asksAgainAfterNotBought, acceptLoss, adopt }: Decidable,
  parked: Parked,
  decision: Decision & { readonly actor: string; readonly matching: readonly string[] },
): Promise<boolean> {
  const { id, attempt_id: attemptId } = parked;
  const { actor, matching } = decision;
  const isWaiting = parked.status === "pending";
  if (isWaiting === (decision.decision === "accept_loss")) return false;
  const moves = (status: DecidedAttempt["status"], reason: string | null) =>
    attemptId === null ? undefined : moveParkedAttempt(tx, attemptId, { status, reason, matching }, actor);
  switch (decision.decision) {
    case "accept_loss":
      await acceptLoss(tx, id);
      return true;
    case "ask_again":
      await moves(parked.attempt_supplier_order_id === null ? "unknown" : "accepted", null);
      await store.unpark(tx, id, true);
      return true;
    case "not_bought":
      if (attemptId === null) return false;
      await moves("refused", "not_bought");
      await store.unpark(tx, id, asksAgainAfterNotBought);
      return true;
    case "adopt":
      if (attemptId === null) return false;
      await adopt(tx, { ...parked, attempt_id: attemptId }, decision.supplierOrderId, actor);
      return true;
    case "refund":
      await moves("surplus", "operator_refund");
      await store.fail(tx, id);
      return true;
  }
}
