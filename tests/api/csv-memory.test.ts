import { afterAll, beforeAll, expect, it } from "vitest";
import { startQuietApp, type TestApp } from "../support/app.js";
import { logIn } from "../support/login.js";

const OWNER = "owner@example.com";
const ROWS = 100_000;
const MIB = 1024 * 1024;

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startQuietApp({ ADMIN_EMAILS: OWNER }, async (busy) => {
    ({ token } = await logIn(busy, OWNER));
  });
  await app.database.query(
    `insert into audit_log (actor, action, subject, after)
     select 'test', 'planted.for_export', 'test:' || n, jsonb_build_object('text', repeat('x', 1000)) from generate_series(1, $1::int) n`,
    [ROWS],
  );
}, 240_000);
afterAll(() => app.stop());

it("a CSV of 100 MB is sent page by page, and the process does not grow with it", {
  timeout: 240_000,
}, async () => {
  const answer = await fetch(`${app.url}/admin/audit-log/export?action=planted.for_export`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  const before = process.memoryUsage().rss;
  let [bytes, lines, most] = [0, 0, before];
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
    most = Math.max(most, process.memoryUsage.rss());
  }
  expect(bytes).toBeGreaterThan(100 * MIB);
  expect(lines).toBe(ROWS + 1);
  // What two pages and the garbage of a few others take, not the file.
  expect((most - before) / MIB).toBeLessThan(120);
});
