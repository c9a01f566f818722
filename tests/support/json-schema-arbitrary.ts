import fc from "fast-check";

/** The part of JSON Schema that our routes use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** What no schema of ours asks for and every client may send. */
const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    " ",
    "0",
    "null",
    "\u0000",
    "\ud800",
    "'; drop table users;--",
    "%",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "１２３",
    "a".repeat(3_000),
    -1,
    0,
    1.5,
    1e21,
    Number.MAX_SAFE_INTEGER,
    2_147_483_648,
    9_223_372_036_854_775_000,
    [],
    {},
    [[]],
    { $ne: "" },
    { constructor: 1 },
  ),
  fc.string({ maxLength: 40, unit: "binary" }),
  fc.integer(),
  fc.double(),
);

/** Mostly what the schema describes, in its corners too; sometimes anything at all. */
export function sentFor(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary: validFor(schema) }, { weight: 1, arbitrary: JUNK });
}

function validFor(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(sentFor));
  switch ([schema.type].flat()[0] ?? "string") {
    case "integer":
      return integerFor(schema);
    case "number":
      return fc.oneof(integerFor(schema), fc.double({ min: 0, max: 1e6, noNaN: true }));
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(sentFor(schema.items ?? {}), { maxLength: 4 });
    case "object":
      return objectFor(schema);
    default:
      return stringFor(schema);
  }
}

function integerFor({ minimum = -10, maximum = 1e12 }: Schema): fc.Arbitrary<number> {
  const max = Math.min(maximum, Number.MAX_SAFE_INTEGER);
  const small = { min: Math.ceil(minimum), max: Math.max(Math.ceil(minimum), Math.min(6, max)) };
  return fc.oneof(fc.integer(small), fc.integer(small), fc.constantFrom(minimum, max, max + 1, minimum - 1));
}

function stringFor({ minLength = 0, maxLength = 60, format }: Schema): fc.Arbitrary<string> {
  const words = fc.constantFrom(
    "a@example.com",
    "USD",
    "ES",
    "JPY",
    "123456",
    "mock",
    "STRIPE",
    "succeeded",
    "2026-01-01T00:00:00Z",
    "%",
    "_",
  );
  const any = fc.string({
    minLength: Math.min(minLength, 50),
    maxLength: Math.min(maxLength, 80),
    unit: "grapheme",
  });
  return format === undefined ? fc.oneof(words, any) : words;
}

function objectFor({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, sentFor(inner)]),
  );
  const usual = fc.record(members, { requiredKeys: required.filter((name) => name in members) });
  const less = fc.record(members, { requiredKeys: [] });
  const more = fc
    .tuple(usual, fc.string({ maxLength: 12 }), JUNK)
    .map(([value, name, extra]) => ({ ...value, [name]: extra }));
  return fc.oneof(
    { weight: 8, arbitrary: usual },
    { weight: 1, arbitrary: less },
    { weight: 1, arbitrary: more },
  );
}
