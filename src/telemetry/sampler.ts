import type { Clock } from "../kernel/clock.js";

/** So many lines of one kind in a window; a flood must not fill the log, and its beginning and size must stand there. */
const LINES_MAX = 20;
const WINDOW_MILLIS = 60_000;

interface Window {
  readonly endsMillis: number;
  lines: number;
  skipped: number;
}

/**
 * Decides which of many like events get a line. Returns how many of the kind got none since its last line, or
 * undefined for one that gets none.
 */
export function makeSampler(clock: Clock): (kind: string) => number | undefined {
  const windows = new Map<string, Window>();
  return (kind) => {
    const now = clock.nowMillis();
    let window = windows.get(kind);
    const skipped = window?.skipped ?? 0;
    if (window === undefined || now >= window.endsMillis) {
      window = { endsMillis: now + WINDOW_MILLIS, lines: 0, skipped };
      windows.set(kind, window);
    }
    if (window.lines === LINES_MAX) {
      window.skipped += 1;
      return undefined;
    }
    window.lines += 1;
    window.skipped = 0;
    return skipped;
  };
}
