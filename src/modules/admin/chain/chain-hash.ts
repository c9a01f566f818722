import { createHmac, hkdfSync } from "node:crypto";

/** A row of the log as PostgreSQL writes it out: the same text for the same content, whoever reads it. */
export interface LogText {
  readonly id: number;
  readonly facts: string;
  readonly details: string;
}

export interface Link {
  readonly audit_id: number;
  readonly facts_hash: Buffer;
  readonly details_hash: Buffer;
}

/** The columns of `a`, a row of audit_log, from which a link is made. */
export const LOG_TEXT = `
  json_build_array(a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor, a.action, a.subject,
    a.request_id)::text as facts,
  coalesce(a.before::text, '') || chr(10) || coalesce(a.after::text, '') as details`;

/** What the block before the first one is. */
export const FIRST_HASH = Buffer.alloc(32);

export type ChainHash = ReturnType<typeof makeChainHash>;

/**
 * Keyed, so that who can write the database cannot make a chain that fits, and what a hash stands for cannot be guessed
 * once it is erased. The key comes from DATA_INDEX_KEY, which is not rotated.
 */
export function makeChainHash(indexKey: string) {
  const key = Buffer.from(hkdfSync("sha256", indexKey, "", "audit chain", 32));
  const digest = (purpose: string, ...parts: readonly (string | Buffer)[]): Buffer => {
    const hmac = createHmac("sha256", key).update(`${purpose}\n`);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
  return {
    linkOf: ({ id, facts, details }: LogText): Link => ({
      audit_id: id,
      facts_hash: digest("facts", facts),
      details_hash: digest("details", `${id}\n`, details),
    }),
    /** Links by their id, ascending. */
    blockOf: (number: number, before: Buffer, links: readonly Link[]): Buffer =>
      digest(
        "block",
        `${number}\n`,
        before,
        ...links.flatMap((link) => [`${link.audit_id}\n`, link.facts_hash, link.details_hash]),
      ),
  };
}
