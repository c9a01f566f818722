import { request } from "undici";
import {
  ANSWER_BYTES_MAX,
  type GuardedReceiverOptions,
  makeGuardedAgent,
  problemIn,
  problemOfUrl,
  TIMEOUT_MILLIS,
} from "./guarded-receiver.js";
import type { ReadAddress } from "./port.js";

/**
 * Reads a small file from an address that a person typed in, under the same guards as a receiver's: judged addresses,
 * no redirect, 64 kB, one time limit. What is cut off, larger or not a 200 is not read at all.
 */
export function makeGuardedReader(options: GuardedReceiverOptions): ReadAddress {
  return async (url) => {
    if (problemOfUrl(url, options.allowsPrivate) !== undefined)
      return { kind: "unread", why: "address_refused" };
    const agent = makeGuardedAgent(options);
    const timeLimit = AbortSignal.timeout(options.timeoutMillis ?? TIMEOUT_MILLIS);
    try {
      const { statusCode, body } = await request(url, { dispatcher: agent, signal: timeLimit });
      if (statusCode !== 200) return { kind: "unread", why: `status_${statusCode}` };
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) return { kind: "unread", why: "too_large" };
      }
      return { kind: "read", bytes: Buffer.concat(chunks) };
    } catch (error) {
      return { kind: "unread", why: timeLimit.aborted ? "time_out" : problemIn(error) };
    } finally {
      await agent.destroy();
    }
  };
}
