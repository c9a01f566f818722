/**
 * `npx tsx bench/limiter.ts`: what the limits cost with a million rows in auth_codes, on a durable database of its
 * own, and that housekeeping makes the tables small again. Exits 1 when the check adds 5 ms or more at the median.
 * Options: `--rows N` (1000000), `--samples N` (1000).
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { type Db, openDatabase } from "../src/db/database.js";
import { migrateUp } from "../src/db/migrate.js";
import type { EmailAddress } from "../src/kernel/email-address.js";
import { requestCode } from "../src/modules/auth/login-code-store.js";
import { makePurgeLoginRows } from "../src/modules/auth/purge-login-rows.job.js";
import { PROGRAM_VERSION } from "../src/version.js";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    samples: { type: "string", default: "1000" },
  },
});
const ROWS = Number(options.rows);
const SAMPLES = Number(options.samples);
const MILLIS_MAX = 5;

const LIMITS = {
  codesPerMinute: 1,
  windowSeconds: 60,
  codesPerDay: 5,
  windowHours: 24,
  codesPerAddressPerDay: 25,
  codesPerNetworkPerDay: 100,
  codesPerEmailPerDay: 20,
  codesPerHour: 999_998,
};
const OFF = {
  ...LIMITS,
  codesPerMinute: 999_999,
  codesPerDay: 999_999,
  codesPerAddressPerDay: 999_999,
  codesPerNetworkPerDay: 999_999,
  codesPerHour: 999_999,
  codesPerEmailPerDay: 999_999,
};

const say = (line: string): void => console.log(line);
const query = async <Row>(db: Db, text: string): Promise<readonly Row[]> =>
  (await db.run<Row>({ name: "", text })).rows;
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** A day of codes: 100,000 people, each from up to ten of 50,000 addresses. */
const FILL = `
  insert into auth_codes (email, ip_address, created_at, expires_at, code_hash, challenge_hash, replaced_at)
  select 'person-' || n % 100000 || '@example.com', '10.0.0.0'::inet + n % 50000,
    now() - n * interval '24 hours' / ${ROWS}, now() - n * interval '24 hours' / ${ROWS} + interval '10 minutes',
    sha256(n::text::bytea), sha256((n || 'c')::bytea), now()
  from generate_series(1, ${ROWS}) n`;

async function measure(db: Db): Promise<boolean> {
  await query(db, FILL);
  await query(db, "vacuum analyze auth_codes");
  let serial = 0;
  const ask = (kind: "fresh" | "refused", limits: typeof LIMITS): Promise<unknown> => {
    serial += 1;
    const email = kind === "fresh" ? `fresh-${serial}@example.com` : `person-${serial % 1000}@example.com`;
    const network = kind === "fresh" ? `172.16.${(serial >> 8) & 255}.${serial & 255}` : "10.0.0.7";
    const secret = { codeHash: randomBytes(32), challengeHash: randomBytes(32), sealedCode: randomBytes(48) };
    return requestCode(
      db,
      { email: email as EmailAddress, alias: `alias-of-${email}`, network, deviceHash: undefined, ...secret },
      limits,
      10,
    );
  };
  const times: Record<"checked" | "unchecked" | "refused", number[]> = {
    checked: [],
    unchecked: [],
    refused: [],
  };
  for (let index = 0; index < SAMPLES; index += 1) {
    // In turns, so that whatever else the machine does falls on all of them alike.
    times.checked.push(await timed(() => ask("fresh", LIMITS)));
    times.unchecked.push(await timed(() => ask("fresh", OFF)));
    times.refused.push(await timed(() => ask("refused", LIMITS)));
  }
  const [checked, unchecked, refused] = [times.checked, times.unchecked, times.refused].map(median) as [
    number,
    number,
    number,
  ];
  say(`a code with the limits on    ${checked.toFixed(2)} ms (median of ${SAMPLES}, ${ROWS} rows)`);
  say(`a code with the limits off   ${unchecked.toFixed(2)} ms`);
  say(`the check adds               ${(checked - unchecked).toFixed(2)} ms (under ${MILLIS_MAX} wanted)`);
  say(`a refusal                    ${refused.toFixed(2)} ms`);
  return checked - unchecked < MILLIS_MAX && refused < MILLIS_MAX * 4;
}

/** As many wrong tries as codes, and a session from every fifth code, all of them past their time. */
const FILL_THE_REST = `
  insert into auth_tries (email, ip_address, kind, created_at)
  select 'person-' || n % 100000 || '@example.com', '10.0.0.0'::inet + n % 50000, 'elsewhere', now() - interval '2 days'
  from generate_series(1, ${ROWS}) n;
  insert into users (email) values ('somebody@example.com');
  insert into sessions (sid, user_id, auth_code_id, kind, created_at, expires_at, last_used_at, refresh_hash)
  select gen_random_uuid(), (select id from users), n, 'both', now() - interval '200 days', now() - interval '170 days',
    now() - interval '170 days', sha256(n::text::bytea)
  from generate_series(1, ${Math.ceil(ROWS / 5)}) n`;
const TABLES = ["auth_codes", "auth_tries", "sessions"] as const;

async function measureHousekeeping(db: Db): Promise<boolean> {
  for (const part of FILL_THE_REST.split(";")) await query(db, part);
  await query(
    db,
    "update auth_codes set created_at = created_at - interval '2 days', expires_at = expires_at - interval '2 days'",
  );
  await query(db, "vacuum analyze auth_codes");
  const purge = makePurgeLoginRows({ db, windowHours: 24 });
  const millis = await timed(async () => {
    for (let run = 0; run < 10; run += 1) await purge();
  });
  say(`after their time             ${(millis / 1000).toFixed(1)} s of deleting in batches`);
  let isSmall = true;
  for (const table of TABLES) {
    await query(db, `vacuum ${table}`);
    const [left] = await query<{ n: number; size: number }>(
      db,
      `select count(*)::int as n, pg_table_size('${table}')::int as size from ${table}`,
    );
    say(`  ${table.padEnd(26)} ${left?.n} rows left, ${((left?.size ?? 0) / 1024).toFixed(0)} KiB`);
    isSmall &&= left?.n === 0;
  }
  return isSmall;
}

const folder = mkdtempSync(path.join(tmpdir(), "tribi-limiter-"));
const server = await startEmbeddedPostgres({ name: "tribi", dataDir: folder });
try {
  await migrateUp(server.url, { program: PROGRAM_VERSION, isDevelopment: true });
  const db = openDatabase({
    url: server.url,
    poolMax: 2,
    applicationName: "tribi bench",
    statementTimeoutMillis: 600_000,
  });
  const isQuick = await measure(db);
  const isSmall = await measureHousekeeping(db);
  await db.close();
  process.exitCode = isQuick && isSmall ? 0 : 1;
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
