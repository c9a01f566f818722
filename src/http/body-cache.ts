import { gzip } from "node:zlib";
import type { Clock } from "../kernel/clock.js";

/** An answer, ready to be sent. */
export interface Body {
  readonly plain: Buffer;
  /** Compressed once, when the first caller asks for it. */
  gzipped(): Promise<Buffer>;
}

export const makeBody = (value: unknown): Body => makeTextBody(JSON.stringify(value));

export function makeTextBody(text: string): Body {
  const plain = Buffer.from(text);
  let compressed: Promise<Buffer> | undefined;
  return {
    plain,
    gzipped: () => {
      compressed ??= new Promise((resolve, reject) => {
        gzip(plain, { level: 5 }, (error, buffer) => (error === null ? resolve(buffer) : reject(error)));
      });
      return compressed;
    },
  };
}

/**
 * Keeps serialised answers for a moment, so that a crowd that looks at the same list costs one query and one
 * serialisation. Callers that come while an answer is being made share it (single flight); a failure is not kept.
 * Other processes' changes show after `ttlMillis` at the latest, this process's own at once (`clear`).
 */
export interface BodyCache {
  get(key: string, make: () => Promise<unknown>): Promise<Body>;
  /** The kept answer, without making one. */
  peek(key: string): Promise<Body> | undefined;
  clear(): void;
}

interface Entry {
  readonly body: Promise<Body>;
  readonly madeAt: number;
}

export function makeBodyCache(options: {
  readonly ttlMillis: number;
  /** The oldest entry makes room; keys are made from what strangers send. */
  readonly entriesMax: number;
  readonly clock: Clock;
  /** JSON, unless it is said otherwise. */
  readonly bodyOf?: (value: never) => Body;
}): BodyCache {
  const bodyOf = (options.bodyOf ?? makeBody) as (value: unknown) => Body;
  const entries = new Map<string, Entry>();
  const peek = (key: string): Promise<Body> | undefined => {
    const now = options.clock.nowMillis();
    const kept = entries.get(key);
    return kept !== undefined && now - kept.madeAt < options.ttlMillis && now >= kept.madeAt
      ? kept.body
      : undefined;
  };
  return {
    peek,
    get(key, make) {
      const kept = peek(key);
      if (kept !== undefined) return kept;
      const now = options.clock.nowMillis();
      entries.delete(key);
      const body = make().then(bodyOf);
      const entry = { body, madeAt: now };
      entries.set(key, entry);
      body.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      const [oldest] = entries.keys();
      if (entries.size > options.entriesMax && oldest !== undefined) entries.delete(oldest);
      return body;
    },
    clear: () => entries.clear(),
  };
}
