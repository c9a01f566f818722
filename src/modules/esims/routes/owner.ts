import type { FastifyRequest } from "fastify";
import { callerOf } from "../../../http/caller.js";
import type { Viewer } from "../show-esims.js";

/** The signed-in owner, for the audit of reveals. */
export function ownerOf(request: FastifyRequest, channel: "api" | "qr"): Viewer {
  const { userId, sessionId } = callerOf(request);
  return { actor: `user:${userId}`, sessionId, channel, requestId: request.id };
}
