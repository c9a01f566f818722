import swagger from "@fastify/swagger";
import reference from "@scalar/fastify-api-reference";
import type { Server } from "./server.js";

/** OpenAPI 3.1 of all public routes; must be registered before them. */
export async function describeRoutes(app: Server, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Tribi",
        version,
        description:
          "The backend of a travel eSIM store. Every path is also served under /api. Errors are problem documents (RFC 9457). " +
          "Send an Idempotency-Key with POST /orders: without one, each request is a new order.",
        license: { name: "MIT", identifier: "MIT" },
      },
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
          cookie: { type: "apiKey", in: "cookie", name: "tribi_token" },
        },
      },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: {
        ...schema,
        hide: route.config?.isInternal === true,
        ...(route.config?.access === "user" || route.config?.access === "admin"
          ? { security: [{ bearer: [] }, { cookie: [] }] }
          : {}),
      },
    }),
  });
}

/** The page draws itself with inline script and style; it may fetch nothing from elsewhere. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** The document at /openapi.json and a reference page at /docs that asks no other host for anything. */
export async function registerReference(app: Server): Promise<void> {
  app.get("/openapi.json", { config: { access: "public", isInternal: true } }, async () => app.swagger());
  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/docs")) reply.header("content-security-policy", PAGE_POLICY);
  });
  await app.register(reference, {
    routePrefix: "/docs",
    configuration: {
      url: "/openapi.json",
      withDefaultFonts: false,
      hideClientButton: true,
      showDeveloperTools: "never",
      agent: { disabled: true },
      mcp: { disabled: true },
      telemetry: false,
    },
  });
}
