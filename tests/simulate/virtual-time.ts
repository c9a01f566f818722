import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { makeRandom, type Random } from "../simulation/random.js";
import { type Actor, currentActor } from "./scheduler.js";

/** The machine's own, for what is no part of the simulated world. */
const real = { Date: globalThis.Date };

/** Where the simulated world begins, in microseconds. */
export const START_MICROS = real.Date.UTC(2026, 2, 2, 9) * 1_000;
let nowMicros = START_MICROS;
let skewOf: () => number = () => 0;
let chanceSeed = 1;
let random: Random = makeRandom(chanceSeed);
let randomOf = new WeakMap<Actor, Random>();

export const virtualMicros = (): number => nowMicros;
export const virtualMillis = (): number => Math.floor(nowMicros / 1_000);
export const setVirtualMicros = (micros: number): void => {
  nowMicros = micros;
};
/** Every batch draws the same keys, codes and names, whichever came before it. */
export const seedChance = (seed: number): void => {
  chanceSeed = seed;
  random = makeRandom(seed);
  randomOf = new WeakMap();
};

/** By the actor's name and its own count: two that draw between the same two steps do so in any order. */
function chance(): Random {
  const actor = currentActor();
  if (actor === undefined) return random;
  const known = randomOf.get(actor);
  if (known !== undefined) return known;
  const own = makeRandom(
    crypto.createHash("sha256").update(`${chanceSeed} ${actor.name}`).digest().readUInt32BE(),
  );
  randomOf.set(actor, own);
  return own;
}

/**
 * From here on the program's clock and its chance are the simulator's, in this process: `Date`, `performance.now()` and
 * node:crypto's random functions. `skew` is by how many milliseconds the clock of whoever asks is wrong.
 */
export function takeOverTimeAndChance(skew: () => number): void {
  skewOf = skew;
  const now = (): number => virtualMillis() + skewOf();
  class SimulatedDate extends real.Date {
    constructor(...values: ConstructorParameters<typeof Date> | []) {
      if (values.length === 0) super(now());
      else super(...(values as [number]));
    }
    static override now(): number {
      return now();
    }
  }
  globalThis.Date = SimulatedDate as DateConstructor;
  performance.now = () => (nowMicros - START_MICROS) / 1_000;
  Object.assign(Math, { random: () => chance().next() });
  const bytes = (size: number): Buffer => {
    const made = Buffer.allocUnsafe(size);
    const own = chance();
    for (let at = 0; at < size; at += 1) made[at] = own.integer(256);
    return made;
  };
  Object.assign(crypto, {
    randomBytes: bytes,
    randomInt: (from: number, to?: number) =>
      to === undefined ? chance().integer(from) : from + chance().integer(to - from),
    randomUUID: () => {
      const hex = bytes(16).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  });
  syncBuiltinESMExports();
}
