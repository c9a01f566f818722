import { type Config, readConfig } from "../config/config.js";
import { migrateDown } from "../db/migrate-down.js";
import { readMigrationStatus } from "../db/migration-status.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { migrateStore } from "./on-database.js";

/** What is no result of the command: whoever reads its output gets only that. */
const note = (line: string): void => void process.stderr.write(`${line}\n`);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs `work` on the store's database; the embedded one is started for it and stopped after it. */
async function onServer(work: (url: string, config: Config) => Promise<void>): Promise<void> {
  await exitOnFailure(async () => {
    const config = readConfig();
    const server = await openDatabaseServer(config, () => {});
    try {
      await work(server.url, config);
    } finally {
      await server.stop();
    }
  });
}

export async function runMigrateUp(): Promise<void> {
  await onServer(async (url, config) => {
    const applied = await migrateStore(config, url, note);
    for (const label of applied) say(`applied  ${label}`);
    say(applied.length === 0 ? "Nothing to do: the database is up to date." : "The database is up to date.");
  });
}

/** Exits 3 while migrations are pending, so that a deployment can wait for them. */
export async function runMigrateStatus(): Promise<void> {
  await onServer(async (url) => {
    const states = await readMigrationStatus(url);
    for (const { label, state, appliedAt } of states)
      say(`${state.padEnd(8)} ${label}${appliedAt === null ? "" : `  ${appliedAt.toISOString()}`}`);
    const pending = states.filter(({ state }) => state === "pending").length;
    if (pending === 0) return;
    say(`${pending} pending. Apply with: tribi migrate up`);
    process.exitCode = 3;
  });
}

/** Exits 2 when production did not accept the loss. */
export async function runMigrateDown(options: { acceptDataLoss: boolean }): Promise<void> {
  await onServer(async (url, config) => {
    const isAccepted = !config.isProduction || options.acceptDataLoss;
    const { label, wasUndone } = await migrateDown(url, (losses, undone) => {
      say(`Undoing ${undone} ${isAccepted ? "loses" : "would lose"}:`);
      if (losses.length === 0) say("  no rows");
      for (const { what, rows } of losses)
        say(`  ${what}: ${rows} ${what.includes(".") ? "values" : rows === 1 ? "row" : "rows"}`);
      return isAccepted;
    });
    if (wasUndone) {
      say(
        `undone   ${label}. \`tribi migrate up\` makes it again, empty. Starting the store does so as well: ` +
          "to stay behind, start the program that belongs to the older database.",
      );
      return;
    }
    say(
      "Nothing was changed. In production this needs: tribi migrate down --accept-data-loss (make a backup first)",
    );
    process.exitCode = 2;
  });
}
