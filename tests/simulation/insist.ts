import { type Answer, type RequestOptions, send } from "../support/app.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

/** Longer than a process takes to come back on a busy machine. */
const PATIENCE_MILLIS = 240_000;

/** Asks one process after the other until one of them answers; what it repeats is safe to repeat. */
export async function insist(
  world: World,
  /** Only for the choice of a process: how often that is made depends on the clock. */
  route: Random,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    try {
      const answer = await send(`${route.pick(world.fleet.urls)}${path}`, method, options);
      if (answer.status < 500 || answer.status === 502) return answer;
      if (Date.now() > deadline) return answer;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
