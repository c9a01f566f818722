import { assertNoOpenTransaction, type Db } from "../../db/database.js";
import type { Sealer } from "../../kernel/sealing.js";
import type { Receiver, ReceiverAnswer } from "../../providers/receiver/port.js";
import type { Events } from "../../telemetry/events.js";
import { inCall } from "../../telemetry/spans.js";
import {
  type ClaimedEndpoint,
  type DueDelivery,
  listDue,
  recordFailure,
  recordSuccess,
  releaseEndpoint,
} from "./delivery-store.js";
import { secretPurpose } from "./manage-endpoints.js";
import { signMessage } from "./sign-message.js";

const MINUTE = 60;
const HOUR = 3_600;
/** Waits between the ten tries of one delivery: three days and a few hours in all. */
const RETRY_SECONDS = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
const RETRY_AFTER_SECONDS_MAX = 24 * HOUR;
/** An endpoint that has answered nothing good for this long is paused. */
const FAILS_AT_MOST_HOURS = 72;
/** From this failure on in a row the endpoint is left alone for a while, with all that waits for it. */
const FAILURES_FREE = 3;
const ENDPOINT_WAIT_SECONDS_MAX = 5 * MINUTE;
const TOGETHER = 4;
const PER_CLAIM_MAX = 100;
/** Shorter than the lease, whatever the last message takes. */
const CLAIM_MILLIS_MAX = 30_000;

export interface DeliverDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly receiver: Receiver;
  readonly events: Events;
  readonly random: () => number;
}

export type DeliverTo = (endpoint: ClaimedEndpoint, stop: AbortSignal) => Promise<void>;

/** Sends what is due to one endpoint. While it fails only one message is tried at a time. */
export function makeDeliverTo(deps: DeliverDeps): DeliverTo {
  const { db, sealer } = deps;
  return async (endpoint, stop) => {
    const purpose = secretPurpose(endpoint.reference);
    const sealed = [endpoint.sealed_secret, endpoint.sealed_former_secret];
    const secrets = sealed.flatMap((one) => (one === null ? [] : [sealer.open(purpose, one)]));
    const until = performance.now() + CLAIM_MILLIS_MAX;
    const queue = [...(await listDue(db, endpoint.id, endpoint.failures > 0 ? 1 : PER_CLAIM_MAX))];
    let failures = endpoint.failures;
    const sendNext = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        if (stop.aborted || performance.now() > until) return;
        const isDelivered = await deliver(deps, endpoint.url, secrets, next, failures, stop);
        if (isDelivered) failures = 0;
        else {
          failures += 1;
          // What waits for a receiver that fails does not become worse by being tried as well.
          queue.length = 0;
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: TOGETHER }, sendNext));
    } finally {
      await releaseEndpoint(db, endpoint);
    }
  };
}

async function deliver(
  deps: DeliverDeps,
  url: string,
  secrets: readonly string[],
  delivery: DueDelivery,
  failures: number,
  stop: AbortSignal,
): Promise<boolean> {
  assertNoOpenTransaction("a webhook's receiver");
  const body = bodyOf(delivery);
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "tribi-webhooks/1",
    ...signMessage({ id: delivery.event_id, timestamp, body }, secrets),
  };
  const answer = await inCall("receiver", "send", () => deps.receiver.send({ url, headers, body }, stop));
  // Nobody knows what would have come of it: it stays due.
  if (answer.problem === "stopped") return false;
  const isDelivered = answer.status !== null && answer.status >= 200 && answer.status < 300;
  deps.events.webhookSent({ outcome: isDelivered ? "delivered" : "failed" });
  if (isDelivered) {
    await recordSuccess(deps.db, { delivery, answer });
    return true;
  }
  const reason = await recordFailure(
    deps.db,
    { delivery, answer },
    {
      nextSeconds: nextTrySeconds(delivery.attempts, answer, deps.random),
      pausesFor: answer.status === 410 ? "gone" : null,
      endpointWaitsSeconds: endpointWaitSeconds(failures + 1),
      failsAtMostHours: FAILS_AT_MOST_HOURS,
    },
  );
  if (reason !== null) deps.events.webhookEndpointPaused({ reason }, { delivery_id: delivery.id });
  return false;
}

/** The item of GET /events, so that a receiver can take the missing ones from there. */
function bodyOf({ sequence, type, event_id: id, created_at, data }: DueDelivery): string {
  return JSON.stringify({ sequence, type, id, created_at, data });
}

/** Null when the tries are used up. A receiver may ask for more time than it would get, not for less. */
export function nextTrySeconds(
  attemptsBefore: number,
  answer: Pick<ReceiverAnswer, "retryAfterSeconds">,
  random: () => number,
): number | null {
  const wait = RETRY_SECONDS[attemptsBefore];
  if (wait === undefined) return null;
  const asked = Math.min(answer.retryAfterSeconds ?? 0, RETRY_AFTER_SECONDS_MAX);
  // Receivers that failed together are not asked together again.
  return Math.max(wait, asked) * (0.9 + 0.2 * random());
}

/** 0 for the first failures in a row: the next message may be one that it can take. */
export function endpointWaitSeconds(failures: number): number {
  if (failures < FAILURES_FREE) return 0;
  return Math.min(ENDPOINT_WAIT_SECONDS_MAX, 10 * 2 ** Math.min(failures - FAILURES_FREE, 10));
}
