import { STATUS_CODES } from "node:http";
import swagger from "@fastify/swagger";
import type { FastifySchema, RouteOptions } from "fastify";
import { factorNeedOf } from "../factor-need.js";
import type { Server } from "../server.js";
import { markOptionalBodies, nameSchemas, type Operation, operationsOf } from "./named-schemas.js";
import { type DescribedRoute, makeProblemAnswers, PROBLEM_SCHEMA } from "./problem-answers.js";
import { TAGS } from "./tags.js";

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

const SIGNED_IN = [{ bearer: [] }, { cookie: [] }];

/** OpenAPI 3.1 of all public routes; must be registered before them. */
export async function describeRoutes(app: Server, version: string): Promise<void> {
  const problems = makeProblemAnswers();
  const refusals = new Map<string, ReturnType<typeof problems.of>>();
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Tribi",
        version,
        description:
          "The backend of a travel eSIM store. Every path is also served under /api. Errors are problem documents " +
          "(RFC 9457). Send an Idempotency-Key with POST /orders: without one, each request is a new order. An " +
          "operation with x-repeatable gives the same result however often it is repeated.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [
        { url: "/", description: "The shop itself" },
        { url: "/api", description: "The same routes under a prefix" },
      ],
      tags: TAGS.map((tag) => ({ ...tag })),
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
          cookie: {
            type: "apiKey",
            in: "cookie",
            name: "tribi_token",
            description: "__Host-tribi_token in production, unless COOKIE_DOMAIN is set",
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const operationId = schema?.operationId;
      if (operationId !== undefined) refusals.set(operationId, problems.of(describedOf(schema, route)));
      return { url, schema: describedRoute(schema, route) };
    },
    transformObject: (document) => {
      if (!("openapiObject" in document)) throw new Error("The document is OpenAPI 3");
      const { openapiObject } = document;
      openapiObject.components = {
        ...openapiObject.components,
        schemas: { Problem: PROBLEM_SCHEMA as never },
        responses: problems.components as never,
      };
      for (const operation of operationsOf(openapiObject as never)) {
        describeSuccess(operation);
        Object.assign(operation.responses ?? {}, refusals.get(operation.operationId ?? ""));
      }
      markOptionalBodies(openapiObject as never);
      nameSchemas(openapiObject as never);
      return openapiObject;
    },
  });
}

function describedOf(
  schema: FastifySchema | undefined,
  { config = {}, method }: RouteOptions,
): DescribedRoute {
  return {
    method: [method].flat()[0] ?? "GET",
    access: config.access,
    factorNeed: factorNeedOf([method].flat()[0] ?? "GET", config),
    takesBody: schema?.body !== undefined,
    takesParameters: schema?.params !== undefined || schema?.querystring !== undefined,
    takesIdempotencyKey: config.takesIdempotencyKey === true,
    problems: config.problems ?? [],
  };
}

function describedRoute(schema: FastifySchema | undefined, { config = {} }: RouteOptions) {
  return {
    ...schema,
    // The bodies of signed events are read as bytes; the document says what is in them.
    ...(config.documentedBody === undefined ? {} : { body: config.documentedBody }),
    ...(config.takesIdempotencyKey === true ? { headers: IDEMPOTENCY_KEY } : {}),
    ...(config.isRepeatable === true ? { "x-repeatable": true } : {}),
    hide: config.isInternal === true || schema?.hide === true,
    security: config.access === "user" || config.access === "admin" ? SIGNED_IN : [],
  };
}

/** "OK" says more than "Default Response". */
function describeSuccess({ responses = {} }: Operation): void {
  for (const [status, answer] of Object.entries(responses)) {
    if (answer.description === "Default Response") answer.description = STATUS_CODES[status] ?? "Success";
  }
}
