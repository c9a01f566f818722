import { statement, type Tx } from "../../../db/database.js";
import type { makeInstallVault } from "../../esims/esims.module.js";
import type { RuleResult } from "../rule-result.js";

export interface SealedRowsDeps {
  readonly vault: Pick<
    ReturnType<typeof makeInstallVault>,
    "openProfile" | "openStock" | "activationCodeFingerprint"
  >;
  /** Ids of the keys that open. */
  readonly keyIds: readonly string[];
  /** How many rows of each table are opened; all of them when Infinity. */
  readonly opensMax: number;
}

const SAMPLES = 10;
const PAGE_ROWS = 2_000;

/** The key's id stands at the front of what it sealed: a length, then the id. A tag and an IV follow. */
const keyed = (sealed: string): string =>
  `convert_from(substring(${sealed} from 2 for get_byte(${sealed}, 0)), 'LATIN1') = any ($1::text[])
     and length(${sealed}) > 1 + get_byte(${sealed}, 0) + 28`;

const FOREIGN = statement(
  "books.foreign_seals",
  `with bad as materialized (
     select 'esim:' || id as id from esim_profiles
     where sealed is not null and not (length(sealed) > 1 and ${keyed("sealed")})
     union all
     select 'stock_item:' || id from stock_items where not (length(sealed) > 1 and ${keyed("sealed")})
   )
   select (select count(*) from esim_profiles where sealed is not null) + (select count(*) from stock_items) as checked,
     (select count(*) from bad) as violations,
     (select coalesce(json_agg(id), '[]') from (select id from bad limit ${SAMPLES}) few) as samples`,
);

/** Spread over the whole table and the same rows for the same table, so that a second run finds what the first did. */
const SPREAD = "id > $1 and ($3::bigint <= 1 or hashint8(id)::bigint % $3::bigint = 0)";

const PROFILES = statement(
  "books.sealed_profiles",
  `select id, sealed, activation_code_fingerprint as fingerprint from esim_profiles
   where sealed is not null and ${SPREAD} order by id limit $2`,
);
const STOCK = statement(
  "books.sealed_stock",
  `select id, sealed, null::bytea as fingerprint from stock_items where ${SPREAD} order by id limit $2`,
);
const SIZES = statement(
  "books.sealed_sizes",
  "select (select max(id) from esim_profiles) as profiles, (select max(id) from stock_items) as stock",
);

interface SealedRow {
  readonly id: number;
  readonly sealed: Buffer;
  readonly fingerprint: Buffer | null;
}

export const SEALED_PROMISES = {
  sealed_rows_name_our_keys: "Every sealed code names a key of DATA_ENCRYPTION_KEYS.",
  sealed_rows_open:
    "Sealed codes open with their key, in their own row, and are what their fingerprint says.",
};

/** Every sealed row names a key that is configured. */
export async function checkSealingKeys(tx: Tx, { keyIds }: SealedRowsDeps): Promise<RuleResult> {
  const [row] = (await tx.run<Omit<RuleResult, "name">>(FOREIGN, [keyIds])).rows;
  return { name: "sealed_rows_name_our_keys", ...(row ?? { checked: 0, violations: 0, samples: [] }) };
}

/** Rows that are spread over both tables open for their own place, and hold the code that their fingerprint names. */
export async function openSealedRows(tx: Tx, deps: SealedRowsDeps): Promise<RuleResult> {
  const { vault, opensMax } = deps;
  const [sizes] = (await tx.run<{ profiles: number | null; stock: number | null }>(SIZES)).rows;
  const bad: string[] = [];
  let checked = 0;
  const walk = async (
    page: typeof PROFILES,
    rows: number,
    opens: (row: SealedRow) => boolean,
    kind: string,
  ) => {
    const step = Math.max(1, Math.ceil(rows / opensMax));
    for (let last = 0; ; ) {
      const found = (await tx.run<SealedRow>(page, [last, PAGE_ROWS, step])).rows;
      for (const row of found) {
        checked += 1;
        last = row.id;
        if (!opens(row)) bad.push(`${kind}:${row.id}`);
      }
      if (found.length < PAGE_ROWS) return;
    }
  };
  await walk(PROFILES, sizes?.profiles ?? 0, (row) => opensAsItself(vault, row), "esim");
  await walk(
    STOCK,
    sizes?.stock ?? 0,
    ({ id, sealed }) => holds(() => vault.openStock(id, sealed)),
    "stock_item",
  );
  return { name: "sealed_rows_open", checked, violations: bad.length, samples: bad.slice(0, SAMPLES) };
}

function opensAsItself(vault: SealedRowsDeps["vault"], { id, sealed, fingerprint }: SealedRow): boolean {
  return holds(() => {
    const { activationCode } = vault.openProfile(id, sealed);
    if (fingerprint !== null && !vault.activationCodeFingerprint(activationCode).equals(fingerprint))
      throw new Error("Another eSIM's code is sealed here");
  });
}

function holds(open: () => unknown): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}
