import { existsSync, readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** The part of an OpenAPI document that the check of answers reads. */
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, object>>;
    readonly responses?: Readonly<Record<string, Response>>;
  };
}

interface Response {
  readonly content?: Readonly<Record<string, { schema?: object }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
}

export interface SentAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** ajv-formats is a CommonJS module whose types name a default export that is the function itself. */
const addFormats = formats as unknown as typeof formats.default;
const PROBLEM_MEMBERS = ["type", "title", "status", "detail", "code", "request_id"];
/** What no answer may show: stacks, SQL, files of the machine. */
const INSIDES =
  /\bat \S+ \(|node_modules|\.[jt]s:\d+|\b(select|insert into|update|delete from) \w+ |pg_catalog|\/(home|usr|tmp|var|work)\//i;

export type CheckAnswer = (method: string, path: string, answer: SentAnswer, accept?: string) => void;

const DOCUMENT = "openapi.json";
const pointer = (...parts: readonly string[]): string =>
  parts.map((part) => `/${part.replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");

/** Throws when an answer is not what the document promises for that route. Routes that it leaves out are pages. */
export function makeContract(document: OpenApi): CheckAnswer {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  addFormats(ajv);
  // Schemas are compiled where they lie in the document: what many answers share is compiled once.
  ajv.addSchema(document, DOCUMENT);
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (place: string): ValidateFunction => {
    const validate = validators.get(place) ?? ajv.compile({ $ref: `${DOCUMENT}#${encodeURI(place)}` });
    validators.set(place, validate);
    return validate;
  };
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    weight: (template.match(/\{/g) ?? []).length,
    pattern: new RegExp(`^${template.replace(/[.+]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`),
  }));
  templates.sort((a, b) => a.weight - b.weight);

  return (method, path, answer, accept = "") => {
    assertAnswerRules(method, path, answer, accept.includes("text/html"));
    if (method === "HEAD" || method === "OPTIONS") return;
    const plain = withoutApi(path.split("?")[0] ?? "/");
    const template = templates.find(
      (one) => one.pattern.test(plain) && document.paths[one.template]?.[method.toLowerCase()] !== undefined,
    )?.template;
    if (template === undefined) return;
    const verb = method.toLowerCase();
    const responses = document.paths[template]?.[verb]?.responses ?? {};
    const status = responses[String(answer.status)] !== undefined ? String(answer.status) : "default";
    const listed = status !== "default" || answer.status >= 400 ? responses[status] : undefined;
    if (listed === undefined) {
      throw new Error(`${method} ${template} answered ${answer.status}, which openapi.json does not list`);
    }
    const { place, response } = resolved(
      document,
      listed,
      pointer("paths", template, verb, "responses", status),
    );
    const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
    const schema = response.content?.[type]?.schema;
    // A problem document is sent as plain JSON to a client that asks for that.
    if (answer.body === undefined || (schema === undefined && answer.status >= 400)) return;
    if (schema === undefined) {
      throw new Error(
        `${method} ${template} ${answer.status} came as ${type}, which openapi.json does not list`,
      );
    }
    const validate = validatorOf(`${place}${pointer("content", type, "schema")}`);
    if (!validate(answer.body)) {
      throw new Error(
        `${method} ${template} ${answer.status} ${type} is not what openapi.json says: ` +
          `${ajv.errorsText(validate.errors)}\n${answer.text}`,
      );
    }
  };
}

function resolved(
  document: OpenApi,
  response: Operation["responses"][string],
  place: string,
): { readonly place: string; readonly response: Response } {
  if (!("$ref" in response)) return { place, response };
  const name = response.$ref.split("/").at(-1) ?? "";
  return {
    place: pointer("components", "responses", name),
    response: document.components?.responses?.[name] ?? {},
  };
}

/** What holds for every answer of every route. */
function assertAnswerRules(
  method: string,
  path: string,
  { status, headers, text, body }: SentAnswer,
  isForPerson: boolean,
): void {
  const fail = (what: string): never => {
    throw new Error(`${method} ${path.slice(0, 200)} answered ${status}: ${what}\n${text.slice(0, 2_000)}`);
  };
  const requestId = headers.get("x-request-id");
  if (!requestId) fail("no X-Request-Id");
  if (headers.get("x-content-type-options") !== "nosniff") fail("no nosniff");
  if (headers.get("server") !== null || headers.get("x-powered-by") !== null) fail("names its software");
  if (status < 400 || method === "HEAD") return;
  const type = headers.get("content-type") ?? "";
  // Pages are for people, also when they say that there is nothing.
  if (type.startsWith("text/html") && (withoutApi(path).startsWith("/install/") || isForPerson)) return;
  if (!/^application\/(problem\+)?json(;|$)/.test(type)) fail(`content type ${type}`);
  const problem = body as Record<string, unknown>;
  for (const member of PROBLEM_MEMBERS) if (problem[member] === undefined) fail(`no ${member}`);
  if (problem.status !== status) fail("another status in the body");
  if (problem.request_id !== requestId) fail("another request_id in the body");
  if (typeof problem.detail !== "string" || problem.detail === "") fail("no detail");
  if (typeof problem.code !== "string" || !/^[a-z_]+$/.test(problem.code)) fail("no stable code");
  if (INSIDES.test(text)) fail("shows its insides");
  if ((status === 429 || status === 503) && !/^[1-9]\d*$/.test(headers.get("retry-after") ?? ""))
    fail("no Retry-After");
  if (status === 401 && headers.get("www-authenticate") === null) fail("no WWW-Authenticate");
  if (status === 405 && !headers.get("allow")) fail("no Allow");
}

const withoutApi = (path: string): string => (path.startsWith("/api/") ? path.slice(4) : path);

let current: CheckAnswer | undefined;
/** By document: apps of many test files in one process have the same. */
const known = new Map<string, CheckAnswer>();

/**
 * The document of the app under test is the contract of what it answers. The answer ends that: the next test file may
 * have another app, or none.
 */
export function useContract(document: unknown): () => void {
  const text = JSON.stringify(document);
  const own = known.get(text) ?? makeContract(JSON.parse(text));
  known.set(text, own);
  current = own;
  return () => {
    if (current === own) current = undefined;
  };
}

/** The contract in use; for processes without an app in this one it is the document that is checked in. */
export function currentContract(): CheckAnswer | undefined {
  const file = new URL("../../openapi.json", import.meta.url);
  if (current === undefined && existsSync(file)) useContract(JSON.parse(readFileSync(file, "utf8")));
  return current;
}
