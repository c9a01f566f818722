import type { Logger } from "../../../telemetry/log.js";
import { type Jobs, joinJobs } from "../../jobs/jobs.module.js";
import type { ApplySync } from "./apply-sync.js";
import { APPLY_SYNC, syncCatalogueEvery } from "./define-sync-jobs.js";
import type { SyncCommand, SyncReport } from "./sync-catalogue.js";

const ACT = { actor: "system:sync", requestId: null };

export interface SyncJobsDeps {
  readonly syncCatalogue: (command: SyncCommand) => Promise<SyncReport>;
  readonly applySync: ApplySync;
  readonly log: Logger;
  /** 0: only when somebody asks. */
  readonly everyHours: number;
}

/** By the clock only what needs no person is applied; what is held waits and is said. */
export function makeSyncJobs(deps: SyncJobsDeps): Jobs {
  const comparing = syncCatalogueEvery(deps.everyHours).handledBy(() => compareAndApply(deps));
  return joinJobs(
    deps.everyHours === 0 ? { handlers: comparing.handlers } : comparing,
    APPLY_SYNC.handledBy(({ sync_id: syncId }) => deps.applySync({ syncId, acceptsHeld: false, act: ACT })),
  );
}

async function compareAndApply({ syncCatalogue, applySync, log }: SyncJobsDeps): Promise<void> {
  const report = await syncCatalogue({ supplier: null, isDryRun: false, acceptsHeld: false, act: ACT });
  if (report.kind !== "compared") {
    log.info({ report: report.kind }, "the catalogue was not compared");
    return;
  }
  const { syncId, heldReason, counts } = report;
  if (syncId === null) return;
  if (heldReason === null) await applySync({ syncId, acceptsHeld: false, act: ACT });
  if (heldReason === null && counts.held === 0) return;
  const waits = { sync_id: syncId, held: counts.held, reason: heldReason };
  log.warn(waits, "a change of the catalogue waits for a person");
}
