import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { logInAt } from "../support/process-client.js";
import { type ServerProcess, startProcess } from "../support/processes.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const OWNER = "owner@example.com";
const ROWS = 100_000;
const MIB = 1024 * 1024;

let database: TestDatabase;
let server: ServerProcess;
beforeAll(async () => {
  database = await makeTestDatabase();
  server = await startProcess(["serve"], {
    DATABASE_URL: database.url,
    DATA_DIR: temporaryFolder("csv-memory"),
    ADMIN_EMAILS: OWNER,
    LOG_FORMAT: "json",
    // Garbage is collected before there is much of it, so that what is seen is what is held.
    NODE_OPTIONS: "--max-old-space-size=128",
  });
  await database.query(
    `insert into audit_log (actor, action, subject, after)
     select 'test', 'planted.for_export', 'test:' || n, jsonb_build_object('text', repeat('x', 1000)) from generate_series(1, $1::int) n`,
    [ROWS],
  );
}, 240_000);
afterAll(async () => {
  server?.kill("SIGKILL");
  await server?.ended;
  await database.drop();
});

/** What the server's own process holds; the reader of the file is another. */
function heldMib(): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

it.skipIf(process.platform !== "linux")(
  "a CSV of 100 MB is sent page by page, and the process does not grow with it",
  { timeout: 240_000 },
  async () => {
    const { token } = await logInAt(server, OWNER);
    const answer = await fetch(`${server.url}/admin/audit-log/export?action=planted.for_export`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    const before = heldMib();
    let [bytes, lines, most, sampledAt] = [0, 0, before, 0];
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
      if (bytes - sampledAt < MIB) continue;
      sampledAt = bytes;
      most = Math.max(most, heldMib());
    }
    expect(bytes).toBeGreaterThan(100 * MIB);
    expect(lines).toBe(ROWS + 1);
    // What two pages and the garbage of others take; whoever held the file would hold more than its bytes.
    expect(most - before).toBeLessThan(100);
  },
);
