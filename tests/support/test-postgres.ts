import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";

/** A PostgreSQL for tests, in a folder of its own that goes afterwards, so it need not be durable. */
export async function startTestPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "tribi-tests-"));
  const server = await startEmbeddedPostgres({
    name: "tribi",
    dataDir,
    settings: {
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      max_connections: "300",
      // The folder may lie in memory.
      max_wal_size: "256MB",
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
