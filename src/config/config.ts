import { type CookieCheck, cookieProblems } from "./cookie-checks.js";
import { type Environment, readEnvironment } from "./env.js";
import { reportProductionRefusals } from "./production.js";
import { type Config, readGroups } from "./read-groups.js";
import { type ConfigProblem, makeVariableReader } from "./variables.js";

export type { Config } from "./read-groups.js";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n` +
        problems.map(({ name, message }) => `  ${name} ${message}`).join("\n") +
        "\nEvery variable is described in .env.example.",
    );
  }
}

/** The configuration of this process, from its environment and `.env`. */
export function readConfig(): Config {
  const { values, problems } = readEnvironment();
  return loadConfig(values, problems);
}

/**
 * Checks the whole environment and returns a frozen configuration, or throws one ConfigError that names every
 * variable with a problem, those that were found while reading the file included.
 */
export function loadConfig(environment: Environment, fileProblems: readonly ConfigProblem[] = []): Config {
  const reader = makeVariableReader(environment);
  reader.problems.push(...fileProblems);
  const config = readGroups(reader);
  if (config.isProduction) reportProductionRefusals(reader, config);
  if (config.auth.cookie.isEnabled) reader.problems.push(...cookieProblems(cookieCheckOf(config)));
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return deepFreeze(config);
}

export function cookieCheckOf({ auth, http, isProduction }: Config): CookieCheck {
  const { domain, sameSite } = auth.cookie;
  return { domain, sameSite, publicUrl: http.publicUrl, frontendOrigins: http.frontendOrigins, isProduction };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Buffer.isBuffer(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
