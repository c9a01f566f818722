/**
 * `npx tsx bench/beside.ts OTHER`: this build beside another one, a built working tree of this repository (`git
 * worktree add OTHER COMMIT`, `npm ci`), each on a durable database of its own, in alternating rounds: what the machine
 * does beside it takes from both. Processor time and log are the server's, so they hold on a busy machine too. Options:
 * `--rounds N` (3), `--seconds N` (2), `--only WORD,WORD` (lines whose name has one of them; all without it).
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { query } from "./arrange.js";
import { makeBareRows } from "./bare-rows.js";
import { load } from "./load.js";
import { startMailSink } from "./mail-sink.js";
import { ROOT, startTribi } from "./processes.js";
import { median } from "./report.js";
import {
  type Asked,
  CONNECTIONS,
  requestCodeTraffic,
  steadyScenarios,
  type Traffic,
  verifyCodeTraffic,
  webhookTraffic,
} from "./scenarios.js";
import { ceilingOnce, type Stage, setStage } from "./stage.js";
import { usedMillis, usedMillisWithChildren } from "./used-time.js";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});
const [other] = positionals;
if (other === undefined) throw new Error("Which working tree is measured beside this one?");
const ROUNDS = Number(options.rounds);
const SECONDS = Number(options.seconds);
const words = options.only.split(",").filter((word) => word !== "");
const wants = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));
const WEBHOOKS_PER_ROUND = 1_500;
const UNTIL_USED_UP_SECONDS = 120;

/** What a second, or one request, took. */
interface Round {
  readonly perSecond: number;
  readonly p99Millis: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
  readonly logBytes: number;
}

interface Side {
  readonly stage: Stage;
  readonly bare: ReturnType<typeof makeBareRows>;
  readonly asked: Asked[];
  /** Processor time and log of the database so far. */
  spent(): Promise<{ millis: number; logBytes: number }>;
  stop(): Promise<void>;
}

async function openSide(root: string, folder: string): Promise<Side> {
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  const database = await startEmbeddedPostgres({
    name: "tribi",
    dataDir: path.join(folder, "database"),
    settings: { max_connections: "200" },
  });
  const postmaster = Number(
    readFileSync(path.join(database.dataFolder, "postmaster.pid"), "utf8").split("\n")[0],
  );
  const sink = await startMailSink();
  const stage = await setStage({ databaseUrl: database.url, sink, folder, root });
  const { people, collector, planId } = stage.arranged;
  const users = people.filter(({ id }) => id !== collector.id).map(({ id }) => id);
  const spent = async (): Promise<{ millis: number; logBytes: number }> => {
    const position = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as bytes";
    const [row] = await query<{ bytes: number }>(database.url, position);
    return { millis: usedMillisWithChildren(postmaster), logBytes: row?.bytes ?? Number.NaN };
  };
  const stop = async (): Promise<void> => {
    await stage.server.stop();
    await sink.stop();
    await database.stop();
  };
  return { stage, bare: makeBareRows({ ...stage, planId, users, seconds: SECONDS }), asked: [], spent, stop };
}

/** `work` answers how many there were, in how many seconds, and what a server used for them. */
async function measured(
  side: Side,
  work: () => Promise<{ count: number; perSecond: number; p99Millis: number; nodeMillis: number }>,
): Promise<Round> {
  const before = await side.spent();
  const { count, perSecond, p99Millis, nodeMillis } = await work();
  const after = await side.spent();
  return {
    perSecond,
    p99Millis,
    nodeMicros: (nodeMillis * 1000) / count,
    postgresMicros: ((after.millis - before.millis) * 1000) / count,
    logBytes: (after.logBytes - before.logBytes) / count,
  };
}

const requests = (side: Side, traffic: Traffic, seconds: number): Promise<Round> =>
  measured(side, async () => {
    const { url, pid } = side.stage.server;
    const before = usedMillis(pid);
    const result = await load({ url, connections: CONNECTIONS, seconds, ...traffic });
    if (result.errors > 0) throw new Error(`${result.errors} errors, such as ${result.samples.join(" | ")}`);
    return { ...result, count: result.requests, nodeMillis: usedMillis(pid) - before };
  });

/** All mails that wait, by one worker, from the first on. */
const drained = (side: Side, waiting: number): Promise<Round> =>
  measured(side, async () => {
    const { environment, logFile, root, sink } = side.stage;
    const before = sink.received();
    const worker = await startTribi(["worker"], environment, { logFile, root });
    const until = async (count: number): Promise<void> => {
      const deadline = performance.now() + UNTIL_USED_UP_SECONDS * 1000;
      while (sink.received() - before < count && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(1);
    const [first, startedAt, used] = [sink.received(), performance.now(), usedMillis(worker.pid)];
    await until(waiting);
    const count = sink.received() - first;
    const seconds = (performance.now() - startedAt) / 1000;
    const nodeMillis = usedMillis(worker.pid) - used;
    await worker.stop();
    return { count, perSecond: count / seconds, p99Millis: Number.NaN, nodeMillis };
  });

const results = new Map<string, [Round[], Round[]]>();

/** Both sides in turn, each first in every other round. */
async function alternate(
  name: string,
  sides: readonly [Side, Side],
  one: (side: Side, round: number) => Promise<Round | undefined>,
): Promise<void> {
  if (!wants(name)) return;
  const rounds: [Round[], Round[]] = results.get(name) ?? [[], []];
  results.set(name, rounds);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const index of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const result = await one(sides[index], round);
      // The first one warms up.
      if (round > 0 && result !== undefined) rounds[index].push(result);
    }
  }
}

