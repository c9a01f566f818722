import { createHmac } from "node:crypto";
import type pg from "pg";
import { withClient } from "./connect.js";

export interface CanarySecret {
  readonly name: string;
  /** What makes up the secret now; during a rotation more than one, the new one first. */
  readonly values: readonly string[];
}

/** Says nothing about the secret: 64 bits of an HMAC under it. */
const canaryOf = (value: string): string =>
  createHmac("sha256", value).update("tribi installation canary").digest("hex").slice(0, 16);

/**
 * The names of secrets that are not those that this database was first used with. Tokens, hashes and ciphertexts in
 * the database would not match them. A secret in rotation (old and new given together) matches, and its new value
 * counts from then on. `accept` makes the present secrets the right ones.
 */
export function findForeignSecrets(
  url: string,
  secrets: readonly CanarySecret[],
  options: { accept?: boolean } = {},
): Promise<string[]> {
  return withClient(url, async (client) => {
    const foreign: string[] = [];
    for (const { name, values } of secrets) {
      const canaries = values.map(canaryOf);
      const key = `secret:${name}`;
      await client.query(
        "insert into installation_facts (name, value) values ($1, $2) on conflict (name) do nothing",
        [key, canaries[0]],
      );
      const { rowCount } = await client.query(
        "update installation_facts set value = $2 where name = $1 and (value = any($3) or $4)",
        [key, canaries[0], canaries, options.accept === true],
      );
      if (rowCount === 0) foreign.push(name);
    }
    return foreign;
  });
}

/** The same by a look alone: what the database was never used with is not foreign, and nothing is written. */
export async function readForeignSecrets(
  client: Pick<pg.Client, "query">,
  secrets: readonly CanarySecret[],
): Promise<string[]> {
  const { rows } = await client.query<{ name: string; value: string }>(
    "select name, value from installation_facts",
  );
  const known = new Map(rows.map(({ name, value }) => [name, value]));
  return secrets
    .filter(({ name, values }) => {
      const canary = known.get(`secret:${name}`);
      return canary !== undefined && !values.map(canaryOf).includes(canary);
    })
    .map(({ name }) => name);
}
