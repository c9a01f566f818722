import type { Logger } from "../../../telemetry/log.js";
import type { Jobs } from "../../jobs/jobs.module.js";
import type { ApplySync } from "./apply-sync.js";
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
export function makeSyncJobs({ syncCatalogue, applySync, log, everyHours }: SyncJobsDeps): Jobs {
  return {
    handlers: {
      sync_catalogue: async () => {
        const report = await syncCatalogue({ supplier: null, isDryRun: false, acceptsHeld: false, act: ACT });
        if (report.kind !== "compared")
          return void log.info({ report: report.kind }, "the catalogue was not compared");
        const { syncId, heldReason, counts } = report;
        if (syncId === null) return;
        if (heldReason === null) await applySync({ syncId, acceptsHeld: false, act: ACT });
        if (heldReason !== null || counts.held > 0) {
          log.warn(
            { sync_id: syncId, held: counts.held, reason: heldReason },
            "a change of the catalogue waits for a person",
          );
        }
      },
      apply_catalogue_sync: async ({ sync_id: syncId }) => {
        await applySync({ syncId: Number(syncId), acceptsHeld: false, act: ACT });
      },
    },
    scheduled: everyHours === 0 ? [] : [{ task: "sync_catalogue", cron: cronOf(everyHours) }],
  };
}

const cronOf = (hours: number): string => (hours === 24 ? "17 3 * * *" : `17 */${hours} * * *`);
