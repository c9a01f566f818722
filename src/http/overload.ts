import { AppError } from "../kernel/errors.js";
import type { Server } from "./server-type.js";

export interface Load {
  /** Requests that wait for a database connection. */
  readonly waiting: number;
}

/** A waiting request costs memory and, after 2 s in the queue, an answer of 503 anyway: better to say so at once. */
const WAITING_BEFORE_READS_ARE_SHED = 100;
const WAITING_BEFORE_ALL_IS_SHED = 400;

/**
 * Overload: reads and logins are shed first, then every request of a person; webhooks and the process's own pages
 * (health, metrics) never, since they use the reserved connections. Shedding happens before any work began, so an
 * Idempotency-Key is not burnt.
 */
export function shedLoad(app: Server, load: () => Load): void {
  app.addHook("onRequest", async (request) => {
    const { waiting } = load();
    if (waiting < WAITING_BEFORE_READS_ARE_SHED) return;
    const { access, isShedFirst } = request.routeOptions.config;
    if (
      access === "webhook" ||
      access === "metrics" ||
      request.routeOptions.url?.startsWith("/health") === true
    )
      return;
    if (isShedFirst === true || waiting >= WAITING_BEFORE_ALL_IS_SHED) {
      throw new AppError("overloaded", "The store is very busy. Try again in a moment.");
    }
  });
}
