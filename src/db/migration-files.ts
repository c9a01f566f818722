import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  /** The oldest program that works with the schema after this migration. */
  readonly oldestProgram: string;
  /** Of the text of `up`; what a database was made with is compared with it. */
  readonly checksum: string;
}

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "migrations");

/** All migrations of this program, oldest first. */
export function readMigrations(folder = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".up.sql"))
    .sort()
    .map((file) => {
      const [, version = "", name = ""] = /^(\d{4})_([a-z0-9_]+)\.up\.sql$/.exec(file) ?? [];
      const up = readFileSync(path.join(folder, file), "utf8");
      const [, oldestProgram] = /^-- oldest-program: (\d+\.\d+\.\d+)$/m.exec(up) ?? [];
      if (name === "" || oldestProgram === undefined) {
        throw new Error(`${file} must be called NNNN_name.up.sql and say "-- oldest-program: X.Y.Z"`);
      }
      const down = readFileSync(path.join(folder, file.replace(".up.", ".down.")), "utf8");
      return { version: Number(version), name, up, down, oldestProgram, checksum: checksumOf(up) };
    });
}

/** SHA-256 of a text, whichever way a checkout ends its lines. */
export const checksumOf = (text: string): string =>
  createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");

/** `0006_catalog` */
export const labelOf = ({ version, name }: { version: number; name: string }): string =>
  `${String(version).padStart(4, "0")}_${name}`;

/** Whether one `X.Y.Z` comes before another. */
export function isOlder(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
