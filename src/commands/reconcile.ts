import { withPayments } from "../app.js";
import { loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import { readMoment } from "../kernel/moment.js";
import type { ReconcileReport } from "../modules/payments/payments.module.js";
import { armFailpoints } from "../telemetry/failpoints.js";
import { makeLog } from "../telemetry/log.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { assertMigrated } from "./on-database.js";

export interface ReconcileCommand {
  /** ISO 8601 date or time; the last three days when left out. */
  readonly since?: string;
  /** Repairs what is certain. Without it the command only reports. */
  readonly apply: boolean;
}

/**
 * `tribi reconcile`: compares our books with every configured provider's. Exits 0 when they agree (or everything was
 * repaired), 3 when something is left for an operator, 1 when a provider did not answer.
 */
export async function runReconcile(command: ReconcileCommand): Promise<void> {
  await exitOnFailure(async () => {
    const since = command.since === undefined ? null : readTime(command.since);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const { values, problems } = readEnvironment();
    armFailpoints(values);
    const config = loadConfig(values, problems);
    const server = await openDatabaseServer(config, say);
    try {
      await assertMigrated(server.url);
      const log = makeLog({ ...config.log, level: "warn" });
      const reports = await withPayments({ config, databaseUrl: server.url, log }, (payments) =>
        payments.reconcile({ since, applies: command.apply, intervalMinutes: null }),
      );
      if (reports.length === 0)
        say("Another run is under way, or no provider is configured; nothing was compared.");
      for (const report of reports) tell(report, say);
      process.exitCode = exitCodeOf(reports);
    } finally {
      await server.stop();
    }
  });
}

function readTime(text: string): string {
  const moment = readMoment(text);
  if (moment === undefined)
    throw new Error(`--since ${text} is not a date such as 2026-01-31 or an ISO 8601 time with its zone.`);
  return moment.toISOString();
}

function tell(report: ReconcileReport, say: (line: string) => void): void {
  say(
    `${report.provider} since ${report.since}: ${report.intents} intents, ${report.refunds} refunds of ours.`,
  );
  for (const finding of report.findings) say(`  ${finding.action}: ${finding.class} (${finding.subject})`);
  if (report.failure !== null) say(`  The comparison ended on the way: ${report.failure}`);
  else if (report.findings.length === 0) say("  Both sides agree.");
}

function exitCodeOf(reports: readonly ReconcileReport[]): number {
  if (reports.some(({ failure }) => failure !== null)) return 1;
  return reports.some(({ findings }) => findings.some(({ action }) => action === "reported")) ? 3 : 0;
}
