/** One run of Vitest with its results read from a report of its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Tests start real processes of the built program, so it is built first. */
export const build = (): boolean =>
  spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, stdio: "inherit" }).status === 0;

export interface RunResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failed test, `file > suite > test`. */
  readonly failures: readonly string[];
  readonly seconds: number;
  /** Vitest's own exit code. */
  readonly status: number | null;
}

/** What is read of Vitest's report in JSON. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

/** Runs Vitest with these arguments. `stdio` is where its own output goes: "inherit", or a file's descriptor. */
export function runVitest(args: readonly string[], stdio: "inherit" | number = "inherit"): RunResult {
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-test-report-"));
  const report = path.join(folder, "report.json");
  const startedAt = Date.now();
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(ROOT, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: ROOT, stdio: ["ignore", stdio, stdio] },
  );
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  try {
    return { ...summarize(JSON.parse(readFileSync(report, "utf8")), status), status, seconds };
  } catch {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ["(no report: Vitest did not run)"],
      status,
      seconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function summarize(
  report: VitestReport,
  status: number | null,
): Pick<RunResult, "passed" | "failed" | "skipped" | "failures"> {
  const failures = report.testResults.flatMap(({ name, status: state, assertionResults }) => {
    const file = path.relative(ROOT, name);
    const failed = assertionResults.filter((one) => one.status === "failed");
    // A file that cannot even be loaded has no failed test of its own and still is a failure.
    if (state === "failed" && failed.length === 0) return [`${file} (could not be loaded)`];
    return failed.map((one) => [file, ...one.ancestorTitles, one.title].join(" > "));
  });
  // Errors outside of any test (an unhandled rejection) fail the run too.
  if (failures.length === 0 && status !== 0) failures.push("(an error outside of any test)");
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}
