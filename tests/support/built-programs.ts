import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isOlder } from "../../src/db/migration-files.js";
import { temporaryFolder } from "./temporary-folder.js";

const ROOT = process.cwd();
const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" });

/** A built program in a folder of its own. */
export interface BuiltProgram {
  readonly version: string;
  readonly main: string;
}

const versionOf = (manifest: string): string => (JSON.parse(manifest) as { version: string }).version;

/** The last release before this version, by its tag; until there is one, this commit. */
export function previousRelease(): string {
  const ours = versionOf(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const released = git("tag", "--list", "v*")
    .split("\n")
    .filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag) && isOlder(tag.slice(1), ours))
    .sort((left, right) => (isOlder(left.slice(1), right.slice(1)) ? -1 : 1));
  return released.at(-1) ?? "HEAD";
}

/** Whether this folder has the history that the program of another commit is built from. */
export const hasHistory = existsSync(path.join(ROOT, ".git"));

/** Builds the program of a commit, with the packages that its own lockfile names. */
export function buildCommit(commit: string): BuiltProgram {
  const folder = temporaryFolder("old-program");
  const archive = execFileSync("git", ["archive", commit], { cwd: ROOT, maxBuffer: 1e9 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  const isSameLock = git("diff", "--name-only", commit, "--", "package-lock.json") === "";
  if (isSameLock) {
    for (const place of ["", "client", "web", "console"]) {
      const packages = path.join(ROOT, place, "node_modules");
      if (existsSync(packages)) symlinkSync(packages, path.join(folder, place, "node_modules"));
    }
  } else execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, stdio: "ignore" });
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: folder, stdio: "ignore" });
  const version = versionOf(readFileSync(path.join(folder, "package.json"), "utf8"));
  return { version, main: path.join(folder, "dist", "main.js") };
}

/** The program of this folder as a later version, with one more migration. */
export function buildLater(
  version: string,
  migration: { readonly up: string; readonly down: string },
): BuiltProgram {
  const folder = temporaryFolder("later-program");
  cpSync(path.join(ROOT, "dist"), path.join(folder, "dist"), { recursive: true });
  for (const name of ["node_modules", "web", "console", "openapi.json"])
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as object;
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...manifest, version }));
  const migrations = path.join(folder, "dist", "db", "migrations");
  mkdirSync(migrations, { recursive: true });
  writeFileSync(path.join(migrations, "9000_later.up.sql"), migration.up);
  writeFileSync(path.join(migrations, "9000_later.down.sql"), migration.down);
  return { version, main: path.join(folder, "dist", "main.js") };
}
