/**
 * The ceiling: the bare statement of an order in a loop on 32 connections, named, with durable commits. It runs in
 * a process of its own so that nothing else of the benchmark costs it time. Prints statements per second and their
 * times as JSON. Arguments: database URL, seconds, plan id, a label that makes keys unique, user ids (comma-separated).
 */
import { randomBytes } from "node:crypto";
import { makeOfferFragment } from "../src/modules/esims/stock/deliverable-offer.js";
import { placeStatement } from "../src/modules/orders/order-store.js";
import { bareLoop } from "./bare-loop.js";

const [, , url = "", seconds, planId, label = "", userList = ""] = process.argv;
const users = userList.split(",").map(Number);
/** As the program composes it with the local supplier. */
const ORDER = placeStatement(
  makeOfferFragment({ defaultSupplier: "local", suppliers: ["local"], stockHoldMinutes: 15 }),
  {
    openMax: 999_999,
    perHourMax: 999_999,
  },
);

const fingerprint = randomBytes(32);
const deadline = performance.now() + Number(seconds) * 1000;
const result = await bareLoop(url, (client, connection, done) => {
  if (performance.now() >= deadline) return undefined;
  const key = `${label}-${connection}-${done}`;
  const user = users[connection % users.length];
  return client.query({
    ...ORDER,
    values: [`TRB-${key}`, user, Number(planId), "USD", key, fingerprint, 60, null],
  });
});
console.log(JSON.stringify(result));
