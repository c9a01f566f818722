/**
 * `npm run bench`: measures the built server on a durable database of its own. Options: `--rounds N` (3),
 * `--seconds N` (4), `--only PART,PART` (all), `--keep` (writes bench/results/). Exits 1 when a scenario had an error.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "@tribi/embedded-postgres";
import { query } from "./arrange.js";
import { makeBareRows } from "./bare-rows.js";
import { besideOwnStatement } from "./beside-own-statement.js";
import { deliverySeconds } from "./delivery.js";
import { type LoadResult, load } from "./load.js";
import { startMailSink } from "./mail-sink.js";
import { type BenchProcess, ROOT, residentMegabytes, startTribi } from "./processes.js";
import { type Ceiling, keep, type Line, lineOf, type Measure, median, tableOf } from "./report.js";
import {
  type Asked,
  CONNECTIONS,
  requestCodeTraffic,
  type Scenario,
  steadyScenarios,
  type Traffic,
  verifyCodeTraffic,
  webhookTraffic,
} from "./scenarios.js";
import { ceilingOnce, type Stage, setStage } from "./stage.js";
import { measureStock } from "./stock.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    only: { type: "string", default: "" },
    keep: { type: "boolean", default: false },
  },
});
const ROUNDS = Number(options.rounds);
const SECONDS = Number(options.seconds);
const PARTS = ["start", "steady", "login", "webhooks", "nothing", "delivery", "stock"] as const;
const only = options.only.split(",").filter((part) => part !== "");
const unknownPart = only.find((part) => !PARTS.some((known) => known === part));
if (unknownPart !== undefined) throw new Error(`--only takes ${PARTS.join(", ")}; not ${unknownPart}`);
const wants = (part: (typeof PARTS)[number]): boolean => only.length === 0 || only.includes(part);
const WARM_UP_SECONDS = 1;
/** One-shot scenarios use up what was prepared, so they are counted and not timed. */
const WEBHOOKS_PER_ROUND = 2_000;
const UNTIL_USED_UP_SECONDS = 120;

const say = (line: string): void => console.log(line);
const folder = mkdtempSync(path.join(tmpdir(), "tribi-bench-"));
// The database's user gets through, so that its files are in here and go with the folder.
chmodSync(folder, 0o711);
const logFile = path.join(folder, "tribi.log");

const run = (server: BenchProcess, traffic: Traffic, seconds: number): Promise<LoadResult> =>
  load({ url: server.url, connections: CONNECTIONS, seconds, ...traffic });

/** Start-up and memory on an embedded database of its own: as `npm start` does, the first time and again. */
async function measureStart(): Promise<Measure[]> {
  if (!wants("start")) return [];
  const environment = { DATA_DIR: path.join(folder, "start") };
  const first = await startTribi(["serve"], environment, { logFile });
  await first.stop();
  const second = await startTribi(["serve"], environment, { logFile });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const atRest = residentMegabytes(second.pid);
  await second.stop();
  return [
    { name: "ready after the first start", value: first.readySeconds, unit: "s", atMost: 5 },
    { name: "ready after a later start", value: second.readySeconds, unit: "s", atMost: 2 },
    { name: "memory of the Node process at rest", value: atRest, unit: "MB", atMost: 200 },
  ];
}

interface Steady {
  readonly lines: Line[];
  readonly ceiling: Ceiling;
  readonly measures: Measure[];
}

