import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** A file by its path from the root of the repository, with slashes. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

const TEST = /\.test\.tsx?$/;

/** What git knows and what is new under these folders. */
export function sourcesUnder(folders: readonly string[], pattern = /\.tsx?$/): Source[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...folders],
    { encoding: "utf8", maxBuffer: 1e8 },
  );
  return [...new Set(listed.split("\n"))]
    .filter((file) => pattern.test(file) && existsSync(file))
    .sort()
    .map((file) => ({ file, text: readFileSync(file, "utf8") }));
}

/** What a production process loads: without tests. */
export const productionSources = (): Source[] =>
  sourcesUnder(["src", "packages/embedded-postgres/src"]).filter(({ file }) => !TEST.test(file));
