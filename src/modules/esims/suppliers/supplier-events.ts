import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Db } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { WebhookRequest } from "../../../providers/esim/webhook-port.js";
import type { Events } from "../../../telemetry/events.js";
import type { ProvisionEsim } from "../provisioning/provision-esim.js";
import {
  findEventSubject,
  keepSupplierEvent,
  keepUnreadableEvent,
  settleEvent,
} from "./supplier-event-store.js";

export type ReceivedWebhook = "unknown_supplier" | "forged" | "processed" | "duplicate" | "parked";

export interface SupplierEventsDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly indexKey: string;
  readonly events: Events;
  readonly wakeWorkers: () => void;
  readonly provisionEsim: ProvisionEsim;
  readonly refreshEsim: (profileId: number) => Promise<void>;
  readonly readBalance: (supplierId: string) => Promise<void>;
}

/** The unguessable part of the address of a supplier that does not sign, the same on every process. */
export function makeWebhookPathSecret(indexKey: string): (supplierId: string) => string {
  const key = Buffer.from(hkdfSync("sha256", indexKey, "", "supplier webhook path", 32));
  return (supplierId) => createHmac("sha256", key).update(supplierId).digest("base64url");
}

/** Keeps what a supplier says and answers at once; a job acts on it. */
export function makeReceiveSupplierWebhook(deps: SupplierEventsDeps) {
  const pathSecretOf = makeWebhookPathSecret(deps.indexKey);
  return async (
    supplierId: string,
    pathSecret: string | null,
    request: WebhookRequest,
  ): Promise<ReceivedWebhook> => {
    const supplier = deps.suppliers.get(supplierId);
    if (supplier === undefined || supplier.capabilities.webhookAuth === "none") return "unknown_supplier";
    // A wrong secret is refused even where the supplier signs; without a signature it is required.
    const needsSecret = supplier.capabilities.webhookAuth === "unsigned";
    if (needsSecret || pathSecret !== null) {
      if (pathSecret === null || !isSame(pathSecret, pathSecretOf(supplierId)))
        return rejected(deps, supplierId);
    }
    const reading = supplier.readWebhook(request);
    if (reading.verdict === "forged") return rejected(deps, supplierId);
    if (reading.verdict === "unreadable") {
      const digest = createHash("sha256").update(request.rawBody).digest("hex");
      await keepUnreadableEvent(deps.db, supplierId, digest, reading.why);
      deps.events.webhookReceived({ provider: supplierId, outcome: "parked" });
      return "parked";
    }
    let isNew = false;
    for (const event of reading.events)
      isNew = (await keepSupplierEvent(deps.db, supplierId, event)) || isNew;
    deps.wakeWorkers();
    const outcome = isNew || reading.events.length === 0 ? "processed" : "duplicate";
    deps.events.webhookReceived({ provider: supplierId, outcome });
    return outcome;
  };
}

function rejected(deps: SupplierEventsDeps, provider: string): "forged" {
  deps.events.webhookRejected({ provider, reason: "forged" });
  return "forged";
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * Acts on an event by asking the supplier how things are, so that repeated, reordered and forged events are alike.
 * An event may come before its order is stored: then the job comes again.
 */
export function makeApplySupplierEvent(deps: SupplierEventsDeps) {
  return async (eventId: number, isLastTry: boolean): Promise<void> => {
    const subject = await findEventSubject(deps.db, eventId);
    if (subject === undefined) return;
    if (subject.kind === "balance_notice") await deps.readBalance(subject.supplier);
    if (subject.kind === "balance_notice" || subject.kind === "probe" || subject.kind === "other") {
      await settleEvent(deps.db, eventId, { profileId: subject.profile_id, problem: null });
      return;
    }
    if (subject.profile_id === null || subject.order_id === null) {
      await settleEvent(deps.db, eventId, { profileId: null, problem: "its order is not known here" });
      if (!isLastTry) throw new Error("The order of a supplier's event is not known yet");
      return;
    }
    if (subject.status === "pending") await deps.provisionEsim(subject.order_id, { includesParked: true });
    else await deps.refreshEsim(subject.profile_id);
    await settleEvent(deps.db, eventId, { profileId: subject.profile_id, problem: null });
  };
}
