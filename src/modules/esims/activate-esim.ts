import type { Db } from "../../db/database.js";
import type { Language } from "../../kernel/language.js";
import type { Logger } from "../../telemetry/log.js";
import { noteLanguage } from "./delivery/mail-store.js";
import { type EsimRow, findEsimOfOrder, findEsimOfTopUpOrder } from "./esim-read-model.js";
import type { BringOn } from "./purchase/purchase.js";

export interface ActivateDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly provisionEsim: BringOn;
  /** Asks the payment provider how the order's intent is now, and stores the answer. */
  readonly rereadIntent: (orderId: number) => Promise<unknown>;
}

export type Activation =
  | { readonly kind: "not_found" | "not_paid" | "failed" }
  | { readonly kind: "top_up"; readonly esimId: number }
  | { readonly kind: "pending" | "settled"; readonly row: EsimRow };

/** How long a request waits for a supplier before it answers 202. */
const WAIT_MILLIS = 2_000;
const FIRST_PAUSE_MILLIS = 8;
const LONGEST_PAUSE_MILLIS = 150;

export type ActivateEsim = (request: {
  userId: number;
  orderId: number;
  /** What the person reads, where the request says. */
  language: Language | null;
}) => Promise<Activation>;

/** Joins the provisioning of a paid order or restarts it; the same profile however often it is called. */
export function makeActivateEsim(deps: ActivateDeps): ActivateEsim {
  return async ({ userId, orderId, language }) => {
    const find = () => findEsimOfOrder(deps.db, userId, orderId);
    let row = await find();
    if (row?.order_status === "created") {
      // The web client activates at once after paying, before the provider's webhook may have come.
      await deps.rereadIntent(orderId);
      row = await find();
    }
    if (row === undefined) {
      const esimId = await findEsimOfTopUpOrder(deps.db, userId, orderId);
      return esimId === undefined ? { kind: "not_found" } : { kind: "top_up", esimId };
    }
    if (row.order_status === "created" || row.order_status === "failed") return { kind: "not_paid" };
    if (row.status === "failed") return { kind: "failed" };
    if (row.order_status !== "paid") return { kind: "not_paid" };
    if (language !== null && row.language === null) await noteLanguage(deps.db, row.id, language);
    if (row.status === "pending") row = await settle(deps, find, orderId, row);
    if (row.status === "failed") return { kind: "failed" };
    return { kind: row.status === "pending" ? "pending" : "settled", row };
  };
}

async function settle(
  deps: ActivateDeps,
  find: () => Promise<EsimRow | undefined>,
  orderId: number,
  before: EsimRow,
): Promise<EsimRow> {
  const deadline = Date.now() + WAIT_MILLIS;
  // Whoever holds the lease does the work, this call or a job. A slow supplier is not waited for: the attempt is
  // committed, so the chain goes on without this request.
  const work = deps.provisionEsim(orderId).catch((error: unknown) => {
    deps.log.warn({ err: error, order_id: orderId }, "provisioning on request failed; the job goes on");
  });
  await Promise.race([work, pause(WAIT_MILLIS)]);
  let row = (await find()) ?? before;
  let wait = FIRST_PAUSE_MILLIS;
  while (row.status === "pending" && Date.now() + wait < deadline) {
    await pause(wait);
    wait = Math.min(LONGEST_PAUSE_MILLIS, wait * 2);
    row = (await find()) ?? before;
  }
  return row;
}

const pause = (millis: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, millis).unref());
