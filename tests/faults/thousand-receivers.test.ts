import { afterAll, beforeAll, expect, it } from "vitest";
import { makeDeliverTo } from "../../src/modules/webhooks/deliver-events.js";
import { startWebhookWork } from "../../src/modules/webhooks/webhook-work.js";
import type { Message, Receiver, ReceiverAnswer } from "../../src/providers/receiver/port.js";
import { makeEvents } from "../../src/telemetry/events.js";
import { makeLog } from "../../src/telemetry/log.js";
import { makeMetrics } from "../../src/telemetry/metrics.js";
import { makeTestDatabase, type TestDatabase } from "../support/database.js";
import { eventually } from "../support/eventually.js";

const RECEIVERS = 1_000;
/** One in so many answers; the others hang. */
const WELL_EVERY = 50;
const AT_ONCE = 64;

let database: TestDatabase;
beforeAll(async () => {
  database = await makeTestDatabase({ poolMax: 4 });
});
afterAll(() => database.drop());

const isWell = (url: string): boolean => Number(url.split("/").at(-1)) % WELL_EVERY === 0;

/** Receivers of which nearly all hang until they are let go; what hangs was waited for too long. */
function makeReceivers() {
  const asked: string[] = [];
  let hanging: (() => void)[] = [];
  let most = 0;
  let now = 0;
  const receiver: Receiver = {
    problemOf: () => undefined,
    close: async () => undefined,
    async send({ url }: Message): Promise<ReceiverAnswer> {
      asked.push(url);
      now += 1;
      most = Math.max(most, now);
      if (!isWell(url)) await new Promise<void>((resolve) => hanging.push(resolve));
      now -= 1;
      // None is tried again within the test, however slow the machine is.
      const none = { millis: 10_000, bytes: 0, retryAfterSeconds: 3_600 };
      return isWell(url)
        ? { ...none, status: 204, problem: null, millis: 1 }
        : { ...none, status: null, problem: "time_out" };
    },
  };
  const letGo = (): void => {
    for (const end of hanging) end();
    hanging = [];
  };
  return { receiver, asked, letGo, most: () => most };
}

it("a thousand receivers of which nearly all hang: each is asked once, few at a time, and those that are well come first", async () => {
  const { db, query } = database;
  // The purpose is a part of what is sealed; here nobody reads it.
  const sealer = { seal: (_: string, text: string) => Buffer.from(text), open: () => "whsec_c2VjcmV0" };
  await query(
    `insert into webhook_endpoints (reference, url, types, sealed_secret)
     select 'r' || n, 'https://hooks.example.com/' || n, '{*}', 'sealed' from generate_series(1, $1::int) n`,
    [RECEIVERS],
  );
  const event = () => query("insert into new_shop_events (type, subject_id) values ('order.paid', 1)");
  const tried = async (): Promise<number> => {
    const [row] = await query<{ n: number }>(
      "select count(*)::int as n from webhook_deliveries where attempts > 0",
    );
    return row?.n ?? 0;
  };
  await event();
  const receivers = makeReceivers();
  const log = makeLog({ level: "silent", format: "json" });
  const events = makeEvents(log, makeMetrics().registry);
  const deliverTo = makeDeliverTo({ db, sealer, receiver: receivers.receiver, events, random: () => 0.5 });
  const work = startWebhookWork({ db, deliverTo, log });
  const goOn = setInterval(receivers.letGo, 20);
  try {
    await eventually(async () => (await tried()) === RECEIVERS);
    expect(new Set(receivers.asked).size).toBe(RECEIVERS);
    expect(receivers.asked).toHaveLength(RECEIVERS);
    expect(receivers.most()).toBeGreaterThan(AT_ONCE / 2);
    expect(receivers.most()).toBeLessThanOrEqual(AT_ONCE);
    const before = receivers.asked.length;
    await event();
    await eventually(() => receivers.asked.slice(before).filter(isWell).length === RECEIVERS / WELL_EVERY);
    expect(receivers.asked.slice(before, before + 2 * AT_ONCE).filter(isWell)).toHaveLength(
      RECEIVERS / WELL_EVERY,
    );
  } finally {
    clearInterval(goOn);
    receivers.letGo();
    const stopping = work.stop();
    receivers.letGo();
    await stopping;
  }
});
