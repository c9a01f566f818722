import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statement, type Tx } from "../../src/db/database.js";
import { makeChainHash } from "../../src/modules/admin/admin.module.js";
import { checkChain } from "../../src/modules/admin/chain/check-chain.js";
import { makeExtendChain } from "../../src/modules/admin/chain/extend-chain.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

const KEY = "an index key of the tests, long enough";
const UNDONE = new Error("what was planted is taken back");

describe("the chain over the audit log", () => {
  let database: TestDatabase;
  const chainHash = makeChainHash(KEY);
  const extend = () => makeExtendChain({ db: database.db, chainHash })();
  const write = (count: number, at = "now()") =>
    database.query(
      `insert into audit_log (at, actor, action, subject, before, after)
       select ${at}, 'user:1', 'order.paid', 'order:' || n, '{"status": "created"}', '{"status": "paid"}'
       from generate_series(1, $1::integer) n`,
      [count],
    );
  const check = (tx: Tx, blocksMax = Number.POSITIVE_INFINITY) => checkChain(tx, { chainHash, blocksMax });
  const checkNow = (blocksMax?: number) => database.db.transaction((tx) => check(tx, blocksMax));

  beforeAll(async () => {
    database = await makeTestDatabase();
    await write(1_500, "now() - interval '1 hour'");
    await extend();
    await write(20);
    await extend();
  });
  afterAll(() => database.drop());

  const withFault = async (fault: string) => {
    let seen: Awaited<ReturnType<typeof check>> | undefined;
    await database.db
      .transaction(async (tx) => {
        await tx.run(statement("", fault));
        seen = await check(tx);
        throw UNDONE;
      })
      .catch((error: unknown) => {
        if (error !== UNDONE) throw error;
      });
    return seen;
  };

  it("links every row once, a thousand to a block, and is whole", async () => {
    const blocks = await database.query<{ row_count: number }>(
      "select row_count from audit_blocks order by number",
    );
    expect(blocks.map((block) => block.row_count)).toEqual([1_000, 500, 20]);
    expect(await checkNow()).toEqual({
      name: "audit_chain_is_whole",
      checked: 1_520,
      violations: 0,
      samples: [],
    });
    expect((await checkNow(2)).violations).toBe(0);
    await extend();
    expect(await database.query("select from audit_blocks")).toHaveLength(3);
  });

  it.each([
    ["a row that was changed", "update audit_log set actor = 'user:2' where id = 7", ["audit:7"]],
    [
      "a row told as of another time",
      "update audit_log set at = at + interval '1 microsecond' where id = 7",
      ["audit:7"],
    ],
    [
      "what a row tells, changed",
      `update audit_log set after = '{"status": "failed"}' where id = 1510`,
      ["audit:1510"],
    ],
    ["a row that is gone", "delete from audit_log where id = 1505", ["audit:1505", "audit:1505"]],
    [
      "a row that is gone with its link",
      "with l as (delete from audit_links where audit_id = 8) delete from audit_log where id = 8",
      ["audit_block:1"],
    ],
    [
      "a row that was put in",
      "insert into audit_log (id, actor, action, subject) overriding system value values (0, 'x', 'x', 'x')",
      ["audit:0"],
    ],
    [
      "a link that was made to fit",
      "with a as (update audit_log set actor = 'user:2' where id = 7) update audit_links set facts_hash = sha256('x') where audit_id = 7",
      ["audit:7", "audit_block:1"],
    ],
    [
      "a block that was made to fit",
      "update audit_blocks set hash = sha256('x') where number = 2",
      ["audit_block:2", "audit_block:3"],
    ],
    [
      "a block that is gone",
      "with l as (delete from audit_links where block = 2) delete from audit_blocks where number = 2",
      ["audit_block:2"],
    ],
  ])("finds %s", async (_, fault, samples) => {
    const found = await withFault(fault);
    expect(found?.violations).toBeGreaterThan(0);
    expect(found?.samples).toEqual(expect.arrayContaining(samples));
  });

  it("stays whole when what a row told is erased, and its key is needed to make it", async () => {
    const erased = await withFault("update audit_log set before = null, after = null where id = 7");
    expect(erased).toMatchObject({ violations: 0, checked: 1_520 });
    const other = makeChainHash("another key that somebody made up");
    const forged = await database.db.transaction((tx) => checkChain(tx, { chainHash: other, blocksMax: 10 }));
    expect(forged.violations).toBeGreaterThan(1_500);
  });

  it("links a row that becomes visible after one with a higher id", async () => {
    let commit: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const late = database.db.transaction(async (tx) => {
      await tx.run(statement("", "insert into audit_log (actor, action, subject) values ('late', 'x', 'x')"));
      begun();
      await wait;
    });
    await isBegun;
    await write(1);
    await extend();
    commit();
    await late;
    await extend();
    const unlinked = await database.query(
      "select from audit_log a where not exists (select from audit_links l where l.audit_id = a.id)",
    );
    expect(unlinked).toEqual([]);
    expect((await checkNow()).violations).toBe(0);
  });

  it("is made by one at a time, whoever runs the job", async () => {
    await write(300);
    await Promise.all(Array.from({ length: 8 }, extend));
    expect((await checkNow()).violations).toBe(0);
    const twice = await database.query("select audit_id from audit_links group by 1 having count(*) > 1");
    expect(twice).toEqual([]);
  });
});
