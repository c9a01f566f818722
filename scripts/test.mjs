/**
 * `npm test`: builds the server (tests start real processes of it), runs every test once, and ends with one line,
 * `N passed, N failed`, and `, N skipped` when there are any. Arguments go to Vitest: `npm test -- tests/mail`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inherit = { cwd: root, stdio: "inherit" };

const built = spawnSync(process.execPath, ["scripts/build.mjs"], inherit);
if (built.status !== 0) {
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const folder = mkdtempSync(path.join(tmpdir(), "tribi-test-report-"));
const report = path.join(folder, "report.json");
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  inherit,
);
const { passed, failed, skipped } = totals();
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(status === 0 && failed === 0 ? 0 : 1);

function totals() {
  try {
    const result = JSON.parse(readFileSync(report, "utf8"));
    // A file that cannot even be loaded has no failed test of its own and still is a failure.
    const brokenFiles = result.testResults.filter(
      ({ status: state, assertionResults }) =>
        state === "failed" && !assertionResults.some((one) => one.status === "failed"),
    ).length;
    const inTests = result.numFailedTests + brokenFiles;
    return {
      passed: result.numPassedTests,
      // Errors outside of any test (an unhandled rejection) fail the run too.
      failed: inTests === 0 && status !== 0 ? 1 : inTests,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
