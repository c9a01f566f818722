import type {} from "fastify";

/** Who may call a route. Every route says so; one that does not stops the start (default deny). */
export type Access =
  /** Anybody. */
  | "public"
  /** A signed-in person. */
  | "user"
  /** A person whose address is in ADMIN_EMAILS. */
  | "admin"
  /** Loopback, or the DEV_TOKEN; such routes do not exist in production. */
  | "dev"
  /** Loopback, or the METRICS_TOKEN. */
  | "metrics"
  /** Signed by a provider; the route checks the signature itself. */
  | "webhook";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
    consumes?: "csv" | "form";
    /** Reads the Idempotency-Key header (http/idempotency-key.ts); said in the OpenAPI document. */
    takesIdempotencyKey?: boolean;
    /** Takes no part in the OpenAPI document: pages for people and the development routes. */
    isInternal?: boolean;
    /** Shed first when the process is overloaded (reads and logins); webhooks and paid work are never shed. */
    isShedFirst?: boolean;
  }
}
