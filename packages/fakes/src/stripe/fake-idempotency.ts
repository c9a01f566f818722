import { FakeStripeError, invalidRequest } from "./fake-error.js";

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * Stripe's idempotency (docs.stripe.com/api/idempotent_requests): the first request with a key decides; the same
 * again gets the same answer, a 500 included; other parameters are an error; while the first runs, 409. Answers
 * from before the work began (validation, 401, 409, 429) are not kept. Keys are forgotten after 24 hours.
 */
export interface FakeIdempotency {
  /** Null means: claimed, go ahead, and then call keep or release. */
  claim(key: string, fingerprint: string): Answer | null;
  keep(key: string, answer: Answer): void;
  release(key: string): void;
}

interface Entry {
  readonly fingerprint: string;
  readonly since: number;
  answer: Answer | null;
}

const KEPT_SECONDS = 24 * 3600;
const KEY_MAX = 255;

export function makeFakeIdempotency(now: () => number): FakeIdempotency {
  const entries = new Map<string, Entry>();
  return {
    claim: (key, fingerprint) => {
      if (key.length > KEY_MAX) throw invalidRequest("Idempotency keys can be at most 255 characters long.");
      const entry = entries.get(key);
      if (!entry || now() - entry.since > KEPT_SECONDS) {
        entries.set(key, { fingerprint, since: now(), answer: null });
        return null;
      }
      if (entry.fingerprint !== fingerprint) {
        throw new FakeStripeError(400, {
          type: "idempotency_error",
          message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        });
      }
      if (entry.answer === null) {
        throw new FakeStripeError(409, {
          type: "invalid_request_error",
          code: "idempotency_key_in_use",
          message: `There is currently another in-progress request using this Idempotent Key: ${key}.`,
        });
      }
      return entry.answer;
    },
    keep: (key, answer) => {
      const entry = entries.get(key);
      if (entry) entry.answer = answer;
    },
    release: (key) => {
      entries.delete(key);
    },
  };
}
