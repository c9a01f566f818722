import type { FastifyReply, FastifyRequest } from "fastify";
import type { AppError, ErrorCode, FieldProblem } from "../kernel/errors.js";

/** Every code has a status and a title; a code without one does not compile. */
const PROBLEMS = {
  admin_required: [403, "Admin access required"],
  bad_request: [400, "Bad request"],
  body_too_large: [413, "Body too large"],
  conflict: [409, "Conflict"],
  conflicting_credentials: [401, "Conflicting credentials"],
  cross_site_request: [403, "Cross-site request"],
  csv_invalid: [422, "Invalid CSV file"],
  currency_not_offered: [422, "Currency not offered"],
  deletion_waits: [409, "Deletion waits"],
  email_invalid: [422, "Invalid e-mail address"],
  esim_not_revocable: [409, "eSIM cannot be taken back"],
  expectation_failed: [417, "Expectation failed"],
  forbidden: [403, "Forbidden"],
  gone: [410, "Gone"],
  header_too_large: [431, "Header too large"],
  idempotency_key_invalid: [422, "Invalid Idempotency-Key"],
  idempotency_key_required: [422, "Idempotency-Key required"],
  idempotency_key_reused: [422, "Idempotency-Key reused"],
  internal_error: [500, "Internal error"],
  invalid_code: [400, "Invalid code"],
  invalid_credentials: [401, "Invalid token"],
  invalid_webhook_signature: [400, "Invalid webhook signature"],
  invitation_invalid: [400, "Invalid invitation"],
  last_owner: [409, "Last owner"],
  malformed_json: [400, "Malformed JSON"],
  method_not_allowed: [405, "Method not allowed"],
  method_unknown: [501, "Unknown method"],
  missing_credentials: [401, "Missing credentials"],
  not_found: [404, "Not found"],
  not_ready: [503, "Not ready"],
  operator_session_over: [401, "Operator session over"],
  order_already_paid: [409, "Order already paid"],
  order_not_paid: [400, "Order not paid"],
  order_not_payable: [409, "Order not payable"],
  out_of_stock: [409, "Out of stock"],
  overloaded: [503, "Temporarily overloaded"],
  payment_in_progress: [409, "Payment in progress"],
  permission_missing: [403, "Permission missing"],
  provider_unavailable: [503, "Payment provider unavailable"],
  provisioning_failed: [502, "Provisioning failed"],
  rate_limited: [429, "Too many requests"],
  referenced: [409, "Still referenced"],
  refund_exceeds_payment: [409, "Refund exceeds payment"],
  refund_not_possible: [409, "Refund not possible"],
  request_timeout: [408, "Request timeout"],
  second_factor_required: [403, "Second factor required"],
  second_person_required: [409, "Second person required"],
  session_revoked: [401, "Session revoked"],
  step_up_required: [403, "Second factor asked again"],
  too_many_attempts: [429, "Too many attempts"],
  too_many_declines: [429, "Too many declined payments"],
  too_many_orders: [429, "Too many orders"],
  top_up_not_possible: [409, "Top-up not possible"],
  unsupported_media_type: [415, "Unsupported media type"],
  unsupported_provider: [400, "Unsupported payment provider"],
  uri_too_long: [414, "URI too long"],
  validation_failed: [422, "Invalid input"],
} as const satisfies Record<ErrorCode, readonly [status: number, title: string]>;

/** A problem document, RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly errors?: readonly FieldProblem[];
  readonly error_count?: number;
}

export const statusOf = (code: ErrorCode): number => PROBLEMS[code][0];
export const titleOf = (code: ErrorCode): string => PROBLEMS[code][1];

export function problemOf(error: AppError, requestId: string): Problem {
  const [status, title] = PROBLEMS[error.code];
  return {
    type: `urn:tribi:problem:${error.code}`,
    title,
    status,
    detail: error.detail,
    code: error.code,
    request_id: requestId,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    ...(error.errorCount === undefined ? {} : { error_count: error.errorCount }),
  };
}

/** RFC 9457 media type, or plain JSON for a client whose Accept names only that. */
export function problemMediaType(accept: string | undefined): string {
  const namesJson = accept?.includes("application/json") === true;
  const namesProblem = accept?.includes("application/problem+json") === true;
  return namesJson && !namesProblem ? "application/json" : "application/problem+json";
}

export const RETRY_SECONDS = "2";

export async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
): Promise<void> {
  const problem = problemOf(error, request.id);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  if (problem.status === 503) reply.header("retry-after", RETRY_SECONDS);
  reply
    .code(problem.status)
    .headers({ ...error.headers })
    .header("content-type", problemMediaType(request.headers.accept))
    .header("cache-control", "no-store")
    // A string bypasses the route's success schema.
    .serializer((payload: unknown) => String(payload));
  await reply.send(JSON.stringify(problem));
}
