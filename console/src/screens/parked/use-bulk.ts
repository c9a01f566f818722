import { useQueryClient } from "@tanstack/react-query";
import { makeIdempotencyKey, TribiError } from "@tribi/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { act, isSignedOut } from "../../api/store.js";
import type { DecisionCall } from "./decisions.js";

export interface BulkItem extends DecisionCall {
  readonly key: string;
  readonly label: string;
  readonly idempotencyKey: string;
  readonly state: "waiting" | "done" | "refused";
  readonly problem: string | null;
}

const PAUSE_MILLIS = 2_000;

function keptItems(name: string): readonly BulkItem[] {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "[]") as readonly BulkItem[];
  } catch {
    return [];
  }
}

/** The shop was away, or does not know: the same request is sent again, under the same key. */
const isPassing = (error: unknown): boolean =>
  error instanceof TribiError && (error.status === 0 || error.status === 429 || error.status >= 500);

/**
 * Decisions about many cases, one after the other. What is left of them is kept in the tab, each under its
 * Idempotency-Key: after a reload, a session that ended or a shop that was away it goes on, and none is made twice.
 */
export function useBulk(of: "decisions" | "retries") {
  const name = `tribi.console.${of}`;
  const client = useQueryClient();
  const [items, setItems] = useState<readonly BulkItem[]>(() => keptItems(name));
  const [isRunning, setRunning] = useState(false);
  const current = useRef(items);
  const isStopped = useRef(false);

  const keep = useCallback(
    (next: readonly BulkItem[]): void => {
      current.current = next;
      if (next.length === 0) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, JSON.stringify(next));
      setItems(next);
    },
    [name],
  );

  const run = useCallback(async (): Promise<void> => {
    setRunning(true);
    isStopped.current = false;
    for (;;) {
      const item = current.current.find(({ state }) => state === "waiting");
      if (item === undefined || isStopped.current) break;
      const outcome = await decide(item);
      if (outcome === "signed_out") break;
      if (outcome === "away") {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
        continue;
      }
      keep(current.current.map((one) => (one.key === item.key ? { ...one, ...outcome } : one)));
    }
    setRunning(false);
    await client.invalidateQueries();
  }, [client, keep]);

  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );

  return {
    items,
    isRunning,
    start: (calls: readonly (DecisionCall & { readonly key: string; readonly label: string })[]): void => {
      keep(
        calls.map((call) => ({
          ...call,
          idempotencyKey: makeIdempotencyKey(),
          state: "waiting",
          problem: null,
        })),
      );
      void run();
    },
    resume: (): void => void run(),
    forget: (): void => keep([]),
  };
}

type Outcome = Pick<BulkItem, "state" | "problem"> | "signed_out" | "away";

async function decide({ path, body, idempotencyKey }: BulkItem): Promise<Outcome> {
  try {
    await act({ path, body, idempotencyKey });
    return { state: "done", problem: null };
  } catch (error) {
    if (isSignedOut(error)) return "signed_out";
    if (isPassing(error)) return "away";
    return { state: "refused", problem: error instanceof TribiError ? error.detail : String(error) };
  }
}
