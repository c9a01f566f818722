import { ConfigError, loadConfig } from "../config/config.js";
import { readEnvironment } from "../config/env.js";
import type { CheckResult, Status } from "../doctor/check.js";
import { examine } from "../doctor/examine.js";
import type { Facts } from "../doctor/facts.js";
import { factsWithoutConfig, gatherFacts } from "../doctor/gather/gather.js";
import { openDatabaseServer } from "./database-server.js";
import { exitOnFailure } from "./exit.js";
import { canarySecrets } from "./secrets.js";

/**
 * `tribi doctor`: checks of the running money path. Changes nothing and prints no secret. Exits 1 when a check failed;
 * what is only doubtful leaves it 0.
 */
export async function runDoctor({ json }: { readonly json: boolean }): Promise<void> {
  await exitOnFailure(async () => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const checks = examine(await gather());
    if (json) say(JSON.stringify({ checks }));
    else tell(checks, say);
    if (checks.some(({ status }) => status === "fail")) process.exitCode = 1;
  });
}

async function gather(): Promise<Facts> {
  const { values, problems } = readEnvironment();
  try {
    const config = loadConfig(values, problems);
    const secrets = canarySecrets(config);
    const opened = await openDatabaseServer(config, () => {}).catch((error: Error) => ({
      why: error.message,
    }));
    try {
      return await gatherFacts(config, opened, secrets);
    } finally {
      if ("stop" in opened) await opened.stop();
    }
  } catch (error) {
    if (error instanceof ConfigError) return factsWithoutConfig(error.message);
    throw error;
  }
}

const MARKS: Readonly<Record<Status, string>> = { ok: "ok  ", warn: "WARN", fail: "FAIL", skipped: "-   " };

function tell(checks: readonly CheckResult[], say: (line: string) => void): void {
  for (const { id, status, message, fix } of checks) {
    say(`${MARKS[status]} ${id}: ${message}`);
    if (fix !== null) say(`     -> ${fix}`);
  }
  const count = (status: Status): number => checks.filter((one) => one.status === status).length;
  say(
    `${checks.length} checks: ${count("fail")} failed, ${count("warn")} to look at, ${count("skipped")} skipped.`,
  );
}
