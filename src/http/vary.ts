import type { FastifyReply } from "fastify";

/**
 * Says that the answer also depends on this request header. Appends: what others have said stays, or a shared cache
 * would give one origin's answer to another.
 */
export function appendVary(reply: Pick<FastifyReply, "getHeader" | "header">, name: string): void {
  const said = reply.getHeader("vary");
  const names = said === undefined ? [] : String(said).split(", ");
  if (!names.some((one) => one.toLowerCase() === name.toLowerCase())) {
    reply.header("vary", [...names, name].join(", "));
  }
}
