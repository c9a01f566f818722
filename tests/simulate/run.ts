/**
 * `npm run simulate -- --seed N --histories M [--first N] [--json] [--steps] [--database URL]`: plays histories of one customer each, in one
 * process and one step at a time, with everything failing in between (docs/proof.md). The same seed gives the same trace, and a history is the
 * same whichever came before it: `--first 22 --histories 1 --steps` plays one again, step by step.
 * Exits 1 on a violation.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startTestPostgres } from "../support/test-postgres.js";
import { simulate } from "./simulate.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    histories: { type: "string", default: "100" },
    first: { type: "string", default: "1" },
    steps: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    database: { type: "string" },
  },
});
const dataDir = mkdtempSync(path.join(tmpdir(), "tribi-simulate-"));
const server = values.database === undefined ? await startTestPostgres() : undefined;
try {
  const { found, ...outcome } = await simulate({
    databaseUrl: values.database ?? server?.url ?? "",
    dataDir,
    seed: Number(values.seed),
    histories: Number(values.histories),
    first: Number(values.first),
    ...(values.steps ? { onStep: (line: string) => void process.stderr.write(`${line}\n`) } : {}),
    onHistory: (number, bad) => {
      for (const one of bad) process.stderr.write(`${one}\n`);
      if (!values.json && number % 10 === 0) process.stderr.write(`${number} histories\n`);
    },
  });
  if (values.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else {
    const { histories, violations, trace, edges, pairs, seconds } = outcome;
    process.stdout.write(
      `${histories} histories in ${seconds} s: ${violations} violations; ${edges.taken} of ${edges.total} edges, ` +
        `${pairs.hit} of ${pairs.total} pairs of step and fault; trace ${trace}\n`,
    );
  }
  process.exitCode = outcome.violations === 0 ? 0 : 1;
} finally {
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
