import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Db } from "../../../db/database.js";
import type { EsimSupplier } from "../../../providers/esim/port.js";
import type { WebhookReading, WebhookRequest } from "../../../providers/esim/webhook-port.js";
import type { Events } from "../../../telemetry/events.js";
import type { BringOn } from "../purchase/purchase.js";
import type { LookBack } from "./bought-after-all.js";
import {
  type EventSubject,
  findEventSubject,
  keepSupplierEvent,
  keepUnreadableEvent,
  noteToldFailure,
  settleEvent,
} from "./supplier-event-store.js";

export type ReceivedWebhook = "unknown_supplier" | "forged" | "processed" | "duplicate" | "parked";

export interface SupplierEventsDeps {
  readonly db: Db;
  readonly suppliers: ReadonlyMap<string, EsimSupplier>;
  readonly indexKey: string;
  readonly events: Events;
  readonly wakeWorkers: () => void;
  readonly provisionEsim: BringOn;
  readonly topUpEsim: BringOn;
  readonly lookBack: LookBack;
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
    const reading = withoutNul(supplier.readWebhook(request), request.rawBody);
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

/** PostgreSQL stores no NUL: an authentic event with one is parked as it is, not read as another. */
function withoutNul(reading: WebhookReading, rawBody: Uint8Array): WebhookReading {
  if (reading.verdict !== "accepted" || !NUL.test(Buffer.from(rawBody).toString("utf8"))) return reading;
  return { verdict: "unreadable", why: "it has the character NUL" };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the character itself, and as JSON writes it
const NUL = /\u0000|\\u0000/;

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
    const { profile_id: profileId, order_id: orderId } = subject;
    if (profileId === null || orderId === null) {
      await settleEvent(deps.db, eventId, { profileId: null, problem: "its order is not known here" });
      if (!isLastTry) throw new Error("The order of a supplier's event is not known yet");
      return;
    }
    const problem = await problemOfRuledOut(deps, subject, isLastTry);
    if (problem !== null) {
      await settleEvent(deps.db, eventId, { profileId, problem });
      if (!isLastTry) throw new Error(`A supplier's event ${problem}`);
      return;
    }
    if (subject.attempt_id !== null) await noteToldFailure(deps.db, eventId, subject.attempt_id);
    if (subject.pending_top_up_order_id !== null)
      await deps.topUpEsim(subject.pending_top_up_order_id, { includesParked: true });
    if (subject.status !== "pending") await deps.refreshEsim(profileId);
    // What has just come to light waits for a person.
    else if (!subject.is_ruled_out) await deps.provisionEsim(orderId, { includesParked: true });
    await settleEvent(deps.db, eventId, { profileId, problem: null });
  };
}

/**
 * A purchase that had been ruled out is named. That it failed says nothing new; all else is evidence that it was
 * bought. Its books may show it later, so their silence counts at the last try only. Null: nothing is left to do.
 */
async function problemOfRuledOut(
  { lookBack }: SupplierEventsDeps,
  { attempt_id: attemptId, is_ruled_out: isRuledOut, is_failure: isFailure, kind }: EventSubject,
  isLastTry: boolean,
): Promise<string | null> {
  if (attemptId === null || !isRuledOut || isFailure) return null;
  const result = await lookBack(attemptId, isLastTry ? `named by an event of the supplier (${kind})` : null);
  return result === "parked" || result === "settled" ? null : "names a purchase that had been ruled out";
}
