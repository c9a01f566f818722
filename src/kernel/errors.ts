/**
 * Every answer that is not a success has one of these codes. They are stable: programs read them. The status and
 * title of each stand in http/problem.ts, in a table that does not compile when a code is missing.
 */
export const ERROR_CODES = [
  "admin_required",
  "bad_request",
  "body_too_large",
  "conflict",
  "conflicting_credentials",
  "cross_site_request",
  "csv_invalid",
  "currency_not_offered",
  "deletion_waits",
  "email_invalid",
  "esim_not_revocable",
  "expectation_failed",
  "forbidden",
  "gone",
  "header_too_large",
  "idempotency_key_invalid",
  "idempotency_key_required",
  "idempotency_key_reused",
  "internal_error",
  "invalid_code",
  "invalid_credentials",
  "invalid_webhook_signature",
  "invitation_invalid",
  "last_owner",
  "malformed_json",
  "method_not_allowed",
  "method_unknown",
  "missing_credentials",
  "not_found",
  "not_ready",
  "operator_session_over",
  "order_already_paid",
  "order_not_paid",
  "order_not_payable",
  "out_of_stock",
  "overloaded",
  "payment_in_progress",
  "permission_missing",
  "provider_unavailable",
  "provisioning_failed",
  "rate_limited",
  "referenced",
  "refund_exceeds_payment",
  "refund_not_possible",
  "request_timeout",
  "second_factor_required",
  "second_person_required",
  "session_revoked",
  "step_up_required",
  "too_many_attempts",
  "too_many_declines",
  "too_many_orders",
  "top_up_not_possible",
  "unsupported_media_type",
  "unsupported_provider",
  "uri_too_long",
  "validation_failed",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface FieldProblem {
  /** JSON pointer into the body, or `/query/name`, `/path/name`, `/header/name`. */
  readonly pointer: string;
  readonly message: string;
}

/** A refusal with a code; http/problem.ts turns it into a problem document (RFC 9457). */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly errors: readonly FieldProblem[] | undefined;
  /** When `errors` are only the first of them. */
  readonly errorCount: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(
    readonly code: ErrorCode,
    /** For a person; says what to do next. Never holds a secret, an address or SQL. */
    readonly detail: string,
    extra: {
      errors?: readonly FieldProblem[];
      errorCount?: number;
      headers?: Readonly<Record<string, string>>;
      cause?: unknown;
    } = {},
  ) {
    super(`${code}: ${detail}`, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.errors = extra.errors;
    this.errorCount = extra.errorCount;
    this.headers = extra.headers;
  }
}
