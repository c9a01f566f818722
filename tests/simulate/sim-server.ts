import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";

/** A PostgreSQL that forgets everything: nothing is durable, and nothing works in the background. */
export async function startSimServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
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
      max_connections: "200",
      max_wal_size: "1GB",
      checkpoint_timeout: "1h",
    },
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(path.dirname(server.dataFolder), { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
