import type { TestDatabase } from "./database.js";
import { eventually } from "./eventually.js";

/** Ends the backend of a connection, as a restart of the server does, and waits until it is gone. */
export async function cutConnection(database: TestDatabase, pid: number): Promise<void> {
  await database.query("select pg_terminate_backend($1)", [pid]);
  await eventually(
    async () => (await database.query("select from pg_stat_activity where pid = $1", [pid])).length === 0,
    { what: "The cut" },
  );
}
