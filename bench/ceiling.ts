/**
 * The ceiling: the bare statement of an order in a loop on 32 connections, named, with durable commits. It runs in
 * a process of its own so that nothing else of the benchmark costs it time. Prints statements per second and their
 * times as JSON. Arguments: database URL, seconds, plan id, a label that makes keys unique, user ids (comma-separated).
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { prepareSession, sessionSettings } from "../src/db/session.js";
import { makeOfferFragment } from "../src/modules/esims/stock/deliverable-offer.js";
import { placeStatement } from "../src/modules/orders/order-store.js";

const [, , url = "", seconds, planId, label = "", userList = ""] = process.argv;
const users = userList.split(",").map(Number);
const CONNECTIONS = 32;
/** As the program composes it with the local supplier. */
const ORDER = placeStatement(
  makeOfferFragment({ defaultSupplier: "local", suppliers: ["local"], stockHoldMinutes: 15 }),
  {
    openMax: 999_999,
    perHourMax: 999_999,
  },
);

async function loop(connection: number, deadline: number): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await prepareSession(client, sessionSettings(10_000));
  const fingerprint = randomBytes(32);
  const user = users[connection % users.length];
  const millis: number[] = [];
  for (let done = 0; performance.now() < deadline; done += 1) {
    const key = `${label}-${connection}-${done}`;
    const values = [`TRB-${key}`, user, Number(planId), "USD", key, fingerprint, 60, null];
    const sentAt = performance.now();
    await client.query({ ...ORDER, values });
    millis.push(performance.now() - sentAt);
  }
  await client.end();
  return millis;
}

const startedAt = performance.now();
const deadline = startedAt + Number(seconds) * 1000;
const loops = await Promise.all(
  Array.from({ length: CONNECTIONS }, (_, connection) => loop(connection, deadline)),
);
const millis = Float64Array.from(loops.flat()).sort();
const perSecond = millis.length / ((performance.now() - startedAt) / 1000);
const at = (share: number): number => millis[Math.floor(millis.length * share)] ?? 0;
console.log(JSON.stringify({ perSecond, p50Millis: at(0.5), p99Millis: at(0.99) }));
