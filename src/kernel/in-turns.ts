import { setImmediate as nextTurn } from "node:timers/promises";

/** Longer than this and other requests wait noticeably. */
const TURN_MILLIS_MAX = 8;

/** Lets everything else run once the caller has worked for a while; returns at once before that. */
export type TakeTurns = () => Promise<void> | undefined;

/** For long work in memory, such as reading a file: `await turns()` between its steps keeps the event loop moving. */
export function makeTurns(): TakeTurns {
  let since = performance.now();
  return () => {
    if (performance.now() - since < TURN_MILLIS_MAX) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}

/** The items one by one, with turns for everything else in between. */
export async function* inTurns<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, undefined> {
  const turns = makeTurns();
  for (const item of items) {
    await turns();
    yield item;
  }
}
