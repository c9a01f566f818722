import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "development");

/** What development adapters keep: each file's tables, in the order in which they can be dropped. */
const TABLES = { "inbox.sql": ["dev_inbox"], "mock-payments.sql": ["mock_refunds", "mock_intents"] };

/** Makes the tables of the development adapters, which a production database does not have. */
export async function makeDevelopmentTables(client: pg.Client): Promise<void> {
  for (const [file, [first]] of Object.entries(TABLES)) {
    // Looked at first: to make an index that is there already still waits for all writers of its table.
    const { rows } = await client.query("select to_regclass($1) as found", [first]);
    if (rows[0].found === null) await client.query(readFileSync(path.join(FOLDER, file), "utf8"));
  }
}

/**
 * Takes them out of a database that production took over from before 0.2.0, where every database had them. One that
 * holds rows stays and is named: somebody tried the shop there, and its orders' money is in it.
 */
export async function dropEmptyDevelopmentTables(
  client: pg.Client,
  log: (line: string) => void,
): Promise<void> {
  for (const table of Object.values(TABLES).flat()) {
    const { rows } = await client.query(`select exists (select from ${table}) as "isUsed"`);
    if (rows[0].isUsed)
      log(`The development table ${table} holds rows and stays; production does not use it.`);
    else await client.query(`drop table ${table}`);
  }
}
