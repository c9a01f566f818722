import { connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  /** The URL with this proxy's host and port. */
  readonly url: string;
  /** Ends all connections and takes no new ones, as a server that is gone. */
  cut(): void;
  /** Answers new connections as a server that is starting or recovering does. */
  recover(): void;
  heal(): void;
  stop(): Promise<void>;
}

/** PostgreSQL's ErrorResponse (documentation, "Message Formats"): severity, SQLSTATE, message. */
function errorResponse(...fields: readonly string[]): Buffer {
  const body = Buffer.from(`${fields.map((field) => `${field}\0`).join("")}\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const CANNOT_CONNECT_NOW = errorResponse("SFATAL", "VFATAL", "C57P03", "Mthe database system is starting up");

/** Stands between a client and the server of `target`, so that a test can take the server away. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let state: "open" | "cut" | "recovering" = "open";
  const server = createServer((client) => {
    if (state === "cut") {
      client.destroy();
      return;
    }
    if (state === "recovering") {
      client.once("data", () => client.end(CANNOT_CONNECT_NOW));
      return;
    }
    const upstream = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as { port: number }).port);
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.toString(),
    cut: () => {
      state = "cut";
      endAll();
    },
    recover: () => {
      state = "recovering";
    },
    heal: () => {
      state = "open";
    },
    stop: () => {
      endAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
