import { TribiError } from "@tribi/client";

/** A step of the demo that did not go as it should; the message says what to do. */
export class DemoError extends Error {
  override readonly name = "DemoError";
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** In the store's own words, or that none answers. */
export function demoErrorOf(error: unknown, storeUrl: string): DemoError {
  if (error instanceof DemoError) return error;
  if (!(error instanceof TribiError))
    return new DemoError(error instanceof Error ? error.message : String(error));
  if (error.code === "network_error") {
    return new DemoError(`No store answers at ${storeUrl}. Start it in another terminal with: npm start`, 2);
  }
  return new DemoError(`The store answered ${error.status} ${error.code}: ${error.detail}`);
}
