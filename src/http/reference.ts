import swagger from "@fastify/swagger";
import { type FastifyInstance, fastify } from "fastify";
import { ERROR_CODES } from "../kernel/errors.js";
import type { Server } from "./server.js";

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
      description: "For invalid input: JSON pointers to what is wrong, at most the first 20",
      items: {
        type: "object",
        required: ["pointer", "message"],
        properties: { pointer: { type: "string" }, message: { type: "string" } },
      },
    },
    error_count: { type: "integer", description: "How many there are, when `errors` are only the first" },
  },
};

const PROBLEM_CONTENT = { schema: { $ref: "Problem#" } };
/** The same for every route; a client whose Accept names only application/json gets the second form. */
const PROBLEM_ANSWER = {
  description: "A problem document",
  content: { "application/problem+json": PROBLEM_CONTENT, "application/json": PROBLEM_CONTENT },
};

/** For the document only: the header is read and judged by http/idempotency-key.ts, quoted or bare. */
const IDEMPOTENCY_KEY = {
  type: "object",
  properties: {
    "Idempotency-Key": {
      type: "string",
      minLength: 1,
      description:
        "1 to 255 printable ASCII characters, with or without quotes. The same key with the same request gives the " +
        "same result (Idempotent-Replayed: true); with another request it is 422 idempotency_key_reused.",
    },
  },
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
        ...(route.config?.takesIdempotencyKey === true ? { headers: IDEMPOTENCY_KEY } : {}),
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
export function registerReference(app: Server): void {
  const config = { access: "public", isInternal: true } as const;
  let pages: Promise<FastifyInstance> | undefined;
  app.get("/openapi.json", { config }, async () => app.swagger());
  for (const path of ["/docs", "/docs/", "/docs/js/scalar.js"]) {
    app.get(path, { config }, async (request, reply) => {
      pages ??= openReferencePages();
      const page = await (await pages).inject({ method: "GET", url: request.url });
      for (const name of ["content-type", "location", "etag"]) {
        if (page.headers[name] !== undefined) reply.header(name, page.headers[name]);
      }
      return reply.code(page.statusCode).header("content-security-policy", PAGE_POLICY).send(page.rawPayload);
    });
  }
  app.addHook("onClose", async () => {
    await (await pages)?.close();
  });
}

/** The page's program is megabytes that most processes never serve: it is loaded when somebody asks for it. */
async function openReferencePages(): Promise<FastifyInstance> {
  const { default: reference } = await import("@scalar/fastify-api-reference");
  const pages = fastify();
  await pages.register(reference, {
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
  await pages.ready();
  return pages;
}
