import { useSyncExternalStore } from "react";

/** Well below the idle minutes of a session: a screen that nobody looks at does not keep it alive. */
const AWAY_MILLIS = 5 * 60_000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

let isHere = true;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (isHere === next) return;
  isHere = next;
  for (const listener of listeners) listener();
}

function sawSomebody(): void {
  set(true);
  clearTimeout(timer);
  timer = setTimeout(() => set(false), AWAY_MILLIS);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    for (const name of INPUTS) addEventListener(name, sawSomebody, { passive: true });
    sawSomebody();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    for (const name of INPUTS) removeEventListener(name, sawSomebody);
    clearTimeout(timer);
  };
}

/** Whether somebody touched the page in the last minutes. */
export const usePresence = (): boolean => useSyncExternalStore(subscribe, () => isHere);
