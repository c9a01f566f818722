import { type Db, statement, violatedConstraint } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import { type AskDeps, makeAskSupplier } from "./ask-supplier.js";
import type { Bought } from "./decide.js";
import { findLoneAttempt, findLoneAttemptText, type LoneAttempt } from "./lone-attempt.js";
import type { Wares } from "./subject.js";

export interface SurplusDeps extends AskDeps {
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
}

/** never_sold, cancelled: nothing of ours is there. revoked: it is gone, and whether the money came back is not known. */
export type SurplusResult = "cancelled" | "revoked" | "never_sold" | "cannot" | "unknown";

export interface SurplusKind<Thing> {
  readonly wares: Wares<Thing>;
  /** False: what a repeated request would buy could not be given back, so that only the books are asked. */
  readonly maySendAgain: boolean;
  readonly takeBack: (supplier: EsimSupplier, bought: Bought<Thing>) => Promise<SurplusResult>;
  readonly saysParked: (reason: string, ids: { readonly attempt_id: number }) => void;
}

/** What was bought although nobody waits for it goes back to the supplier, or is parked as a loss. */
export function makeSettleSurplus<Thing>(deps: SurplusDeps, kind: SurplusKind<Thing>) {
  return async (attemptId: number, isLastTry: boolean): Promise<void> => {
    const surplus = await findLoneAttempt(deps.db, FIND, attemptId);
    if (surplus === undefined) return;
    const supplier = deps.suppliers.get(surplus.attempt.supplier);
    const result = supplier === undefined ? "unknown" : await resolve(deps, kind, supplier, surplus);
    if (result === "unknown" && !isLastTry) throw new Error("The surplus purchase is not decided yet");
    if (result === "cancelled" || result === "never_sold") {
      await settle(deps.db, attemptId, "taken_back", result);
      return;
    }
    await settle(deps.db, attemptId, "parked", `surplus_${result}`);
    kind.saysParked(`surplus_${result}`, { attempt_id: attemptId });
  };
}

/** Decided as in the chain; a request that is sent again makes an order at worst that is taken back then. */
async function resolve<Thing>(
  deps: SurplusDeps,
  kind: SurplusKind<Thing>,
  supplier: EsimSupplier,
  surplus: LoneAttempt,
): Promise<SurplusResult> {
  const { db } = deps;
  const { id, supplierOrderId } = surplus.attempt;
  const one = { attempt: surplus.attempt, terms: supplier.capabilities, paceMillis: 0, retries: 0 };
  const answered = await makeAskSupplier(deps, kind.wares).settle(supplier, surplus, one, async () => {
    if (!kind.maySendAgain) return undefined;
    await noteSending(db, id, 0);
    return () => true;
  });
  if (answered === undefined || answered.do === "leave") return "unknown";
  if (answered.do === "refuse") {
    if (supplierOrderId === null && answered.supplierOrderId !== null)
      await noteOrder(db, id, answered.supplierOrderId);
    return "never_sold";
  }
  if (answered.do === "wait" && typeof answered.sent === "object" && answered.sent !== null)
    await noteSending(db, id, answered.sent.earlierUnansweredMillis);
  const { bought } = answered;
  if (bought === null) return "unknown";
  if (supplierOrderId === null && !(await noteOrder(db, id, bought.supplierOrderId))) return "unknown";
  return answered.do === "wait" ? "unknown" : kind.takeBack(supplier, bought);
}

const FIND = findLoneAttemptText("esims.find_surplus", "a.status = 'surplus'");

const NOTE_SENDING = statement(
  "esims.note_surplus_sending",
  `update provisioning_attempts set resent_at = clock_timestamp() - $2::float8 * interval '1 millisecond'
   where id = $1 and status = 'surplus'`,
);

/** How long ago the repetition was sent of which nobody knows yet: 0 before one is sent, null when there is none. */
async function noteSending(db: Db, attemptId: number, unansweredMillis: number | null): Promise<void> {
  await db.run(NOTE_SENDING, [attemptId, unansweredMillis]);
}

const NOTE_ORDER = statement(
  "esims.note_surplus_order",
  "update provisioning_attempts set supplier_order_id = $2 where id = $1 and status = 'surplus' and supplier_order_id is null",
);

/** From here on no other purchase can be taken for it. False: it is another purchase's already. */
async function noteOrder(db: Db, attemptId: number, supplierOrderId: string): Promise<boolean> {
  try {
    await db.run(NOTE_ORDER, [attemptId, supplierOrderId]);
    return true;
  } catch (error) {
    if (violatedConstraint(error) !== "provisioning_attempts_one_per_supplier_order") throw error;
    return false;
  }
}

const SETTLE = statement(
  "esims.settle_surplus",
  `update provisioning_attempts set status = $2, reason = $3, decided_at = now(), is_exclusive = false,
     is_aside = $2 = 'parked'
   where id = $1 and status = 'surplus'`,
);

/**
 * taken_back: the supplier has it, or never sold it. parked: it cannot be taken back; a loss to be seen. Either way it
 * holds up no other purchase any more: a search does not look back as far as this took.
 */
async function settle(
  db: Db,
  attemptId: number,
  status: "taken_back" | "parked",
  reason: string,
): Promise<void> {
  await db.run(SETTLE, [attemptId, status, reason]);
}
