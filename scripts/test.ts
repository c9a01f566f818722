/**
 * `npm test`: builds the server (tests start real processes of it), runs every test once, and ends with one line,
 * `N passed, N failed`, and `, N skipped` when there are any. Arguments go to Vitest: `npm test -- tests/mail`.
 */
import { build, runVitest } from "./vitest-run.js";

if (!build()) {
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const { passed, failed, skipped, status } = runVitest(process.argv.slice(2));
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(status === 0 && failed === 0 ? 0 : 1);
