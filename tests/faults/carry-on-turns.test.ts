import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCarryOnMoney } from "../../src/modules/payments/carry-on-money.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

/** More than one look takes. */
const PENDING = 230;

let database: TestDatabase;

beforeAll(async () => {
  database = await makeTestDatabase();
  // Without their orders and payments, which nobody reads here.
  await database.db.transaction(async (tx) => {
    await tx.run({ name: "", text: "set local session_replication_role = replica" });
    await tx.run({
      name: "",
      text: `insert into refunds (payment_id, order_id, status, amount_minor, currency, origin, reason, created_at, called_at)
        select n, n, case when n <= ${PENDING} then 'pending' else 'requested' end, 100, 'USD', 'surplus', 'a test',
          now() - interval '1 day', case when n <= ${PENDING} then now() - interval '1 day' end
        from generate_series(1, ${PENDING} + 1) n`,
    });
  });
});
afterAll(() => database.drop());

it("refunds that are pending for days hold up neither those that were not told yet nor each other", async () => {
  const proceeded: number[] = [];
  const reread = new Set<number>();
  const carryOnMoney = makeCarryOnMoney({
    db: database.db,
    log: makeLog({ level: "silent", format: "json" }),
    applyKept: () => Promise.reject(new Error("There is no event")),
    rereadPayment: async (paymentId) => {
      reread.add(paymentId);
      return { kind: "read" };
    },
    proceedRefund: async (refundId) => {
      proceeded.push(refundId);
      return "unsettled";
    },
    refundSurplus: async () => undefined,
  });
  await carryOnMoney();
  expect(proceeded).toEqual([PENDING + 1]);
  for (let minute = 0; minute < 40 && reread.size < PENDING; minute += 1) await carryOnMoney();
  expect(reread.size).toBe(PENDING);
});
