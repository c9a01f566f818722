import { TribiError } from "./error.js";
import type { Sleep } from "./wait.js";

export interface PollOptions {
  readonly signal?: AbortSignal | undefined;
  /** After this the poll ends with `timed_out`; two minutes by default. */
  readonly timeoutMillis?: number;
}

const FIRST_PAUSE_MILLIS = 400;
const PAUSE_MILLIS_MAX = 5_000;

/** Looks again, less and less often, until there is something to give. */
export async function poll<Value>(
  look: (count: number) => Promise<Value | undefined>,
  { signal, timeoutMillis = 120_000 }: PollOptions,
  pause: Sleep,
): Promise<Value> {
  let waited = 0;
  for (let count = 1; ; count += 1) {
    const found = await look(count);
    if (found !== undefined) return found;
    if (waited >= timeoutMillis) {
      throw new TribiError({ code: "timed_out", detail: "It takes longer than expected. Look again later." });
    }
    const millis = Math.min(PAUSE_MILLIS_MAX, FIRST_PAUSE_MILLIS * 1.4 ** (count - 1));
    await pause(millis, signal);
    waited += millis;
  }
}
