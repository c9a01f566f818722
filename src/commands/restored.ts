import { readConfig } from "../config/config.js";
import { readMoment } from "../kernel/moment.js";
import { noteRestoration } from "../modules/esims/esims.module.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

/**
 * `tribi restored --backup-time TIME`: after a backup was put back and before anything is started on it. What was bought
 * since then has no row, so that without it the next run would buy it again.
 */
export async function runRestored(options: { readonly backupTime: string }): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const backupTime = readBackupTime(options.backupTime, Date.now());
    await onDatabase(
      { config: readConfig(), say, applicationName: "tribi restored", migrates: true, needsShop: true },
      async (db) => {
        await noteRestoration(db, backupTime);
        say(`Noted: this database is as it was at ${backupTime}.`);
        say("For every order of before, suppliers are asked what was bought before anything is bought.");
        say(
          `Next: tribi reconcile --since ${backupTime}, then the same with --apply, then start the program.`,
        );
      },
    );
  });
}

function readBackupTime(text: string, nowMillis: number): string {
  const moment = readMoment(text);
  if (moment === undefined)
    throw new Error(
      `--backup-time ${text} is not an ISO 8601 time with its zone, such as 2026-01-31T04:00:00Z.`,
    );
  if (moment.getTime() >= nowMillis) throw new Error(`--backup-time ${text} is not in the past.`);
  return moment.toISOString();
}
