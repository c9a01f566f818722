import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Writes a generated file, or with --check says where the one that is checked in differs and fails. */
export function writeOrCheck(name: string, fresh: string): void {
  const file = path.join(ROOT, name);
  if (!process.argv.includes("--check")) {
    writeFileSync(file, fresh);
    return;
  }
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (kept === fresh) return;
  const [keptLines, freshLines] = [kept.split("\n"), fresh.split("\n")];
  const at = freshLines.findIndex((line, index) => line !== keptLines[index]);
  const line = at === -1 ? freshLines.length : at;
  console.error(`${name} is not what the program makes. First difference, line ${line + 1}:`);
  console.error(`  checked in: ${keptLines[line] ?? "(the end)"}`);
  console.error(`  the program: ${freshLines[line] ?? "(the end)"}`);
  process.exitCode = 1;
}
