import { defineJob, defineScheduledJob } from "../../jobs/jobs.module.js";

/** At 03:17 UTC when it runs once a day, else at the 17th minute of every so many hours. */
const cronOf = (hours: number): string => (hours === 24 ? "17 3 * * *" : `17 */${Math.max(hours, 1)} * * *`);

export const syncCatalogueEvery = (hours: number) => defineScheduledJob("sync_catalogue", cronOf(hours));

export const APPLY_SYNC = defineJob({
  task: "apply_catalogue_sync",
  payload: { sync_id: "id" },
  key: ["apply-sync", "sync_id"],
});
