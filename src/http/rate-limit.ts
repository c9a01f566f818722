import { AppError, type ErrorCode } from "../kernel/errors.js";

export interface RateLimit {
  /** Names the policy; a token of lower-case letters and underscores. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** Waiting this long succeeds. Whole seconds, at least 1. */
  readonly retrySeconds: number;
}

/** 429 with `Retry-After` (RFC 9110 §10.2.3) and the two fields of draft-ietf-httpapi-ratelimit-headers-10. */
export function limitedError(
  code: ErrorCode & ("rate_limited" | "too_many_attempts" | "too_many_declines" | "too_many_orders"),
  limit: RateLimit,
  detail: string = DETAILS[code],
): AppError {
  const { name, quota, windowSeconds, retrySeconds } = limit;
  return new AppError(code, `${detail} Try again in ${inWords(retrySeconds)}.`, {
    headers: {
      "retry-after": String(retrySeconds),
      "ratelimit-policy": `"${name}";q=${quota};w=${windowSeconds}`,
      ratelimit: `"${name}";r=0;t=${retrySeconds}`,
    },
  });
}

const DETAILS = {
  rate_limited: "Too many codes were asked for.",
  too_many_attempts: "Too many wrong codes were tried.",
  too_many_declines:
    "Payments of yours were declined too often today. Ask your bank why, or the shop if you need an eSIM before that.",
  too_many_orders: "You have made as many orders as one person may. Pay or wait for one of them.",
};

function inWords(seconds: number): string {
  if (seconds <= 120) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
