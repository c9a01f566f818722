import { type Db, type Queryable, statement, type Tx } from "../../../db/database.js";
import { CHAIN_PROMISES, type ChainDeps, checkChain } from "../chain/check-chain.js";
import type { RuleResult } from "../rule-result.js";
import type { BookRule } from "./book-rule.js";
import { DELIVERY_RULES } from "./delivery-rules.js";
import { EVENT_RULES } from "./event-rules.js";
import { LOG_RULES, WAITING_RULES } from "./log-rules.js";
import { MONEY_RULES } from "./money-rules.js";
import { checkSealingKeys, openSealedRows, SEALED_PROMISES, type SealedRowsDeps } from "./sealed-rows.js";

export interface BooksAudit {
  readonly laws: readonly RuleResult[];
  readonly seconds: number;
}

const SAMPLES = 10;

/** The heaviest first, so that the connections end together. */
export const BOOK_RULES: readonly BookRule[] = [
  ...LOG_RULES,
  ...EVENT_RULES,
  ...DELIVERY_RULES,
  ...MONEY_RULES,
  ...WAITING_RULES,
];

/** What holds when a rule of this name has no violation, for a person. */
export const BOOK_PROMISES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(BOOK_RULES.map(({ name, promise }) => [name, promise])),
  ...SEALED_PROMISES,
  ...CHAIN_PROMISES,
};

/** Runs one rule where the caller is: in a snapshot, or in a test's own transaction. */
export async function checkRule(on: Queryable, { name, counts, finds }: BookRule): Promise<RuleResult> {
  const check = statement(
    "",
    `with bad as materialized (${finds})
     select (${counts}) as checked, (select count(*) from bad) as violations,
       (select coalesce(json_agg(id), '[]') from (select id from bad limit ${SAMPLES}) few) as samples`,
  );
  const [row] = (await on.run<Omit<RuleResult, "name">>(check)).rows;
  if (row === undefined) throw new Error(`The rule ${name} said nothing`);
  return { name, checked: row.checked, violations: row.violations, samples: row.samples };
}

const READ_ONLY = statement("", "set transaction isolation level repeatable read, read only");
const EXPORT = statement("", "select pg_export_snapshot() as snapshot");
/**
 * A migration that rewrites a table is not waited for, and a sort may use some memory. The one that holds the snapshot
 * is idle while the others work.
 */
const BOUNDS = statement(
  "",
  `select set_config('lock_timeout', '1s', true), set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
     set_config('idle_in_transaction_session_timeout', '10min', true), set_config('plan_cache_mode', 'auto', true)`,
);

async function inSnapshot<Value>(
  db: Db,
  snapshot: string | null,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  return db.transaction(async (tx) => {
    await tx.run(READ_ONLY);
    if (snapshot !== null) await tx.run(statement("", `set transaction snapshot '${snapshot}'`));
    await tx.run(BOUNDS);
    return work(tx);
  });
}

type Work = (tx: Tx) => Promise<RuleResult>;

/**
 * Proves the books: every rule sees the same moment, from several connections that share one snapshot. Reads only, and
 * takes no lock but the one that every reader has.
 *
 * @param db Its pool holds `connections` and one more.
 */
export async function auditBooks(deps: {
  readonly db: Db;
  readonly connections: number;
  readonly sealed: SealedRowsDeps;
  readonly chain: ChainDeps;
  readonly rules?: readonly BookRule[];
  readonly onResult?: (result: RuleResult, seconds: number) => void;
}): Promise<BooksAudit> {
  const startedAt = performance.now();
  const rules = deps.rules ?? BOOK_RULES;
  const waiting: Work[] = [
    (tx) => openSealedRows(tx, deps.sealed),
    (tx) => checkChain(tx, deps.chain),
    ...rules.map((rule) => (tx: Tx) => checkRule(tx, rule)),
    (tx) => checkSealingKeys(tx, deps.sealed),
  ];
  const order = waiting.slice();
  const results = new Map<Work, RuleResult>();
  const takeTurns = async (tx: Tx): Promise<void> => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) {
      const begunAt = performance.now();
      const result = await work(tx);
      results.set(work, result);
      deps.onResult?.(result, (performance.now() - begunAt) / 1000);
    }
  };
  await inSnapshot(deps.db, null, async (leader) => {
    const [row] = (await leader.run<{ snapshot: string }>(EXPORT)).rows;
    const others = Array.from({ length: deps.connections - 1 }, () =>
      inSnapshot(deps.db, row?.snapshot ?? "", takeTurns),
    );
    // All of them end before the transaction whose snapshot they share does, whichever fails.
    const ends = await Promise.allSettled([takeTurns(leader), ...others]);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  });
  const laws = order.flatMap((work) => results.get(work) ?? []);
  return { laws, seconds: Math.round(performance.now() - startedAt) / 1000 };
}
