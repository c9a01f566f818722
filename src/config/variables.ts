import ipaddr from "ipaddr.js";

/** A limit of this value is off (the seed's rollback switch). */
export const LIMIT_OFF = 999_999;

/** A problem with one variable, in words that say what to do. */
export interface ConfigProblem {
  readonly name: string;
  readonly message: string;
}

/** Reads variables one by one and keeps every problem, so that all of them are reported at once. */
export interface VariableReader {
  readonly problems: ConfigProblem[];
  text(name: string): string | null;
  /** With the blanks around it, which may be a part of a password. */
  verbatim(name: string): string | null;
  textOr(name: string, fallback: string): string;
  integer(name: string, fallback: number, bounds: { min: number; max: number }): number;
  flag(name: string, fallback: boolean): boolean;
  choice<const Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice;
  list(name: string): readonly string[];
  url(name: string, protocols: readonly string[]): string | null;
  problem(name: string, message: string): void;
}

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
};

export function makeVariableReader(environment: Readonly<Record<string, string>>): VariableReader {
  const problems: ConfigProblem[] = [];
  const problem = (name: string, message: string): void => {
    problems.push({ name, message });
  };
  const verbatim = (name: string): string | null => environment[name] ?? null;
  const text = (name: string): string | null => verbatim(name)?.trim() ?? null;

  return {
    problems,
    problem,
    text,
    verbatim,
    textOr: (name, fallback) => text(name) ?? fallback,
    integer(name, fallback, { min, max }) {
      const value = text(name);
      if (value === null) return fallback;
      if (!/^\d{1,15}$/.test(value) || Number(value) < min || Number(value) > max) {
        problem(name, `must be a whole number from ${min} to ${max}`);
        return fallback;
      }
      return Number(value);
    },
    flag(name, fallback) {
      const value = text(name);
      if (value === null) return fallback;
      const flag = FLAGS[value.toLowerCase()];
      if (flag === undefined) problem(name, "must be true or false");
      return flag ?? fallback;
    },
    choice(name, choices, fallback) {
      const value = text(name)?.toLowerCase();
      const found = choices.find((choice) => choice.toLowerCase() === value);
      if (value !== undefined && found === undefined) problem(name, `must be one of ${choices.join(", ")}`);
      return found ?? fallback;
    },
    list: (name) => readList(text(name), (message) => problem(name, message)),
    url(name, protocols) {
      const value = text(name);
      if (value === null) return null;
      if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
        problem(name, `must be a URL that begins with ${protocols.map((one) => `${one}//`).join(" or ")}`);
        return null;
      }
      return value.replace(/\/+$/, "");
    },
  };
}

/** A list is a JSON array of strings or comma-separated text. */
function readList(value: string | null, complain: (message: string) => void): readonly string[] {
  if (value === null) return [];
  if (!value.startsWith("[")) {
    return value
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }
  try {
    const parsed: unknown = JSON.parse(value);
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === "string")) return parsed;
  } catch {
    // Falls through to the complaint: the value looks like JSON and is not.
  }
  complain('must be a JSON array of strings, such as ["https://shop.example.com"], or comma-separated text');
  return [];
}

export type TrustProxy = { readonly hops: number } | { readonly networks: readonly string[] } | null;

/** TRUST_PROXY is a number of hops or a list of CIDR networks; nothing is trusted when it is unset. */
export function readTrustProxy(reader: VariableReader): TrustProxy {
  const value = reader.text("TRUST_PROXY");
  if (value === null) return null;
  if (/^\d{1,2}$/.test(value)) return Number(value) === 0 ? null : { hops: Number(value) };
  const networks = reader.list("TRUST_PROXY");
  const wrong = networks.filter((network) => !isNetwork(network));
  if (networks.length === 0 || wrong.length > 0) {
    reader.problem(
      "TRUST_PROXY",
      "must be a number of proxies, or a comma-separated list of CIDR networks such as 10.0.0.0/8",
    );
    return null;
  }
  return { networks };
}

function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text) || (ipaddr.isValid(text) && /[.:].*[.:]/.test(text));
}
