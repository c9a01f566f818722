import type { components } from "./api-types.js";

export type Problem = components["schemas"]["Problem"];
/** Every refusal of the store has one of these codes; they never change their meaning. */
export type ErrorCode = Problem["code"];
/** What the client itself found out: no answer, none in time, none that can be read, or the caller gave up. */
export type ClientErrorCode = "network_error" | "timed_out" | "unreadable_answer" | "cancelled";

export interface TribiErrorOptions {
  readonly code: ErrorCode | ClientErrorCode;
  /** What to do, for a person. */
  readonly detail: string;
  /** 0 when there was no answer. */
  readonly status?: number;
  readonly requestId?: string | null;
  readonly errors?: Problem["errors"];
  readonly retryAfterSeconds?: number | null;
  readonly cause?: unknown;
}

/** A request that did not succeed. `code` is closed: a switch over it can be checked by the compiler. */
export class TribiError extends Error {
  override readonly name = "TribiError";
  readonly code: ErrorCode | ClientErrorCode;
  readonly detail: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly errors: NonNullable<Problem["errors"]>;
  /** How long to wait, where the store said so. */
  readonly retryAfterSeconds: number | null;

  constructor(options: TribiErrorOptions) {
    super(`${options.code}: ${options.detail}`, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.detail = options.detail;
    this.status = options.status ?? 0;
    this.requestId = options.requestId ?? null;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
