import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
  type RouteOptions,
} from "fastify";
import { AppError, type ErrorCode } from "../kernel/errors.js";
import type { Permission } from "../kernel/permissions.js";
import type { Logger } from "../telemetry/log.js";
import { readJsonBodies } from "./body.js";
import { answerBrokenRequest, HEADER_BYTES_MAX, refuseExpectations } from "./broken-request.js";
import { appErrorOf } from "./error-of.js";
import { type Load, shedLoad } from "./overload.js";
import { RETRY_SECONDS, sendProblem, statusOf } from "./problem.js";
import type { Access } from "./route-config.js";
import { headersOfEveryAnswer } from "./security-headers.js";
import type { Server } from "./server-type.js";
import { trackSilentConnections } from "./silent-connections.js";
import { traceRequests } from "./trace-requests.js";
import {
  assertStorableText,
  type CompileWhen,
  ignoreUnknownQueryMembers,
  makeSerializerBuilder,
  makeValidatorCompiler,
  refuseAnyQueryMember,
  validationError,
} from "./validation.js";

export type { Server } from "./server-type.js";

export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void> | void;
/** Public routes and signed webhooks have none: the latter check their signature themselves. */
export type Guards = Readonly<Record<Exclude<Access, "public" | "webhook">, Guard>>;

export interface ServerOptions {
  readonly log: Logger;
  readonly guards: Guards;
  readonly isProduction: boolean;
  /** The mailbox for people who need a person. */
  readonly support?: string | undefined;
  /** How busy the process is; see http/overload.ts. */
  readonly load?: () => Load;
  readonly compiles?: CompileWhen;
  /** A page that says for a person what went wrong, in place of a problem document. */
  readonly problemPage?: (
    request: FastifyRequest,
    status: number,
  ) => Promise<{ readonly html: string; readonly policy: string } | undefined>;
  /** Whether requests are told to telemetry/spans.ts. */
  readonly isTraced?: boolean;
  /** Called once per answer, with the route's pattern, for metrics. */
  readonly onAnswer?: (answer: { method: string; route: string; status: number; seconds: number }) => void;
  /** Called for each request that was refused for who sent it, or from where: 401, 403, and 404 by a guard that hides. */
  readonly onRefused?: (request: FastifyRequest, code: ErrorCode) => void;
}

const BODY_BYTES_MAX = 64 * 1024;
const URL_BYTES_MAX = 2 * 1024;
const REQUEST_TIMEOUT_MILLIS = 30_000;
const HEADERS_TIMEOUT_MILLIS = 10_000;
/** How often Node looks for connections beyond these time-outs. */
const TIMEOUT_CHECK_MILLIS = 2_000;

/**
 * The HTTP concerns that every route shares: both mount points, limits, strict JSON, problem documents, security
 * headers, access by declaration. It knows no feature.
 */
export function makeServer(options: ServerOptions): Server {
  const { compiles = "first_used" } = options;
  const app = fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger for every request would compile the redaction anew each time; lines name their request_id.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MILLIS,
    keepAliveTimeout: 72_000,
    genReqId: () => randomUUID(),
    // Clients may cancel on shutdown; in-flight requests are finished by the drain in app.ts.
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 256 },
    // Every route is served under /api as well; one routing table serves both.
    rewriteUrl: (request) => withoutApiPrefix(request.url ?? "/"),
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MILLIS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MILLIS,
      // Node would answer without a body; the hook below does it with a problem document.
      requireHostHeader: false,
    },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      // No hook runs for these.
      reply.headers(headersOfEveryAnswer(request.id, options));
      void sendProblem(request, reply, appErrorOf(error, options.support));
    },
    schemaController: { compilersFactory: { buildSerializer: makeSerializerBuilder(compiles) } },
    schemaErrorFormatter: (errors, part) => validationError(errors, part),
  }).withTypeProvider<TypeBoxTypeProvider>();
  refuseExpectations(app.server);
  const silent = trackSilentConnections(app.server);
  app.addHook("preClose", async () => silent.endSoon());
  app.setValidatorCompiler(makeValidatorCompiler(compiles));
  if (options.isTraced === true) traceRequests(app);
  addHeaders(app, options);
  readJsonBodies(app);
  if (options.load !== undefined) shedLoad(app, options.load);
  declareAccess(app, options);
  app.addHook("preValidation", async (request) => {
    assertStorableText(request.body);
    assertStorableText(request.query, "/query");
  });
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = appErrorOf(thrown, options.support);
    const status = statusOf(error.code);
    if (status >= 500) {
      // 503 is an answer that was foreseen, like shedding load; anything else is for somebody to look at.
      request.log[status === 503 ? "warn" : "error"](
        { err: error.cause ?? error, request_id: request.id, route: request.routeOptions.url },
        error.code,
      );
    }
    if (status === 401 || status === 403) options.onRefused?.(request, error.code);
    if (await sendProblemPage(options, request, reply, error)) return;
    await sendProblem(request, reply, error);
  });
  answerUnknownRoutes(app, options);
  return app;
}

function withoutApiPrefix(url: string): string {
  return url === "/api" || url.startsWith("/api?")
    ? `/${url.slice(4)}`
    : url.startsWith("/api/")
      ? url.slice(4)
      : url;
}

