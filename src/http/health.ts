import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { AppError } from "../kernel/errors.js";
import { PROGRAM_VERSION } from "../version.js";
import type { Server } from "./server.js";

export interface Readiness {
  readonly isReady: boolean;
  /** What is wrong, by part: `{database: "unreachable"}`. Parts that only slow the store down are `degraded`. */
  readonly parts: Readonly<Record<string, string>>;
}

export interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
  readonly isOperator: (request: FastifyRequest) => boolean;
  /** What tells of the set-up, and so is not for everybody; by part. Shown at /health alone, which no balancer reads. */
  readonly forOperators: () => Readiness["parts"];
}

const Health = Type.Object(
  {
    status: Type.Union([Type.Literal("ok"), Type.Literal("degraded")]),
    /** Of the program, as `tribi --version` and the OpenAPI document have it. */
    version: Type.String(),
    parts: Type.Record(Type.String(), Type.String()),
  },
  { title: "Health", additionalProperties: false },
);

/**
 * Live says only that this process answers. Ready says that it can serve: migrated, seeded, connected and not
 * stopping. Redis or SMTP being down leaves it ready and degraded.
 */
export function registerHealthRoutes(app: Server, options: HealthOptions): void {
  const ready = {
    config: { access: "public" as const, problems: ["not_ready" as const] },
    schema: { tags: ["Operation"], response: { 200: Health } },
  };
  app.get(
    "/health/live",
    {
      config: { access: "public" },
      schema: {
        tags: ["Operation"],
        operationId: "checkLiveness",
        summary: "Is this process alive?",
        response: { 200: Health },
      },
    },
    async () => ({ status: "ok" as const, version: PROGRAM_VERSION, parts: {} }),
  );
  for (const path of ["/health", "/health/ready"]) {
    app.get(
      path,
      {
        ...ready,
        schema: {
          ...ready.schema,
          operationId: path === "/health" ? "checkHealth" : "checkReadiness",
          summary: "Can this process serve?",
        },
      },
      async (request) => {
        const { isReady, parts: shown } = await options.readiness();
        if (!isReady) throw notReady(shown);
        const parts =
          path === "/health" && options.isOperator(request) ? { ...shown, ...options.forOperators() } : shown;
        const status = Object.keys(parts).length === 0 ? "ok" : "degraded";
        return { status, version: PROGRAM_VERSION, parts } as const;
      },
    );
  }
}

function notReady(parts: Readiness["parts"]): AppError {
  const reasons = Object.entries(parts).map(([part, problem]) => `${part}: ${problem}`);
  return new AppError("not_ready", `Not ready. ${reasons.join("; ")}.`);
}
