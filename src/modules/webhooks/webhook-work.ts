import type { Db } from "../../db/database.js";
import type { Logger } from "../../telemetry/log.js";
import type { DeliverTo } from "./deliver-events.js";
import { claimEndpoints, lookForWork } from "./delivery-store.js";
import { numberEvents } from "./event-store.js";

const PAUSE_MILLIS = 1_000;
const NUMBERS_AT_ONCE = 200;
/** Receivers at a time in one process: what hangs holds a connection and a little memory, and no job's place. */
const ENDPOINTS_AT_ONCE = 64;
const LEASE_SECONDS = 60;

export interface WebhookWork {
  /** What is under way is broken off; it stays due. */
  stop(): Promise<void>;
}

/**
 * Numbers events and sends them, beside the jobs: receivers are other people's machines, and as many of them as like
 * may hang without holding one of the places in which eSIMs are bought. Any number of processes may do it.
 */
export function startWebhookWork(deps: { db: Db; deliverTo: DeliverTo; log: Logger }): WebhookWork {
  const { db, deliverTo, log } = deps;
  const stopping = new AbortController();
  const sending = new Set<Promise<void>>();
  let isInTrouble = false;
  /** Every place is taken, so more receivers may wait for one. */
  let isFull = false;

  /** Whether there may be more to do at once. */
  const step = async (): Promise<boolean> => {
    isFull = false;
    const { has_new, has_due } = await lookForWork(db);
    const numbered = has_new ? await numberEvents(db, NUMBERS_AT_ONCE) : 0;
    const free = ENDPOINTS_AT_ONCE - sending.size;
    isFull = free === 0;
    if ((has_due || numbered > 0) && free > 0) {
      const claimed = await claimEndpoints(db, free, LEASE_SECONDS);
      isFull = claimed.length === free;
      for (const endpoint of claimed) {
        const sent: Promise<void> = deliverTo(endpoint, stopping.signal)
          .catch((error: unknown) =>
            log.warn({ err: error, endpoint_id: endpoint.id }, "webhooks were not sent"),
          )
          .finally(() => sending.delete(sent));
        sending.add(sent);
      }
    }
    return numbered === NUMBERS_AT_ONCE;
  };

  /** A second, or less where a place becomes free for which others may wait. */
  const waitForMore = async (): Promise<void> => {
    const waited = new AbortController();
    const asLongAs = AbortSignal.any([stopping.signal, waited.signal]);
    await Promise.race([pause(PAUSE_MILLIS, asLongAs), ...(isFull ? sending : [])]);
    waited.abort();
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let hasMore = false;
      try {
        hasMore = await step();
        isInTrouble = false;
      } catch (error) {
        if (!isInTrouble)
          log.warn({ err: error }, "events are not numbered or sent; trying again every second");
        isInTrouble = true;
      }
      if (!hasMore) await waitForMore();
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
      await Promise.all(sending);
    },
  };
}

function pause(millis: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      until.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    until.addEventListener("abort", end);
  });
}
