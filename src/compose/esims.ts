/** The eSIM room with its suppliers; part of the composition root. */

import { makeEsimsModule, makeInstallVault, makeStockShelf } from "../modules/esims/esims.module.js";
import type { PaymentsModule } from "../modules/payments/payments.module.js";
import { makeLocalSupplier } from "../providers/esim/local/local-supplier.js";
import type { EsimSupplier } from "../providers/esim/port.js";
import { makeStockSupplier } from "../providers/esim/stock/stock-supplier.js";
import type { Foundation } from "./foundation.js";
import { composeRemoteSuppliers } from "./suppliers.js";

/** A reserved name (RFC 2606): codes of a development store must not reach anybody's server. */
const DEVELOPMENT_SMDP_ADDRESS = "smdp.example";

export async function composeEsims(
  foundation: Foundation,
  payments: PaymentsModule,
): Promise<
  ReturnType<typeof makeEsimsModule> & { readonly suppliers: readonly EsimSupplier[]; close(): Promise<void> }
> {
  const { config, reservedDb } = foundation;
  const vault = makeInstallVault({ keys: config.secrets.encryptionKeys, indexKey: config.secrets.indexKey });
  const remote = await composeRemoteSuppliers(config.esims.suppliers);
  const suppliers: EsimSupplier[] = [
    makeLocalSupplier({
      smdpAddress: config.esims.localSmdpAddress ?? DEVELOPMENT_SMDP_ADDRESS,
      iccidFormat: config.esims.localIccidFormat,
      secret: vault.localSupplierSecret,
    }),
    makeStockSupplier(makeStockShelf({ db: reservedDb, vault })),
    ...remote,
  ];
  const module = makeEsimsModule({
    ...foundation,
    suppliers,
    vault,
    clientAddressOf: (request) => foundation.clientOf(request).address,
    rereadIntent: payments.rereadIntent,
    refundUndeliverable: payments.refundUndeliverable,
  });
  return {
    ...module,
    suppliers: remote,
    async close() {
      await Promise.all(remote.map((supplier) => supplier.close()));
    },
  };
}
