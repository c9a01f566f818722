/**
 * `npm run simulate -- --seed N --histories M [--json] [--missing] [--resume FILE] [--seconds N] [--workers N] [--batch N]`: plays histories of one
 * customer each, one step at a time, with everything failing in between (docs/proof.md). The same seed gives the same trace.
 * `--seconds N` begins no batch after so many, `--stop` none after a violation. `--resume FILE` goes on where a run was cut short, and tells how far it is.
 * `--replay BATCH [--customers 3,17] [--steps]` plays one batch again, or some customers of it, step by step.
 * A violation is printed with its seed, batch and step, and with the fewest customers that still have it. Exits 1 then.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Kept } from "./campaign-file.js";
import { startPlayer } from "./crew.js";
import { shrink } from "./shrink.js";
import { startSimServer } from "./sim-server.js";
import { customersOf, type Findings, simulate } from "./simulate.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    histories: { type: "string", default: "1000" },
    batch: { type: "string", default: "400" },
    workers: { type: "string", default: "2" },
    resume: { type: "string" },
    seconds: { type: "string" },
    replay: { type: "string" },
    customers: { type: "string" },
    faults: { type: "string", default: "1" },
    steps: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    missing: { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    stop: { type: "boolean", default: false },
    "suppliers-lie": { type: "boolean", default: false },
  },
});
const heading = {
  seed: Number(values.seed),
  histories: Number(values.histories),
  batchSize: Number(values.batch),
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-simulate-data-"));
const server = await startSimServer();
const suppliersLie = values["suppliers-lie"];

async function replay(batch: number): Promise<void> {
  const player = await startPlayer(server.url, 1, { dataDir, suppliersLie, showsSteps: values.steps });
  const customers = values.customers?.split(",").map(Number) ?? customersOf(heading, batch);
  const outcome = await player.play({
    seed: heading.seed,
    batch,
    customers,
    faultRate: Number(values.faults),
  });
  await player.end();
  for (const one of outcome.violations) say(one);
  process.stdout.write(
    `${JSON.stringify({ ...outcome, pairsHit: outcome.pairsHit.length, pairsSeen: outcome.pairsSeen.length })}\n`,
  );
  process.exitCode = outcome.violations.length === 0 ? 0 : 1;
}

/** The first violation with the fewest customers. */
async function explain(findings: Findings): Promise<void> {
  const [batch] = findings.bad;
  if (batch === undefined || values["no-shrink"]) return;
  const player = await startPlayer(server.url, 9, { dataDir, suppliersLie, showsSteps: false });
  const shrunk = await shrink(player.play, {
    seed: heading.seed,
    batch,
    customers: customersOf(heading, batch),
  });
  await player.end();
  if (shrunk === undefined) return say(`batch ${batch} has no violation when it is played again`);
  const { plan, found } = shrunk;
  say(`the fewest customers with it: ${plan.customers.length}, ${found.steps} steps: ${found.violations[0]}`);
  const faults = plan.faultRate === undefined ? "" : ` --faults ${plan.faultRate}`;
  say(
    `npm run simulate -- --seed ${heading.seed} --replay ${batch} --customers ${plan.customers.join(",")}${faults} --steps`,
  );
}

function progressOf(all: readonly Kept[]): string {
  const histories = all.reduce((sum, one) => sum + one.histories, 0);
  const seconds = all.reduce((sum, one) => sum + one.seconds, 0);
  const found = all.reduce((sum, { violations }) => sum + violations.length, 0);
  const minutesLeft = Math.round(((heading.histories - histories) * seconds) / Math.max(1, histories) / 60);
  return `${histories} of ${heading.histories} histories, ${Math.round(seconds)} s, ${found} violations, about ${minutesLeft} minutes left`;
}

async function playAll(): Promise<void> {
  const findings = await simulate(server.url, {
    ...heading,
    dataDir,
    workers: Number(values.workers),
    suppliersLie,
    stopsAtFirst: values.stop,
    postmaster: server.postmaster,
    ...(values.resume === undefined ? {} : { resume: values.resume }),
    ...(values.seconds === undefined ? {} : { secondsMax: Number(values.seconds) }),
    onBatch: ({ batch, violations, steps }, all) => {
      for (const one of violations) say(`seed ${heading.seed}, batch ${batch}, after ${steps} steps: ${one}`);
      if (!values.json || values.resume !== undefined) say(progressOf(all));
    },
  });
  const { histories, violations, trace, edges, pairs, paid, seconds } = findings;
  if (values.missing)
    for (const one of [...findings.missingEdges, ...findings.missingPairs]) say(`missing: ${one}`);
  if (violations > 0) await explain(findings);
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ histories, violations, trace, edges, pairs, paid, seconds })}\n`
      : `${histories} histories in ${seconds} s: ${violations} violations; ${edges.taken} of ${edges.total} edges, ` +
          `${pairs.hit} of ${pairs.total} pairs of step and fault; paid by ${Object.entries(paid)
            .map(([name, count]) => `${name} ${count}`)
            .join(", ")}; trace ${trace}\n`,
  );
  process.exitCode = violations === 0 ? 0 : 1;
}

try {
  if (values.replay === undefined) await playAll();
  else await replay(Number(values.replay));
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
