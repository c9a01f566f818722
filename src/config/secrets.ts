import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isRepetitive, weaknessOf } from "./secret-strength.js";
import type { VariableReader } from "./variables.js";

/** Every secret of the process and what it is for. Two purposes never share a value. */
export const SECRET_NAMES = [
  "JWT_SECRET",
  "COOKIE_SECRET",
  "OTP_PEPPER",
  "DATA_ENCRYPTION_KEYS",
  "DATA_INDEX_KEY",
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

const BYTES_MIN = 32;
const HOW_TO_MAKE = "make a new one with `openssl rand -base64 48`";
/** Of a webhook's secret, which the other side makes; Stripe's and the suppliers' are longer. */
const GIVEN_BYTES_MIN = 16;

export interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface Secrets {
  /** The first signs, all verify. */
  readonly jwtSecrets: readonly string[];
  readonly cookieSecret: string;
  readonly otpPepper: string;
  /** The first encrypts, all decrypt. */
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly indexKey: string;
}

/**
 * Outside production a secret that is not set is made once and kept in DATA_DIR/secrets.json, so that sessions
 * survive a restart. In production every one must be set by the operator.
 */
export function readSecrets(
  reader: VariableReader,
  options: { isProduction: boolean; dataDir: string },
): Secrets {
  const missing = SECRET_NAMES.filter((name) => reader.text(name) === null);
  const made = options.isProduction || missing.length === 0 ? {} : madeSecrets(options.dataDir);
  const secretOf = (name: SecretName): string => reader.text(name) ?? made[name] ?? "";

  if (options.isProduction) reportWeakSecrets(reader, secretOf);
  return {
    jwtSecrets: splitSecrets(secretOf("JWT_SECRET")),
    cookieSecret: secretOf("COOKIE_SECRET"),
    otpPepper: secretOf("OTP_PEPPER"),
    encryptionKeys: readEncryptionKeys(reader, secretOf("DATA_ENCRYPTION_KEYS")),
    indexKey: secretOf("DATA_INDEX_KEY"),
  };
}

export const splitSecrets = (text: string): string[] => text.split(",").map((item) => item.trim());

function reportWeakSecrets(reader: VariableReader, secretOf: (name: SecretName) => string): void {
  const purposeOf = new Map<string, string>();
  const reportShared = (name: string, item: string): void => {
    const other = purposeOf.get(item);
    if (other !== undefined && other !== name)
      reader.problem(name, `has the same value as ${other}; each purpose needs its own`);
    purposeOf.set(item, name);
  };
  for (const name of SECRET_NAMES) {
    const value = secretOf(name);
    if (value === "") {
      reader.problem(
        name,
        "is missing; set it to at least 32 random bytes, e.g. from `openssl rand -base64 48`",
      );
      continue;
    }
    for (const item of itemsOf(name, value)) {
      // The length of an encryption key is exact and checked where the key is read; its bytes are what must vary.
      if (name === "DATA_ENCRYPTION_KEYS") reportWeak(reader, name, item, bytesOf(item));
      else reportShortOrWeak(reader, name, item);
      reportShared(name, item);
    }
  }
  reportOtherSecrets(reader, reportShared);
}

/** The values of a secret that may be several; of an encryption key without its id and padding. */
function itemsOf(name: SecretName, value: string): string[] {
  if (name === "JWT_SECRET") return splitSecrets(value);
  if (name !== "DATA_ENCRYPTION_KEYS") return [value];
  return splitSecrets(value).map((item) => item.slice(item.indexOf(":") + 1));
}

const bytesOf = (base64: string): string => Buffer.from(base64, "base64").toString("latin1");

function reportShortOrWeak(reader: VariableReader, name: string, item: string): void {
  if (Buffer.byteLength(item) >= BYTES_MIN) reportWeak(reader, name, item);
  else reader.problem(name, `is shorter than ${BYTES_MIN} bytes; ${HOW_TO_MAKE}`);
}

function reportWeak(reader: VariableReader, name: string, ...forms: string[]): void {
  const weakness = forms.map(weaknessOf).find((one) => one !== undefined);
  if (weakness !== undefined) reader.problem(name, `${weakness}; ${HOW_TO_MAKE}`);
}

/** Secrets that the other side makes. They sign what it tells us: whoever guesses one tells us what he likes. */
const GIVEN_SECRETS = [
  "STRIPE_WEBHOOK_SECRET",
  "ADYEN_API_KEY",
  "ADYEN_HMAC_KEY",
  "AIRALO_CLIENT_SECRET",
  "ESIM_ACCESS_SECRET_KEY",
  "ESIM_GO_API_KEY",
] as const;

/** METRICS_TOKEN may be unset, and so may what the other side makes. */
function reportOtherSecrets(
  reader: VariableReader,
  reportShared: (name: string, item: string) => void,
): void {
  const metricsToken = reader.text("METRICS_TOKEN");
  if (metricsToken !== null) {
    reportShortOrWeak(reader, "METRICS_TOKEN", metricsToken);
    reportShared("METRICS_TOKEN", metricsToken);
  }
  for (const name of GIVEN_SECRETS) {
    for (const item of splitSecrets(reader.text(name) ?? "").filter((one) => one !== "")) {
      reportShared(name, item);
      const own = item.replace(/^whsec_/, "");
      if (Buffer.byteLength(own) < GIVEN_BYTES_MIN || isRepetitive(own))
        reader.problem(name, "is too short or too regular to be one that was given to you; copy it again");
    }
  }
}

/** `id:base64` of 32 bytes, comma-separated. The id travels with every ciphertext, so keys can be rotated. */
function readEncryptionKeys(reader: VariableReader, text: string): EncryptionKey[] {
  if (text === "") return [];
  const keys = splitSecrets(text).flatMap((item) => {
    const [, id, encoded] = /^([a-z0-9_-]{1,16}):([A-Za-z0-9+/_-]+={0,2})$/i.exec(item) ?? [];
    const key = encoded === undefined ? Buffer.alloc(0) : Buffer.from(encoded, "base64");
    if (id !== undefined && key.length === 32) return [{ id, key }];
    reader.problem(
      "DATA_ENCRYPTION_KEYS",
      "must be comma-separated `id:base64` pairs of 32 bytes, e.g. k1:$(openssl rand -base64 32)",
    );
    return [];
  });
  const ids = keys.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    reader.problem(
      "DATA_ENCRYPTION_KEYS",
      `has two keys called "${twice}", and what is encrypted names its key by that; give the new one another id`,
    );
  }
  return keys;
}

function madeSecrets(dataDir: string): Partial<Record<SecretName, string>> {
  const file = path.join(dataDir, "secrets.json");
  const read = (): Partial<Record<SecretName, string>> => JSON.parse(readFileSync(file, "utf8"));
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  mkdirSync(dataDir, { recursive: true });
  const secret = (): string => randomBytes(48).toString("base64url");
  const fresh: Record<SecretName, string> = {
    JWT_SECRET: secret(),
    COOKIE_SECRET: secret(),
    OTP_PEPPER: secret(),
    DATA_ENCRYPTION_KEYS: `dev1:${randomBytes(32).toString("base64")}`,
    DATA_INDEX_KEY: secret(),
  };
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  try {
    // A hard link is atomic and fails when the file exists: of processes that start at once, one makes the secrets.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
  return read();
}
