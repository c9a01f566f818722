import type { FastifyReply, FastifyRequest } from "fastify";
import { takesGzip } from "./accept-encoding.js";
import type { Body } from "./body-cache.js";
import { appendVary } from "./vary.js";

type Request = Pick<FastifyRequest, "headers">;
type Reply = Pick<FastifyReply, "getHeader" | "header" | "send">;

/** Sends a body that is JSON already: it was made, and compressed, once for many callers. */
export const sendJson = (request: Request, reply: Reply, body: Body): Promise<never> =>
  sendBody(request, reply, body, "application/json; charset=utf-8");

export async function sendBody(request: Request, reply: Reply, body: Body, type: string): Promise<never> {
  reply.header("content-type", type);
  appendVary(reply, "Accept-Encoding");
  const isGzipped = takesGzip(request);
  if (isGzipped) reply.header("content-encoding", "gzip");
  // A handler that answers the reply itself has sent its answer; the type has no word for that.
  return (await reply.send((isGzipped ? await body.gzipped() : body.plain) as never)) as never;
}
