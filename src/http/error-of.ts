import type { FastifyError } from "fastify";
import { sqlStateOf } from "../db/sql-state.js";
import { AppError, type ErrorCode } from "../kernel/errors.js";

const FASTIFY_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["body_too_large", "The body is larger than this route takes. Send less."],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    "malformed_json",
    "The body is empty. Send a JSON object or leave out the content type.",
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ["malformed_json", "The body is not valid JSON. Check its syntax."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported_media_type", "Send the body as application/json."],
  FST_ERR_MAX_PARAM_LENGTH: ["uri_too_long", "A part of the path is longer than any id. Shorten it."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["bad_request", "Content-Length does not match the body."],
};

/**
 * PostgreSQL states that say "not now": no connection, shutting down, too many clients, out of disk, its disk fails,
 * cancelled, read-only after a failover, outcome unknown, a connection whose prepared statements are out of date.
 */
const UNAVAILABLE_STATE = /^(08|53|57|58|0A000|25006|25P0|26000|40001|40003|40P01|42P05|55000|55P03)/;
const UNAVAILABLE_MESSAGE =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|Cannot use a pool after|Client has encountered a connection error|Client was closed and is not queryable/;

/**
 * Turns whatever was thrown into an AppError. What nobody foresaw becomes internal_error without its message, which
 * names the one to turn to.
 */
export function appErrorOf(error: unknown, support = "support"): AppError {
  if (error instanceof AppError) return error;
  const code = (error as Partial<FastifyError>).code ?? "";
  const known = FASTIFY_ERRORS[code];
  if (known !== undefined) return new AppError(known[0], known[1]);
  if (isUnavailable(error, code)) {
    return new AppError("overloaded", "The store cannot answer right now. Try again in a moment.", {
      cause: error,
    });
  }
  const status = (error as Partial<FastifyError>).statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return new AppError("bad_request", "The request could not be understood.", { cause: error });
  }
  return new AppError("internal_error", `Something went wrong here. Tell ${support} the request_id.`, {
    cause: error,
  });
}

function isUnavailable(error: unknown, code: string): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return UNAVAILABLE_STATE.test(state);
  return UNAVAILABLE_MESSAGE.test(`${code} ${error instanceof Error ? error.message : ""}`);
}
