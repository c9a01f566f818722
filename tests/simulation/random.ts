export interface Random {
  /** 0 ≤ value < 1. */
  next(): number;
  chance(probability: number): boolean;
  /** 0 ≤ value < below. */
  integer(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** mulberry32: the same seed gives the same decisions, on every machine. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => items[integer(items.length)]!,
  };
}
