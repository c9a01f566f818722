/**
 * `npm run campaign:catalogue -- --seed N --rounds M`: suppliers misbehave while their catalogues are read, people change
 * plans, and processes die while a difference is applied (catalogue-campaign.ts). The same seed gives the same history.
 * Exits 1 on a violation.
 */
import { parseArgs } from "node:util";
import { openDatabase } from "../../src/db/database.js";
import { migrateUp } from "../../src/db/migrate.js";
import { PROGRAM_VERSION } from "../../src/version.js";
import { startTestPostgres } from "../support/test-postgres.js";
import { runCatalogueCampaign } from "./catalogue-campaign.js";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, rounds: { type: "string", default: "200" } },
});
const server = await startTestPostgres();
try {
  await migrateUp(server.url, { program: PROGRAM_VERSION });
  const db = openDatabase({ url: server.url, poolMax: 4, applicationName: "tribi campaign" });
  const query = async <Row>(text: string, parameters: readonly unknown[] = []) =>
    (await db.run<Row>({ name: "", text }, parameters)).rows as Row[];
  const { seed, rounds } = { seed: Number(values.seed), rounds: Number(values.rounds) };
  const report = await runCatalogueCampaign({ database: { db, query }, seed, rounds });
  await db.close();
  for (const bad of report.violations) process.stderr.write(`${bad}\n`);
  const met = Object.entries(report.met).map(([what, count]) => `  ${what}: ${count}`);
  process.stdout.write(
    `seed ${seed}, ${report.rounds} rounds, ${report.applied} steps applied: ${report.violations.length} violations; met\n${met.sort().join("\n")}\n`,
  );
  process.exitCode = report.violations.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
