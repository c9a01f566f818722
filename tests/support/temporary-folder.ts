import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Set by the run's set-up; everything below it goes when the run ends. */
export const RUN_FOLDER = "TRIBI_TEST_FOLDER";

/** A new, empty folder. Whoever needs it gone sooner than the run ends removes it. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(path.join(process.env[RUN_FOLDER] ?? tmpdir(), `tribi-${name}-`));
}
