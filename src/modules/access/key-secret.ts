import { createHash, randomBytes } from "node:crypto";

/** A fixed beginning, by which scanners of repositories find a key that has leaked. */
const PREFIX = "tribi_key_";
const SECRET = /^tribi_key_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/;

const checksumOf = (body: string): string =>
  createHash("sha256").update(`${PREFIX}${body}`).digest("base64url").slice(0, 6);

export function makeKeySecret(): string {
  const body = randomBytes(32).toString("base64url");
  return `${PREFIX}${body}${checksumOf(body)}`;
}

/**
 * What is stored of a key; undefined for a text with a typing mistake, which costs no look into the database. 256
 * random bits need no key of ours to be hashed with.
 */
export function hashKeySecret(secret: string): Buffer | undefined {
  const [, body = "", checksum] = SECRET.exec(secret) ?? [];
  if (checksum === undefined || checksumOf(body) !== checksum) return undefined;
  return createHash("sha256").update(`api key ${body}`).digest();
}

export const hintOf = (secret: string): string => secret.slice(-4);
