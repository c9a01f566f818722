import { connect, type Socket } from "node:net";

/**
 * A load generator that costs the machine little: prebuilt bytes over kept connections, one request at a time on
 * each. On two cores the client, the server and PostgreSQL share the processor, and a client that parses HTTP
 * generously takes a third of it away from what is measured.
 */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** The next request of a connection; undefined ends that connection's part. */
  readonly next: (connection: number) => Buffer | undefined;
  readonly seconds: number;
  readonly expectsStatus?: number;
  readonly onAnswer?: (connection: number, body: string) => void;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly errors: number;
  /** What the first answers with another status said. */
  readonly samples: readonly string[];
}

interface Tally {
  readonly millis: number[];
  errors: number;
  readonly samples: string[];
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  const tally: Tally = { millis: [], errors: 0, samples: [] };
  const { hostname, port } = new URL(options.url);
  const sockets = await Promise.all(
    Array.from({ length: options.connections }, () => open(hostname, Number(port))),
  );
  const startedAt = performance.now();
  const deadline = startedAt + options.seconds * 1000;
  await Promise.all(sockets.map((socket, connection) => drive(socket, connection, options, deadline, tally)));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const socket of sockets) socket.destroy();
  const sorted = Float64Array.from(tally.millis).sort();
  return {
    requests: sorted.length,
    perSecond: sorted.length / seconds,
    p50Millis: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
    p99Millis: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    errors: tally.errors,
    samples: tally.samples,
  };
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.setNoDelay(true);
    socket.once("error", reject);
  });
}

/** Sends, waits for the whole answer, sends the next. */
function drive(
  socket: Socket,
  connection: number,
  options: LoadOptions,
  deadline: number,
  tally: Tally,
): Promise<void> {
  const expected = String(options.expectsStatus ?? 200);
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let answer = newAnswer();
    const send = (): void => {
      const now = performance.now();
      const request = now < deadline ? options.next(connection) : undefined;
      if (request === undefined) {
        resolve();
        return;
      }
      sentAt = now;
      socket.write(request);
    };
    socket.on("data", (chunk) => {
      if (!takeChunk(answer, chunk)) return;
      tally.millis.push(performance.now() - sentAt);
      if (answer.status !== expected) {
        tally.errors += 1;
        if (tally.samples.length < 3) tally.samples.push(`${answer.status} ${bodyOf(answer).slice(0, 300)}`);
      } else options.onAnswer?.(connection, bodyOf(answer));
      answer = newAnswer();
      send();
    });
    socket.once("close", () => reject(new Error("The server closed a connection")));
    send();
  });
}

interface Answer {
  status: string;
  chunks: Buffer[];
  bodyAt: number;
  /** Bytes still to come; unknown until the head is whole. */
  missing: number | undefined;
}

const newAnswer = (): Answer => ({ status: "", chunks: [], bodyAt: 0, missing: undefined });

const bodyOf = ({ chunks, bodyAt }: Answer): string => Buffer.concat(chunks).toString("utf8", bodyAt);

/** True when the answer is whole. Large bodies are counted, not joined. */
function takeChunk(answer: Answer, chunk: Buffer): boolean {
  answer.chunks.push(chunk);
  if (answer.missing !== undefined) {
    answer.missing -= chunk.length;
    return answer.missing <= 0;
  }
  const bytes = answer.chunks.length === 1 ? chunk : Buffer.concat(answer.chunks);
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  const at = head.indexOf("content-length: ");
  if (at === -1) throw new Error(`An answer without Content-Length: ${head}`);
  answer.status = head.slice(9, 12);
  answer.bodyAt = headEnd + 4;
  answer.missing = answer.bodyAt + Number.parseInt(head.slice(at + 16), 10) - bytes.length;
  return answer.missing <= 0;
}

/** The bytes of one HTTP/1.1 request. */
export function requestBytes(
  method: string,
  path: string,
  options: { headers?: Readonly<Record<string, string>>; body?: string } = {},
): Buffer {
  const { headers = {}, body } = options;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined
      ? []
      : ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
}
