import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checksumOf } from "../src/db/migration-files.js";

const FOLDER = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "src/db/migrations");
const LIST = path.join(FOLDER, "checksums.txt");

export interface Frozen {
  /** What is wrong with the files, each with what to do. */
  readonly problems: readonly string[];
  /** Files that have no line yet. */
  readonly fresh: readonly string[];
}

/** Compares migration files (name and text) with the lines of checksums.txt: "<SHA-256>  <name>". */
export function compareFrozen(files: ReadonlyMap<string, string>, list: string): Frozen {
  const lines = list.split("\n").filter((line) => line !== "");
  const kept = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const problems = [...kept].flatMap(([name, checksum]) => {
    const text = files.get(name);
    if (text === undefined)
      return [`src/db/migrations/${name} is gone. Put it back: databases were made with it.`];
    if (checksumOf(text) === checksum) return [];
    return [
      `src/db/migrations/${name} is not what it was when it was added, and databases were made with that. Put it ` +
        "back (`git checkout main -- src/db/migrations`) and write the change as a new migration.",
    ];
  });
  return { problems, fresh: [...files.keys()].filter((name) => !kept.has(name)).sort() };
}

const readFiles = (): Map<string, string> =>
  new Map(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith(".sql"))
      .map((name) => [name, readFileSync(path.join(FOLDER, name), "utf8")]),
  );

/** Adds the lines of new migrations; with --check says which are missing. A line that is there is never written anew. */
export function freezeOrCheck(): readonly string[] {
  const files = readFiles();
  const list = existsSync(LIST) ? readFileSync(LIST, "utf8") : "";
  const { problems, fresh } = compareFrozen(files, list);
  if (process.argv.includes("--check"))
    return [
      ...problems,
      ...fresh.map((name) => `${name} has no line in checksums.txt: \`npm run schema\` adds it.`),
    ];
  const added = fresh.map((name) => `${checksumOf(files.get(name) ?? "")}  ${name}\n`);
  if (added.length > 0) writeFileSync(LIST, list + added.join(""));
  return problems;
}
