import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "dotenv";
import { envFileProblems } from "./env-file.js";
import type { ConfigProblem } from "./variables.js";

/** Values as they were set, blanks included. */
export type Environment = Readonly<Record<string, string>>;

export interface ReadEnvironment {
  readonly values: Environment;
  /** What `.env` says ambiguously, for loadConfig to report with everything else. */
  readonly problems: readonly ConfigProblem[];
}

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
): ReadEnvironment {
  const file = path.join(folder, ".env");
  const read = existsSync(file) ? readFile(file) : { text: "", problems: [] };
  const values: Record<string, string> = {};
  for (const source of [parse(read.text), variables]) {
    for (const [name, value] of Object.entries(source)) {
      if (isSet(value)) values[name] = value;
    }
  }
  const problems = read.problems.filter(({ name }) => !isSet(variables[name]));
  return { values: Object.freeze(values), problems };
}

function readFile(file: string): { text: string; problems: ConfigProblem[] } {
  const bytes = readFileSync(file);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\u0000")) return { text, problems: envFileProblems(text) };
  } catch {
    // Another encoding: said below.
  }
  return { text: "", problems: [{ name: ".env", message: "is not text in UTF-8; save it as UTF-8" }] };
}
