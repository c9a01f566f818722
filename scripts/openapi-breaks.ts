/** What of a later OpenAPI document breaks a client that was made for the earlier one, each as one stable line. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface Media {
  readonly schema?: Schema;
}

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: Readonly<Record<string, Media>> };
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** A request's schema may only take more, an answer's may only promise more. */
type Direction = "request" | "answer";

export function breaksBetween(before: OpenApiDocument, after: OpenApiDocument): string[] {
  const breaks = new Set<string>();
  const compareSchemas = makeCompareSchemas(before, after, (line) => breaks.add(line));
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(methods)) {
      const name = old.operationId ?? `${method} ${path}`;
      const now = after.paths[path]?.[method];
      if (now === undefined) {
        breaks.add(`${name}: ${method.toUpperCase()} ${path} is gone`);
        continue;
      }
      if (now.operationId !== old.operationId)
        breaks.add(`${name}: is called ${now.operationId ?? "nothing"} now`);
      if ((old.security ?? []).length === 0 && (now.security ?? []).length > 0)
        breaks.add(`${name}: asks for a session now`);
      compareParameters(name, old, now, (line) => breaks.add(line), compareSchemas);
      compareMedia(
        `${name}: request`,
        old.requestBody?.content,
        now.requestBody?.content,
        "request",
        compareSchemas,
      );
      if (now.requestBody?.required === true && old.requestBody?.required !== true)
        breaks.add(`${name}: request body is required now`);
      for (const [status, answer] of Object.entries(old.responses ?? {})) {
        if (!status.startsWith("2")) continue;
        const next = now.responses?.[status];
        if (next === undefined) breaks.add(`${name}: answer ${status} is gone`);
        compareMedia(`${name}: answer ${status}`, answer.content, next?.content, "answer", compareSchemas);
      }
    }
  }
  return [...breaks].sort();
}

type CompareSchemas = (where: string, old: Schema, now: Schema, direction: Direction) => void;

function compareParameters(
  name: string,
  old: Operation,
  now: Operation,
  report: (line: string) => void,
  compare: CompareSchemas,
): void {
  const keyOf = (parameter: Parameter): string => `${parameter.in} ${parameter.name}`;
  const nextByKey = new Map((now.parameters ?? []).map((parameter) => [keyOf(parameter), parameter]));
  const oldKeys = new Set((old.parameters ?? []).map(keyOf));
  for (const parameter of old.parameters ?? []) {
    const next = nextByKey.get(keyOf(parameter));
    if (next === undefined) report(`${name}: ${keyOf(parameter)} is gone`);
    else if (next.required === true && parameter.required !== true)
      report(`${name}: ${keyOf(parameter)} is required now`);
    if (next !== undefined)
      compare(`${name}: ${keyOf(parameter)}`, parameter.schema ?? {}, next.schema ?? {}, "request");
  }
  for (const [key, parameter] of nextByKey)
    if (parameter.required === true && !oldKeys.has(key)) report(`${name}: ${key} is required now`);
}

function compareMedia(
  where: string,
  old: Readonly<Record<string, Media>> = {},
  now: Readonly<Record<string, Media>> = {},
  direction: Direction,
  compare: CompareSchemas,
): void {
  for (const [type, media] of Object.entries(old)) {
    const next = now[type];
    if (next !== undefined) compare(where, media.schema ?? {}, next.schema ?? {}, direction);
  }
}

function makeCompareSchemas(
  before: OpenApiDocument,
  after: OpenApiDocument,
  report: (line: string) => void,
): CompareSchemas {
  const resolve = (document: OpenApiDocument, schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : (document.components?.schemas?.[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const compare: CompareSchemas = (where, oldRef, nowRef, direction) => {
    const old = resolve(before, oldRef);
    const now = resolve(after, nowRef);
    compareTypes(where, typesOf(before, old), typesOf(after, now), direction, report);
    compareValues(where, old, now, direction, report);
    if (direction === "request") compareLimits(where, old, now, report);
    if (old.items !== undefined && now.items !== undefined)
      compare(`${where}[]`, old.items, now.items, direction);
    for (const [member, schema] of Object.entries(old.properties ?? {})) {
      const next = now.properties?.[member];
      if (next === undefined) {
        if (now.properties !== undefined) report(`${where}.${member} is gone`);
        continue;
      }
      const wasRequired = old.required?.includes(member) === true;
      const isRequired = now.required?.includes(member) === true;
      if (direction === "answer" && wasRequired && !isRequired)
        report(`${where}.${member} may be missing now`);
      compare(`${where}.${member}`, schema, next, direction);
    }
    if (direction === "request") {
      for (const member of now.required ?? [])
        if (old.required?.includes(member) !== true) report(`${where}.${member} is required now`);
    }
  };

  const typesOf = (document: OpenApiDocument, schema: Schema): ReadonlySet<string> => {
    const own = resolve(document, schema);
    if (own.anyOf !== undefined) return new Set(own.anyOf.flatMap((one) => [...typesOf(document, one)]));
    return new Set([own.type ?? "anything"].flat());
  };
  return compare;
}

function compareTypes(
  where: string,
  old: ReadonlySet<string>,
  now: ReadonlySet<string>,
  direction: Direction,
  report: (line: string) => void,
): void {
  const [narrow, wide] = direction === "request" ? [now, old] : [old, now];
  if (narrow.has("anything")) return;
  for (const type of wide)
    if (!narrow.has(type))
      report(`${where}: ${type} ${direction === "request" ? "is refused" : "may come"} now`);
}

function compareValues(
  where: string,
  old: Schema,
  now: Schema,
  direction: Direction,
  report: (line: string) => void,
): void {
  const oldValues = valuesOf(old);
  const nowValues = valuesOf(now);
  if (direction === "request" && nowValues !== null && oldValues !== null) {
    for (const value of oldValues) if (!nowValues.has(value)) report(`${where}: ${value} is refused now`);
  }
  if (direction === "answer" && oldValues !== null && nowValues !== null) {
    for (const value of nowValues) if (!oldValues.has(value)) report(`${where}: ${value} may come now`);
  }
}

/** The texts that a schema lists; null when it lists none. */
function valuesOf({ enum: listed, const: only, anyOf }: Schema): ReadonlySet<string> | null {
  if (listed !== undefined) return new Set(listed.map(String));
  if (only !== undefined) return new Set([String(only)]);
  const parts = anyOf?.map(({ const: one }) => one);
  return parts?.every((one) => one !== undefined) === true ? new Set(parts.map(String)) : null;
}

function compareLimits(where: string, old: Schema, now: Schema, report: (line: string) => void): void {
  if (now.pattern !== undefined && now.pattern !== old.pattern) report(`${where}: has another pattern`);
  for (const name of ["minLength", "minimum"] as const)
    if ((now[name] ?? Number.NEGATIVE_INFINITY) > (old[name] ?? Number.NEGATIVE_INFINITY))
      report(`${where}: ${name} is larger`);
  for (const name of ["maxLength", "maximum"] as const)
    if ((now[name] ?? Number.POSITIVE_INFINITY) < (old[name] ?? Number.POSITIVE_INFINITY))
      report(`${where}: ${name} is smaller`);
}
