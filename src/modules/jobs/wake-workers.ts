import { type Db, statement } from "../../db/database.js";

const NOTIFY = statement("jobs.wake", `select pg_notify('jobs:insert', '{"r":0,"count":1}')`);
const INTERVAL_MILLIS = 15;

export type WakeWorkers = () => void;

/**
 * Wakes the workers of all processes soon after a commit that enqueued jobs. Calls within the interval share one
 * NOTIFY, since each NOTIFY makes commits wait for one another. A lost call costs at most the polling interval.
 */
export function makeWakeWorkers(db: Db, onError: (error: unknown) => void): WakeWorkers {
  let isArmed = false;
  const wake = (): void => {
    isArmed = false;
    db.run(NOTIFY).catch(onError);
  };
  return () => {
    if (isArmed) return;
    isArmed = true;
    setTimeout(wake, INTERVAL_MILLIS).unref();
  };
}
