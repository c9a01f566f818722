import { makeCheapestFirst } from "./cheapest-first.js";

export interface CoverItem {
  readonly id: number;
  readonly minor: number;
  readonly mask: number;
}

export interface CoverOption<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** A search that is not done by then returns what it has: still the cheapest, in order, but fewer. */
const STEPS_MAX = 4_000;

interface Partial<Item> {
  readonly items: readonly Item[];
  readonly covered: number;
  readonly total: number;
  /** No cheaper way to a full cover leads over this. */
  readonly atLeast: number;
}

/**
 * The cheapest sets whose masks together are `all`, cheapest first, none with an item that could be left away. Exact:
 * A* with the true cost of what is missing, so that sets are met in the order of their totals. `items` are by price.
 */
export function cheapestCovers<Item extends CoverItem>(
  items: readonly Item[],
  all: number,
  optionsMax: number,
): CoverOption<Item>[] {
  const candidates = fewOfEachMask(items, optionsMax);
  const missing = costsOfCovering(candidates, all);
  const found: CoverOption<Item>[] = [];
  const open = makeCheapestFirst<Partial<Item>>(
    (a, b) => a.atLeast < b.atLeast || (a.atLeast === b.atLeast && a.items.length < b.items.length),
  );
  const seen = new Set<string>();
  const add = (chosen: readonly Item[], covered: number, total: number): void => {
    const rest = missing[covered] ?? Infinity;
    if (rest === Infinity || hasSurplus(chosen)) return;
    const key = chosen
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join(" ");
    if (seen.has(key)) return;
    seen.add(key);
    open.add({ items: chosen, covered, total, atLeast: total + rest });
  };
  add([], 0, 0);
  for (let steps = 0; steps < STEPS_MAX && found.length < optionsMax; steps += 1) {
    const next = open.take();
    if (next === undefined) break;
    if (next.covered === all) {
      found.push({ items: next.items, total: next.total });
      continue;
    }
    const wanted = lowestMissing(next.covered);
    for (const item of candidates) {
      if ((item.mask & wanted) === 0) continue;
      add([...next.items, item], next.covered | item.mask, next.total + item.minor);
    }
  }
  return found;
}

/**
 * A set holds at most one item of a mask, and each of the cheaper ones in its place makes a cheaper set: beyond the
 * first `optionsMax` of a mask none can be in the first `optionsMax` sets.
 */
function fewOfEachMask<Item extends CoverItem>(items: readonly Item[], optionsMax: number): Item[] {
  const counts = new Map<number, number>();
  return items.filter(({ mask }) => {
    const count = counts.get(mask) ?? 0;
    counts.set(mask, count + 1);
    return mask !== 0 && count < optionsMax;
  });
}

const lowestMissing = (covered: number): number => ~covered & (covered + 1);

/** By what is covered already: the least that covering the rest costs; Infinity when it cannot be covered. */
function costsOfCovering(items: readonly CoverItem[], all: number): Float64Array {
  const cheapest = new Map<number, number>();
  for (const { mask, minor } of items) cheapest.set(mask, Math.min(minor, cheapest.get(mask) ?? Infinity));
  const costs = new Float64Array(all + 1).fill(Infinity);
  costs[all] = 0;
  for (let covered = all - 1; covered >= 0; covered -= 1) {
    const wanted = lowestMissing(covered);
    let least = Infinity;
    for (const [mask, minor] of cheapest) {
      if ((mask & wanted) !== 0) least = Math.min(least, minor + (costs[covered | mask] ?? Infinity));
    }
    costs[covered] = least;
  }
  return costs;
}

/** Whether one of them works nowhere that the others do not. */
function hasSurplus(items: readonly CoverItem[]): boolean {
  return items.some((item, index) => {
    let others = 0;
    for (let other = 0; other < items.length; other += 1) {
      if (other !== index) others |= items[other]?.mask ?? 0;
    }
    return (item.mask & ~others) === 0;
  });
}
