import { readdirSync, readFileSync } from "node:fs";

/** Processor time of processes so far, in milliseconds (Linux; its clock ticks ten milliseconds). */
const MILLIS_PER_TICK = 10;

interface Times {
  readonly parent: number;
  readonly own: number;
  readonly endedChildren: number;
}

function timesOf(pid: number | string): Times | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold anything.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const at = (index: number): number => fields[index] ?? 0;
    return { parent: at(1), own: at(11) + at(12), endedChildren: at(13) + at(14) };
  } catch {
    return undefined;
  }
}

export const usedMillis = (pid: number): number => (timesOf(pid)?.own ?? 0) * MILLIS_PER_TICK;

/** Of a PostgreSQL server: its first process, those that it has now, and those that ended. */
export function usedMillisWithChildren(pid: number): number {
  const first = timesOf(pid);
  if (first === undefined) return 0;
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(timesOf)
    .filter((times) => times?.parent === pid);
  const ticks = children.reduce((sum, times) => sum + (times?.own ?? 0), first.own + first.endedChildren);
  return ticks * MILLIS_PER_TICK;
}
