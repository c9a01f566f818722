import { unknown } from "../../src/kernel/outcome.js";
import type { Random } from "../simulation/random.js";
import { beyondTheShop, type Scheduler } from "./scheduler.js";

export type Fault = "lost_before" | "lost_after";
export const FAULTS: readonly Fault[] = ["lost_before", "lost_after"];

const LIE = { kind: "refused", reason: "out_of_stock", detail: "a lie", retryAfterSeconds: null };

export interface FaultBook {
  /** Off in the part of a history that has to come to rest. */
  isOn: boolean;
  readonly suppliersLie: boolean;
  readonly hit: Set<string>;
  readonly callsSeen: Set<string>;
}

/**
 * Makes every named call of `target` a step, whose answer may be lost before or after it had its effect: the program is
 * told `unknown`, as by an adapter whose connection broke.
 */
export function makeOutside(deps: { scheduler: () => Scheduler; random: () => Random; faults: FaultBook }) {
  return function outside<Target extends object>(
    name: string,
    target: Target,
    calls: readonly (keyof Target & string)[],
  ): Target {
    const wrapped = { ...target };
    for (const call of calls) {
      const original = target[call] as (...args: unknown[]) => Promise<unknown>;
      const step = `${name}.${call}`;
      (wrapped as Record<string, unknown>)[call] = (...args: unknown[]) => {
        deps.faults.callsSeen.add(step);
        return deps.scheduler().step(step, async () => {
          const fault = deps.faults.isOn && deps.random().chance(0.25) ? deps.random().pick(FAULTS) : null;
          if (fault !== null) deps.faults.hit.add(`${step} ${fault}`);
          if (fault !== null) deps.scheduler().note(`${step} ${fault}`);
          if (deps.faults.suppliersLie && step === "supplier.order") {
            await original.apply(target, args);
            return LIE;
          }
          if (fault === "lost_before") return unknown("connection reset before sending");
          const answer = await beyondTheShop(() => original.apply(target, args));
          return fault === "lost_after" ? unknown("connection reset after sending") : answer;
        });
      };
    }
    return wrapped;
  };
}
