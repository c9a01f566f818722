import type { FastifyReply } from "fastify";

/** Sends JSON that is text already. The route's schema describes it; nothing here parses or checks it. */
export function sendJsonText(reply: FastifyReply, text: string): never {
  return reply.header("content-type", "application/json; charset=utf-8").send(text) as never;
}
