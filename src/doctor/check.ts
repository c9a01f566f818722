import type { Facts, Known } from "./facts.js";

export type Status = "ok" | "warn" | "fail" | "skipped";

/** What one check found, for a person: what is wrong, why it matters, and the command or setting that corrects it. */
export interface Verdict {
  readonly status: Status;
  readonly message: string;
  readonly fix: string | null;
}

export interface CheckResult extends Verdict {
  readonly id: string;
}

/** A decision over facts that were gathered before: no check asks anything by itself. */
export interface Check {
  readonly id: string;
  judge(facts: Facts): Verdict;
}

export const ok = (message: string): Verdict => ({ status: "ok", message, fix: null });
export const warn = (message: string, fix: string): Verdict => ({ status: "warn", message, fix });
export const fail = (message: string, fix: string): Verdict => ({ status: "fail", message, fix });
export const skipped = (message: string): Verdict => ({ status: "skipped", message, fix: null });

/** A check over one group of facts; skipped, with the reason, where the group could not be gathered. */
export function check<Name extends keyof Facts>(
  id: string,
  group: Name,
  judge: (known: Facts[Name] extends Known<infer Value> ? Value : never, facts: Facts) => Verdict,
): Check {
  return {
    id,
    judge(facts) {
      const found: Known<unknown> = facts[group];
      if (!found.isKnown) return skipped(found.why);
      return judge(found.value as Parameters<typeof judge>[0], facts);
    },
  };
}

/** Warns from one bound on, fails from another. */
export function bounded(
  value: number,
  bounds: { readonly warnAt: number; readonly failAt: number },
  said: { readonly good: string; readonly bad: string; readonly fix: string },
): Verdict {
  if (value >= bounds.failAt) return fail(said.bad, said.fix);
  if (value >= bounds.warnAt) return warn(said.bad, said.fix);
  return ok(said.good);
}
