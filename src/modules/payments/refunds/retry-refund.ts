import type { Db } from "../../../db/database.js";
import { findRefund, moveRefund, type RefundRow } from "../refund-store.js";
import type { ProceedRefund } from "./proceed-refund.js";

/** An operator lets a parked refund go on; one in any other state only shows how it stands. */
export function makeRetryRefund(deps: { db: Db; proceedRefund: ProceedRefund }) {
  return async function retryRefund(refundId: number, adminId: number): Promise<RefundRow | undefined> {
    const actor = `admin:${adminId}`;
    await deps.db.transactionAs({ actor: actor, requestId: null }, async (tx) => {
      await moveRefund(tx, refundId, { to: "requested" });
    });
    if ((await findRefund(deps.db, refundId)) !== undefined) await deps.proceedRefund(refundId, actor);
    return findRefund(deps.db, refundId);
  };
}
