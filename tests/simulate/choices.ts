/**
 * Chance by name in place of by turn: what is asked under one name always gets the same answer. A choice does not
 * move when another one before it falls away, so a batch from which customers are taken out stays nearly the same.
 */
export interface Choices {
  /** 0 ≤ value < 1. */
  of(...name: readonly (string | number)[]): number;
}

/** FNV-1a over the parts, and the last mix of murmur3. */
export function makeChoices(seed: number, batch: number): Choices {
  const base = mix(Math.imul(seed, 0x9e3779b1) ^ Math.imul(batch + 1, 0x85ebca77));
  return {
    of(...name) {
      let hash = base;
      for (const part of name) {
        if (typeof part === "number") hash = Math.imul(hash ^ part, 0x01000193);
        else
          for (let at = 0; at < part.length; at += 1)
            hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193);
        hash = Math.imul(hash ^ 0x1f, 0x01000193);
      }
      return mix(hash) / 4_294_967_296;
    },
  };
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
