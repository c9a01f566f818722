const PAUSE_MILLIS_MIN = 10;
const PAUSE_MILLIS_MAX = 100;

/** Asks again until `check` gives a value, or fails at the deadline with what it saw last. */
export async function eventually<Value>(
  check: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  options: { timeoutMillis?: number; what?: string } = {},
): Promise<Value> {
  const startedAt = Date.now();
  const deadline = startedAt + (options.timeoutMillis ?? 90_000);
  let lastError: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${options.what ?? "The expected state"} did not come about in time`, {
        cause: lastError,
      });
    }
    // In proportion to the wait so far: what takes seconds is not asked for fifty times a second.
    const pause = Math.min(Math.max((Date.now() - startedAt) / 8, PAUSE_MILLIS_MIN), PAUSE_MILLIS_MAX);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
