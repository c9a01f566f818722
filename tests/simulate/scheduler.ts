import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type { Random } from "../simulation/random.js";

/** What the rest of the world sees when the process it talks to dies. */
export class Crashed extends Error {
  constructor() {
    super("The process died");
  }
}

/** One piece of work of one process: a request, or a job. */
export interface Actor {
  readonly name: string;
  readonly process: number;
  isDone: boolean;
  isDropped: boolean;
  /** How many others it has begun and waits for, as a customer waits for an answer. */
  waitsFor: number;
  drop(): void;
}

interface Parked {
  readonly actor: Actor;
  readonly step: string;
  go(): void;
}

/** A statement that waits for a lock of another step's transaction. */
export interface Blocked {
  readonly actor: Actor;
  readonly step: string;
  /** Settles when it is no longer waiting; asks the database meanwhile. */
  stillWaits(): Promise<boolean>;
}

export type Scheduler = ReturnType<typeof makeScheduler>;

const context = new AsyncLocalStorage<Actor | undefined>();
export const currentActor = (): Actor | undefined => context.getStore();

/** What is no part of the shop, such as the books of a provider, takes no steps. */
export const beyondTheShop = <Value>(work: () => Value): Value => context.run(undefined, work);

/** Several turns of the event loop: what goes on without waiting for anything outside has then come to its next step. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs one step at a time: everything that leaves the program (a statement, a call to a provider or supplier, the end of
 * a transaction) parks here, and the seed says which goes on. Between any two steps a process may die.
 */
export function makeScheduler(random: Random, onStep?: (line: string) => void) {
  const parked: Parked[] = [];
  const blocked: Blocked[] = [];
  const actors = new Set<Actor>();
  const hash = createHash("sha256");
  const crashedAt = new Set<string>();
  const stepsSeen = new Set<string>();
  let steps = 0;
  let started = 0;
  let inFlight = 0;

  const note = (line: string): void => {
    onStep?.(line);
    hash.update(`${line}\n`);
    steps += 1;
  };

  /** Waits for its turn, and counts as running until `run` has settled or waits for a lock. */
  async function step<Value>(name: string, run: () => Promise<Value>): Promise<Value> {
    const actor = context.getStore();
    if (actor === undefined) return run();
    stepsSeen.add(name);
    await new Promise<void>((resolve) => {
      parked.push({ actor, step: name, go: resolve });
    });
    inFlight += 1;
    try {
      return await run();
    } finally {
      inFlight -= 1;
    }
  }

  /** For a statement that turned out to wait: it counts no more until it goes on, and then has its turn again. */
  async function whileBlocked<Value>(
    one: Omit<Blocked, "actor" | "step">,
    name: string,
    work: Promise<Value>,
  ): Promise<Value> {
    const actor = context.getStore();
    if (actor === undefined) return work;
    const entry: Blocked = { ...one, actor, step: name };
    blocked.push(entry);
    inFlight -= 1;
    note(`${actor.name} waits at ${name}`);
    try {
      return await work;
    } finally {
      const at = blocked.indexOf(entry);
      if (at >= 0) blocked.splice(at, 1);
      await new Promise<void>((resolve) => {
        // Of a process that died nothing goes on.
        if (!actor.isDropped) parked.push({ actor, step: `${name} goes on`, go: resolve });
      });
      inFlight += 1;
    }
  }

  function start<Value>(name: string, process: number, work: () => Promise<Value>): Promise<Value> {
    let drop: () => void = () => undefined;
    const died = new Promise<never>((_, reject) => {
      drop = () => reject(new Crashed());
    });
    started += 1;
    const actor: Actor = {
      name: `${name}#${started}`,
      process,
      isDone: false,
      isDropped: false,
      waitsFor: 0,
      drop,
    };
    actors.add(actor);
    const parent = context.getStore();
    if (parent !== undefined) parent.waitsFor += 1;
    const result = context.run(actor, () =>
      Promise.resolve()
        .then(work)
        .finally(() => {
          actor.isDone = true;
          actors.delete(actor);
        }),
    );
    // A dropped actor's own promise never settles, or fails for want of its connection.
    result.catch(() => undefined);
    return Promise.race([result, died]).finally(() => {
      if (parent !== undefined) parent.waitsFor -= 1;
    });
  }

  const isResting = (): boolean => inFlight === 0 && [...actors].every((actor) => isAt(actor));
  const isAt = (actor: Actor): boolean =>
    actor.waitsFor > 0 ||
    parked.some((one) => one.actor === actor) ||
    blocked.some((one) => one.actor === actor);

  async function rest(): Promise<void> {
    for (;;) {
      await settle();
      if (!isResting()) {
        // Something runs that parks later: a pause of the program's own, or the database.
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      let isSteady = true;
      for (const one of [...blocked]) if (!(await one.stillWaits())) isSteady = false;
      if (isSteady) return;
    }
  }

  return {
    step,
    whileBlocked,
    start,
    rest,
    note,
    /** Lets one parked step go. False when none is parked. */
    async next(): Promise<boolean> {
      await rest();
      const ready = parked.filter(({ actor }) => !actor.isDropped);
      // In an order that does not depend on which answer came first.
      ready.sort((a, b) => (a.actor.name + a.step < b.actor.name + b.step ? -1 : 1));
      if (ready.length === 0) return false;
      const chosen = random.pick(ready);
      parked.splice(parked.indexOf(chosen), 1);
      note(`${chosen.actor.name} ${chosen.step}`);
      chosen.go();
      await rest();
      return true;
    },
    /** Drops everything that a process has begun. Its open transactions are the caller's to end. */
    crash(process: number): void {
      const dropped = [...actors].filter((actor) => actor.process === process);
      note(`process ${process} dies`);
      for (const one of parked) if (one.actor.process === process) crashedAt.add(one.step);
      for (const actor of dropped) {
        actor.isDropped = true;
        actors.delete(actor);
      }
      for (const list of [parked, blocked] as { actor: Actor }[][])
        for (let index = list.length - 1; index >= 0; index -= 1)
          if (list[index]?.actor.isDropped === true) list.splice(index, 1);
      for (const actor of dropped) actor.drop();
    },
    trace: (): string => hash.copy().digest("hex").slice(0, 16),
    stats: () => ({ steps, stepsSeen, crashedAt }),
  };
}
