import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
  type RouteOptions,
} from "fastify";
import { AppError } from "../kernel/errors.js";
import type { Logger } from "../telemetry/log.js";
import { readJsonBodies } from "./body.js";
import { appErrorOf } from "./error-of.js";
import { type Load, shedLoad } from "./overload.js";
import { problemOf, sendProblem, statusOf } from "./problem.js";
import type { Access } from "./route-config.js";
import { assertStorableText, makeValidatorCompiler, validationError } from "./validation.js";

/** The server as every route file sees it: handlers are typed by their TypeBox schemas. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void> | void;
/** Public routes and signed webhooks have none: the latter check their signature themselves. */
export type Guards = Readonly<Record<Exclude<Access, "public" | "webhook">, Guard>>;

export interface ServerOptions {
  readonly log: Logger;
  readonly guards: Guards;
  readonly isProduction: boolean;
  /** How busy the process is; see http/overload.ts. */
  readonly load?: () => Load;
  /** Called once per answer, with the route's pattern, for metrics. */
  readonly onAnswer?: (answer: { method: string; route: string; status: number; seconds: number }) => void;
}

/** Limits of requirements R74. */
const BODY_BYTES_MAX = 64 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
const URL_BYTES_MAX = 2 * 1024;
const REQUEST_TIMEOUT_MILLIS = 30_000;
/** The reference page's own plugin makes its routes; they are public. */
const REFERENCE_PREFIX = "/docs";

/**
 * The HTTP concerns that every route shares: both mount points, limits, strict JSON, problem documents, security
 * headers, access by declaration. It knows no feature.
 */
export function makeServer(options: ServerOptions): Server {
  const app = fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MILLIS,
    keepAliveTimeout: 72_000,
    genReqId: () => randomUUID(),
    // Clients may cancel on shutdown; in-flight requests are finished by the drain in app.ts.
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 256 },
    // Every route is served under /api as well; one routing table serves both.
    rewriteUrl: (request) => withoutApiPrefix(request.url ?? "/"),
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: 10_000 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(request, reply, appErrorOf(error));
    },
    schemaErrorFormatter: (errors, part) => validationError(errors, part),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(makeValidatorCompiler());
  readJsonBodies(app);
  addHeaders(app, options);
  if (options.load !== undefined) shedLoad(app, options.load);
  declareAccess(app, options.guards);
  app.addHook("preValidation", async (request) => {
    assertStorableText(request.body);
    assertStorableText(request.query, "/query");
  });
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = appErrorOf(thrown);
    if (statusOf(error.code) >= 500) {
      request.log.error(
        { err: error.cause ?? error, request_id: request.id, route: request.routeOptions.url },
        error.code,
      );
    }
    await sendProblem(request, reply, error);
  });
  answerUnknownRoutes(app);
  return app;
}

function withoutApiPrefix(url: string): string {
  return url === "/api" || url.startsWith("/api?")
    ? `/${url.slice(4)}`
    : url.startsWith("/api/")
      ? url.slice(4)
      : url;
}

function addHeaders(app: Server, { isProduction, onAnswer }: ServerOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "x-request-id": request.id,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
    });
    if (isProduction) reply.header("strict-transport-security", "max-age=31536000; includeSubDomains");
    if ((request.raw.url?.length ?? 0) > URL_BYTES_MAX) {
      throw new AppError("uri_too_long", `The URL is longer than ${URL_BYTES_MAX} bytes. Shorten it.`);
    }
  });
  if (onAnswer === undefined) return;
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    onAnswer({ method: request.method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
  });
}

/** Default deny: a route without `config.access` stops the start. */
function declareAccess(app: Server, guards: Guards): void {
  app.addHook("onRoute", (route: RouteOptions) => {
    const access = route.url.startsWith(REFERENCE_PREFIX) ? "public" : route.config?.access;
    if (access === undefined)
      throw new Error(`Route ${String(route.method)} ${route.url} does not say who may call it`);
    if (access === "public" || access === "webhook") return;
    const guard = guards[access];
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [
      async (request: FastifyRequest, reply: FastifyReply) => {
        await guard(request, reply);
      },
      ...own,
    ] as typeof own;
  });
}

/** A path that exists with another method is 405 with Allow; any other is 404. */
function answerUnknownRoutes(app: Server): void {
  const known: { pattern: RegExp; methods: Set<string> }[] = [];
  app.addHook("onRoute", (route: RouteOptions) => {
    const source = route.url
      .replace(/[.+^$()|[\]\\]/g, "\\$&")
      .replace(/:[a-z_]+/gi, "[^/]+")
      .replace(/\*/g, ".*");
    const pattern = new RegExp(`^${source}/?$`);
    const entry = known.find((one) => one.pattern.source === pattern.source);
    const methods = [route.method].flat();
    if (entry === undefined) known.push({ pattern, methods: new Set(methods) });
    else for (const method of methods) entry.methods.add(method);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?")[0] ?? "/";
    const methods = known.filter(({ pattern }) => pattern.test(path)).flatMap((entry) => [...entry.methods]);
    if (methods.length === 0) {
      await sendProblem(
        request,
        reply,
        new AppError("not_found", "There is nothing at this address. See /docs for the routes."),
      );
      return;
    }
    const allow = [...new Set(methods)].sort().join(", ");
    const detail = `This address takes ${allow}.`;
    await sendProblem(request, reply, new AppError("method_not_allowed", detail, { headers: { allow } }));
  });
}

/** Requests that the HTTP parser refuses never reach a route; they get their problem document on the socket. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const problem = problemOf(brokenRequestError(error.code ?? ""), randomUUID());
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\ncontent-type: application/problem+json\r\n` +
      `x-request-id: ${problem.request_id}\r\ncache-control: no-store\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

function brokenRequestError(code: string): AppError {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new AppError(
      "header_too_large",
      `The headers are larger than ${HEADER_BYTES_MAX} bytes. Send less.`,
    );
  }
  if (code === "HPE_INVALID_METHOD") return new AppError("method_unknown", "This method is not known here.");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new AppError("request_timeout", "The request took too long. Send it again.");
  return new AppError("bad_request", "The request is not valid HTTP.");
}
