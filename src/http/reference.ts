import swagger from "@fastify/swagger";
import reference from "@scalar/fastify-api-reference";
import { ERROR_CODES } from "../kernel/errors.js";
import { REFERENCE_PREFIX, type Server } from "./server.js";

/** RFC 9457; `detail` says what to do, `code` is for programs and never changes its meaning. */
const PROBLEM_SCHEMA = {
  $id: "Problem",
  type: "object",
  required: ["type", "title", "status", "detail", "code", "request_id"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string" },
    code: { type: "string", enum: [...ERROR_CODES] },
    request_id: { type: "string" },
    errors: {
      type: "array",
      description: "For invalid input: JSON pointers to what is wrong",
      items: {
        type: "object",
        required: ["pointer", "message"],
        properties: { pointer: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};

const PROBLEM_CONTENT = { schema: { $ref: "Problem#" } };
/** The same for every route; a client whose Accept names only application/json gets the second form. */
const PROBLEM_ANSWER = {
  description: "A problem document",
  content: { "application/problem+json": PROBLEM_CONTENT, "application/json": PROBLEM_CONTENT },
};

/** OpenAPI 3.1 of all public routes; must be registered before them. */
export async function describeRoutes(app: Server, version: string): Promise<void> {
  app.addSchema(PROBLEM_SCHEMA);
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
    refResolver: { buildLocalReference: (schema) => String(schema.$id) },
    transform: ({ schema, url, route }) => ({
      url,
      schema: {
        ...schema,
        response: { ...(schema?.response as object | undefined), default: PROBLEM_ANSWER },
        hide: route.config?.isInternal === true || url.startsWith(REFERENCE_PREFIX),
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
    if (request.url.startsWith(REFERENCE_PREFIX)) reply.header("content-security-policy", PAGE_POLICY);
  });
  await app.register(reference, {
    routePrefix: REFERENCE_PREFIX,
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
