import { type Db, statement, type Tx } from "../../../db/database.js";
import { type ChainHash, FIRST_HASH, LOG_TEXT, type LogText } from "./chain-hash.js";

const BLOCK_ROWS = 1_000;
/** One run of the job does not go on for ever where there is much to make up for. */
const BLOCKS_MAX = 50;

/** One at a time; the block's number decides all the same. */
const LOCK = statement("chain.lock", "select pg_advisory_xact_lock(hashtextextended('audit chain', 0))");
const LAST = statement(
  "chain.last_block",
  "select number, hash, complete_to from audit_blocks order by number desc limit 1",
);
/** Rows become visible in another order than that of their ids, so all behind the complete ones are looked at. */
const UNLINKED = statement(
  "chain.unlinked",
  `select a.id, ${LOG_TEXT} from audit_log a
   where a.id > $1 and not exists (select from audit_links l where l.audit_id = a.id)
   order by a.id limit $2`,
);
/** No transaction of ours is open for ten minutes, so nothing older than that is still to come. */
const SETTLED = statement(
  "chain.settled",
  "select coalesce((select id from audit_log where at < now() - interval '10 minutes' order by at desc limit 1), 0) as id",
);
const ADD = statement(
  "chain.add",
  `with block as (
     insert into audit_blocks (number, row_count, complete_to, hash) values ($1, cardinality($4::bigint[]), $2, $3)
     returning number
   )
   insert into audit_links (audit_id, block, facts_hash, details_hash)
   select l.audit_id, block.number, l.facts_hash, l.details_hash
   from block, unnest($4::bigint[], $5::bytea[], $6::bytea[]) as l (audit_id, facts_hash, details_hash)`,
);

interface Block {
  readonly number: number;
  readonly hash: Buffer;
  readonly complete_to: number;
}

/** Chains what has been committed since: after the commit, since a chain inside a sale would make all sales queue. */
export function makeExtendChain(deps: { readonly db: Db; readonly chainHash: ChainHash }) {
  return async function extendChain(): Promise<void> {
    for (let made = 0; made < BLOCKS_MAX; made += 1) {
      const rows = await deps.db.transaction((tx) => addBlock(tx, deps.chainHash));
      if (rows < BLOCK_ROWS) return;
    }
  };
}

async function addBlock(tx: Tx, chainHash: ChainHash): Promise<number> {
  await tx.run(LOCK);
  const last = (await tx.run<Block>(LAST)).rows[0] ?? { number: 0, hash: FIRST_HASH, complete_to: 0 };
  const settled = (await tx.run<{ id: number }>(SETTLED)).rows[0]?.id ?? 0;
  const { rows } = await tx.run<LogText>(UNLINKED, [last.complete_to, BLOCK_ROWS]);
  if (rows.length === 0) return 0;
  const links = rows.map((row) => chainHash.linkOf(row));
  const number = last.number + 1;
  await tx.run(ADD, [
    number,
    // Where the block is full there are more, and only what comes before them is complete.
    rows.length < BLOCK_ROWS
      ? Math.max(settled, last.complete_to)
      : Math.max(last.complete_to, Math.min(settled, rows.at(-1)?.id ?? 0)),
    chainHash.blockOf(number, last.hash, links),
    links.map((link) => link.audit_id),
    links.map((link) => link.facts_hash),
    links.map((link) => link.details_hash),
  ]);
  return rows.length;
}
