import { assertNoOpenTransaction, type Db } from "../../../db/database.js";
import { type EsimStatus, type EsimSupplier, hasEnded } from "../../../providers/esim/port.js";
import type { Events } from "../../../telemetry/events.js";
import type { Logger } from "../../../telemetry/log.js";
import { inCall } from "../../../telemetry/spans.js";
import { applyStatus, expireUnused, findToRefresh, takeDuePolls } from "./refresh-store.js";

export interface RefreshDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly log: Logger;
  readonly events: Events;
}

const POLL_ACTIVE_SECONDS = 30 * 60;
const POLL_READY_SECONDS = 2 * 3600;
const POLLS_PER_RUN = 100;
const EXPIRIES_PER_RUN = 1_000;

/** Asks the supplier how an eSIM is and stores it. Throws when the supplier may answer later. */
export function makeRefreshEsim(deps: RefreshDeps) {
  return async (profileId: number): Promise<void> => {
    const row = await findToRefresh(deps.db, profileId);
    const supplier = deps.suppliers.get(row?.supplier ?? "");
    if (row === undefined || supplier === undefined) return;
    assertNoOpenTransaction(supplier.id);
    const esim = {
      supplierReference: row.supplier_reference,
      supplierOrderId: row.supplier_order_id,
      iccid: row.iccid,
    };
    const answer = await inCall(supplier.id, "status", () => supplier.getStatus(esim));
    if (answer.kind === "done") {
      const seconds = row.status === "active" ? POLL_ACTIVE_SECONDS : POLL_READY_SECONDS;
      const isApplied = await applyStatus(deps.db, row, answer.value, seconds);
      if (isApplied && hasEnded(answer.value))
        deps.events.esimEnded(
          { supplier: supplier.id, why: whyEnded(answer.value) },
          { profile_id: row.id, was: row.status },
        );
      return;
    }
    if (answer.reason === "retryable") throw new Error(`${supplier.id} did not say how the eSIM is`);
  };
}

/** Of what took it from its owner before its time a person should hear; that a plan runs out is the course of things. */
function whyEnded({ planState, profileState }: EsimStatus): string {
  if (planState === "expired" || planState === "cancelled" || planState === "revoked") return planState;
  return profileState;
}

/** Without webhooks, or with lost ones, states and usage arrive by asking. One that fails does not hold up others. */
export function makePollEsims(deps: RefreshDeps, refreshEsim: (profileId: number) => Promise<void>) {
  return async (): Promise<void> => {
    for (const profileId of await takeDuePolls(deps.db, POLLS_PER_RUN)) {
      await refreshEsim(profileId).catch((error: unknown) => {
        deps.log.info(
          { err: error, profile_id: profileId },
          "an eSIM's state was not read; it is asked again",
        );
      });
    }
  };
}

export function makeExpireUnused(deps: RefreshDeps) {
  return async (): Promise<void> => {
    while ((await expireUnused(deps.db, EXPIRIES_PER_RUN)) === EXPIRIES_PER_RUN);
  };
}
