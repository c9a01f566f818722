import { readConfig } from "../config/config.js";
import { type Db, openDatabase } from "../db/database.js";
import { seedDemoCatalog } from "../modules/catalog/catalog.module.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

/** Puts the demo shop into an empty catalogue; a catalogue that holds anything is left alone. */
export async function seedDemo(databaseUrl: string, say: (line: string) => void): Promise<number> {
  const db = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: "tribi seed" });
  try {
    return await seedInto(db, say);
  } finally {
    await db.close();
  }
}

async function seedInto(db: Db, say: (line: string) => void): Promise<number> {
  const plans = await seedDemoCatalog(db);
  if (plans > 0) say(`The catalogue was empty: it now holds the demo shop with ${plans} plans.`);
  return plans;
}

/** `tribi seed`: also works in production, where starting never seeds by itself. */
export async function seed(): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const use = { config: readConfig(), say, applicationName: "tribi seed", migrates: true };
    const plans = await onDatabase(use, (db) => seedInto(db, say));
    if (plans > 0) return;
    say(
      "The catalogue holds something already, so nothing was added. To add plans: tribi import-catalog FILE.csv",
    );
  });
}
