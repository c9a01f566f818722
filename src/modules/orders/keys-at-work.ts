/** Remembered keys per process; each is at most 255 characters. */
const KEYS_MAX = 10_000;

export type KeysAtWork = ReturnType<typeof makeKeysAtWork>;

/**
 * What this process knows about Idempotency-Keys: who is placing an order under one now, and which ones have got
 * their order lately. It spares the database a storm of retries and decides nothing: a key that is missing here, or
 * known to another process only, is decided by the order's own statement.
 */
export function makeKeysAtWork() {
  const placing = new Map<string, Promise<unknown>>();
  const placed = new Set<string>();
  return {
    /** Waits for the one who is placing an order under this key, and tells whether the key has an order. */
    async hasOrder(key: string): Promise<boolean> {
      await placing.get(key)?.catch(() => undefined);
      return placed.has(key);
    },
    /** Others with this key wait for `place`. When it fails, the key has no order as far as this process knows. */
    async during<Value>(key: string, place: () => Promise<Value>): Promise<Value> {
      const work = place();
      placing.set(key, work);
      try {
        const value = await work;
        const [oldest] = placed;
        if (placed.size >= KEYS_MAX && oldest !== undefined) placed.delete(oldest);
        placed.add(key);
        return value;
      } finally {
        if (placing.get(key) === work) placing.delete(key);
      }
    },
  };
}
