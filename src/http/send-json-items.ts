import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/** Sends `{"items": [...]}` while it is read. What fails before the first page is answered as a problem. */
export async function sendJsonItems(
  reply: Pick<FastifyReply, "header" | "send">,
  pages: AsyncIterable<readonly object[]>,
): Promise<never> {
  const pieces = writeItems(pages);
  const first = await pieces.next();
  reply.header("content-type", "application/json; charset=utf-8");
  const all = async function* (): AsyncGenerator<string> {
    if (first.done !== true) yield first.value;
    yield* pieces;
  };
  // A handler that answers the reply itself has sent its answer; the type has no word for that.
  return (await reply.send(Readable.from(all()) as never)) as never;
}

async function* writeItems(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string, void, undefined> {
  let before = '{"items":[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield before + page.map((item) => JSON.stringify(item)).join(",");
    before = ",";
  }
  yield before === "," ? "]}" : `${before}]}`;
}
