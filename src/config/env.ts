import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "dotenv";

export type Environment = Readonly<Record<string, string>>;

/** Empty and `None` mean unset: sample files write both for "no value". */
const isSet = (value: string | undefined): value is string =>
  value !== undefined && value.trim() !== "" && value.trim() !== "None";

/**
 * The only reader of the process environment. `.env` in the working directory fills in what the environment does
 * not set; the environment wins, so that an operator can override a file without editing it.
 */
export function readEnvironment(
  folder = process.cwd(),
  variables: NodeJS.ProcessEnv = process.env,
): Environment {
  const file = path.join(folder, ".env");
  const fromFile = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  const merged: Record<string, string> = {};
  for (const source of [fromFile, variables]) {
    for (const [name, value] of Object.entries(source)) {
      if (isSet(value)) merged[name] = value.trim();
    }
  }
  return Object.freeze(merged);
}
