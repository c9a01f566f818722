import { useCallback, useState } from "react";

const keyOf = (name: string): string => `tribi.console.draft ${name}`;

function kept(name: string): string | null {
  try {
    return sessionStorage.getItem(keyOf(name));
  } catch {
    return null;
  }
}

/**
 * What was typed, in this tab: it survives a reload and a session that ended in the middle of a form, and goes when
 * `forget` is called or the tab is closed.
 */
export function useDraft(name: string, initial = ""): readonly [string, (value: string) => void, () => void] {
  const [state, setState] = useState({ name, value: kept(name) ?? initial });
  // Another object's form: what was typed for the first one is not shown for the second.
  const value = state.name === name ? state.value : (kept(name) ?? initial);
  const set = useCallback(
    (next: string) => {
      setState({ name, value: next });
      sessionStorage.setItem(keyOf(name), next);
    },
    [name],
  );
  const forget = useCallback(() => {
    sessionStorage.removeItem(keyOf(name));
    setState({ name, value: initial });
  }, [name, initial]);
  return [value, set, forget];
}
