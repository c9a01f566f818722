/**
 * With TEST_PROFILE=FILE each test file appends what it took to that file, one JSON object a line: seconds of this
 * worker, of the processes that it started and waited for, and of the test PostgreSQL (shared with the files that ran
 * at the same time), and of the clock. Linux only. `npm run test:profile` adds them up.
 */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, expect, inject } from "vitest";

const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  /** Its own processor seconds, of all its threads. */
  readonly own: number;
  /** Of its children that ended and were waited for. */
  readonly children: number;
}

function readStat(pid: number | "self"): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything; after it comes the state.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const seconds = (...at: number[]): number =>
      at.reduce((sum, index) => sum + (fields[index] ?? 0), 0) / TICKS_PER_SECOND;
    return { parent: fields[1] ?? 0, own: seconds(11, 12), children: seconds(13, 14) };
  } catch {
    return undefined;
  }
}

/** All that a server and its living and ended children took. */
function readTree(root: number): number {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  let sum = 0;
  for (const name of all) {
    const stat = readStat(Number(name));
    if (stat !== undefined && (Number(name) === root || stat.parent === root))
      sum += stat.own + stat.children;
  }
  return sum;
}

async function findServer(): Promise<number> {
  const client = new pg.Client({ connectionString: inject("adminDatabaseUrl") });
  await client.connect();
  const { rows } = await client.query("select pg_read_file('postmaster.pid', 0, 20) as text");
  await client.end();
  return Number(rows[0].text.split("\n")[0]);
}

function readAll(server: number): { worker: number; children: number; postgres: number; clock: number } {
  const self = readStat("self");
  return {
    worker: self?.own ?? 0,
    children: self?.children ?? 0,
    postgres: readTree(server),
    clock: Date.now() / 1000,
  };
}

const file = process.env.TEST_PROFILE;
if (file !== undefined) {
  const server = await findServer();
  const before = readAll(server);
  afterAll(() => {
    const after = readAll(server);
    const spent = (name: keyof typeof before): number => Math.round((after[name] - before[name]) * 100) / 100;
    const entry = {
      file: path.relative(process.cwd(), expect.getState().testPath ?? ""),
      worker: spent("worker"),
      children: spent("children"),
      postgres: spent("postgres"),
      clock: spent("clock"),
      endedAt: after.clock,
      pid: process.pid,
    };
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
  });
}
