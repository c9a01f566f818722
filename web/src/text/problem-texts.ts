import { type ClientErrorCode, type ErrorCode, TribiError } from "@tribi/client";
import type { TextKey } from "./text.js";

/** What only a mistake of ours can bring about on a page, or an operator sees: a person can but try again or ask. */
type Unexpected =
  | "admin_required"
  | "bad_request"
  | "body_too_large"
  | "cross_site_request"
  | "csv_invalid"
  | "expectation_failed"
  | "forbidden"
  | "header_too_large"
  | "idempotency_key_invalid"
  | "idempotency_key_required"
  | "internal_error"
  | "invalid_webhook_signature"
  | "invitation_invalid"
  | "last_owner"
  | "malformed_json"
  | "method_not_allowed"
  | "method_unknown"
  | "permission_missing"
  | "referenced"
  | "second_factor_required"
  | "second_person_required"
  | "step_up_required"
  | "unsupported_media_type"
  | "uri_too_long"
  | "validation_failed";

/** The store's own words are English and for programs; the pages have theirs. A new code has to go to one of the two lists. */
const TEXT_BY_CODE = {
  cancelled: "problem.busy",
  conflict: "problem.changed",
  conflicting_credentials: "sign.ended",
  currency_not_offered: "problem.currency",
  deletion_waits: "problem.deletion_waits",
  email_invalid: "sign.email_invalid",
  esim_not_revocable: "problem.not_given_back",
  gone: "problem.not_found",
  idempotency_key_reused: "problem.changed",
  invalid_code: "sign.wrong",
  invalid_credentials: "sign.ended",
  missing_credentials: "sign.ended",
  network_error: "app.unreachable",
  not_found: "problem.not_found",
  not_ready: "problem.busy",
  operator_session_over: "sign.ended",
  order_already_paid: "problem.paid_already",
  order_not_paid: "problem.changed",
  order_not_payable: "checkout.expired",
  out_of_stock: "checkout.out_of_stock",
  overloaded: "problem.busy",
  payment_in_progress: "problem.payment_runs",
  provider_unavailable: "checkout.provider",
  provisioning_failed: "problem.supplier",
  rate_limited: "problem.too_often",
  refund_exceeds_payment: "problem.not_given_back",
  refund_not_possible: "problem.not_given_back",
  request_timeout: "problem.busy",
  session_revoked: "sign.ended",
  timed_out: "app.unreachable",
  too_many_attempts: "problem.too_often",
  too_many_declines: "problem.too_many_declines",
  too_many_orders: "checkout.too_many",
  top_up_not_possible: "problem.no_top_up",
  unreadable_answer: "app.unreachable",
  unsupported_provider: "problem.changed",
} as const satisfies Record<Exclude<ErrorCode | ClientErrorCode, Unexpected>, TextKey>;

/** In the page's language. A page that is older than the store may not know what it says. */
export function problemText(error: unknown): TextKey {
  if (!(error instanceof TribiError)) return "app.unreachable";
  return (TEXT_BY_CODE as Readonly<Record<string, TextKey>>)[error.code] ?? "problem.unexpected";
}
