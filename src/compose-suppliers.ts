/** The eSIM suppliers that are reached over HTTP; part of the composition root (app.ts). */
import type { SuppliersConfig } from "./config/suppliers.js";
import { makeAiraloSupplier } from "./providers/esim/airalo/airalo-supplier.js";
import { makeEsimAccessSupplier } from "./providers/esim/esim-access/esim-access-supplier.js";
import { makeEsimGoSupplier } from "./providers/esim/esim-go/esim-go-supplier.js";
import type { EsimSupplier } from "./providers/esim/port.js";

export type RemoteSupplier = EsimSupplier & { close(): Promise<void> };

/** One adapter for each supplier whose credentials are set. */
export function composeRemoteSuppliers({ airalo, esimAccess, esimGo }: SuppliersConfig): RemoteSupplier[] {
  const suppliers: RemoteSupplier[] = [];
  if (airalo !== null) suppliers.push(makeAiraloSupplier(airalo));
  if (esimAccess !== null) {
    const { webhookSenders, ...options } = esimAccess;
    suppliers.push(
      makeEsimAccessSupplier(webhookSenders === null ? options : { ...options, webhookSenders }),
    );
  }
  if (esimGo !== null) suppliers.push(makeEsimGoSupplier(esimGo));
  return suppliers;
}
