import { randomUUID } from "node:crypto";
import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db, Tx } from "../../db/database.js";
import { AppError } from "../../kernel/errors.js";
import type { Sealer } from "../../kernel/sealing.js";
import type { Receiver } from "../../providers/receiver/port.js";
import { insertTestDelivery, redeliver } from "./delivery-store.js";
import {
  changeEndpoint,
  changeSecret,
  deleteEndpoint,
  type EndpointDraft,
  type EndpointRow,
  insertEndpoint,
  type LockedEndpoint,
  lockEndpoint,
} from "./endpoint-store.js";
import { makeWebhookSecret } from "./sign-message.js";

/** A receiver has this long to take over a new secret; meanwhile both sign. */
const FORMER_SECRET_HOURS = 24;

/** A secret opens only for the endpoint that it was sealed for. */
export const secretPurpose = (reference: string): string => `webhook_endpoints:${reference}`;

export interface EndpointChange {
  readonly url?: string;
  readonly description?: string;
  readonly types?: readonly string[];
  readonly isActive?: boolean;
}

export type ManageEndpoints = ReturnType<typeof makeManageEndpoints>;

/** What operators do with receivers: each change and its audit row in one transaction. A secret is shown once. */
export function makeManageEndpoints(deps: { db: Db; sealer: Sealer; receiver: Receiver }) {
  const { db, sealer, receiver } = deps;
  const check = (url: string): void => {
    const problem = receiver.problemOf(url);
    if (problem === undefined) return;
    throw new AppError("validation_failed", `The address ${problem}.`, {
      errors: [{ pointer: "/url", message: problem }],
    });
  };
  const acting = <Value>(id: number, work: (tx: Tx, endpoint: LockedEndpoint) => Promise<Value>) =>
    db.transaction(async (tx) => {
      const endpoint = await lockEndpoint(tx, id);
      if (endpoint === undefined) throw missing();
      return work(tx, endpoint);
    });
  return {
    create: (draft: EndpointDraft, act: Act): Promise<{ endpoint: EndpointRow; secret: string }> => {
      check(draft.url);
      const secret = makeWebhookSecret();
      const reference = randomUUID();
      const sealed = sealer.seal(secretPurpose(reference), secret);
      return db.transaction(async (tx) => {
        const endpoint = await insertEndpoint(tx, draft, { reference, sealed });
        await audit(tx, act, "created", endpoint.id, { after: shown(endpoint) });
        return { endpoint, secret };
      });
    },
    change: (id: number, { isActive, ...change }: EndpointChange, act: Act): Promise<EndpointRow> => {
      if (change.url !== undefined) check(change.url);
      return acting(id, async (tx, before) => {
        const draft = { ...before, ...change, isActive: isActive ?? before.is_active };
        const after = await changeEndpoint(tx, id, draft);
        if (after === undefined) throw missing();
        await audit(tx, act, "changed", id, { before: shown(before), after: shown(after) });
        return after;
      });
    },
    rotateSecret: (id: number, act: Act): Promise<{ endpoint: EndpointRow; secret: string }> =>
      acting(id, async (tx, { reference }) => {
        const secret = makeWebhookSecret();
        const sealed = sealer.seal(secretPurpose(reference), secret);
        const endpoint = await changeSecret(tx, id, sealed, FORMER_SECRET_HOURS);
        if (endpoint === undefined) throw missing();
        await audit(tx, act, "secret_rotated", id, {});
        return { endpoint, secret };
      }),
    remove: (id: number, act: Act): Promise<void> =>
      acting(id, async (tx, before) => {
        await deleteEndpoint(tx, id);
        await audit(tx, act, "deleted", id, { before: shown(before) });
      }),
    sendTest: (id: number, act: Act): Promise<number> =>
      acting(id, async (tx, endpoint) => {
        refuseIfPaused(endpoint);
        await audit(tx, act, "tested", id, {});
        return insertTestDelivery(tx, id);
      }),
    redeliver: (id: number, deliveryId: number, act: Act): Promise<void> =>
      acting(id, async (tx, endpoint) => {
        refuseIfPaused(endpoint);
        if (!(await redeliver(tx, id, deliveryId))) {
          throw new AppError(
            "not_found",
            "Delivery not found. The endpoint's list has those of the last 30 days.",
          );
        }
        await audit(tx, act, "redelivered", id, { after: { delivery_id: deliveryId } });
      }),
  };
}

const missing = (): AppError => new AppError("not_found", "Webhook endpoint not found");

function refuseIfPaused({ is_active }: EndpointRow): void {
  if (!is_active)
    throw new AppError("conflict", "This endpoint is paused. Resume it first by sending is_active: true.");
}

/** Many receivers know their senders by a secret path, so only the origin is put on record. */
const shown = ({ url, types, is_active }: EndpointRow) => ({ origin: new URL(url).origin, types, is_active });

const audit = (
  tx: Tx,
  act: Act,
  verb: string,
  id: number,
  change: { before?: unknown; after?: unknown },
): Promise<void> =>
  writeAudit(tx, act, { action: `webhook_endpoint.${verb}`, subject: `webhook_endpoint:${id}`, ...change });
