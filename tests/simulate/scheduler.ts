import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type { Choices } from "./choices.js";

/** What the rest of the world sees when the process it talks to dies. */
export class Crashed extends Error {
  constructor() {
    super("The process died");
  }
}

/** One piece of work of one process: a request, a job, or what somebody outside does. */
export interface Actor {
  readonly name: string;
  readonly process: number;
  isDropped: boolean;
  /** It has answered; what it left behind may still be under way. */
  isOver: boolean;
  /** The clock started it. */
  readonly isRoutine: boolean;
  /** Steps that it has come to so far. */
  steps: number;
  /** Why it does not run now: parked or blocked steps, and others that it has begun and waits for. */
  holds: number;
  drop(): void;
}

interface Parked {
  readonly actor: Actor;
  readonly kind: string;
  /** The smallest goes next. By the actor's name and its own count, so it does not depend on the others. */
  readonly turn: number;
  go(): void;
}

/** A statement that waits for a lock of another's transaction. */
interface Blocked {
  readonly actor: Actor;
  readonly kind: string;
  isSettled: boolean;
}

export type Scheduler = ReturnType<typeof makeScheduler>;

const context = new AsyncLocalStorage<Actor | undefined>();
export const currentActor = (): Actor | undefined => context.getStore();

/** What is no part of the shop, such as the books of a provider, takes no steps. */
export const beyondTheShop = <Value>(work: () => Value): Value => context.run(undefined, work);

/** Of a process that died nothing goes on. */
const NEVER = new Promise<never>(() => undefined);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/**
 * Of the event loop. Who has not come to a step by then, with nothing in flight, waits for what another does: work that
 * several share is done by one of them.
 */
const QUIET_TURNS = 12;

/**
 * Runs one step at a time: everything that leaves the program (a statement, a call to a provider or supplier, the end of
 * a transaction) parks here, and the seed says which goes on. Between any two steps a process may die.
 */
