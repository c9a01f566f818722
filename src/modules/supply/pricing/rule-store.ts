import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { PriceRules } from "./price-rules.js";

export interface RuleSet {
  /** 0: there are none yet. */
  readonly version: number;
  readonly rules: PriceRules;
  readonly changedBy: string | null;
  readonly changedAt: string | null;
}

interface RuleSetRow {
  readonly version: number;
  readonly rules: PriceRules;
  readonly actor: string;
  readonly created_at: string;
}

const LAST = statement(
  "supply.last_rule_set",
  "select version, rules, actor, created_at from price_rule_sets order by version desc limit 1",
);

export async function findRuleSet(db: Queryable): Promise<RuleSet | undefined> {
  const row = (await db.run<RuleSetRow>(LAST)).rows[0];
  if (row === undefined) return undefined;
  return { version: row.version, rules: row.rules, changedBy: row.actor, changedAt: row.created_at };
}

// The version is the guard: who read an older one writes nothing.
const ADD_IF_NEXT = statement(
  "supply.add_rule_set",
  `insert into price_rule_sets (version, rules, actor)
   select $1::bigint, $2::jsonb, $3 where coalesce((select max(version) from price_rule_sets), 0) = $1::bigint - 1
   on conflict (version) do nothing`,
);

/** False: somebody else has made this version meanwhile. */
export async function addRuleSetIfNext(
  tx: Tx,
  version: number,
  rules: PriceRules,
  actor: string,
): Promise<boolean> {
  return (await tx.run(ADD_IF_NEXT, [version, JSON.stringify(rules), actor])).count === 1;
}
