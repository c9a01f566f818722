/**
 * Owns: what operators see across the modules, what they are mailed about (operator_alarms, alarm_mails, alarm_choices),
 *   what they write down for each other (notes), their acts on jobs, the audit of the books, and the audit log's chain.
 *   Each module's own acts (refund, lift a limit, decide a purchase) are routes of that module.
 * Promises: lists by one convention; a timeline per order that names every event that touched it or was refused.
 * Never: a code, a token or a secret in a list.
 */

import type { Config } from "../../config/config.js";
import type { CurrentSetting } from "../../config/run-time-settings.js";
import type { Act } from "../../db/act.js";
import { writeAudit } from "../../db/audit-log.js";
import type { Db } from "../../db/database.js";
import type { Server } from "../../http/server.js";
import type { Metrics } from "../../telemetry/metrics.js";
import { defineScheduledJob, type Jobs, joinJobs } from "../jobs/jobs.module.js";
import { makeAlarmMail } from "./alarms/alarm-mail.js";
import { collectAlarmsOf } from "./alarms/alarm-store.js";
import { makeAlarms } from "./alarms/alarms.js";
import { auditBooks, BOOK_PROMISES } from "./books/audit-books.js";
import { makeChainHash } from "./chain/chain-hash.js";
import { readRoot } from "./chain/check-chain.js";
import { makeExtendChain } from "./chain/extend-chain.js";
import { makeMailRoot, makeRootMail } from "./chain/mail-root.js";
import { countFailedJobs, oldestDueJobSeconds } from "./job-store.js";
import { type LegacyReport, makeImportLegacy } from "./legacy/import-legacy.js";
import { LEGACY_TABLES, type LegacyTable } from "./legacy/legacy-rows.js";
import { type DumpRow, linesOf, readDump } from "./legacy/read-dump.js";
import { registerListScreen } from "./list-screen.js";
import { makeKeepNotes } from "./notes/keep-notes.js";
import { collectNotesOf } from "./notes/note-read-model.js";
import { type Cancellable, makePreviewRefund } from "./preview-refund.js";
import { makeListPreviews, type PreviewSources } from "./previews/previews.js";
import { makeRetryFailedJob } from "./retry-failed-job.js";
import { registerMoneyExports } from "./routes/exports.js";
import { registerInventoryStats } from "./routes/inventory-stats.js";
import { registerNotes } from "./routes/notes.js";
import { registerOrderDetail } from "./routes/order-detail.js";
import { registerPages } from "./routes/pages.js";
import { registerPreviewRefund } from "./routes/preview-refund.js";
import { registerPreviews } from "./routes/previews.js";
import { registerRetryJob } from "./routes/retry-job.js";
import { registerSearch } from "./routes/search.js";
import { registerShowAdminMe } from "./routes/show-me.js";
import { registerSummary } from "./routes/summary.js";
import type { RuleResult } from "./rule-result.js";
import { mailsScreen } from "./screens/mail-screen.js";
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
import { refundApprovalsScreen } from "./screens/refund-approval-screen.js";
import { searchShop } from "./search-shop.js";

const SCREENS = [
  ordersScreen,
  paymentsScreen,
  refundsScreen,
  refundApprovalsScreen,
  disputesScreen,
  webhookEventsScreen,
  usersScreen,
  esimsScreen,
  topUpsScreen,
  inventoryScreen,
  jobsScreen,
  mailsScreen,
  auditScreen,
];

export interface AdminDeps {
  readonly db: Db;
  /** For jobs. */
  readonly reservedDb: Db;
  readonly metrics: Metrics;
  readonly wakeWorkers: () => void;
  readonly config: Config;
  readonly setting: CurrentSetting;
  /** Plans without a supplier of their own are sold from stock. */
  readonly stockIsDefault: boolean;
  /** Until when each supplier takes an eSIM back. */
  readonly cancellableAt: (supplier: string) => Cancellable;
  readonly previews: PreviewSources;
}

export function makeAdminModule(deps: AdminDeps) {
  const { db, metrics, wakeWorkers } = deps;
  metrics.gauge("jobs_failed", "Jobs that have used up their attempts", () => countFailedJobs(db));
  metrics.gauge("jobs_oldest_due_seconds", "How long the job that is due longest has waited", () =>
    oldestDueJobSeconds(db),
  );
  const alarms = makeAlarms(deps);
  const jobs = joinJobs(chainJobs(deps), alarms.jobs);
  const noteLook = (act: Act, subject: string, after?: object): Promise<void> =>
    db.transaction((tx) =>
      writeAudit(tx, act, { action: `${subject.split(":")[0]}.viewed`, subject, after }),
    );
  const noteExport = (act: Act, subject: string, after: object): Promise<void> =>
    db.transaction((tx) => writeAudit(tx, act, { action: "list.exported", subject, after }));
  return {
    jobs,
    registerRoutes(app: Server): void {
      registerShowAdminMe(app, deps.config.operators);
      alarms.registerRoutes(app);
      for (const screen of SCREENS) registerListScreen(app, db, screen, noteExport);
      registerSearch(app, {
        search: async (text, permissions, act) => {
          const hits = await searchShop(db, text, permissions);
          const people = hits.filter(({ kind }) => kind === "customer").map(({ id }) => id);
          if (people.length > 0) await noteLook(act, "search:customers", { found: people });
          return hits;
        },
      });
      registerSummary(app, deps);
      registerPages(app, { db, noteLook });
      registerMoneyExports(app, { db, noteExport });
      registerPreviewRefund(app, { previewRefund: makePreviewRefund(deps) });
      registerPreviews(app, { ...deps.previews, listPreviews: makeListPreviews(deps.previews) });
      registerInventoryStats(app, deps);
      registerOrderDetail(app, { db, noteLook });
      registerNotes(app, makeKeepNotes(db));
      registerRetryJob(app, { retryFailedJob: makeRetryFailedJob({ db, wakeWorkers }) });
    },
  };
}

const CHAIN_AUDIT_LOG = defineScheduledJob("chain_audit_log", "* * * * *");
const MAIL_AUDIT_ROOT = defineScheduledJob("mail_audit_root", "37 4 * * *");

/** The audit log's chain grows every minute, and its last hash leaves the database every day. */
function chainJobs({ db, config }: AdminDeps): Jobs {
  const extendChain = makeExtendChain({ db, chainHash: makeChainHash(config.secrets.indexKey) });
  const mailRoot = makeMailRoot(db, config.adminEmails);
  return joinJobs(CHAIN_AUDIT_LOG.handledBy(extendChain), MAIL_AUDIT_ROOT.handledBy(mailRoot));
}

/** How many sealed rows of each table an audit opens when nobody asks for all. */
export const SEALED_ROWS_OPENED = 10_000;
/** How many blocks of the audit log's chain, of a thousand rows each, are computed anew then. */
export const CHAIN_BLOCKS_CHECKED = 40;
export type { DumpRow, LegacyReport, LegacyTable, RuleResult };
export {
  auditBooks,
  BOOK_PROMISES,
  collectAlarmsOf,
  collectNotesOf,
  LEGACY_TABLES,
  linesOf,
  makeAlarmMail,
  makeChainHash,
  makeImportLegacy,
  makeRootMail,
  readDump,
  readRoot,
};
