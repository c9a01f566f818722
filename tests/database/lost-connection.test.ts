import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statement, type Tx } from "../../src/db/database.js";
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
