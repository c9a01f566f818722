import type {} from "fastify";
import type { ErrorCode } from "../kernel/errors.js";
import type { Permission } from "../kernel/permissions.js";

/** Who may call a route. Every route says so; one that does not stops the start (default deny). */
export type Access =
  /** Anybody. */
  | "public"
  /** A signed-in person. */
  | "user"
  /** A person with a role, who has the route's `permission`; without one, an owner. */
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
    /** With access "admin": what the caller has to be allowed (kernel/permissions.ts). Absent: owners only. */
    permission?: Permission;
    /**
     * With access "admin": whether the second factor has to be fresh. Absent: for changes, as the permission says
     * (kernel/permissions.ts).
     */
    stepUp?: boolean;
    /** With access "admin": open before the second factor is shown, since it is where that happens. */
    isBeforeFactor?: boolean;
    consumes?: "csv" | "form" | "one-click";
    /** Reads the Idempotency-Key header (http/idempotency-key.ts); said in the OpenAPI document. */
    takesIdempotencyKey?: boolean;
    /** The codes with which the route's own work refuses; those that its access and schema bring are added. */
    problems?: readonly ErrorCode[];
    /** A POST that gives the same result however often it is repeated, without a key; said in the document. */
    isRepeatable?: boolean;
    /** For the document, where the route reads its body as bytes. */
    documentedBody?: object;
    /** Takes no part in the OpenAPI document: pages for people and the development routes. */
    isInternal?: boolean;
    /** Shed first when the process is overloaded (reads and logins); webhooks and paid work are never shed. */
    isShedFirst?: boolean;
  }
}
