import type { FastifyRequest } from "fastify";
import { type Beginning, beginTrace } from "../telemetry/spans.js";
import type { Server } from "./server-type.js";

/**
 * A request is a trace whose id is the request's own without dashes: the `request_id` of a problem document, of a log line
 * and of the audit log finds it. Registered before every other hook, so that these are parts of it.
 */
export function traceRequests(app: Server): void {
  const begun = new WeakMap<FastifyRequest, Beginning>();
  app.addHook("onRequest", (request, _reply, done) => {
    const one = beginTrace({ name: `${request.method} ${routeOf(request)}`, kind: "server" }, () =>
      request.id.replaceAll("-", ""),
    );
    if (one === undefined) return done();
    begun.set(request, one);
    one.within(done);
  });
  // A body arrives in the connection's context, not in the request's.
  app.addHook("preValidation", (request, _reply, done) => {
    const one = begun.get(request);
    if (one === undefined) done();
    else one.within(done);
  });
  app.addHook("onResponse", async (request, { statusCode }) => end(request, statusCode));
  // Nobody waits for the answer any more, and onResponse does not come.
  app.addHook("onRequestAbort", async (request) => end(request, 499));

  const end = (request: FastifyRequest, status: number): void =>
    begun.get(request)?.end(
      {
        "http.request.method": request.method,
        "http.route": routeOf(request),
        "http.response.status_code": status,
      },
      status >= 500 ? String(status) : undefined,
    );
}

/** The pattern; what was asked for by a stranger stays out. */
const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? "unknown";
