/** Asks again until `check` gives a value, or fails at the deadline with what it saw last. */
export async function eventually<Value>(
  check: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  options: { timeoutMillis?: number; what?: string } = {},
): Promise<Value> {
  const deadline = Date.now() + (options.timeoutMillis ?? 90_000);
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
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
