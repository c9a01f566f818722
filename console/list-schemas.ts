import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const NAME = "virtual:list-schemas";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What one column of a list holds, as the console shows it. */
type Kind = "time" | "number" | "flag" | "text";

/**
 * Every operators' list of the API, read from openapi.json when the console is built: its address, what it can be
 * filtered and sorted by, its columns and its export. A filter that a route gains is in the console by itself.
 */
export function listSchemas(file: string): Plugin {
  return {
    name: "list-schemas",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      this.addWatchFile(file);
      const document = JSON.parse(readFileSync(file, "utf8")) as Document;
      return `export const listSchemas = ${JSON.stringify(schemasOf(document))};`;
    },
  };
}

function schemasOf({ paths, components }: Document) {
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : (components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const found: Record<string, unknown> = {};
  for (const [path, { get }] of Object.entries(paths)) {
    const answer = get?.responses["200"]?.content?.["application/json"]?.schema;
    const items = answer === undefined ? undefined : resolve(answer).properties?.items?.items;
    if (get?.operationId === undefined || !path.startsWith("/admin/") || items === undefined) continue;
    const query = (get.parameters ?? []).filter((one) => one.in === "query");
    const columns = Object.entries(resolve(items).properties ?? {}).map(([name, schema]) => [
      name,
      kindOf(resolve(schema)),
    ]);
    const exported = paths[`${path}/export`]?.get;
    found[get.operationId] = {
      path,
      sortable: query.find(({ name }) => name === "sort_by")?.schema.enum ?? [],
      filters: query
        .filter(({ name }) => !RESERVED.has(name) && ALIASES[get.operationId ?? ""]?.includes(name) !== true)
        .map(({ name, schema }) => ({
          name,
          kind: RANGE.has(name) ? "time" : kindOf(schema),
          options: optionsOf(schema),
        })),
      columns: Object.fromEntries(columns) as Record<string, Kind>,
      csvPath: exported === undefined ? null : `${path}/export`,
      csvTakes: (exported?.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name),
    };
  }
  return found;
}

/** A day or a moment. */
const RANGE = new Set(["from", "to"]);

/** Names by which older programs filter; each says what another filter says. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  listAdminOrders: ["order_status", "payment_status", "user_q"],
  listPayments: ["payment_status", "intent_q"],
  listAdminEsims: ["esim_status", "inventory_status", "user_q"],
  listInventory: ["inventory_status"],
};

/** What every list understands; each has its own control. */
const RESERVED = new Set([
  "page",
  "page_size",
  "q",
  "sort_by",
  "sort_order",
  "after",
  "before",
  "cursor",
  "limit",
]);

const partsOf = ({ anyOf, ...one }: Schema): readonly Schema[] => anyOf ?? [one];

function kindOf(schema: Schema): Kind {
  const parts = partsOf(schema).filter(({ type }) => type !== "null");
  if (parts.some(({ format }) => format === "date-time" || format === "date")) return "time";
  if (parts.some(({ type }) => type === "boolean")) return "flag";
  return parts.some(({ type }) => type === "integer" || type === "number") ? "number" : "text";
}

const optionsOf = (schema: Schema): readonly string[] => partsOf(schema).flatMap((part) => part.enum ?? []);
