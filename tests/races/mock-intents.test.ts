import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeMockLedger } from "../../src/modules/payments/payments.module.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

const ROUNDS = 150;
const CALLS = 20;

/** One after the other: twenty at once take longer on a busy machine than a caller waits. */
async function openConnections(db: TestDatabase["db"], count: number): Promise<void> {
  if (count === 0) return;
  await db.transaction(async (tx) => {
    await tx.run({ name: "", text: "select 1" });
    await openConnections(db, count - 1);
  });
}

describe("the mock provider", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await makeTestDatabase({ poolMax: CALLS });
  });
  afterAll(() => database.drop());

  it("makes one intent of one key however many ask at the same moment, and tells all of them", async () => {
    await openConnections(database.db, CALLS);
    const ledger = makeMockLedger(database.db, { confirmsByItself: false });
    for (let round = 0; round < ROUNDS; round += 1) {
      const intent = {
        intentId: `mock_pi_${round}`,
        idempotencyKey: `key-${round}`,
        shopId: "tribi",
        paymentReference: `payment-${round}`,
        orderId: 1,
        amount: { currency: "USD", minor: 500 },
      };
      const calls = await Promise.allSettled(Array.from({ length: CALLS }, () => ledger.addIntent(intent)));
      const failures = calls.flatMap((call) => (call.status === "rejected" ? [String(call.reason)] : []));
      expect(failures).toEqual([]);
    }
    const [sum] = await database.query<{ intents: number }>("select count(*) as intents from mock_intents");
    expect(sum?.intents).toBe(ROUNDS);
  });
});
