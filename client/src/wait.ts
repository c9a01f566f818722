import { TribiError } from "./error.js";

export type Sleep = (millis: number, signal: AbortSignal | undefined) => Promise<void>;

export const cancelled = (cause: unknown): TribiError =>
  new TribiError({ code: "cancelled", detail: "The request was given up.", cause });

/** Ends early, with an error, when the caller gives up. */
export const sleep: Sleep = (millis, signal) =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(cancelled(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    }, millis);
    if (signal?.aborted === true) giveUp();
    else signal?.addEventListener("abort", giveUp, { once: true });
  });

const PAUSE_MILLIS = 250;
const PAUSE_MILLIS_MAX = 8_000;

/** Between half and all of a time that doubles with each try, so that many clients do not come back at once. */
export function pauseMillis(tries: number): number {
  const longest = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS * 2 ** (tries - 1));
  return longest * (0.5 + randomFraction() / 2);
}

function randomFraction(): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number / 2 ** 32;
}

/** 128 random bits: nobody else's request has this key. */
export function makeIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
