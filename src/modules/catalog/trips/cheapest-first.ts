/** A binary heap: `take` returns what `isBefore` puts first. */
export interface CheapestFirst<Item> {
  add(item: Item): void;
  take(): Item | undefined;
}

export function makeCheapestFirst<Item>(isBefore: (a: Item, b: Item) => boolean): CheapestFirst<Item> {
  const items: Item[] = [];
  const at = (index: number): Item => items[index] as Item;
  const swap = (a: number, b: number): void => {
    [items[a], items[b]] = [at(b), at(a)];
  };
  return {
    add(item) {
      let index = items.push(item) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(at(index), at(parent))) return;
        swap(index, parent);
        index = parent;
      }
    },
    take() {
      const first = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let index = 0; ; ) {
        const left = 2 * index + 1;
        const right = left + 1;
        if (left >= items.length) return first;
        const child = right < items.length && isBefore(at(right), at(left)) ? right : left;
        if (!isBefore(at(child), at(index))) return first;
        swap(index, child);
        index = child;
      }
    },
  };
}
