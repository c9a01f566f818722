/** The eSIM suppliers that are reached over HTTP; part of the composition root. */
import type { SuppliersConfig } from "../config/suppliers.js";
import type { EsimSupplier } from "../providers/esim/port.js";

export type RemoteSupplier = EsimSupplier & { close(): Promise<void> };

/** One adapter for each supplier whose credentials are set; the others are not even loaded. */
export async function composeRemoteSuppliers({
  airalo,
  esimAccess,
  esimGo,
}: SuppliersConfig): Promise<RemoteSupplier[]> {
  const suppliers: RemoteSupplier[] = [];
  if (airalo !== null) {
    const { makeAiraloSupplier } = await import("../providers/esim/airalo/airalo-supplier.js");
    suppliers.push(makeAiraloSupplier(airalo));
  }
  if (esimAccess !== null) {
    const { makeEsimAccessSupplier } = await import("../providers/esim/esim-access/esim-access-supplier.js");
    const { webhookSenders, ...options } = esimAccess;
    suppliers.push(
      makeEsimAccessSupplier(webhookSenders === null ? options : { ...options, webhookSenders }),
    );
  }
  if (esimGo !== null) {
    const { makeEsimGoSupplier } = await import("../providers/esim/esim-go/esim-go-supplier.js");
    suppliers.push(makeEsimGoSupplier(esimGo));
  }
  return suppliers;
}
