/**
 * The process's clock. Anything that expires is decided by the database's clock (`now()` in SQL); this one serves
 * what never leaves the process: token claims, cache ages, time-outs.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMillis(): number;
}

export const systemClock: Clock = { nowMillis: () => Date.now() };
