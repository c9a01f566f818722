import { readConfig } from "../config/config.js";
import { openDatabase } from "../db/database.js";
import { migrateUp } from "../db/migrate.js";
import { seedDemoCatalog } from "../modules/catalog/catalog.module.js";
import { PROGRAM_VERSION } from "../version.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";

/** Puts the demo shop into an empty catalogue; a catalogue that holds anything is left alone. */
export async function seedDemo(databaseUrl: string, say: (line: string) => void): Promise<number> {
  const db = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: "tribi seed" });
  try {
    const plans = await seedDemoCatalog(db);
    if (plans > 0) say(`The catalogue was empty: it now holds the demo shop with ${plans} plans.`);
    return plans;
  } finally {
    await db.close();
  }
}

/** `tribi seed`: also works in production, where starting never seeds by itself. */
export async function seed(): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const server = await openDatabaseServer(readConfig(), say);
    try {
      await migrateUp(server.url, { program: PROGRAM_VERSION });
      const plans = await seedDemo(server.url, say);
      if (plans === 0) {
        say(
          "The catalogue holds something already, so nothing was added. To add plans: tribi import-catalog FILE.csv",
        );
      }
    } finally {
      await server.stop();
    }
  });
}