export function makeScheduler(choices: Choices, onStep?: (line: string) => void) {
  const parked: Parked[] = [];
  const blocked = new Set<Blocked>();
  const asleep: { readonly until: number; readonly actor: Actor; readonly wake: () => void }[] = [];
  const actors = new Set<Actor>();
  const hash = createHash("sha256");
  const names = new Map<string, number>();
  const failures: string[] = [];
  let steps = 0;
  let ownSteps = 0;
  let inFlight = 0;
  let running = 0;
  let wake: () => void = () => undefined;

  const note = (line: string): void => {
    onStep?.(line);
    hash.update(`${line}\n`);
  };
  const landed = (): void => {
    inFlight -= 1;
    wake();
  };
  const hold = (actor: Actor): void => {
    if (actor.holds === 0 && !actor.isOver && !actor.isDropped) running -= 1;
    actor.holds += 1;
  };
  const release = (actor: Actor): void => {
    actor.holds -= 1;
    if (actor.holds === 0 && !actor.isDropped && !actor.isOver) running += 1;
  };

  function park(actor: Actor, kind: string): Promise<void> {
    actor.steps += 1;
    return new Promise((resolve) => {
      hold(actor);
      parked.push({ actor, kind, turn: choices.of("turn", actor.name, actor.steps), go: resolve });
    });
  }

  /** Waits for its turn, and counts as in flight until `run` has settled or waits for a lock. */
  async function step<Value>(kind: string, run: () => Promise<Value>): Promise<Value> {
    const actor = context.getStore();
    if (actor === undefined) return run();
    if (actor.isDropped) return NEVER;
    await park(actor, kind);
    try {
      return await run();
    } finally {
      landed();
      if (actor.isDropped) await NEVER;
    }
  }

  /** For a statement that turned out to wait: it is in flight no more, and has its turn again when it was let go. */
  async function whileBlocked<Value>(kind: string, work: Promise<Value>): Promise<Value> {
    const actor = context.getStore();
    if (actor === undefined) return work;
    const entry: Blocked = { actor, kind, isSettled: false };
    blocked.add(entry);
    hold(actor);
    landed();
    note(`${actor.name} waits at ${kind}`);
    try {
      return await work;
    } finally {
      entry.isSettled = true;
      blocked.delete(entry);
      if (actor.isDropped) await NEVER;
      const again = park(actor, `${kind}, let go`);
      release(actor);
      await again;
    }
  }

  function start<Value>(
    wanted: string,
    process: number,
    work: () => Promise<Value>,
    isRoutine = false,
  ): Promise<Value> {
    let drop: () => void = () => undefined;
    const died = new Promise<never>((_, reject) => {
      drop = () => reject(new Crashed());
    });
    died.catch(() => undefined);
    const count = (names.get(wanted) ?? 0) + 1;
    names.set(wanted, count);
    const name = count === 1 ? wanted : `${wanted}~${count}`;
    const actor: Actor = {
      name,
      process,
      isRoutine,
      isDropped: false,
      isOver: false,
      steps: 0,
      holds: 0,
      drop,
    };
    actors.add(actor);
    running += 1;
    const parent = context.getStore();
    if (parent !== undefined) hold(parent);
    const result = context.run(actor, () =>
      Promise.resolve()
        .then(work)
        .finally(() => {
          if (actor.isDropped) return;
          actors.delete(actor);
          actor.isOver = true;
          if (actor.holds === 0) running -= 1;
        }),
    );
    result.catch(() => undefined);
    return Promise.race([result, died]).finally(() => {
      if (parent !== undefined) release(parent);
    });
  }

  /** Until nothing is on its way: everything is parked, waits for a lock, or has ended. */
  async function rest(): Promise<void> {
    for (let turns = 0; ; turns += 1) {
      if (inFlight > 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        turns = -1;
        continue;
      }
      await nextTurn();
      if (inFlight === 0 && (running === 0 || turns > QUIET_TURNS)) return;
    }
  }
  /** Asks the real world on behalf of somebody outside: no step, but the world waits for the answer. */
  async function outside<Value>(ask: () => Promise<Value>): Promise<Value> {
    inFlight += 1;
    try {
      return await ask();
    } finally {
      landed();
    }
  }
  const whoRuns = (): string =>
    [...actors]
      .filter(({ holds }) => holds === 0)
      .map(({ name }) => name)
      .join(", ");

  /** Does nothing until the virtual clock is there. */
  async function sleep(until: number): Promise<void> {
    const actor = context.getStore();
    if (actor === undefined) return;
    await new Promise<void>((resolve) => {
      hold(actor);
      asleep.push({ until, actor, wake: resolve });
    });
  }

  return {
    step,
    sleep,
    /** Those whose time has come have their turn like everybody. */
    async wakeAt(micros: number): Promise<void> {
      for (let at = asleep.length - 1; at >= 0; at -= 1) {
        const one = asleep[at];
        if (one === undefined || one.until > micros) continue;
        asleep.splice(at, 1);
        release(one.actor);
        one.wake();
      }
      await rest();
    },
    sleepers: (): number => asleep.length,
    nextWake: (): number | undefined =>
      asleep.length === 0 ? undefined : Math.min(...asleep.map(({ until }) => until)),
    /** Of somebody outside, who has no reason to fail: a fault of the simulator. */
    fail: (error: unknown): void => {
      failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
    failures: (): readonly string[] => failures,
    whileBlocked,
    start,
    rest,
    outside,
    whoRuns,
    note,
    blocked: (): readonly Blocked[] => [...blocked],
    isIdle: (): boolean => parked.length === 0,
    parkedOf: (process: number): readonly Parked[] => parked.filter(({ actor }) => actor.process === process),
    /** The step that comes next, which then runs or whose process dies; undefined when none is parked. */
    choose(): Parked | undefined {
      let chosen: Parked | undefined;
      for (const one of parked) if (chosen === undefined || one.turn < chosen.turn) chosen = one;
      return chosen;
    },
    /** Lets it go on, and waits until everything is at rest again. */
    async go(chosen: Parked): Promise<void> {
      parked.splice(parked.indexOf(chosen), 1);
      steps += 1;
      if (!chosen.actor.isRoutine) ownSteps += 1;
      note(`${chosen.actor.name} ${chosen.kind}`);
      inFlight += 1;
      release(chosen.actor);
      chosen.go();
      await rest();
    },
    /** Drops everything that a process has begun. Its open transactions are the caller's to end. */
    crash(process: number): void {
      note(`process ${process} dies`);
      const dropped = [...actors].filter((actor) => actor.process === process);
      for (const actor of dropped) {
        actor.isDropped = true;
        actors.delete(actor);
        if (actor.holds === 0) running -= 1;
      }
      // What a request left behind when it had answered dies with the process too.
      for (const { actor } of [...parked, ...asleep, ...blocked])
        if (actor.process === process) actor.isDropped = true;
      for (let at = parked.length - 1; at >= 0; at -= 1)
        if (parked[at]?.actor.isDropped === true) parked.splice(at, 1);
      for (let at = asleep.length - 1; at >= 0; at -= 1)
        if (asleep[at]?.actor.isDropped === true) asleep.splice(at, 1);
      for (const one of [...blocked]) if (one.actor.isDropped) blocked.delete(one);
      for (const actor of dropped) actor.drop();
    },
    trace: (): string => hash.copy().digest("hex").slice(0, 16),
    steps: () => steps,
    /** Without those of what the clock starts. */
    ownSteps: () => ownSteps,
  };
}
