import type { BatchOutcome, BatchPlan } from "./batch.js";

type Plan = Omit<BatchPlan, "onStep">;
type Play = (plan: Plan) => Promise<BatchOutcome>;

/** What was violated, without whose rows they are. */
const ruleOf = (violation: string): string => violation.split(":")[0]?.replaceAll(/TRB-\S+|\d+/g, "#") ?? "";

/**
 * Looks for fewer customers, and fewer faults, among which the same rule is violated: halves first, then smaller parts,
 * until no part can be left out or the plays are used up.
 */
export async function shrink(
  play: Play,
  plan: Plan,
  playsMax = 40,
): Promise<{ plan: Plan; found: BatchOutcome } | undefined> {
  let found = await play(plan);
  const [first] = found.violations;
  if (first === undefined) return undefined;
  const rule = ruleOf(first);
  let smallest = plan;
  let plays = 0;
  const violates = async (candidate: Plan): Promise<boolean> => {
    if (plays >= playsMax || candidate.customers.length === 0) return false;
    plays += 1;
    const outcome = await play(candidate);
    if (!outcome.violations.some((one) => ruleOf(one) === rule)) return false;
    [smallest, found] = [candidate, outcome];
    return true;
  };
  for (let parts = 2; smallest.customers.length > 1 && plays < playsMax; ) {
    const { customers } = smallest;
    const size = Math.ceil(customers.length / parts);
    let isSmaller = false;
    for (let from = 0; from < customers.length && !isSmaller; from += size) {
      const left = customers.filter((_, at) => at < from || at >= from + size);
      isSmaller = await violates({ ...smallest, customers: left });
    }
    if (!isSmaller && size === 1) break;
    parts = isSmaller ? Math.max(2, parts - 1) : Math.min(customers.length, parts * 2);
  }
  for (const faultRate of [0, 0.25]) if (await violates({ ...smallest, faultRate })) break;
  return { plan: smallest, found };
}
