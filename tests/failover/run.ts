/**
 * `npm run failover -- --rounds 50 --seed 1 --resume FILE`: the database's machine dies under load, again and again.
 * Needs PostgreSQL with pg_basebackup and PgBouncer (Debian: postgresql, pgbouncer) and a built program. Prints a line
 * per round and the sums as JSON; exits 1 when something was lost or writers were not back in ten seconds.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PGBOUNCER } from "../support/pgbouncer.js";
import { makeRunFolder } from "../support/temporary-folder.js";
import { REPLICATING_POSTGRES } from "./cluster.js";
import { type RoundResult, runFailovers } from "./failover.js";

const BACK_SECONDS_MAX = 10;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    resume: { type: "string" },
  },
});
if (PGBOUNCER === undefined || REPLICATING_POSTGRES === undefined) {
  console.log("Skipped: install PgBouncer and PostgreSQL (apt-get install pgbouncer postgresql)");
  process.exit(0);
}
process.once("exit", makeRunFolder());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const file = values.resume;
const before: RoundResult[] =
  file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const all = [...before];
const startedAt = performance.now();
const { violations } = await runFailovers({
  programs: REPLICATING_POSTGRES.programs,
  seed: Number(values.seed) + before.length,
  rounds: Math.max(0, Number(values.rounds) - before.length),
  onRound(round) {
    all.push(round);
    if (file !== undefined) writeFileSync(file, JSON.stringify(all));
    console.log(
      `round ${all.length}: ${round.orders} orders, ${round.paid} paid, promoted in ${round.promotedSeconds.toFixed(1)} s, writers back in ${round.backSeconds.toFixed(1)} s` +
        (round.lost.length === 0 ? "" : `; ${round.lost.join("; ")}`),
    );
  },
});
const back = all.map(({ backSeconds }) => backSeconds).sort((left, right) => left - right);
const sums = {
  rounds: all.length,
  acknowledged: all.reduce((sum, { orders }) => sum + orders, 0),
  lost: all.reduce((sum, { lost }) => sum + lost.length, 0),
  backSeconds: { p50: back[back.length >> 1], max: back.at(-1) },
  violations,
  seconds: Math.round((performance.now() - startedAt) / 1000),
  postgres: REPLICATING_POSTGRES.major,
  pgbouncer: PGBOUNCER.version,
};
console.log(JSON.stringify(sums));
process.exit(sums.lost === 0 && violations.length === 0 && (back.at(-1) ?? 0) <= BACK_SECONDS_MAX ? 0 : 1);
