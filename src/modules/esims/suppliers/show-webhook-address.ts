import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db } from "../../../db/database.js";
import type { EsimSupplier, SupplierCapabilities } from "../../../providers/esim/port.js";
import { makeWebhookPathSecret } from "./supplier-events.js";

export interface WebhookAddress {
  readonly supplier: string;
  readonly url: string;
  /** Whoever has the address can then send events: it is entered at the supplier and shown to nobody else. */
  readonly isSecret: boolean;
  readonly auth: SupplierCapabilities["webhookAuth"];
}

export type ShowWebhookAddress = (
  supplierId: string,
  act: Act,
) => Promise<WebhookAddress | "unknown_supplier" | "sends_nothing">;

/** The address to enter at a supplier; an address with a secret part is on record before it is shown. */
export function makeShowWebhookAddress(deps: {
  readonly db: Db;
  readonly suppliers: readonly EsimSupplier[];
  readonly indexKey: string;
  readonly publicUrl: string;
}): ShowWebhookAddress {
  const pathSecretOf = makeWebhookPathSecret(deps.indexKey);
  return async (supplierId, act) => {
    const supplier = deps.suppliers.find(({ id }) => id === supplierId);
    if (supplier === undefined) return "unknown_supplier";
    const { webhookAuth: auth } = supplier.capabilities;
    if (auth === "none") return "sends_nothing";
    const isSecret = auth === "unsigned";
    if (isSecret) {
      await deps.db.transaction((tx) =>
        writeAudit(tx, act, { action: "supplier.webhook_address_shown", subject: `supplier:${supplierId}` }),
      );
    }
    const base = `${deps.publicUrl}/esims/webhook/${supplierId}`;
    return {
      supplier: supplierId,
      url: isSecret ? `${base}/${pathSecretOf(supplierId)}` : base,
      isSecret,
      auth,
    };
  };
}
