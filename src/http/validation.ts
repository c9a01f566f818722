import SerializerSelector from "@fastify/fast-json-stringify-compiler";
import { Ajv, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler, FastifySchemaValidationError, RouteOptions } from "fastify";
import { AppError, type FieldProblem } from "../kernel/errors.js";

type Schema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
};

const DEPTH_MAX = 16;
const INTEGER = /^-?(0|[1-9]\d{0,15})$/;
const NUMBER = /^-?(0|[1-9]\d{0,15})(\.\d{1,10})?$/;

/**
 * Compiling the schemas of all routes was a third of a start's computing, and a process that comes back after a crash
 * should serve at once: each is compiled by its first request, in a few milliseconds. The checks compile all of them.
 */
export type CompileWhen = "first_used" | "at_once";

const WHEN: Readonly<Record<CompileWhen, <Value>(make: () => Value) => () => Value>> = {
  first_used: (make) => {
    let made: ReturnType<typeof make> | undefined;
    return () => {
      made ??= make();
      return made;
    };
  },
  at_once: (make) => {
    const made = make();
    return () => made;
  },
};

/**
 * Bodies are never coerced. Query, path and header values arrive as text and are read strictly by the type that
 * their schema declares: `1` is an integer, `1e0`, ` 1` and `0x1` are not. What cannot be read stays text, and the
 * schema refuses it. A member that is a list may come once: `country=ES` is a list of one.
 */
export function makeValidatorCompiler(when: CompileWhen): FastifySchemaCompiler<object> {
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: false,
    useDefaults: true,
    removeAdditional: false,
    strict: false,
  });
  return ({ schema, httpPart }) => {
    const validate = WHEN[when](() => ajv.compile(schema));
    if (httpPart === "body") return (body) => outcome(validate(), body);
    return (values) => outcome(validate(), readTexts(schema as Schema, values as Record<string, unknown>));
  };
}

/** What writes answers by their schema. */
export function makeSerializerBuilder(when: CompileWhen): SerializerSelector.SerializerFactory {
  return (...args) => {
    const compile = SerializerSelector()(...args);
    return (route) => {
      const serialize = WHEN[when](() => compile(route));
      return (answer) => serialize()(answer);
    };
  };
}

function outcome(
  validate: ValidateFunction,
  value: unknown,
): { value: unknown } | { error: FastifySchemaValidationError[] } {
  if (validate(value)) return { value };
  return { error: (validate.errors ?? []) as FastifySchemaValidationError[] };
}

/** Of an open query: links carry `utm_source` and caches are passed by with `_=1`, which is no fault of the caller. */
export function ignoreUnknownQueryMembers(route: RouteOptions): void {
  const query = route.schema?.querystring;
  if (query !== undefined) {
    route.schema = { ...route.schema, querystring: { ...(query as Schema), additionalProperties: true } };
  }
}

/** Of an operators' list that has no filters: one that is sent all the same would show the wrong rows if it were ignored. */
export function refuseAnyQueryMember(route: RouteOptions): void {
  if (route.schema?.querystring !== undefined || route.url.includes(":")) return;
  route.schema = {
    ...route.schema,
    querystring: { type: "object", properties: {}, additionalProperties: false },
  };
}

function readTexts(schema: Schema, values: Record<string, unknown>): Record<string, unknown> {
  // Without a prototype, so that a member called __proto__ is a member like others, which the schema refuses.
  const read = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(values)) {
    // What is ignored does not reach the handler either.
    if (schema.additionalProperties === true && !Object.hasOwn(schema.properties ?? {}, name)) continue;
    const type = schema.properties?.[name]?.type;
    if (typeof value !== "string") read[name] = value;
    else read[name] = type === "array" ? [value] : readText(type, value);
  }
  return read;
}

function readText(type: string | undefined, text: string): unknown {
  if (type === "integer" && INTEGER.test(text)) return Number(text);
  if (type === "number" && NUMBER.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

const PART_PREFIX: Readonly<Record<string, string>> = {
  body: "",
  querystring: "/query",
  params: "/path",
  headers: "/header",
};

/** Beyond that a list helps nobody, and 64 KiB of input would make megabytes of answer. */
const ERRORS_MAX = 20;
const MEMBER_LENGTH_SHOWN = 40;

/** JSON pointers to the first wrong members, for the `errors` of the problem document, and how many there are. */
export function validationError(problems: readonly FastifySchemaValidationError[], part: string): AppError {
  const prefix = PART_PREFIX[part] ?? "";
  const errors = problems.slice(0, ERRORS_MAX).map((problem): FieldProblem => {
    const member = problem.params.additionalProperty ?? problem.params.missingProperty;
    const suffix = typeof member === "string" ? `/${escapeMember(member)}` : "";
    const message =
      problem.keyword === "additionalProperties"
        ? "is not a member of this request"
        : (problem.message ?? "is invalid");
    return { pointer: `${prefix}${problem.instancePath}${suffix}`, message };
  });
  const first = errors[0];
  const where = first === undefined || first.pointer === "" ? "The request" : first.pointer;
  const isCut = problems.length > ERRORS_MAX;
  const more = isCut ? ` There are ${problems.length} problems in all.` : "";
  return new AppError(
    "validation_failed",
    `${where} ${first?.message ?? "is invalid"}. Correct it and send again.${more}`,
    isCut ? { errors, errorCount: problems.length } : { errors },
  );
}

/** RFC 6901 §3. A name may be as long as the body; its beginning is enough to find it. */
const escapeMember = (name: string): string =>
  name.slice(0, MEMBER_LENGTH_SHOWN).replaceAll("~", "~0").replaceAll("/", "~1");

/** NUL and lone surrogates cannot be stored, and nothing of ours nests deeper than 16. */
export function assertStorableText(value: unknown, pointer = "", depth = 0): void {
  if (typeof value === "string") {
    if (value.includes("\u0000") || !value.isWellFormed()) {
      const message = "holds a character that text cannot have (NUL or half of a surrogate pair)";
      throw new AppError("validation_failed", `${pointer} ${message}. Remove it.`, {
        errors: [{ pointer, message }],
      });
    }
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (depth === DEPTH_MAX) {
    throw new AppError("validation_failed", `The request nests deeper than ${DEPTH_MAX} levels.`, {
      errors: [{ pointer, message: "nests too deep" }],
    });
  }
  for (const [name, inner] of Object.entries(value)) {
    assertStorableText(name, `${pointer}/${escapeMember(name)}`, depth + 1);
    assertStorableText(inner, `${pointer}/${escapeMember(name)}`, depth + 1);
  }
}