/** A name, an IPv4 address or an IPv6 one in brackets, with or without a port (RFC 3986 §3.2.2). */
const HOST = /^(?:[a-z0-9._~!$&'()*+,;=%-]*|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

/**
 * RFC 9112 §3.2: a request without Host, with two, or with one that is no host is refused. A proxy in front that reads
 * the other of two would see another site than we do.
 */
function assertOneHost({ headers, rawHeaders, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined) {
    if (httpVersion === "1.1") throw new AppError("bad_request", "The Host header is missing.");
    return;
  }
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  if (count !== 1 || !HOST.test(headers.host)) {
    throw new AppError("bad_request", "Send one Host header that names one host.");
  }
}

function addHeaders(app: Server, options: ServerOptions): void {
  const { onAnswer } = options;
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headersOfEveryAnswer(request.id, options));
    if ((request.raw.url?.length ?? 0) > URL_BYTES_MAX) {
      throw new AppError("uri_too_long", `The URL is longer than ${URL_BYTES_MAX} bytes. Shorten it.`);
    }
    assertOneHost(request.raw);
  });
  if (onAnswer === undefined) return;
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    onAnswer({ method: request.method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
  });
}

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
  /** Of operators' routes; undefined where only owners may. */
  readonly permission: Permission | undefined;
}

const declaredRoutes = new WeakMap<object, DeclaredRoute[]>();

/** Every route with who may call it, in the order of registration; HEAD and OPTIONS of a GET are not listed. */
export const routesOf = (app: { readonly server: object }): readonly DeclaredRoute[] =>
  declaredRoutes.get(app.server) ?? [];

/** Default deny: a route without `config.access` stops the start. */
function declareAccess(app: Server, { guards, onRefused }: ServerOptions): void {
  const declared: DeclaredRoute[] = [];
  declaredRoutes.set(app.server, declared);
  app.addHook("onRoute", (route: RouteOptions) => {
    const { access, permission } = route.config ?? {};
    if (access === undefined)
      throw new Error(`Route ${String(route.method)} ${route.url} does not say who may call it`);
    for (const method of [route.method].flat()) {
      if (method !== "HEAD" && method !== "OPTIONS")
        declared.push({ method, url: route.url, access, permission });
    }
    // An ignored filter of an operator's list would show the wrong rows; elsewhere links carry members of others.
    if (access !== "admin") ignoreUnknownQueryMembers(route);
    else if (route.method === "GET") refuseAnyQueryMember(route);
    if (access === "public" || access === "webhook") return;
    const guard = guards[access];
    const own = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [
      async (request: FastifyRequest, reply: FastifyReply) => {
        try {
          await guard(request, reply);
        } catch (error) {
          // Answered as an address that is not there; what has a status of its own is told by the error handler.
          if (error instanceof AppError && error.code === "not_found") onRefused?.(request, error.code);
          throw error;
        }
      },
      ...own,
    ] as typeof own;
  });
}

/** Whether somebody looks in a browser at a page, or at an address where nothing is. Routes of the API stay theirs. */
const isForPerson = ({ method, headers, is404, routeOptions }: FastifyRequest): boolean =>
  (method === "GET" || method === "HEAD") &&
  (is404 || routeOptions.config.isInternal === true) &&
  headers.accept?.includes("text/html") === true;

/** False when no page was sent, so that the problem document says it. */
async function sendProblemPage(
  { problemPage }: ServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
): Promise<boolean> {
  if (problemPage === undefined || !isForPerson(request)) return false;
  const status = statusOf(error.code);
  const page = await problemPage(request, status);
  if (page === undefined) return false;
  if (status === 401) reply.header("www-authenticate", "Bearer");
  if (status === 503) reply.header("retry-after", RETRY_SECONDS);
  reply
    .code(status)
    .headers({ ...error.headers })
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", page.policy)
    .header("cache-control", "no-store")
    .serializer((payload: unknown) => String(payload));
  await reply.send(page.html);
  return true;
}

/** A path that exists with another method is 405 with Allow; any other is 404. */
function answerUnknownRoutes(app: Server, options: ServerOptions): void {
  const known: { pattern: RegExp; methods: Set<string> }[] = [];
  app.addHook("onRoute", (route: RouteOptions) => {
    const source = route.url
      .replace(/[.+^$()|[\]\\]/g, "\\$&")
      .replace(/:[a-z_]+/gi, "[^/]+")
      .replace(/\*/g, ".*");
    const pattern = new RegExp(`^${source}$`);
    const entry = known.find((one) => one.pattern.source === pattern.source);
    const methods = [route.method].flat();
    if (entry === undefined) known.push({ pattern, methods: new Set(methods) });
    else for (const method of methods) entry.methods.add(method);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?")[0] ?? "/";
    const methods = known.filter(({ pattern }) => pattern.test(path)).flatMap((entry) => [...entry.methods]);
    if (methods.length === 0) {
      const error = new AppError("not_found", "There is nothing at this address. See /docs for the routes.");
      if (!(await sendProblemPage(options, request, reply, error))) await sendProblem(request, reply, error);
      return;
    }
    const allow = [...new Set(methods)].sort().join(", ");
    const detail = `This address takes ${allow}.`;
    await sendProblem(request, reply, new AppError("method_not_allowed", detail, { headers: { allow } }));
  });
}
