import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, statement, type Tx } from "../../src/db/database.js";
import { cutConnection } from "../support/cut-connection.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

const PID = statement("", "select pg_backend_pid() as pid");

describe("a connection that is cut off within a transaction", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(() => database.drop());

  const cutOff = async (tx: Tx): Promise<void> => {
    const pid = (await tx.run<{ pid: number }>(PID)).rows[0]?.pid;
    if (pid === undefined) throw new Error("The connection has no backend");
    await cutConnection(database, pid);
    // The news of it arrives while no statement is under way.
    await new Promise((resolve) => setImmediate(resolve));
  };

  it("fails the next statement and the transaction, and the process lives on with another connection", async () => {
    const transaction = database.db.transaction(async (tx) => {
      await cutOff(tx);
      await tx.run(PID);
    });
    await expect(transaction).rejects.toThrow();
    expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
  });
});

/**
 * A backend that is stopped is what the program sees of a machine that has vanished: the connection is open, and nobody
 * answers. Only root or the database's own user may stop one.
 */
describe.skipIf(process.getuid?.() !== 0)("a server that falls silent with its connections open", () => {
  let database: TestDatabase;
  const stopped: number[] = [];
  beforeAll(async () => {
    database = await makeTestDatabase();
  });
  afterAll(async () => {
    for (const pid of stopped) process.kill(pid, "SIGCONT");
    await database.drop();
  });

  it("is left after the bound of its statements, in a transaction and outside of one, and others answer", async () => {
    const db = openDatabase({
      url: database.url,
      poolMax: 1,
      applicationName: "silent",
      statementTimeoutMillis: 100,
    });
    const silence = async (run: Tx["run"]): Promise<void> => {
      const pid = (await run<{ pid: number }>(PID)).rows[0]?.pid ?? 0;
      stopped.push(pid);
      process.kill(pid, "SIGSTOP");
      await run(PID);
    };
    const startedAt = performance.now();
    await expect(silence(db.run)).rejects.toThrow("Query read timeout");
    expect((await db.run(PID)).count).toBe(1);
    await expect(db.transaction((tx) => silence(tx.run))).rejects.toThrow("Query read timeout");
    expect((await db.run(PID)).count).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await db.close();
  });
});
