import type { FastifyReply, FastifyRequest } from "fastify";
import type { Body } from "./body-cache.js";
import { appendVary } from "./vary.js";

/** gzip is named and not weighted to nothing (RFC 9110 §12.5.3). */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0{0,3})?\s*(,|$))/i;

type Request = Pick<FastifyRequest, "headers">;
type Reply = Pick<FastifyReply, "getHeader" | "header" | "send">;

/** Sends a body that is JSON already: it was made, and compressed, once for many callers. */
export const sendJson = (request: Request, reply: Reply, body: Body): Promise<never> =>
  sendBody(request, reply, body, "application/json; charset=utf-8");

export async function sendBody(request: Request, reply: Reply, body: Body, type: string): Promise<never> {
  reply.header("content-type", type);
  appendVary(reply, "Accept-Encoding");
  const takesGzip = TAKES_GZIP.test(String(request.headers["accept-encoding"] ?? ""));
  if (takesGzip) reply.header("content-encoding", "gzip");
  // A handler that answers the reply itself has sent its answer; the type has no word for that.
  return (await reply.send((takesGzip ? await body.gzipped() : body.plain) as never)) as never;
}
