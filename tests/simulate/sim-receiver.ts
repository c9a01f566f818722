import type pg from "pg";
import type { Sealer } from "../../src/kernel/sealing.js";
import { secretPurpose } from "../../src/modules/webhooks/manage-endpoints.js";
import type { Receiver, ReceiverAnswer } from "../../src/providers/receiver/port.js";
import type { Choices } from "./choices.js";
import { START_MICROS, virtualMicros } from "./virtual-time.js";

const DAY = 86_400;
const answer = (status: number | null, problem: ReceiverAnswer["problem"]): ReceiverAnswer => ({
  status,
  problem,
  millis: 20,
  bytes: 0,
  retryAfterSeconds: null,
});
export const NO_ANSWER = answer(null, "connection");
const OUTAGES = [NO_ANSWER, answer(null, "time_out"), answer(503, null), undefined];

/**
 * Somebody's machine that is told of every sale. In one batch of four there is one; in most of those it refuses, hangs or
 * fails for a day, from the first sales on or when customers come back. What it missed it knows by the sequence alone.
 */
export function makeSimReceiver(choices: () => Choices) {
  const seen = new Map<number, string>();
  const found: string[] = [];
  const outage = () => {
    const from = choices().of("receiver's day") < 0.5 ? 240 : 2 * DAY;
    const passed = (virtualMicros() - START_MICROS) / 1_000_000;
    if (passed < from || passed > from + DAY) return undefined;
    return OUTAGES[Math.floor(choices().of("receiver's trouble") * OUTAGES.length)];
  };
  const receiver: Receiver = {
    problemOf: () => undefined,
    async send({ body, headers }) {
      const trouble = outage();
      if (trouble !== undefined) return trouble;
      const { sequence, id } = JSON.parse(body) as { sequence: number; id: string };
      if (headers["webhook-id"] !== id) found.push(`the receiver got ${id} under ${headers["webhook-id"]}`);
      const earlier = seen.get(sequence) ?? id;
      if (earlier !== id) found.push(`the receiver got ${earlier} and ${id} as ${sequence}`);
      seen.set(sequence, id);
      return answer(204, null);
    },
    close: async () => undefined,
  };
  return {
    receiver,
    isHere: (): boolean => choices().of("has a receiver") < 0.25,
    /** Before the first sale. */
    async register(pool: pg.Pool, sealer: Sealer): Promise<void> {
      await pool.query("insert into shop_event_stream default values on conflict do nothing");
      const reference = "simulated";
      const sealed = sealer.seal(secretPurpose(reference), `whsec_${Buffer.alloc(24, 7).toString("base64")}`);
      await pool.query(
        "insert into webhook_endpoints (url, types, reference, sealed_secret) values ($1, array['*'], $2, $3)",
        ["https://receiver.example/hook", reference, sealed],
      );
    },
    /** What it has not been told at the end. */
    async findMissed(pool: pg.Pool): Promise<readonly string[]> {
      const { rows } = await pool.query<{ last: number; waiting: number }>(
        "select last_sequence as last, (select count(*) from new_shop_events) as waiting from shop_event_stream",
      );
      const { last, waiting } = rows[0] ?? { last: 0, waiting: 0 };
      const missed = Array.from({ length: last }, (_, at) => at + 1).filter((one) => !seen.has(one));
      return [
        ...found,
        ...(waiting > 0 ? [`${waiting} events have no number`] : []),
        ...(missed.length > 0
          ? [`the receiver missed ${missed.length} of ${last} events: ${missed.slice(0, 5)}`]
          : []),
      ];
    },
    forget(): void {
      seen.clear();
      found.length = 0;
    },
  };
}
