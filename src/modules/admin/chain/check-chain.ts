import { type Queryable, statement, type Tx } from "../../../db/database.js";
import type { RuleResult } from "../rule-result.js";
import { type ChainHash, FIRST_HASH, type Link, LOG_TEXT, type LogText } from "./chain-hash.js";

export interface ChainDeps {
  readonly chainHash: ChainHash;
  /** How many blocks are computed anew: the newest, and others that a hash of their number spreads. */
  readonly blocksMax: number;
}

const SAMPLES = 10;

/** The newest half of what may be looked at, and the rest spread over the others. */
const BLOCKS = statement(
  "chain.blocks",
  `with sizes as (select coalesce(max(number), 0) as newest from audit_blocks)
   select b.number, b.row_count, b.hash, p.hash as before
   from sizes, audit_blocks b left join audit_blocks p on p.number = b.number - 1
   where b.number > sizes.newest - $1::bigint / 2
     or hashint8(b.number)::bigint % greatest(1, 2 * sizes.newest / $1::bigint) = 0
   order by b.number`,
);
const LINKS = statement(
  "chain.links_of_block",
  `select l.audit_id, l.facts_hash, l.details_hash, a.id, ${LOG_TEXT}
   from audit_links l left join audit_log a on a.id = l.audit_id where l.block = $1 order by l.audit_id`,
);
const GAPS = statement(
  "chain.gaps",
  `select 'audit_block:' || missing.number as id
   from (select coalesce(max(number), 0) as newest from audit_blocks) last,
     generate_series(1, last.newest) as missing (number)
   where not exists (select from audit_blocks b where b.number = missing.number)
   union all
   select 'audit:' || a.id from audit_log a
   where a.id <= (select coalesce(max(complete_to), 0) from audit_blocks)
     and not exists (select from audit_links l where l.audit_id = a.id)
   union all
   select 'audit:' || l.audit_id from audit_links l
   where (select count(*) from audit_links) <>
       (select count(*) from audit_log where id <= (select max(audit_id) from audit_links))
       - (select count(*) from audit_log a where a.id > (select max(complete_to) from audit_blocks)
          and a.id <= (select max(audit_id) from audit_links)
          and not exists (select from audit_links l where l.audit_id = a.id))
     and not exists (select from audit_log a where a.id = l.audit_id)`,
);
const ROOT = statement(
  "chain.root",
  "select number, made_at, encode(hash, 'hex') as hash from audit_blocks order by number desc limit 1",
);

/** The last block: who has written it down can tell later that nothing before it has changed. */
export interface ChainRoot {
  readonly number: number;
  readonly made_at: string;
  readonly hash: string;
}

export async function readRoot(db: Queryable): Promise<ChainRoot | undefined> {
  return (await db.run<ChainRoot>(ROOT)).rows[0];
}

interface BlockRow {
  readonly number: number;
  readonly row_count: number;
  readonly hash: Buffer;
  readonly before: Buffer | null;
}

type LinkedRow = Link & Partial<LogText> & { readonly details: string | null };

export const CHAIN_PROMISES = {
  audit_chain_is_whole:
    "No row of the audit log was changed, removed or put in since it was chained, and no block of the chain.",
};

/**
 * Computes blocks anew from the rows of the log. What a row tells of before and after may be erased (both empty): its
 * hash stays, and the block is whole all the same.
 */
export async function checkChain(tx: Tx, { chainHash, blocksMax }: ChainDeps): Promise<RuleResult> {
  const bad = (await tx.run<{ id: string }>(GAPS)).rows.map(({ id }) => id);
  let checked = 0;
  const sought = Number.isFinite(blocksMax) ? blocksMax : Number.MAX_SAFE_INTEGER;
  for (const block of (await tx.run<BlockRow>(BLOCKS, [sought])).rows) {
    const links = (await tx.run<LinkedRow>(LINKS, [block.number])).rows;
    checked += links.length;
    for (const link of links) if (!isAsItWas(link, chainHash)) bad.push(`audit:${link.audit_id}`);
    const before = block.number === 1 ? FIRST_HASH : block.before;
    const isWhole =
      before !== null &&
      links.length === block.row_count &&
      chainHash.blockOf(block.number, before, links).equals(block.hash);
    if (!isWhole) bad.push(`audit_block:${block.number}`);
  }
  return { name: "audit_chain_is_whole", checked, violations: bad.length, samples: bad.slice(0, SAMPLES) };
}

const ERASED = "\n";

function isAsItWas(link: LinkedRow, chainHash: ChainHash): boolean {
  const { id, facts, details } = link;
  if (id == null || facts == null || details == null) return false;
  const now = chainHash.linkOf({ id, facts, details });
  return (
    now.facts_hash.equals(link.facts_hash) &&
    (details === ERASED || now.details_hash.equals(link.details_hash))
  );
}
