import { unknown } from "../../src/kernel/outcome.js";
import type { Choices } from "./choices.js";
import type { Faults } from "./faults.js";
import { beyondTheShop, currentActor, type Scheduler } from "./scheduler.js";
import { virtualMicros } from "./virtual-time.js";

export interface OutsideWorld {
  readonly scheduler: () => Scheduler;
  readonly faults: () => Faults;
  readonly choices: () => Choices;
}

/** Whoever is no process of the shop: these never die. */
export const NOBODY = -2;

/**
 * Makes every named call of `target` a step, whose answer may be lost before or after it had its effect, or come late:
 * the program is told `unknown`, as by an adapter whose connection broke, or what `lost` says. `late` names the calls that may have their
 * effect after the program has given up waiting, and by how many seconds at most.
 */
export function makeOutside(world: OutsideWorld) {
  return function outside<Target extends object>(
    name: string,
    target: Target,
    calls: readonly (keyof Target & string)[],
    { late = {}, lost }: { late?: Readonly<Record<string, number>>; lost?: unknown } = {},
  ): Target {
    const wrapped = { ...target };
    for (const call of calls) {
      const original = target[call] as (...args: unknown[]) => Promise<unknown>;
      const kind = `${name}.${call}`;
      const act = (args: unknown[]): Promise<unknown> => beyondTheShop(() => original.apply(target, args));
      (wrapped as Record<string, unknown>)[call] = async (...args: unknown[]) => {
        const scheduler = world.scheduler();
        let delaySeconds = 0;
        const answer = await scheduler.step(kind, async () => {
          const fault = world.faults().decide(kind, "call");
          if (fault === "lost_before") return lost ?? unknown("connection reset before sending");
          if (fault === "delayed" && late[call] !== undefined) {
            begunLate(world, kind, late[call], () => act(args));
            return unknown("no answer in time");
          }
          const said = await act(args);
          if (fault === "delayed") delaySeconds = 3;
          return fault === "lost_after" ? (lost ?? unknown("connection reset after sending")) : said;
        });
        if (delaySeconds > 0) await scheduler.sleep(virtualMicros() + delaySeconds * 1_000_000);
        return answer;
      };
    }
    return wrapped;
  };
}

/** The request is still under way when the program has stopped waiting for its answer. */
function begunLate(world: OutsideWorld, kind: string, secondsMax: number, act: () => Promise<unknown>): void {
  const actor = currentActor();
  const share = world.choices().of("late", actor?.name ?? "", actor?.steps ?? 0);
  const until = virtualMicros() + Math.ceil(share * secondsMax) * 1_000_000;
  void beyondTheShop(() =>
    world.scheduler().start(`${actor?.name ?? ""} late ${kind}`, NOBODY, async () => {
      await world.scheduler().sleep(until);
      await world.scheduler().step(`${kind} arrives`, act);
    }),
  );
}
