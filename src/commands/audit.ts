import { readConfig } from "../config/config.js";
import {
  auditBooks,
  BOOK_PROMISES,
  CHAIN_BLOCKS_CHECKED,
  makeChainHash,
  type RuleResult,
  readRoot,
  SEALED_ROWS_OPENED,
} from "../modules/admin/admin.module.js";
import { makeInstallVault } from "../modules/esims/esims.module.js";
import { exitOnFailure } from "./exit.js";
import { onDatabase } from "./on-database.js";

export interface AuditCommand {
  readonly json: boolean;
  /** Opens every sealed row and computes the whole chain, not some thousands of rows that are spread over the tables. */
  readonly isFull: boolean;
}

/** Two processors read side by side; more connections would take turns. */
const CONNECTIONS = 3;
const STATEMENT_MILLIS_MAX = 600_000;

/**
 * `tribi audit`: proves the shop's books in one snapshot, read only and beside the running store. Exits 1 when a rule
 * is violated.
 */
export async function runAudit(command: AuditCommand): Promise<void> {
  await exitOnFailure(async () => {
    const note = (line: string): void => void process.stderr.write(`${line}\n`);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const config = readConfig();
    const use = {
      applicationName: "tribi audit",
      connections: CONNECTIONS,
      statementTimeoutMillis: STATEMENT_MILLIS_MAX,
    };
    await onDatabase({ config, say: note, ...use }, async (db) => {
      const { encryptionKeys: keys, indexKey } = config.secrets;
      const audit = await auditBooks({
        db,
        connections: CONNECTIONS,
        sealed: {
          vault: makeInstallVault({ keys, indexKey }),
          keyIds: keys.map(({ id }) => id),
          opensMax: command.isFull ? Number.POSITIVE_INFINITY : SEALED_ROWS_OPENED,
        },
        chain: {
          chainHash: makeChainHash(indexKey),
          blocksMax: command.isFull ? Number.POSITIVE_INFINITY : CHAIN_BLOCKS_CHECKED,
        },
      });
      if (command.json) say(JSON.stringify(audit));
      else {
        tell(audit, say);
        const root = await readRoot(db);
        if (root !== undefined) say(`The audit log's last block is ${root.number}: ${root.hash}`);
      }
      if (audit.laws.some(({ violations }) => violations > 0)) process.exitCode = 1;
    });
  });
}

function tell(
  { laws, seconds }: { laws: readonly RuleResult[]; seconds: number },
  say: (line: string) => void,
): void {
  for (const { name, checked, violations, samples } of laws) {
    say(`${violations === 0 ? "ok  " : "FAIL"} ${name}: ${checked} checked, ${violations} violations`);
    if (violations > 0) say(`     ${BOOK_PROMISES[name] ?? ""}\n     not so: ${samples.join(" ")}`);
  }
  const broken = laws.filter(({ violations }) => violations > 0).length;
  say(
    broken === 0
      ? `All ${laws.length} rules hold (${seconds} s).`
      : `${broken} of ${laws.length} rules are violated (${seconds} s). docs/operations.md says what to do.`,
  );
}
