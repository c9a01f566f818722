import { isDeepStrictEqual } from "node:util";

type Json = Record<string, unknown>;

export interface Operation {
  readonly operationId?: string;
  readonly requestBody?: { required?: boolean; readonly content?: Record<string, { schema?: Json }> };
  readonly responses?: Record<string, { description?: string; content?: Record<string, { schema?: Json }> }>;
}

interface Document {
  readonly paths?: Record<string, Record<string, Operation>>;
  readonly components?: { schemas?: Record<string, unknown> };
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Moves every schema that has a title to the components, so that a generated client has a type of that name. What an
 * operation takes and gives without a title is named after the operation. Two schemas of one name must be one schema.
 */
export function nameSchemas(document: Document): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, unknown>;
  const keep = (name: string, schema: Json): Json => {
    const known = schemas[name];
    if (known !== undefined && !isDeepStrictEqual(known, schema))
      throw new Error(`Two schemas of the OpenAPI document are called ${name} and differ`);
    schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  };
  const hoist = (value: unknown, fallback?: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => hoist(one));
    if (!isObject(value)) return value;
    const { title, ...rest } = value;
    const inner = Object.fromEntries(
      Object.entries(rest).map(([key, one]) => {
        const isList = fallback !== undefined && key === "properties" && isObject(one) && "items" in one;
        return [key, isList ? nameItems(one, fallback) : hoist(one)];
      }),
    );
    const name = typeof title === "string" ? title : fallback;
    return name === undefined || (typeof title !== "string" && rest.type !== "object")
      ? inner
      : keep(name, inner);
  };
  /** A page of a list: its items are what a client works with. */
  const nameItems = (properties: Json, listName: string): Json =>
    Object.fromEntries(
      Object.entries(properties).map(([key, one]) => {
        const isItems =
          key === "items" && isObject(one) && isObject(one.items) && one.items.title === undefined;
        if (!isItems) return [key, hoist(one)];
        return [key, { ...one, items: hoist(one.items, listName.replace(/^List(.+)Answer$/, "$1Item")) }];
      }),
    );
  for (const operation of operationsOf(document)) {
    const name = pascal(operation.operationId ?? "");
    for (const media of Object.values(operation.requestBody?.content ?? {}))
      if (media.schema !== undefined) media.schema = hoist(media.schema, `${name}Body`) as Json;
    for (const answer of Object.values(operation.responses ?? {})) {
      for (const media of Object.values(answer.content ?? {}))
        if (media.schema !== undefined) media.schema = hoist(media.schema, `${name}Answer`) as Json;
    }
  }
}

/** A body whose schema takes null may be left out: an empty one is read as null (http/body.ts). */
export function markOptionalBodies(document: Document): void {
  for (const { requestBody } of operationsOf(document)) {
    const isOptional = Object.values(requestBody?.content ?? {}).some(
      ({ schema }) =>
        Array.isArray(schema?.anyOf) && schema.anyOf.some((one) => isObject(one) && one.type === "null"),
    );
    if (isOptional && requestBody !== undefined) requestBody.required = false;
  }
}

export function operationsOf({ paths = {} }: Document): Operation[] {
  return Object.values(paths).flatMap((methods) => Object.values(methods));
}

const pascal = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
