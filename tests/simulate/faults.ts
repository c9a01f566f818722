import type { Choices } from "./choices.js";
import { currentActor } from "./scheduler.js";

/** What may be wrong with a step, by what kind of step it is. */
export const FAULTS_OF = {
  statement: ["crash", "lost_before", "lost_after"],
  inside: ["crash", "lost"],
  begin: ["crash", "lost"],
  commit: ["crash", "lost_before", "lost_after"],
  call: ["crash", "lost_before", "lost_after", "delayed"],
  // The provider sends it and is no process of ours: the shop dies while it takes one, at its statements.
  webhook: ["lost", "doubled", "delayed", "truncated"],
  other: ["crash"],
} as const;
export type StepClass = keyof typeof FAULTS_OF;
export type Fault = (typeof FAULTS_OF)[StepClass][number];

/** How often, at a step that everybody takes; the first of a kind in a batch are hit more often, so that rare ones are. */
const USUAL: Readonly<Record<StepClass, number>> = {
  statement: 0.004,
  inside: 0.004,
  begin: 0.004,
  commit: 0.006,
  call: 0.06,
  webhook: 0.2,
  other: 0,
};
const CRASH = 0.001;
const FIRST = 6;
const FIRST_CHANCE = 0.08;
/**
 * Each batch aims one fault at most kinds of step: at the first that comes, or one of the next. By chance alone, a
 * statement that a batch takes once would hardly ever be hit.
 */
const AIMED = 0.7;
const AIMED_CRASH = 0.3;

interface Step {
  readonly name: string;
  readonly steps: number;
}
export type Faults = ReturnType<typeof makeFaults>;

/** Decides which step has which fault, by the seed, and keeps the book of what was hit. */
export function makeFaults(choices: Choices, note: (line: string) => void) {
  const seen = new Map<string, number>();
  const kinds = new Map<string, StepClass>();
  const hit = new Set<string>();
  const met = new Set<string>();
  let isOn = true;
  let rate = 1;

  const aimsAt = (kind: string, occurrence: number): boolean => {
    if (rate === 0 || met.has(kind)) return false;
    const draw = choices.of("aims at", kind);
    return occurrence >= (draw < 0.6 ? 0 : Math.floor((draw - 0.6) * 20));
  };
  /** Which fault this batch has in store for a kind: 0 ≤ value < 1 of those that are no crash, "crash", or none. */
  function aimOf(kind: string): number | "crash" | undefined {
    const draw = choices.of("aim", kind);
    if (draw >= AIMED) return undefined;
    return draw < AIMED_CRASH ? "crash" : (draw - AIMED_CRASH) / (AIMED - AIMED_CRASH);
  }

  function decide(kind: string, of: StepClass): Fault | undefined {
    const actor = currentActor();
    if (actor === undefined) return undefined;
    kinds.set(kind, of);
    if (!isOn) return undefined;
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    const faults: readonly Fault[] = FAULTS_OF[of].filter((one) => one !== "crash");
    const fault = faults[Math.floor(drawOf(actor, kind, of, before) * faults.length)];
    if (fault === undefined) return undefined;
    hit.add(`${kind} ${fault}`);
    note(`${actor.name} ${kind}: ${fault}`);
    return fault;
  }

  /** 0 ≤ value < 1 where there is a fault, else NaN. */
  function drawOf(actor: Step, kind: string, of: StepClass, before: number): number {
    const aim = aimOf(kind);
    if (typeof aim === "number" && aimsAt(kind, before)) {
      met.add(kind);
      return aim;
    }
    const chance = (before < FIRST ? Math.max(FIRST_CHANCE, USUAL[of]) : USUAL[of]) * rate;
    if (choices.of("fault", actor.name, actor.steps) >= chance) return Number.NaN;
    return choices.of("which", actor.name, actor.steps);
  }

  return {
    /** Off in the part of a batch that has to come to rest. */
    turn: (on: boolean): void => {
      isOn = on;
    },
    rate: (value: number): void => {
      rate = value;
    },
    isOn: () => isOn,
    decide,
    ofStatement: (kind: string) => decide(kind, "statement"),
    ofStatementInside: (kind: string) => decide(kind, "inside"),
    ofOther: (kind: string) => void decide(kind, "other"),
    ofBegin: () => decide("begin", "begin"),
    ofCommit: () => decide("commit", "commit"),
    /** Whether the process of this step dies before it. */
    mayCrash(actor: Step, kind: string): boolean {
      if (!isOn) return false;
      if (aimOf(kind) === "crash" && aimsAt(kind, seen.get(kind) ?? 0)) {
        met.add(kind);
        return true;
      }
      return choices.of("crash", actor.name, actor.steps) < CRASH * rate;
    },
    crashed(kind: string): void {
      hit.add(`${kind} crash`);
    },
    /** Of kinds that were taken: `kind fault`. */
    book: () => ({
      hit: [...hit],
      total: [...kinds].flatMap(([kind, of]) => FAULTS_OF[of].map((fault) => `${kind} ${fault}`)),
    }),
  };
}
