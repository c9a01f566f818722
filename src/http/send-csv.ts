import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/**
 * Sends a CSV file as an attachment while it is being written, so that its length costs no memory. The first piece is
 * waited for: what fails before it is answered as a problem; what fails later cuts the answer off, which clients see.
 */
export async function sendCsv(
  reply: Pick<FastifyReply, "header" | "send">,
  fileName: string,
  pieces: AsyncGenerator<string>,
): Promise<never> {
  const first = await pieces.next();
  reply
    .header("content-type", "text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${fileName}"`);
  // A handler that answers the reply itself has sent its answer; the type has no word for that.
  return (await reply.send(Readable.from(afterFirst(first, pieces)) as never)) as never;
}

async function* afterFirst(
  first: IteratorResult<string>,
  others: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (first.done !== true) yield first.value;
  yield* others;
}
