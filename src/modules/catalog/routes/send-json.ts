import type { FastifyReply } from "fastify";

/** Sends a body that is JSON already: it was made once for many callers. */
export async function sendJson(reply: Pick<FastifyReply, "header" | "send">, body: Buffer): Promise<never> {
  reply.header("content-type", "application/json; charset=utf-8");
  // A handler that answers the reply itself has sent its answer; the type has no word for that.
  return (await reply.send(body as never)) as never;
}
