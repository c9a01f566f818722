import { randomUUID } from "node:crypto";
import { makeRandom } from "../simulation/random.js";
import { requestTo } from "../support/process-client.js";
import type { ServerProcess } from "../support/processes.js";

/** What the shop has said yes to. It must be there whatever happens to the database afterwards. */
export interface Acknowledged {
  readonly orderId: number;
  readonly key: string;
  /** The provider's notice that this order is paid was taken. */
  isPaid: boolean;
}

export interface Writers {
  readonly acknowledged: readonly Acknowledged[];
  /** By process: when the first order was answered that was sent at this moment or later; undefined: none yet. */
  backSince(moment: number): readonly (number | undefined)[];
  /** Each ends what it has begun, by asking with the same key until it is answered. */
  stop(): Promise<void>;
}

const RETRY_MILLIS = 50;
const GIVE_UP_MILLIS = 60_000;
const REQUEST_MILLIS_MAX = 20_000;

/** Customers of every process order one thing after another, and pay for half of it. */
export function startWriters(
  processes: readonly ServerProcess[],
  customers: readonly string[],
  { planId, seed }: { planId: number; seed: number },
): Writers {
  const acknowledged: Acknowledged[] = [];
  const answers: { readonly by: number; readonly sentAt: number; readonly at: number }[] = [];
  let isStopping = false;

  const insist = async (by: number, bearer: string, path: string, body: unknown, key?: string) => {
    const ask = requestTo(processes[by] as ServerProcess);
    const deadline = performance.now() + GIVE_UP_MILLIS;
    let last = "";
    while (performance.now() < deadline) {
      const sentAt = performance.now();
      const options = { bearer, body, headers: key === undefined ? {} : { "idempotency-key": key } };
      const answer = await bounded(ask("POST", path, options)).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.status < 300) {
        if (path === "/orders") answers.push({ by, sentAt, at: performance.now() });
        return answer.body;
      }
      last = answer instanceof Error ? answer.message : `${answer.status} ${answer.text}`;
      if (!(answer instanceof Error) && answer.status < 500) break;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
    throw new Error(`${path} was not answered: ${last}`);
  };

  const write = async (by: number, bearer: string, number: number): Promise<void> => {
    const random = makeRandom(seed * 1_009 + number);
    while (!isStopping) {
      const key = randomUUID();
      const order = await insist(by, bearer, "/orders", { plan_id: planId }, key);
      const made: Acknowledged = { orderId: order.id, key, isPaid: false };
      acknowledged.push(made);
      if (random.chance(0.5)) continue;
      const intent = await insist(by, bearer, "/payments/create", { order_id: order.id, provider: "MOCK" });
      await insist(by, bearer, "/payments/webhook/mock", {
        intent_id: intent.intent_id,
        status: "succeeded",
      });
      made.isPaid = true;
    }
  };
  const writing = processes.flatMap((_, by) =>
    customers.map((bearer, number) => write(by, bearer, by * customers.length + number)),
  );
  const all = Promise.all(writing);
  all.catch(() => undefined);
  return {
    acknowledged,
    backSince: (moment) =>
      processes.map((_, by) => {
        const first = answers.find((one) => one.by === by && one.sentAt >= moment);
        return first === undefined ? undefined : (first.at - moment) / 1000;
      }),
    stop: async () => {
      isStopping = true;
      await all;
    },
  };
}

/** A process that is stuck is a process that does not answer. */
const bounded = <Value>(work: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer in ${REQUEST_MILLIS_MAX} ms`)),
      REQUEST_MILLIS_MAX,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
