import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listEventsAfter, numberEvents } from "../../src/modules/webhooks/event-store.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";

const WRITERS = 10;
const EACH = 30;

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase({ poolMax: 20 });
});
afterAll(() => database.drop());

const NOTE = {
  name: "",
  text: "insert into new_shop_events (type, subject_id) select 'order.paid', g from generate_series(1, $1::int) g",
};
const LINGER = { name: "", text: "select pg_sleep($1::float8 / 1000)" };

describe("the sequence of events", () => {
  it("has no gap and never runs backwards for a reader, whoever numbers and whatever rolls back", async () => {
    const { db } = database;
    let isWriting = true;
    let committed = 0;
    const write = async (writer: number): Promise<void> => {
      for (let turn = 0; turn < EACH; turn += 1) {
        const count = 1 + (turn % 3);
        const isKept = (writer + turn) % 4 !== 0;
        await db
          .transaction(async (tx) => {
            await tx.run(NOTE, [count]);
            if (turn % 5 === 0) await tx.run(LINGER, [writer]);
            if (!isKept) throw new Error("rolled back");
          })
          .catch(() => undefined);
        if (isKept) committed += count;
      }
    };
    const number = async (): Promise<void> => {
      while (isWriting || (await numberEvents(db, 7)) > 0) await numberEvents(db, 7);
    };
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for (let wasWriting = true; ; wasWriting = isWriting) {
        const items = await listEventsAfter(db, { after: seen.at(-1) ?? 0, limit: 50 });
        seen.push(...items.map(({ sequence }) => sequence));
        if (items.length === 0 && !wasWriting) return;
      }
    };
    const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    const numberers = Promise.all([number(), number(), number()]);
    const reader = read();
    await writers;
    isWriting = false;
    await numberers;
    await reader;
    const rest = await listEventsAfter(db, { after: seen.at(-1) ?? 0, limit: 500 });
    seen.push(...rest.map(({ sequence }) => sequence));
    expect(seen).toEqual(Array.from({ length: committed }, (_, index) => index + 1));
    expect(await database.query("select from new_shop_events")).toEqual([]);
  });
});
