import { connect, createServer, type Socket } from "node:net";

/**
 * What PgBouncer before 1.20 does to a client in session mode: any startup parameter that it does not know ends the
 * connection, and the key to cancel with is the pooler's own.
 */
const KNOWN = new Set(["user", "database", "client_encoding", "application_name", "datestyle", "timezone"]);

/** PostgreSQL's documentation, "Message Formats". */
function errorResponse(message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Names and values alternate after length and protocol version. */
function unknownParameter(startup: Buffer): string | undefined {
  const texts = startup.subarray(8, startup.readInt32BE(0)).toString().split("\0");
  return texts.find((text, index) => index % 2 === 0 && text !== "" && !KNOWN.has(text.toLowerCase()));
}

export interface StrictPooler {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startStrictPooler(target: string): Promise<StrictPooler> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    client.once("data", (startup: Buffer) => {
      const unknown = unknownParameter(startup);
      if (unknown !== undefined) {
        client.end(errorResponse(`unsupported startup parameter: ${unknown}`));
        return;
      }
      const upstream = connect(Number(port || 5432), hostname);
      upstream.write(startup);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => other.destroy());
      }
      client.pipe(upstream);
      giveOwnKey(upstream, client);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.toString(),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Passes everything on, with another number in BackendKeyData. */
function giveOwnKey(upstream: Socket, client: Socket): void {
  let held = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 5 && held.length >= held.readInt32BE(1) + 1) {
      const message = held.subarray(0, held.readInt32BE(1) + 1);
      held = held.subarray(message.length);
      const isKey = message[0] === "K".charCodeAt(0);
      if (isKey) message.writeInt32BE(1_234_567_890, 5);
      client.write(message);
      if (!isKey) continue;
      upstream.off("data", onData);
      client.write(held);
      upstream.pipe(client);
      return;
    }
  };
  upstream.on("data", onData);
}
