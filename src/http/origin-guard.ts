import type { FastifyRequest } from "fastify";
import { AppError } from "../kernel/errors.js";
import type { Server } from "./server.js";
import { appendVary } from "./vary.js";

export interface OriginOptions {
  readonly publicUrl: string;
  readonly frontendOrigins: readonly string[];
  readonly isProduction: boolean;
}

export type OriginGuard = ReturnType<typeof makeOriginGuard>;

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})$/;

export const isSafeMethod = (method: string): boolean => SAFE_METHODS.has(method);

/**
 * Which web pages may act with a person's cookies. Browsers send cookies along
 * on their own; what they cannot be made to forge are `Origin` and `Sec-Fetch-Site`.
 */
export function makeOriginGuard({ publicUrl, frontendOrigins, isProduction }: OriginOptions) {
  const listed = new Set(frontendOrigins);
  const own = new URL(publicUrl).origin;

  const isOwnOrListed = (request: FastifyRequest, origin: string): boolean => {
    if (origin === own || listed.has(origin)) return true;
    if (isProduction) return false;
    const port = LOOPBACK.exec(origin)?.[2];
    return port !== undefined && Number(port) === request.raw.socket.localPort;
  };

  /** An Origin decides alone; without one, only the browser's own word "same-origin" counts. */
  const isMarkedOurs = (request: FastifyRequest): boolean => {
    const { origin } = request.headers;
    if (origin !== undefined) return isOwnOrListed(request, origin);
    return request.headers["sec-fetch-site"] === "same-origin";
  };

  return {
    isListed: (origin: string): boolean => listed.has(origin),

    /** For a state-changing request whose credential was a cookie. Throws `cross_site_request`. */
    assertOurPage(request: FastifyRequest): void {
      if (!isMarkedOurs(request)) throw crossSite();
    },

    /**
     * For requests that hand out a session: no strange page may sign a person in to a stranger's account. Programs
     * that are no browser send neither header and pass.
     */
    assertNoStrangePage(request: FastifyRequest): void {
      const { origin, "sec-fetch-site": site } = request.headers;
      if ((origin !== undefined || site !== undefined) && !isMarkedOurs(request)) throw crossSite();
    },
  };
}

const crossSite = (): AppError =>
  new AppError(
    "cross_site_request",
    "This request came from a page that may not act for you. Send it from the shop's own pages, or with a Bearer token.",
  );

const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS = "authorization, content-type, idempotency-key, x-provider, x-request-id";
const EXPOSED_HEADERS = "x-request-id, retry-after, ratelimit, ratelimit-policy, idempotent-replayed";
const PREFLIGHT_SECONDS = "600";

/** CORS for exactly the listed origins, with credentials. An unlisted one gets no CORS header at all. */
export function answerCors(app: Server, guard: Pick<OriginGuard, "isListed">): void {
  app.addHook("onRequest", async (request, reply) => {
    // Also without an origin: a shared cache must not mix the two answers.
    appendVary(reply, "Origin");
    const { origin } = request.headers;
    const isPreflight =
      request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
    if (origin !== undefined && guard.isListed(origin)) {
      reply.headers({
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": EXPOSED_HEADERS,
      });
      if (isPreflight) {
        reply.headers({
          "access-control-allow-methods": ALLOWED_METHODS,
          "access-control-allow-headers": ALLOWED_HEADERS,
          "access-control-max-age": PREFLIGHT_SECONDS,
        });
      }
    }
    // A preflight asks about a route that it does not call, so it is answered before any guard.
    if (isPreflight) return reply.code(204).send();
    return undefined;
  });
}
