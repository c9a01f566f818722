import { setMaxListeners } from "node:events";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/** Providers try for days; the fakes do so in a minute. */
export const RETRY_DELAYS_MILLIS: readonly number[] = [100, 300, 1_000, 3_000, 10_000, 20_000, 30_000];
const ATTEMPT_TIMEOUT_MILLIS = 10_000;

/** Ends waits and deliveries when the fake stops; every delivery under way listens. */
export function makeStopping(): AbortController {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  return stopping;
}

export function pause(millis: number, signal: AbortSignal): Promise<void> {
  if (millis <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, millis);
    signal.addEventListener("abort", finish, { once: true });
  });
}

/**
 * The HTTP status, or why there was none. A connection per delivery, so that nothing stays open when the receiver has
 * gone.
 */
export function postOnce(
  url: string,
  body: Buffer,
  ofSender: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<number | string> {
  return new Promise((resolve) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "content-length": body.length,
      ...ofSender,
      connection: "close",
    };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(ATTEMPT_TIMEOUT_MILLIS)]);
    const request = send(url, { method: "POST", headers, agent: false, signal }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", (error) => resolve(error.message));
    });
    request.on("error", (error) => resolve(error.message));
    request.end(body);
  });
}
