import type { Db } from "../../db/database.js";
import type { Sealer } from "../../kernel/sealing.js";
import { listSealedEndpoints, resealEndpoint } from "./endpoint-store.js";
import { secretPurpose } from "./manage-endpoints.js";

const PAGE_ROWS = 100;

/** Seals every secret with the first key; there are few, so all of them are sealed anew each time. */
export async function resealEndpoints(deps: { db: Db; sealer: Sealer }): Promise<number> {
  let resealed = 0;
  for (let after = 0; ; ) {
    const page = await listSealedEndpoints(deps.db, after, PAGE_ROWS);
    for (const row of page) {
      const purpose = secretPurpose(row.reference);
      const anew = (sealed: Buffer): Buffer => deps.sealer.seal(purpose, deps.sealer.open(purpose, sealed));
      const former = row.sealed_former_secret === null ? null : anew(row.sealed_former_secret);
      if (await resealEndpoint(deps.db, row, { secret: anew(row.sealed_secret), former })) resealed += 1;
      after = row.id;
    }
    if (page.length < PAGE_ROWS) return resealed;
  }
}
