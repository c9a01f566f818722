import type { Clock } from "../../kernel/clock.js";
import type { SupplierAnswer } from "./port.js";

export interface Token {
  readonly text: string;
  readonly lifetimeSeconds: number;
}

export interface TokenCache {
  /** The token in force; every caller that comes while one is being fetched waits for that same one. */
  get(): Promise<SupplierAnswer<string>>;
  /** The supplier refused this token. Forgets it, unless a newer one has taken its place meanwhile. */
  forget(token: string): void;
}

/** Airalo's text says 24 hours, its sample 366 days: no token is trusted for longer than a day. */
const LIFETIME_SECONDS_MAX = 24 * 60 * 60;
/** Renewed this long before its end, so that it does not run out on the way. */
const MARGIN_SECONDS = 60;

/** In memory only: a token on disk outlives the process that may read it. */
export function makeTokenCache(deps: {
  readonly clock: Clock;
  readonly fetchToken: () => Promise<SupplierAnswer<Token>>;
}): TokenCache {
  let held: { readonly text: string; readonly usableUntilMillis: number } | null = null;
  let underWay: Promise<SupplierAnswer<string>> | null = null;

  async function renew(): Promise<SupplierAnswer<string>> {
    const answer = await deps.fetchToken();
    if (answer.kind !== "done") return answer;
    const seconds = Math.min(answer.value.lifetimeSeconds, LIFETIME_SECONDS_MAX);
    const usableMillis = Math.max(seconds - MARGIN_SECONDS, seconds / 2) * 1000;
    held = { text: answer.value.text, usableUntilMillis: deps.clock.nowMillis() + usableMillis };
    return { kind: "done", value: answer.value.text };
  }

  return {
    async get() {
      if (held && deps.clock.nowMillis() < held.usableUntilMillis) return { kind: "done", value: held.text };
      underWay ??= renew().finally(() => {
        underWay = null;
      });
      return underWay;
    },
    forget(token) {
      if (held?.text === token) held = null;
    },
  };
}