const only = (perSecond: number, p99Millis = Number.NaN): Round => ({
  perSecond,
  p99Millis,
  nodeMicros: Number.NaN,
  postgresMicros: Number.NaN,
  logBytes: Number.NaN,
});

async function measureLogin(sides: readonly [Side, Side]): Promise<void> {
  const [asking, draining, trying] = [
    "POST /auth/request-code",
    "mails by one worker",
    "POST /auth/verify-code",
  ];
  if (![asking, draining, trying].some(wants)) return;
  const rounds = [asking, draining, trying].map((name) => {
    const both: [Round[], Round[]] = [[], []];
    results.set(name, both);
    return both;
  });
  for (let round = 0; round <= ROUNDS; round += 1) {
    const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    const made: Round[][] = [[], []];
    for (const index of order)
      made[index]?.push(
        await requests(sides[index], requestCodeTraffic(sides[index].asked, `round-${round}`), SECONDS),
      );
    for (const index of order) made[index]?.push(await drained(sides[index], sides[index].asked.length));
    for (const index of order) {
      const { asked, stage } = sides[index];
      const traffic = verifyCodeTraffic(asked.splice(0), stage.sink.codes);
      made[index]?.push(await requests(sides[index], traffic, UNTIL_USED_UP_SECONDS));
    }
    if (round === 0) continue;
    for (const [line, both] of rounds.entries())
      for (const index of order) both[index].push(...(made[index] ?? []).slice(line, line + 1));
  }
}

function table(): string {
  const middle = (rounds: readonly Round[], of: keyof Round): number =>
    median(rounds.map((round) => round[of]));
  const rows = [...results].map(([name, [theirs, ours]]) => {
    const cell = (of: keyof Round, digits = 0): string => {
      const [old, now] = [middle(theirs, of), middle(ours, of)];
      if (Number.isNaN(old) || Number.isNaN(now)) return "";
      return `${old.toFixed(digits)} → ${now.toFixed(digits)}`;
    };
    const share = middle(ours, "perSecond") / middle(theirs, "perSecond");
    const work = (side: readonly Round[]): number =>
      middle(side, "nodeMicros") + middle(side, "postgresMicros");
    const workShare = work(ours) / work(theirs);
    return `| ${name} | ${cell("perSecond")} | ${share.toFixed(2)} | ${cell("p99Millis", 1)} | ${cell("nodeMicros")} | ${cell("postgresMicros")} | ${Number.isNaN(workShare) ? "" : workShare.toFixed(2)} | ${cell("logBytes")} |`;
  });
  return [
    "| line | a second | now of old | p99 ms | µs of Node | µs of PostgreSQL | now of old | log bytes |",
    "|---|---:|---:|---:|---:|---:|---:|---:|",
    ...rows,
  ].join("\n");
}

const hasPage = async (side: Side): Promise<boolean> =>
  (await fetch(new URL("/esim/spain", side.stage.server.url))).ok;

async function beside(_folder: string, sides: readonly [Side, Side]): Promise<void> {
  await alternate("ceiling: the order's bare statement", sides, async ({ stage }, round) => {
    const { perSecond, p99Millis } = ceilingOnce(stage, `ceiling-${round}`, SECONDS);
    return only(perSecond, p99Millis);
  });
  await alternate("bare rows by pgbench", sides, async ({ bare }) => only(bare.measure() ?? Number.NaN));
  const [theirs, ours] = sides.map(({ stage }) => steadyScenarios(stage.arranged));
  for (const [index, { name }] of (ours ?? []).entries()) {
    // A page that the other build does not have yet.
    if (name.includes("(page") && !(await hasPage(sides[0]))) continue;
    await alternate(name, sides, (side) => {
      const scenario = (side === sides[0] ? theirs : ours)?.[index];
      if (scenario === undefined) throw new Error(`Both have ${name}`);
      return requests(side, scenario.traffic, SECONDS);
    });
  }
  await measureLogin(sides);
  await alternate("POST /payments/webhook/stripe", sides, async (side) =>
    requests(side, await webhookTraffic(side.stage.databaseUrl, WEBHOOKS_PER_ROUND), UNTIL_USED_UP_SECONDS),
  );
  const commit = (root: string): string =>
    execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  console.log(
    `${commit(other ?? "")} → ${commit(ROOT)}, medians of ${ROUNDS} alternating rounds of ${SECONDS} s`,
  );
  console.log(table());
}

const folder = mkdtempSync(path.join(tmpdir(), "tribi-beside-"));
chmodSync(folder, 0o711);
const theirs = await openSide(path.resolve(other), path.join(folder, "old"));
const ours = await openSide(ROOT, path.join(folder, "now"));
try {
  await beside(folder, [theirs, ours]);
} finally {
  await theirs.stop();
  await ours.stop();
  rmSync(folder, { recursive: true, force: true });
}