/** The rounds of all steady scenarios in turn, each round with the ceiling and the bare rows beside it. */
async function measureSteady(stage: Stage): Promise<Steady> {
  const scenarios = wants("steady") ? steadyScenarios(stage.arranged) : [];
  const results = new Map<Scenario, LoadResult[]>(scenarios.map((scenario) => [scenario, []]));
  const ceilings: Ceiling[] = [];
  const { people, collector, planId } = stage.arranged;
  // The collector keeps the twenty orders of "GET /orders/mine": no other scenario orders for that person either.
  const users = people.filter(({ id }) => id !== collector.id).map(({ id }) => id);
  const bare = makeBareRows({ ...stage, planId, users, seconds: SECONDS });
  for (let round = 1; round <= ROUNDS; round += 1) {
    ceilings.push(ceilingOnce(stage, `ceiling-${round}`, SECONDS));
    bare.measure();
    for (const scenario of scenarios) {
      if (round === 1) await run(stage.server, scenario.traffic, WARM_UP_SECONDS);
      results.get(scenario)?.push(await run(stage.server, scenario.traffic, SECONDS));
    }
    say(`round ${round} of ${ROUNDS}: ceiling ${Math.round(ceilings.at(-1)?.perSecond ?? 0)}/s`);
  }
  const middle = (of: keyof Ceiling): number => median(ceilings.map((one) => one[of]));
  const ceiling = {
    perSecond: middle("perSecond"),
    p50Millis: middle("p50Millis"),
    p99Millis: middle("p99Millis"),
  };
  const lines = scenarios.map(({ name, atLeast, ofCeiling }, index) =>
    lineOf(
      name,
      [...results.values()][index] ?? [],
      atLeast !== undefined
        ? { atLeast, words: "the figure" }
        : ofCeiling === undefined
          ? undefined
          : { atLeast: ofCeiling * ceiling.perSecond, words: `${ofCeiling} of the ceiling` },
    ),
  );
  return { lines, ceiling, measures: bare.measures(lines) };
}

