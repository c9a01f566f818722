import type { LiveSession } from "./session-types.js";

export interface SessionCacheOptions {
  /** Undefined for a session that is not alive. */
  readonly load: (sid: string) => Promise<LiveSession | undefined>;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMillis?: () => number;
  readonly sizeMax?: number;
}

interface Entry {
  readonly state: LiveSession | undefined;
  readonly staleAtMillis: number;
}

/** Revocation takes effect everywhere within 5 s: 4 s of age, and a second for the query itself. */
const AGE_MILLIS_MAX = 4_000;
const SIZE_MAX = 20_000;

export type SessionCache = ReturnType<typeof makeSessionCache>;

/**
 * What this process knows of sessions. A request with a known session makes no query; many requests with one
 * unknown session make one. Age counts from the start of the query, since its answer is as old as that.
 */
export function makeSessionCache(options: SessionCacheOptions) {
  const { load, monotonicMillis = () => performance.now(), sizeMax = SIZE_MAX } = options;
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<LiveSession | undefined>>();

  const loadOnce = (sid: string): Promise<LiveSession | undefined> => {
    const running = loading.get(sid);
    if (running !== undefined) return running;
    const staleAtMillis = monotonicMillis() + AGE_MILLIS_MAX;
    const promise = load(sid)
      .then((state) => {
        // Forgotten while it was being read: what was read may be from before the end of the session.
        if (loading.get(sid) === promise) remember(sid, { state, staleAtMillis });
        return state;
      })
      .finally(() => {
        if (loading.get(sid) === promise) loading.delete(sid);
      });
    loading.set(sid, promise);
    return promise;
  };

  const remember = (sid: string, entry: Entry): void => {
    entries.delete(sid);
    entries.set(sid, entry);
    if (entries.size <= sizeMax) return;
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  };

  return {
    /** At once when known, else a promise; undefined when the session is not alive. */
    find(sid: string): LiveSession | undefined | Promise<LiveSession | undefined> {
      const entry = entries.get(sid);
      return entry !== undefined && entry.staleAtMillis > monotonicMillis() ? entry.state : loadOnce(sid);
    },

    /** After a change in this process, so that its own next request sees it. */
    forget(sids: Iterable<string>): void {
      for (const sid of sids) {
        entries.delete(sid);
        loading.delete(sid);
      }
    },

    forgetUser(userId: number): void {
      for (const [sid, { state }] of entries) {
        if (state?.userId === userId) entries.delete(sid);
      }
      // Whose session is being read is not known yet: let all of those be read again.
      loading.clear();
    },

    size: (): number => entries.size,
  };
}
