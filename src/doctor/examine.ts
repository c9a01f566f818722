import type { CheckResult } from "./check.js";
import { ADYEN_CHECKS } from "./checks/adyen-checks.js";
import { DATABASE_CHECKS } from "./checks/database-checks.js";
import { OUTSIDE_CHECKS, STRIPE_CHECKS } from "./checks/outside-checks.js";
import { SETTINGS_CHECKS } from "./checks/settings-checks.js";
import { SUPPLIER_CHECKS, WORK_CHECKS } from "./checks/work-checks.js";
import type { Facts } from "./facts.js";

export const CHECKS = [
  ...SETTINGS_CHECKS,
  ...DATABASE_CHECKS,
  ...WORK_CHECKS,
  ...SUPPLIER_CHECKS,
  ...OUTSIDE_CHECKS,
  ...STRIPE_CHECKS,
  ...ADYEN_CHECKS,
];

/** Every check over the same facts, in the order in which a person would go through them. */
export const examine = (facts: Facts): CheckResult[] =>
  CHECKS.map(({ id, judge }) => ({ id, ...judge(facts) }));