/** Codes are asked for while no worker runs; then the mails are drained, timed apart; then everybody signs in. */
async function measureLogin(stage: Stage, ceiling: number): Promise<{ lines: Line[]; measures: Measure[] }> {
  if (!wants("login")) return { lines: [], measures: [] };
  const asked: Asked[] = [];
  const { server, sink, environment } = stage;
  const requests: LoadResult[] = [];
  await run(server, requestCodeTraffic(asked, "warm-up"), WARM_UP_SECONDS);
  const warmUps = asked.length;
  for (let round = 1; round <= ROUNDS; round += 1)
    requests.push(await run(server, requestCodeTraffic(asked, `round-${round}`), SECONDS));
  const before = sink.received();
  const startedAt = performance.now();
  const worker = await startTribi(["worker"], environment, { logFile });
  while (sink.received() - before < asked.length && performance.now() - startedAt < 120_000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const drained = (sink.received() - before) / ((performance.now() - startedAt) / 1000);
  await worker.stop();
  const signIn = (who: readonly Asked[]): Promise<LoadResult> =>
    run(server, verifyCodeTraffic(who, sink.codes), UNTIL_USED_UP_SECONDS);
  await signIn(asked.slice(0, warmUps));
  const verify = await signIn(asked.slice(warmUps));
  return {
    lines: [
      lineOf("POST /auth/request-code", requests, { atLeast: 0.2 * ceiling, words: "0.2 of the ceiling" }),
      lineOf("POST /auth/verify-code", [verify]),
    ],
    measures: [
      { name: `mails drained by one worker (${asked.length} waiting)`, value: drained, unit: "mails/s" },
    ],
  };
}

async function measureWebhooks({ databaseUrl, server }: Stage, ceiling: number): Promise<Line[]> {
  if (!wants("webhooks")) return [];
  const rounds: LoadResult[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const traffic = await webhookTraffic(databaseUrl, WEBHOOKS_PER_ROUND);
    const result = await run(server, traffic, UNTIL_USED_UP_SECONDS);
    // The first one warms up.
    if (round > 0) rounds.push(result);
  }
  return [
    lineOf("POST /payments/webhook/stripe (signed)", rounds, {
      atLeast: 0.4 * ceiling,
      words: "0.4 of the ceiling",
    }),
  ];
}

/** `GET /auth/me` beside an authenticated route of the same server that does nothing. */
async function measureNothing(stage: Stage): Promise<Line[]> {
  if (!wants("nothing")) return [];
  const script = path.join(ROOT, "bench", "nothing-server.mjs");
  const server = await startTribi(["serve"], stage.environment, { logFile, script });
  const [me] = steadyScenarios(stage.arranged);
  const nothing = steadyScenarios(stage.arranged, { me: "/bench/nothing" })[0];
  if (me === undefined || nothing === undefined) throw new Error("The first scenario is GET /auth/me");
  const results: { me: LoadResult[]; nothing: LoadResult[] } = { me: [], nothing: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const seconds = round === 0 ? WARM_UP_SECONDS : SECONDS;
    const [one, other] = [
      await run(server, me.traffic, seconds),
      await run(server, nothing.traffic, seconds),
    ];
    if (round === 0) continue;
    results.me.push(one);
    results.nothing.push(other);
  }
  await server.stop();
  const does = lineOf("a route that does nothing, signed in", results.nothing);
  return [
    does,
    lineOf("GET /auth/me on that server", results.me, {
      atLeast: 0.5 * does.perSecond,
      words: "0.5 of the route that does nothing",
    }),
  ];
}

async function measureDelivery({ databaseUrl, server, arranged, environment }: Stage): Promise<Measure[]> {
  if (!wants("delivery")) return [];
  return deliverySeconds(databaseUrl, server, arranged, () =>
    startTribi(["worker"], environment, { logFile }),
  );
}

async function bench(): Promise<number> {
  if (spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, stdio: "inherit" }).status !== 0)
    return 1;
  const measures = await measureStart();
  // Durable: without settings of ours the embedded server has fsync and synchronous_commit on.
  const database = await startEmbeddedPostgres({
    name: "tribi",
    dataDir: path.join(folder, "database"),
    settings: { max_connections: "200" },
  });
  const sink = await startMailSink();
  try {
    const stage = await setStage({ databaseUrl: database.url, sink, folder });
    const [facts] = await query<{ version: string; fsync: string; commit: string }>(
      database.url,
      "select version(), current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
    );
    if (facts?.fsync !== "on" || facts.commit !== "on") throw new Error("The database is not durable");
    const { lines, ceiling, measures: bareRows } = await measureSteady(stage);
    const login = await measureLogin(stage, ceiling.perSecond);
    const webhooks = await measureWebhooks(stage, ceiling.perSecond);
    const nothing = await measureNothing(stage);
    const afterLoad = residentMegabytes(stage.server.pid);
    const delivery = await measureDelivery(stage);
    const stock = wants("stock")
      ? await measureStock(stage.databaseUrl, stage.arranged.stockPlanId, SECONDS, ceiling.perSecond)
      : [];
    const besideOwn = besideOwnStatement(stage, [...login.lines, ...webhooks], {
      rounds: ROUNDS,
      count: WEBHOOKS_PER_ROUND,
    });
    await stage.server.stop();
    const report = {
      lines: [...lines, ...login.lines, ...webhooks, ...besideOwn, ...nothing],
      ceiling,
      measures: [
        ...measures,
        ...bareRows,
        { name: "memory of the Node process after load", value: afterLoad, unit: "MB" },
        ...login.measures,
        ...delivery,
        ...stock,
      ],
      postgres: facts.version.split(" on ")[0] ?? "",
      rounds: ROUNDS,
      seconds: SECONDS,
    };
    const table = tableOf(report);
    say(`\n${table}`);
    if (options.keep) say(`Kept in ${keep(report, table)}`);
    const failed = report.lines.filter(({ errors }) => errors > 0);
    for (const { name, errors, samples } of failed)
      say(`${name}: ${errors} errors, such as ${samples.join(" | ")}`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await sink.stop();
    await database.stop();
  }
}

try {
  process.exitCode = await bench();
} catch (error) {
  console.error(error);
  say(`The log is in ${logFile}`);
  process.exit(1);
}
rmSync(folder, { recursive: true, force: true });
