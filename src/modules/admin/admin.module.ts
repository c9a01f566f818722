/**
 * Owns: what operators see across the modules, and their acts on jobs. Each module's own acts (refund, lift a limit,
 *   decide a purchase) are routes of that module.
 * Promises: lists by one convention; a timeline per order that names every event that touched it or was refused.
 * Never: a code, a token or a secret in a list.
 */
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { Metrics } from "../../telemetry/metrics.js";
import type { Jobs } from "../jobs/jobs.module.js";
import { auditBooks, BOOK_PROMISES } from "./books/audit-books.js";
import type { RuleResult } from "./books/book-rule.js";
import { countFailedJobs, oldestDueJobSeconds } from "./job-store.js";
import { registerListScreen } from "./list-screen.js";
import { makeRetryFailedJob } from "./retry-failed-job.js";
import { registerOrderDetail } from "./routes/order-detail.js";
import { registerRetryJob } from "./routes/retry-job.js";
import { registerShowAdminMe } from "./routes/show-me.js";
import {
  auditScreen,
  esimsScreen,
  inventoryScreen,
  jobsScreen,
  topUpsScreen,
  usersScreen,
} from "./screens/operation-screens.js";
import {
  disputesScreen,
  ordersScreen,
  paymentsScreen,
  refundsScreen,
  webhookEventsScreen,
} from "./screens/order-screens.js";

const SCREENS = [
  ordersScreen,
  paymentsScreen,
  refundsScreen,
  disputesScreen,
  webhookEventsScreen,
  usersScreen,
  esimsScreen,
  topUpsScreen,
  inventoryScreen,
  jobsScreen,
  auditScreen,
];

export interface AdminDeps {
  readonly db: Db;
  readonly metrics: Metrics;
  readonly wakeWorkers: () => void;
}

export function makeAdminModule({ db, metrics, wakeWorkers }: AdminDeps) {
  metrics.gauge("jobs_failed", "Jobs that have used up their attempts", () => countFailedJobs(db));
  metrics.gauge("jobs_oldest_due_seconds", "How long the job that is due longest has waited", () =>
    oldestDueJobSeconds(db),
  );
  const jobs: Jobs = { handlers: {} };
  return {
    jobs,
    registerRoutes(app: Server): void {
      registerShowAdminMe(app);
      for (const screen of SCREENS) registerListScreen(app, db, screen);
      registerOrderDetail(app, { db });
      registerRetryJob(app, { retryFailedJob: makeRetryFailedJob({ db, wakeWorkers }) });
    },
  };
}

/** How many sealed rows of each table an audit opens when nobody asks for all. */
export const SEALED_ROWS_OPENED = 10_000;
export type { RuleResult };
export { auditBooks, BOOK_PROMISES };
