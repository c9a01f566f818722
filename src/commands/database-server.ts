import type { Config } from "../config/config.js";

export interface DatabaseServer {
  readonly url: string;
  stop(): Promise<void>;
  onUnexpectedExit(listener: (cause: string) => void): void;
}

/** The operator's PostgreSQL when DATABASE_URL names one, else the embedded server in DATA_DIR. */
export async function openDatabaseServer(
  config: Config,
  log: (line: string) => void,
): Promise<DatabaseServer> {
  if (config.database.url !== null) {
    return { url: config.database.url, stop: async () => {}, onUnexpectedExit: () => {} };
  }
  const { startEmbeddedPostgres } = await import("../db/embedded-postgres.js");
  // The server's own lines are for whoever looks for a fault; what a person must know comes as notes.
  const isCurious = config.log.level === "debug" || config.log.level === "trace";
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, ...(isCurious ? { log } : {}) });
  for (const note of server.notes) log(note);
  return server;
}
