import type { Act } from "../../../db/act.js";
import { writeAudit } from "../../../db/audit-log.js";
import type { Db } from "../../../db/database.js";
import { AppError } from "../../../kernel/errors.js";
import type { PriceRules } from "./price-rules.js";
import { ruleNotes, ruleProblems } from "./rule-findings.js";
import { addRuleSetIfNext, findRuleSet, type RuleSet } from "./rule-store.js";

export interface ManageRules {
  read(): Promise<RuleSet>;
  /** `version` is the one that was read. */
  replace(rules: PriceRules, version: number, act: Act): Promise<RuleSet>;
}

const NONE: RuleSet = {
  version: 0,
  rules: { currencies: [], fees: [], rules: [] },
  changedBy: null,
  changedAt: null,
};

export function makeManageRules({ db }: { readonly db: Db }): ManageRules {
  const read = async (): Promise<RuleSet> => (await findRuleSet(db)) ?? NONE;
  return {
    read,
    async replace(rules, version, act) {
      assertRules(rules);
      const isAdded = await db.transaction(async (tx) => {
        const before = await findRuleSet(tx);
        if (!(await addRuleSetIfNext(tx, version + 1, rules, act.actor))) return false;
        await writeAudit(tx, act, {
          action: "price_rules.changed",
          subject: `price_rules:${version + 1}`,
          before: before?.rules,
          after: rules,
        });
        return true;
      });
      if (isAdded) return read();
      const detail = `The rules were changed meanwhile. Read them again (version ${(await read()).version}) and repeat the change.`;
      throw new AppError("conflict", detail);
    },
  };
}

/** Throws validation_failed with every contradiction and each place where the rules say nothing that can be done. */
export function assertRules(rules: PriceRules): void {
  const errors = ruleProblems(rules);
  const [first] = errors;
  if (first === undefined) return;
  throw new AppError("validation_failed", `${first.pointer} ${first.message}. Nothing was changed.`, {
    errors,
  });
}

export { ruleNotes };
