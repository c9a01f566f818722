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

export interface TestResult {
  readonly file: string;
  /** Its own, without those of the groups around it. */
  readonly title: string;
  readonly groups: readonly string[];
  readonly status: string;
  readonly messages: readonly string[];
}

export interface RunResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failed test, `file > suite > test`. */
  readonly failures: readonly string[];
  readonly results: readonly TestResult[];
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
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

interface RunOptions {
  /** Where Vitest's own output goes: the terminal, or a file's descriptor. */
  readonly output?: "inherit" | number;
  /** Of a copy of the repository. */
  readonly root?: string;
}

export function runVitest(
  args: readonly string[],
  { output = "inherit", root = ROOT }: RunOptions = {},
): RunResult {
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-test-report-"));
  const report = path.join(folder, "report.json");
  const startedAt = Date.now();
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(root, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, stdio: ["ignore", output, output] },
  );
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  try {
    return { ...summarize(JSON.parse(readFileSync(report, "utf8")), status, root), status, seconds };
  } catch {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ["(no report: Vitest did not run)"],
      results: [],
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
  root: string,
): Pick<RunResult, "passed" | "failed" | "skipped" | "failures" | "results"> {
  const results = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((one) => ({
      file: path.relative(root, name),
      title: one.title,
      groups: one.ancestorTitles,
      status: one.status,
      messages: one.failureMessages ?? [],
    })),
  );
  const failures = results
    .filter((one) => one.status === "failed")
    .map(({ file, groups, title }) => [file, ...groups, title].join(" > "));
  for (const file of report.testResults) {
    // A file that cannot even be loaded has no failed test of its own and still is a failure.
    if (file.status !== "failed" || file.assertionResults.some((one) => one.status === "failed")) continue;
    failures.push(`${path.relative(root, file.name)} (could not be loaded)`);
  }
  // Errors outside of any test (an unhandled rejection) fail the run too.
  if (failures.length === 0 && status !== 0) failures.push("(an error outside of any test)");
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
    results,
  };
}
