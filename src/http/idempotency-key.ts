import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { AppError } from "../kernel/errors.js";

/** A client's key and what it stands for; the two are stored together. */
export interface IdempotentRequest {
  readonly key: string;
  /** SHA-256 over method, route and the members as sent, in canonical form. Defaults filled in later do not enter it. */
  readonly fingerprint: Buffer;
}

const NAME = "idempotency-key";
const PRINTABLE = /^[\x20-\x7e]{1,255}$/;
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * The Idempotency-Key of a request, if it has one (draft-ietf-httpapi-idempotency-key-header §2.1: a structured-field
 * string; the bare form is the same key). Empty, doubled, too long or not printable ASCII is refused.
 */
export function idempotentRequestOf(request: FastifyRequest): IdempotentRequest | null {
  if (request.headers[NAME] === undefined) return null;
  const sent = request.raw.rawHeaders.filter(
    (_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === NAME,
  );
  const value = sent[0]?.trim() ?? "";
  if (sent.length !== 1) throw invalid("was sent more than once; send it once");
  const quoted = QUOTED.exec(value)?.[1];
  const key = quoted === undefined ? value : quoted.replace(/\\(["\\])/g, "$1");
  if (key.trim() === "" || !PRINTABLE.test(key)) throw invalid("must be 1 to 255 printable ASCII characters");
  return {
    key,
    fingerprint: fingerprintOf(request.method, request.routeOptions.url ?? "", request.body ?? {}),
  };
}

function invalid(message: string): AppError {
  return new AppError("idempotency_key_invalid", `The Idempotency-Key ${message}.`, {
    errors: [{ pointer: "/header/idempotency-key", message }],
  });
}

export function fingerprintOf(method: string, route: string, body: unknown): Buffer {
  return createHash("sha256")
    .update(`${method} ${route}\n${canonicalJson(body)}`)
    .digest();
}

/** JSON with members in the order of their names, so that the order in which a client writes them does not matter. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(",")}}`;
}
