/**
 * What is dangerous asks for the second factor again. Whoever sends such a request waits here until it was shown, and
 * sends it again; the page behind the question stays as it is.
 */
type Ask = () => Promise<boolean>;

let ask: Ask | null = null;
let asking: Promise<boolean> | null = null;

/** The page says how it asks; null when it is gone. */
export function askStepUpWith(next: Ask | null): void {
  ask = next;
}

/** True when the second factor was shown. Requests that come together are asked about once. */
export function stepUp(): Promise<boolean> {
  asking ??= (ask === null ? Promise.resolve(false) : ask()).finally(() => {
    asking = null;
  });
  return asking;
}
