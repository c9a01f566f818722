import type { FastifyRequest } from "fastify";
import secureJson from "secure-json-parse";
import { AppError } from "../kernel/errors.js";
import type { Server } from "./server-type.js";

const rawBodies = new WeakMap<FastifyRequest, Buffer>();
const JSON_TYPE = /^application\/json(; ?charset=("?)utf-8\2)?$/i;
const PARSED_TYPE = /^(application\/json|text\/csv|application\/x-www-form-urlencoded)/i;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes as they came, for signatures. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return rawBodies.get(request) ?? Buffer.alloc(0);
}

/**
 * Bodies are JSON in UTF-8, parsed once from the raw bytes. A `__proto__` or `constructor.prototype` member is
 * refused by the parser (400); of members that stand twice the last one counts, for schema, fingerprint and effect.
 */
export function readJsonBodies(app: Server): void {
  app.removeAllContentTypeParsers();
  app.addHook("onRequest", async (request) => {
    if (request.is404) return;
    const { "content-length": length, "transfer-encoding": chunked, "content-type": type } = request.headers;
    const isEmpty = (length === undefined || length === "0") && chunked === undefined;
    if (isEmpty && type === undefined) return;
    if (!needsBody(request)) {
      // Programs name a type whether they send something or not. Without one Fastify looks for no body.
      if (isEmpty) delete request.headers["content-type"];
      // How long a chunked one is shows when it was read; the parser for other types refuses what is not empty.
      if (isEmpty || (chunked !== undefined && !PARSED_TYPE.test(type ?? ""))) return;
    }
    if (request.headers["content-encoding"] !== undefined) {
      throw new AppError("unsupported_media_type", "Send the body without content encoding.");
    }
    const accepted = acceptedTypeOf(request);
    if (type === undefined || !accepted.test(type)) {
      throw unsupportedType();
    }
  });
  app.addContentTypeParser(
    /^application\/json/i,
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      rawBodies.set(request, body);
      return body.length === 0 && !needsBody(request) ? undefined : parseJson(body);
    },
  );
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (request: FastifyRequest, body: Buffer) => {
    if (body.length > 0 && !request.is404) throw unsupportedType();
  });
  app.addContentTypeParser(
    /^text\/csv/i,
    { parseAs: "buffer" },
    async (_request: FastifyRequest, body: Buffer) => body,
  );
  app.addContentTypeParser(
    /^application\/x-www-form-urlencoded/i,
    { parseAs: "buffer" },
    async (_request: FastifyRequest, body: Buffer) =>
      Object.fromEntries(new URLSearchParams(body.toString("utf8"))),
  );
  // No route reads one: where it may come, that it came is all.
  app.addContentTypeParser(
    /^multipart\/form-data/i,
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length > 0 && !request.is404 && request.routeOptions.config.consumes !== "one-click")
        throw unsupportedType();
    },
  );
}

/** Not when its schema says that there is none or that it may be left out (null). */
function needsBody({ routeOptions: { schema, config } }: FastifyRequest): boolean {
  if (config.access === "webhook" || config.consumes === "csv") return true;
  const body = schema?.body as { readonly anyOf?: readonly { readonly type?: string }[] } | undefined;
  return body !== undefined && body.anyOf?.some(({ type }) => type === "null") !== true;
}

const unsupportedType = (): AppError =>
  new AppError("unsupported_media_type", "Send the body as application/json in UTF-8.");

/** For routes that verify a signature over the bytes: the body is kept as it came and not parsed. */
export function keepRawBodies(scope: Server): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    /^application\/json/i,
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      rawBodies.set(request, body);
    },
  );
}

const CSV_TYPE = /^text\/csv(; ?charset=("?)utf-8\2)?$/i;

const FORM_TYPE = /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i;

/** What a mail program sends for a person who unsubscribes (RFC 8058 §3.2). */
const ONE_CLICK_TYPE =
  /^(application\/x-www-form-urlencoded(; ?charset=utf-8)?|multipart\/form-data; ?boundary=[^;]{1,80})$/i;

const TYPE_BY_DECLARATION = { csv: CSV_TYPE, form: FORM_TYPE, "one-click": ONE_CLICK_TYPE } as const;

/** Routes take JSON unless they declare something else. */
function acceptedTypeOf(request: FastifyRequest): RegExp {
  const { consumes } = request.routeOptions.config;
  return consumes === undefined ? JSON_TYPE : TYPE_BY_DECLARATION[consumes];
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) {
    throw new AppError(
      "malformed_json",
      "The body is empty. Send a JSON object or leave out the content type.",
    );
  }
  try {
    const text = decoder.decode(body);
    // RFC 8259 §8.1: no byte order mark; the parser would silently take it off.
    if (text.startsWith("\uFEFF")) throw new SyntaxError("byte order mark");
    return secureJson.parse(text, null, { protoAction: "error", constructorAction: "error" });
  } catch {
    throw new AppError("malformed_json", "The body is not valid JSON in UTF-8. Check its syntax.");
  }
}
