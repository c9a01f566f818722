import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";

/** Short, since a socket's path has at most 100 bytes; the server names its file by its port. */
const SOCKETS = "/tmp";

/**
 * A PostgreSQL that forgets everything: nothing is durable, nothing works in the background, and nobody counts. What is
 * killed here are the shop's processes, never the database's machine.
 */
export async function startSimServer(): Promise<{
  readonly url: string;
  readonly postmaster: number;
  stop(): Promise<void>;
}> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "tribi-simulate-"));
  const server = await startEmbeddedPostgres({
    name: "tribi",
    dataDir,
    settings: {
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      wal_level: "minimal",
      max_wal_senders: "0",
      autovacuum: "off",
      track_counts: "off",
      track_activities: "off",
      update_process_title: "off",
      bgwriter_lru_maxpages: "0",
      // A third cheaper per statement than a connection over TCP.
      unix_socket_directories: SOCKETS,
      max_connections: "200",
      max_wal_size: "1GB",
      checkpoint_timeout: "1h",
    },
  });
  const url = new URL(server.url);
  const throughSocket = server.url.replace(`@${url.host}`, `@${encodeURIComponent(SOCKETS)}:${url.port}`);
  return {
    url: throughSocket,
    postmaster: Number(readFileSync(path.join(server.dataFolder, "postmaster.pid"), "utf8").split("\n")[0]),
    stop: async () => {
      await server.stop();
      await rm(path.dirname(server.dataFolder), { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
