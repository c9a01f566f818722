import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request or its answer. */
export type NetworkFault =
  /** The request never arrives. */
  | "dropped_request"
  /** The work is done, the answer is lost. */
  | "dropped_answer"
  /** The work is done, the answer comes when nobody waits any more. */
  | "delayed"
  /** The answer ends in its middle. */
  | "truncated"
  /** The request arrives twice; the second answer is passed on. */
  | "doubled";

export const NETWORK_FAULTS: readonly NetworkFault[] = [
  "dropped_request",
  "dropped_answer",
  "delayed",
  "truncated",
  "doubled",
];

export interface BadProxy {
  readonly url: string;
  /** Every request since the last `script`, as "POST /orders". */
  readonly requests: readonly string[];
  /** From now on: the request of this number (from 0), or of this name and count ("POST /orders 1"), meets it. */
  script(which: number | string, fault: NetworkFault): void;
  stop(): Promise<void>;
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Stands between a client and the store of `target`, and is a bad network. */
export async function startBadProxy(target: string): Promise<BadProxy> {
  let requests: string[] = [];
  let faulty: { which: number | string; fault: NetworkFault } | undefined;
  const server = createServer((incoming, outgoing) => {
    const number = requests.length;
    const name = `${incoming.method} ${(incoming.url ?? "").replace(/\?.*/, "").replace(/\d+/g, "N")}`;
    requests.push(name);
    const times = requests.filter((one) => one === name).length;
    const isMeant = faulty?.which === number || faulty?.which === `${name} ${times}`;
    const fault = isMeant ? (faulty?.fault ?? null) : null;
    handle(target, incoming, outgoing, fault).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    script(which, fault) {
      requests = [];
      faulty = { which, fault };
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function handle(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: NetworkFault | null,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (fault === "dropped_request") {
    outgoing.destroy();
    return;
  }
  let answer = await forward(target, incoming, body);
  if (fault === "doubled") answer = await forward(target, incoming, body);
  if (fault === "dropped_answer") {
    outgoing.destroy();
    return;
  }
  // A client that waits no longer has closed the connection.
  if (fault === "delayed") await new Promise((resolve) => outgoing.once("close", resolve));
  outgoing.writeHead(answer.status, answer.headers);
  if (fault === "truncated") {
    outgoing.write(answer.body.subarray(0, answer.body.length / 2), () => outgoing.destroy());
    return;
  }
  outgoing.end(answer.body);
}

function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const options = { method: method ?? "GET", headers: { ...headers, host: new URL(target).host } };
    const sent = requestOf(`${target}${url ?? ""}`, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
