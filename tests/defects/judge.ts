import type { TestResult } from "../../scripts/vitest-run.js";
import type { Defect } from "./defect.js";

/**
 * `killed`: the target failed for the predicted reason and the wrong line ran. Everything else is examined by a
 * person and written down as a wrong patch, a blind oracle, a missing workload or a missing law.
 */
export type Verdict =
  | "killed"
  | "survived"
  | "other reason"
  | "never ran"
  | "target does not pass"
  | "no target";

export interface Judged {
  readonly verdict: Verdict;
  /** What to look at first when it was not killed. */
  readonly advice: string | null;
}

function isTarget(result: TestResult, { target }: Defect): boolean {
  return result.file === target.file && result.title === target.test;
}

/** A title may occur in several groups, of which some are skipped. */
export function targetOf(defect: Defect, results: readonly TestResult[]): TestResult | undefined {
  const all = results.filter((one) => isTarget(one, defect));
  return (
    all.find(({ status }) => status === "failed") ?? all.find(({ status }) => status === "passed") ?? all[0]
  );
}

export function judge(
  defect: Defect,
  control: TestResult | undefined,
  results: readonly TestResult[],
  hasRun: boolean,
): Judged {
  if (control === undefined) return { verdict: "no target", advice: "there is no test of this name" };
  if (control.status !== "passed") {
    return { verdict: "target does not pass", advice: "the test fails without the defect too" };
  }
  const result = targetOf(defect, results);
  const isFailed = result?.status === "failed";
  if (!isFailed) {
    const others = results.filter((one) => one.status === "failed").map((one) => one.title);
    const instead = others.length === 0 ? "" : `; failed instead: ${others.join(", ")}`;
    return hasRun
      ? {
          verdict: "survived",
          advice: `blind oracle or missing law: the wrong line ran, and the test passed${instead}`,
        }
      : {
          verdict: "survived",
          advice: `missing workload or wrong patch: the wrong line never ran${instead}`,
        };
  }
  const text = result.messages.join("\n");
  if (!defect.reason.test(text)) return { verdict: "other reason", advice: text.slice(0, 600) };
  return hasRun
    ? { verdict: "killed", advice: null }
    : { verdict: "never ran", advice: "wrong patch: the test failed, and MARK was not reached" };
}
