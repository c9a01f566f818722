import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import { type Db, statement } from "../../../db/database.js";
import { APPLY_SYNC, syncCatalogueEvery } from "./define-sync-jobs.js";
import { beginSyncIfAllowed } from "./sync-store.js";

const ENQUEUE_SYNC = statement("supply.enqueue_sync", `select ${syncCatalogueEvery(1).enqueue()}`);
const ENQUEUE_APPLY = statement(
  "supply.enqueue_apply",
  `select ${APPLY_SYNC.enqueue({ sync_id: "$1::bigint" })}`,
);

export interface RequestSync {
  /** Suppliers are asked by a job, never while somebody waits. */
  start(act: Act): Promise<void>;
  /** False: it is over, another one has come after it, or what is held has to be accepted. */
  apply(syncId: number, acceptsHeld: boolean, act: Act): Promise<boolean>;
}

export function makeRequestSync({
  db,
  wakeWorkers,
}: {
  readonly db: Db;
  readonly wakeWorkers: () => void;
}): RequestSync {
  return {
    async start(act) {
      await db.transaction(async (tx) => {
        await tx.run(ENQUEUE_SYNC, []);
        await writeAudit(tx, act, { action: "catalogue.sync_requested", subject: "catalogue" });
      });
      wakeWorkers();
    },
    async apply(syncId, acceptsHeld, act) {
      const isBegun = await db.transaction(async (tx) => {
        if ((await beginSyncIfAllowed(tx, syncId, acceptsHeld)) === undefined) return false;
        await tx.run(ENQUEUE_APPLY, [syncId]);
        const subject = `catalogue_sync:${syncId}`;
        await writeAudit(tx, act, { action: "catalogue.sync_applied", subject, after: { acceptsHeld } });
        return true;
      });
      if (isBegun) wakeWorkers();
      return isBegun;
    },
  };
}
