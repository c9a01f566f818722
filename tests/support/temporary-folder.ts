import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const RUN_FOLDER = "TRIBI_TEST_FOLDER";

/**
 * From now on temporary folders of this process, and of those that it starts, lie in one that the answer removes.
 * Servers that run as another user have their files below it, so it lets others pass.
 */
export function makeRunFolder(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), "tribi-run-"));
  chmodSync(folder, 0o711);
  process.env[RUN_FOLDER] = folder;
  return () => {
    delete process.env[RUN_FOLDER];
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}

/** A new, empty folder. Whoever needs it gone sooner than the run ends removes it. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(path.join(process.env[RUN_FOLDER] ?? tmpdir(), `tribi-${name}-`));
}
