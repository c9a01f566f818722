import type { FastifyRequest } from "fastify";
import type { Act } from "../db/act.js";
import { callerOf } from "./caller.js";

/** The admin behind a request, for the audit log. */
export function adminAct(request: FastifyRequest): Act {
  return { actor: `admin:${callerOf(request).userId}`, requestId: request.id };
}
