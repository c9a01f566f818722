import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { takesGzip } from "./accept-encoding.js";
import type { Body } from "./body-cache.js";
import { appendVary } from "./vary.js";

type Request = Pick<FastifyRequest, "headers">;
type Reply = Pick<FastifyReply, "getHeader" | "header" | "send">;

/** Sends a body that is JSON already: it was made, and compressed, once for many callers. */
export const sendJson = (request: Request, reply: Reply, body: Body): Promise<never> =>
  sendBody(request, reply, body, "application/json; charset=utf-8");

/** Sends JSON while it is being made, so that its length costs no memory; what fails in its middle cuts it off. */
export async function streamJson(
  request: Request,
  reply: Reply,
  pieces: AsyncGenerator<string>,
): Promise<never> {
  reply.header("content-type", "application/json; charset=utf-8");
  appendVary(reply, "Accept-Encoding");
  if (!takesGzip(request)) return (await reply.send(Readable.from(pieces) as never)) as never;
  reply.header("content-encoding", "gzip");
  const compressed = createGzip({ level: 5 });
  // Both ends learn of the other's failure; who reads the answer sees it cut off.
  pipeline(Readable.from(pieces), compressed, () => {});
  return (await reply.send(compressed as never)) as never;
}

export async function sendBody(request: Request, reply: Reply, body: Body, type: string): Promise<never> {
  reply.header("content-type", type);
  appendVary(reply, "Accept-Encoding");
  const isGzipped = takesGzip(request);
  if (isGzipped) reply.header("content-encoding", "gzip");
  // A handler that answers the reply itself has sent its answer; the type has no word for that.
  return (await reply.send((isGzipped ? await body.gzipped() : body.plain) as never)) as never;
}
