import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { RunResult } from "./vitest-run.js";

type Result = Omit<RunResult, "status" | "results"> & { readonly log?: string };

interface Series {
  readonly times: number;
  readonly file: string;
  /** Runs count together when this is the same. */
  readonly subject: object;
  run(number: number): RunResult & { readonly log: string };
  say(line: string): void;
}

/**
 * Calls `run(number)` until `times` runs of `subject` are in the file; those that are there already are only
 * printed. True when no run of them had a failure.
 */
export function runOften({ times, file, subject, run, say }: Series): boolean {
  mkdirSync(path.dirname(file), { recursive: true });
  const runs = read(file, subject, say);
  for (const [index, result] of runs.entries()) report(index + 1, result, say);
  while (runs.length < times) {
    const number = runs.length + 1;
    const { passed, failed, skipped, failures, seconds, log } = run(number);
    if (failed === 0) rmSync(log, { force: true });
    const result: Result = { passed, failed, skipped, failures, seconds, ...(failed === 0 ? {} : { log }) };
    runs.push(result);
    keep(file, { subject, runs });
    report(number, result, say);
  }
  const bad = runs.filter(({ failed }) => failed > 0);
  say(`${runs.length} runs, ${bad.length} with failures`);
  const counts = new Map<string, number>();
  for (const name of bad.flatMap(({ failures }) => failures)) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [name, count] of counts) say(`  ${count} of ${runs.length}: ${name}`);
  return bad.length === 0;
}

function read(file: string, subject: object, say: Series["say"]): Result[] {
  let kept: { subject: object; runs: Result[] };
  try {
    kept = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
  if (isDeepStrictEqual(kept.subject, subject)) return kept.runs;
  say(`${file} has ${kept.runs.length} runs of another commit, load or choice of tests: a new list begins`);
  return [];
}

/** Complete or as it was before: the run can be cut off at any time. */
function keep(file: string, content: object): void {
  writeFileSync(`${file}.new`, JSON.stringify(content, null, 2));
  renameSync(`${file}.new`, file);
}

function report(
  number: number,
  { passed, failed, skipped, failures, seconds, log }: Result,
  say: Series["say"],
): void {
  const rest = skipped > 0 ? `, ${skipped} skipped` : "";
  say(
    `run ${number}: ${passed} passed, ${failed} failed${rest} (${seconds} s)${log ? `, output in ${log}` : ""}`,
  );
  for (const name of failures) say(`  failed: ${name}`);
}
