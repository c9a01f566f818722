import type { Config } from "../config/config.js";

export interface DatabaseServer {
  readonly url: string;
  stop(): Promise<void>;
  onUnexpectedExit(listener: (cause: string) => void): void;
}

/** The package's messages speak of a data folder and of a server of one's own; these are their names here. */
const SETTINGS =
  "DATA_DIR names the data folder, DATABASE_URL a PostgreSQL of your own (version 15 or later), for example " +
  "DATABASE_URL=postgresql://user:password@127.0.0.1:5432/tribi";

/** The operator's PostgreSQL when DATABASE_URL names one, else the embedded server in DATA_DIR. */
export async function openDatabaseServer(
  config: Config,
  log: (line: string) => void,
): Promise<DatabaseServer> {
  if (config.database.url !== null) {
    return { url: config.database.url, stop: async () => {}, onUnexpectedExit: () => {} };
  }
  const { EmbeddedPostgresError, startEmbeddedPostgres } = await import("@tribi/embedded-postgres");
  // The server's own lines are for whoever looks for a fault; what a person must know comes as notes.
  const isCurious = config.log.level === "debug" || config.log.level === "trace";
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    name: "tribi",
    ownFiles: ["secrets.json"],
    ...(isCurious ? { log } : {}),
  }).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError ? new Error(`${error.message}\n${SETTINGS}`) : error;
  });
  for (const note of server.notes) log(note);
  return server;
}
