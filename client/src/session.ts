import { TribiError } from "./error.js";
import type { Schemas } from "./operation-types.js";
import type { Call, Credentials, Transport } from "./transport.js";

/** What a program keeps of a Bearer session, in a place that only it can read. */
export interface StoredSession {
  readonly token: string;
  readonly refreshToken: string;
}

/** Where a Bearer session lives. `save(null)` forgets it. */
export interface SessionStore {
  load(): Promise<StoredSession | null> | StoredSession | null;
  save(session: StoredSession | null): Promise<void> | void;
}

export type SessionMode = "cookie" | SessionStore;

/** Forgets everything when the program ends. */
export function inMemory(): SessionStore {
  let kept: StoredSession | null = null;
  return {
    load: () => kept,
    save: (session) => {
      kept = session;
    },
  };
}

const CREDENTIAL_GONE: ReadonlySet<string> = new Set(["invalid_credentials", "missing_credentials"]);

export interface Session {
  /** Sends a request as the signed-in person; a session that has run out is refreshed once. */
  send(call: Call): Promise<unknown>;
  keep(answer: Schemas["Session"]): Promise<void>;
  forget(): Promise<void>;
  /** For requests that name the session themselves. */
  stored(): Promise<StoredSession | null>;
  readonly kind: "cookie" | "bearer";
}

/**
 * The session of a person. Any number of requests and tabs whose session has run out make one refresh: the others
 * wait for it and go on with what it brought.
 */
export function makeSession(transport: Transport, mode: SessionMode, lockName: string): Session {
  const store = mode === "cookie" ? null : mode;
  let refreshing: Promise<boolean> | null = null;

  const credentials = async (): Promise<Credentials> =>
    store === null
      ? { mode: "include", bearer: null }
      : { mode: "omit", bearer: (await store.load())?.token ?? null };

  const refresh = async (used: string | null, wasContended: boolean): Promise<boolean> => {
    const kept = (await store?.load()) ?? null;
    if (store !== null && kept === null) return false;
    // Another request or tab was faster.
    if (kept !== null && kept.token !== used) return true;
    if (store === null && wasContended && (await isSignedIn(transport, await credentials()))) return true;
    try {
      const body = kept === null ? {} : { refresh_token: kept.refreshToken };
      const call: Call = { method: "POST", path: "/auth/refresh", body, isRepeatable: true };
      const answer = (await transport.send(call, {
        mode: store === null ? "include" : "omit",
        bearer: null,
      })) as Schemas["Session"];
      await keep(answer);
      return true;
    } catch (error) {
      if (!(error instanceof TribiError) || error.status !== 401) throw error;
      await store?.save(null);
      return false;
    }
  };

  const keep = async (answer: Schemas["Session"]): Promise<void> => {
    const { token, refresh_token: refreshToken } = answer;
    if (token !== undefined && refreshToken !== undefined) await store?.save({ token, refreshToken });
  };

  return {
    kind: store === null ? "cookie" : "bearer",
    keep,
    stored: async () => (await store?.load()) ?? null,
    forget: async () => {
      await store?.save(null);
    },
    async send(call) {
      const used = await credentials();
      try {
        return await transport.send(call, used);
      } catch (error) {
        if (!(error instanceof TribiError) || !CREDENTIAL_GONE.has(error.code)) throw error;
        // Nothing was done for a request without a credential, so it is safe to send it again.
        refreshing ??= overTabs(lockName, (wasContended) => refresh(used.bearer, wasContended)).finally(
          () => {
            refreshing = null;
          },
        );
        if (!(await refreshing)) throw error;
        return transport.send(call, await credentials());
      }
    },
  };
}

async function isSignedIn(transport: Transport, credentials: Credentials): Promise<boolean> {
  try {
    await transport.send({ method: "GET", path: "/auth/me" }, credentials);
    return true;
  } catch (error) {
    if (error instanceof TribiError && error.status === 401) return false;
    throw error;
  }
}

interface Locks {
  request<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

/** One at a time over all tabs of a browser, where it has the Web Locks API; elsewhere in this program alone. */
async function overTabs<Value>(
  name: string,
  work: (wasContended: boolean) => Promise<Value>,
): Promise<Value> {
  const { navigator = {} } = globalThis as { navigator?: { locks?: Locks } };
  const { locks } = navigator;
  if (locks === undefined) return work(false);
  const { held = [] } = await locks.query();
  const wasContended = held.some((lock) => lock.name === name);
  return locks.request(name, () => work(wasContended));
}
