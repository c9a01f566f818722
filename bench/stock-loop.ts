/**
 * Two loops on 32 connections, named statements, durable commits: orders that hold a stock item, then items taken
 * from the shelf. Prints both rates per second as JSON. Arguments: database URL, seconds, plan id.
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { prepareSession, sessionSettings } from "../src/db/session.js";
import { makeOfferFragment } from "../src/modules/esims/stock/deliverable-offer.js";
import { TAKE_STOCK } from "../src/modules/esims/stock/stock-shelf.js";
import { placeOrFindStatement } from "../src/modules/orders/order-store.js";

const [, , url = "", seconds, planId] = process.argv;
const CONNECTIONS = 32;
/** Few buyers stand for many. */
const CAPS_OFF = { openMax: 999_999, perHourMax: 999_999 };
const ORDER = placeOrFindStatement(
  makeOfferFragment({ defaultSupplier: "local", suppliers: ["local", "stock"], stockHoldMinutes: 15 }),
  CAPS_OFF,
);
const fingerprint = randomBytes(32);

const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString: url }));
for (const client of clients) {
  await client.connect();
  await prepareSession(client, sessionSettings(10_000));
}
const buyers = await clients[0]?.query<{ id: string }>("select id from users where email like 'stock-%'");
const buyerIds = (buyers?.rows ?? []).map(({ id }) => Number(id));

/** Every connection repeats `once` until the time is up or it was done `most` times; answers how often a second they did it together. */
async function rate(
  once: (client: pg.Client, index: number) => Promise<pg.QueryResult>,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const startedAt = performance.now();
  const deadline = startedAt + Number(seconds) * 1000;
  let started = 0;
  const counts = await Promise.all(
    clients.map(async (client) => {
      let done = 0;
      for (; performance.now() < deadline && started < most; done += 1) {
        started += 1;
        const { rowCount } = await once(client, started);
        if (rowCount !== 1) throw new Error("The shelf is empty, or an order was refused");
      }
      return done;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - startedAt) / 1000);
}

const held = await rate((client, index) => {
  const key = `stock-${index}`;
  const buyer = buyerIds[index % buyerIds.length];
  const values = [`TRB-${key}`, buyer, Number(planId), "USD", key, fingerprint, 60, null, null];
  return client.query({ ...ORDER, values });
});
/** The purchases of those orders, as the chain begins them; each takes the item that its order holds. */
const purchases = await clients[0]?.query(
  `insert into provisioning_attempts (profile_id, number, reference, supplier, package_id)
   select e.id, 1, 'bench-' || row_number() over (), 'stock', $1::bigint::text
   from esim_profiles e join stock_items i on i.order_id = e.order_id where i.status = 'held'`,
  [Number(planId)],
);
await clients[0]?.query("analyze");
const taken = await rate(
  (client, index) => client.query({ ...TAKE_STOCK, values: [`bench-${index}`, Number(planId)] }),
  purchases?.rowCount ?? 0,
);
for (const client of clients) await client.end();
console.log(JSON.stringify({ held, taken }));
