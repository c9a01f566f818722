import { gzip } from "node:zlib";
import type { Clock } from "../../kernel/clock.js";

/** A JSON answer, ready to be sent. */
export interface Body {
  readonly plain: Buffer;
  /** Compressed once, when the first caller asks for it. */
  gzipped(): Promise<Buffer>;
}

export function makeBody(value: unknown): Body {
  const plain = Buffer.from(JSON.stringify(value));
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
}): BodyCache {
  const entries = new Map<string, Entry>();
  return {
    get(key, make) {
      const now = options.clock.nowMillis();
      const kept = entries.get(key);
      if (kept !== undefined && now - kept.madeAt < options.ttlMillis && now >= kept.madeAt) return kept.body;
      entries.delete(key);
      const body = make().then(makeBody);
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
