import type { FastifyRequest } from "fastify";
import type { Act } from "../db/act.js";
import { callerOf } from "./caller.js";

/** The admin or key behind a request, for the audit log. */
export function adminAct(request: FastifyRequest): Act {
  const { userId, keyId } = callerOf(request);
  return { actor: keyId === undefined ? `admin:${userId}` : `key:${keyId}`, requestId: request.id };
}
