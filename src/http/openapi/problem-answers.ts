import { ERROR_CODES, type ErrorCode } from "../../kernel/errors.js";
import type { FactorNeed } from "../factor-need.js";
import { statusOf, titleOf } from "../problem.js";
import type { Access } from "../route-config.js";

/** RFC 9457; `detail` says what to do, `code` is for programs and never changes its meaning. */
export const PROBLEM_SCHEMA = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "request_id"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string", description: "For a person: what to do" },
    code: { type: "string", enum: [...ERROR_CODES] },
    request_id: { type: "string" },
    errors: {
      type: "array",
      description: "For invalid input: JSON pointers to what is wrong, at most the first 20",
      items: {
        type: "object",
        required: ["pointer", "message"],
        properties: { pointer: { type: "string" }, message: { type: "string" } },
      },
    },
    error_count: { type: "integer", description: "How many there are, when `errors` are only the first" },
  },
};

/** What any request may get, whatever it asks for: limits of the protocol, overload, faults. */
const OF_ANY_REQUEST = [
  "bad_request",
  "expectation_failed",
  "header_too_large",
  "internal_error",
  "method_unknown",
  "overloaded",
  "request_timeout",
  "uri_too_long",
] as const satisfies readonly ErrorCode[];

export interface DescribedRoute {
  readonly method: string;
  readonly access: Access | undefined;
  /** Of operators' routes. */
  readonly factorNeed: FactorNeed;
  readonly takesBody: boolean;
  readonly takesParameters: boolean;
  readonly takesIdempotencyKey: boolean;
  /** What the route's own work refuses. */
  readonly problems: readonly ErrorCode[];
}

/** Every code that this route may answer with, beside those of any request. */
function codesOf(route: DescribedRoute): ReadonlySet<ErrorCode> {
  const codes = new Set<ErrorCode>(route.problems);
  const add = (...more: readonly ErrorCode[]): void => {
    for (const code of more) codes.add(code);
  };
  const needsSession = route.access === "user" || route.access === "admin";
  if (needsSession) add("missing_credentials", "invalid_credentials", "conflicting_credentials");
  if (needsSession && route.method !== "GET") add("cross_site_request");
  if (route.access === "admin") {
    add("admin_required", "forbidden", "permission_missing", "operator_session_over");
    if (route.factorNeed !== "none") add("second_factor_required");
    if (route.factorNeed.startsWith("fresh")) add("step_up_required");
  }
  if (route.method !== "GET") add("body_too_large", "malformed_json", "unsupported_media_type");
  if (route.takesBody || route.takesParameters) add("validation_failed");
  if (route.takesIdempotencyKey) add("idempotency_key_invalid", "idempotency_key_reused");
  return codes;
}

interface Answer {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}

const refTo = (name: string) => ({ $ref: `#/components/responses/${name}` });

/** The refusals of each operation, each set of codes written once among the components. */
export function makeProblemAnswers() {
  const components: Record<string, Answer> = { AnyProblem: answerOf(OF_ANY_REQUEST, 0) };
  return {
    components,
    /** By status; `default` is what any request may get. */
    of(route: DescribedRoute): Record<string, { readonly $ref: string }> {
      const byStatus = new Map<number, ErrorCode[]>();
      for (const code of [...codesOf(route)].sort()) {
        const status = statusOf(code);
        byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
      }
      const answers: Record<string, { readonly $ref: string }> = {};
      for (const [status, own] of [...byStatus].sort(([a], [b]) => a - b)) {
        const ofAny = OF_ANY_REQUEST.filter((code) => statusOf(code) === status);
        const codes = [...new Set([...own, ...ofAny])].sort();
        const name = codes.map(pascalCase).join("Or");
        components[name] ??= answerOf(codes, status);
        answers[String(status)] = refTo(name);
      }
      answers.default = refTo("AnyProblem");
      return answers;
    },
  };
}

function answerOf(codes: readonly ErrorCode[], status: number): Answer {
  const schema = {
    allOf: [
      { $ref: "#/components/schemas/Problem" },
      { type: "object", required: ["code"], properties: { code: { type: "string", enum: [...codes] } } },
    ],
  };
  return {
    description:
      status === 0 ? "What any request may get" : codes.map((code) => `${code}: ${titleOf(code)}`).join("; "),
    // A client whose Accept names only application/json gets the second form.
    content: { "application/problem+json": { schema }, "application/json": { schema } },
  };
}

const pascalCase = (code: string): string =>
  code
    .split("_")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");
