import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface SentMessage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface EventReceiver {
  readonly url: string;
  readonly sent: SentMessage[];
  /** The status of its answers from now on; "hang" answers nothing. */
  answer: number | "hang";
  close(): Promise<void>;
}

/** A receiver of webhooks that writes down what it is sent and answers as it is told. */
export async function makeEventReceiver(): Promise<EventReceiver> {
  const sent: SentMessage[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      sent.push({
        body: Buffer.concat(chunks).toString("utf8"),
        headers: request.headers as Record<string, string>,
      });
      if (receiver.answer !== "hang") response.writeHead(receiver.answer).end("words of the receiver");
    });
  });
  const receiver: EventReceiver = {
    url: await listen(server),
    sent,
    answer: 204,
    close: () => closeServer(server),
  };
  return receiver;
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

export function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
