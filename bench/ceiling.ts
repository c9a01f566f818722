/**
 * The ceiling: the bare statement of an order in a loop on 32 connections, named, with durable commits. It runs in
 * a process of its own so that nothing else of the benchmark costs it time. Prints statements per second.
 * Arguments: database URL, seconds, plan id, a label that makes keys unique, user ids (comma-separated).
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { sessionOptions } from "../src/db/database.js";
import { makeOfferFragment } from "../src/modules/esims/stock/deliverable-offer.js";
import { placeOrFindStatement } from "../src/modules/orders/order-store.js";

const [, , url = "", seconds, planId, label = "", userList = ""] = process.argv;
const users = userList.split(",").map(Number);
const CONNECTIONS = 32;
/** As the program composes it with the local supplier. */
const ORDER = placeOrFindStatement(makeOfferFragment({ defaultSupplier: "local", suppliers: ["local"] }));

async function loop(connection: number, deadline: number): Promise<number> {
  const client = new pg.Client({ connectionString: url, options: sessionOptions(10_000) });
  await client.connect();
  const fingerprint = randomBytes(32);
  const user = users[connection % users.length];
  let done = 0;
  for (; performance.now() < deadline; done += 1) {
    const key = `${label}-${connection}-${done}`;
    const values = [`TRB-${key}`, user, Number(planId), "USD", key, fingerprint, 60, null];
    await client.query({ ...ORDER, values });
  }
  await client.end();
  return done;
}

const startedAt = performance.now();
const deadline = startedAt + Number(seconds) * 1000;
const counts = await Promise.all(
  Array.from({ length: CONNECTIONS }, (_, connection) => loop(connection, deadline)),
);
const total = counts.reduce((sum, count) => sum + count, 0);
console.log(total / ((performance.now() - startedAt) / 1000));
